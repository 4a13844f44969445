"""/app/routing: the rules in their order, what they would do, who answers for the house, and what was decided."""

from flask import Blueprint, Response, request
from sqlmodel import Session

from consults import advisors
from kit.errors import NotFound
from measures import home as lists
from routing import books, policies, trying
from routing.checks import problems
from routing.conditions import in_words
from routing.levels import LEVEL_NAMES
from routing.marks import keep_marks, marks_of, read_marks
from routing.models import Decision
from routing.rules import Outcome, Rule, RuleBook
from shopify_app.asked import row_id
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, visiting, wrong
from shopify_app.pages.admin.routing_trying import try_it
from shopify_app.web import begin, now

page = Blueprint("admin_routing", __name__)

OUTCOMES = {
    Outcome.ASSISTED: ("A conversation with an advisor", "A simple return stays one line below, at the same cost."),
    Outcome.BOTH: ("Both, side by side", "Neither is preselected."),
    Outcome.NAMED: ("A simple return", "An advisor is named, and one tap away."),
    Outcome.SIMPLE: ("A simple return, with nobody named", "The parcel line alone."),
    Outcome.NOTHING: ("Nothing", "The return stays in Shopify, as you would treat it without this app."),
}


@page.get("/app/routing")
def rules() -> str:
    """The rules, in force or in the draft; one order tried, or the last 90 days, when asked for."""
    caller = visiting()
    trial = try_it(caller.shop_id, request.args.get("try", ""))
    with begin() as session:
        shop = shop_of(session, caller)
        working = books.working(session, caller.shop_id)
        found, would = problems(working.book, shop.currency), None
        if "changes" in request.args:
            would = trying.would_have(session, shop_id=caller.shop_id, book=working.book, now=now())
        return show(
            "routing.html",
            working=working,
            book=working.book,
            rows=[(rule, said(rule, working.book)) for rule in working.book.rules],
            problems=found,
            wrong_of={problem.rule_id: problem.words for problem in found},
            outcomes=OUTCOMES,
            levels=LEVEL_NAMES,
            trial=trial,
            would=would,
            most=trying.MOST_LISTED,
            policy=policies.policy_row(session, caller.shop_id),
            people=advisors.advisors(session, shop_id=caller.shop_id, active=True),
            marks=marks_of(session, caller.shop_id),
            stands_in=policies.directory(session, caller.shop_id).default,
            decisions=lists.recent_decisions(session, shop_id=caller.shop_id),
        )


@page.post("/app/routing/default")
def stand_in() -> Response:
    """Who answers when nobody is named; it holds at once."""
    caller, chosen = merchant(), request.form.get("default_advisor", "")
    try:
        with begin() as session:
            policies.choose_default(session, shop_id=caller.shop_id, advisor_id=row_id(chosen))
    except NotFound:
        return wrong({"default_advisor": "Choose somebody who works here."})
    return go("", "Saved. It holds for returns from now on.")


@page.post("/app/routing/marks")
def keep() -> Response:
    """Where the house notes a tier, made to order and final sale; it holds at once."""
    caller = merchant()
    marks, fields = read_marks(request.form)
    if fields:
        return wrong(fields)
    with begin() as session:
        keep_marks(session, shop_id=caller.shop_id, marks=marks)
    return go("", "Saved. It holds for returns from now on.")


@page.get("/app/routing/decisions/<int:decision_id>")
def why(decision_id: int) -> str:
    """One decision, with the rules as they were when it was made."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        decision = _decision(session, caller.shop_id, decision_id)
        book = books.book_at(session, shop_id=caller.shop_id, version=decision.policy_version)
        rule = book.find(decision.rule_id) if book and decision.rule_id else None
        return show(
            "routing_decision.html",
            decision=decision,
            book=book,
            rule=rule,
            conditions=said(rule, book) if rule and book else [],
            outcomes=OUTCOMES,
        )


def said(rule: Rule, book: RuleBook) -> list[str]:
    """The rule's conditions in words."""
    return [in_words(condition, book.currency) for condition in rule.conditions]


def _decision(session: Session, shop_id: int, decision_id: int) -> Decision:
    row = session.get(Decision, decision_id)
    if row is None or row.shop_id != shop_id:
        raise NotFound("That page is not known here.")
    return row
