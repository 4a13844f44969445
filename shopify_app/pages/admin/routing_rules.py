"""/app/routing/rules: one rule, and what is done to rules. All of it happens to the draft until it is put in force."""

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, Response, request

from jobs.attempts import wake
from kit.errors import NotFound
from kit.money import Money
from routing import books
from routing.checks import problems
from routing.conditions import AMOUNT, COMPARISONS, CONDITIONS, YES_NO, is_amount
from routing.rules import Condition, Outcome, Rule, RuleBook, duplicated, moved, new_id, put, switched, without
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, staff, visiting, wrong
from shopify_app.pages.admin.routing import OUTCOMES
from shopify_app.pages.admin.routing_forms import is_plain, read_rule
from shopify_app.pages.admin.routing_trying import try_it
from shopify_app.web import begin, now

page = Blueprint("admin_routing_rules", __name__)

KEPT = "Kept in the draft. Returns go by it once you put it in force."
STEPS: dict[str, Callable[[RuleBook, str], RuleBook]] = {
    "up": lambda book, rule_id: moved(book, rule_id, -1),
    "down": lambda book, rule_id: moved(book, rule_id, 1),
    "off": lambda book, rule_id: switched(book, rule_id, False),
    "on": lambda book, rule_id: switched(book, rule_id, True),
    "copy": lambda book, rule_id: duplicated(book, rule_id)[0],
    "remove": without,
}


@page.get("/app/routing/rules/<rule_id>")
def rule(rule_id: str) -> str:
    """One rule to edit, with an order to try it on and its place among the others."""
    caller = visiting()
    trial = try_it(caller.shop_id, request.args.get("try", ""))
    with begin() as session:
        shop = shop_of(session, caller)
        working = books.working(session, caller.shop_id)
        found = _rule(working.book, rule_id)
        return show(
            "routing_rule.html",
            working=working,
            book=working.book,
            rule=found,
            kinds=CONDITIONS,
            comparisons=COMPARISONS,
            is_plain=is_plain,
            amount=AMOUNT,
            yes_no=YES_NO,
            outcomes=OUTCOMES,
            problems=[p for p in problems(working.book, shop.currency) if p.rule_id in ("", rule_id)],
            trial=trial,
        )


@page.post("/app/routing/rules/<rule_id>")
def save(rule_id: str) -> Response:
    """Keep the form in the draft, or say what to put right under its fields."""
    caller = merchant()
    with begin() as session:
        book = books.working(session, caller.shop_id).book
        made, fields = read_rule(request.form, _rule(book, rule_id), book.currency)
    if fields:
        return wrong(fields)
    _change(lambda draft: put(draft, made) if draft.find(rule_id) else draft)
    return go("", KEPT)


@page.post("/app/routing/rules")
def add() -> Response:
    """A new rule at the end, switched off until it asks for something."""
    made: list[Rule] = []

    def with_one_more(book: RuleBook) -> RuleBook:
        dearer = Condition("order_value", "at_least", (Money.parse("5000", book.currency).amount,))
        made.append(Rule(new_id(book), "New rule", (dearer,), Outcome.ASSISTED, enabled=False))
        return put(book, made[0])

    _change(with_one_more)
    return go(f"/app/routing/rules/{made[0].id}")


@page.post("/app/routing/rules/<rule_id>/<any(up, down, off, on, copy, remove):step>")
def step(rule_id: str, step: str) -> Response:
    """One step of a rule: moved, switched, copied, removed."""
    book = _change(lambda book: STEPS[step](book, rule_id) if book.find(rule_id) else book)
    if step == "copy":
        at = next((i for i, one in enumerate(book.rules) if one.id == rule_id), None)
        return go(f"/app/routing/rules/{book.rules[at + 1].id}" if at is not None else "")
    return go("/app/routing" if step == "remove" else "")


@page.post("/app/routing/otherwise")
def otherwise() -> Response:
    """What happens when no rule matches."""
    chosen = request.form.get("otherwise", "")
    if chosen not in set(Outcome):
        return wrong({"otherwise": "Choose what the client sees."})
    _change(lambda book: replace(book, otherwise=Outcome(chosen)))
    return go("", KEPT)


@page.post("/app/routing/currency")
def same_figures() -> Response:
    """The draft's amounts with the same figures in the currency the shop counts in now."""
    caller = merchant()
    with begin() as session:
        currency = shop_of(session, caller).currency
    _change(lambda book: _in_currency(book, currency))
    return go("", f"The same figures, in {currency}. Look at each before you put them in force.")


@page.post("/app/routing/force")
def put_in_force() -> Response:
    """The draft counts from now on; all of it or nothing."""
    caller = merchant()
    with begin() as session:
        book = books.publish_draft(session, shop_id=caller.shop_id, mark=_mark(), by=staff(caller), now=now())
        wake(session, shop_id=caller.shop_id, now=now())  # a return may have waited for amounts in its currency
    return go("/app/routing", f"Version {book.version} is in force. It holds for returns from now on.")


@page.post("/app/routing/discard")
def discard() -> Response:
    """The draft is thrown away."""
    caller = merchant()
    with begin() as session:
        books.discard_draft(session, shop_id=caller.shop_id, mark=_mark())
    return go("/app/routing", "The rules in force stay as they are.")


def _change(change: Callable[[RuleBook], RuleBook]) -> RuleBook:
    caller = merchant()
    with begin() as session:
        return books.change_draft(
            session, shop_id=caller.shop_id, mark=_mark(), by=staff(caller), now=now(), change=change
        )


def _mark() -> str:
    return request.form.get("mark") or request.args.get("mark", "")


def _rule(book: RuleBook, rule_id: str) -> Rule:
    found = book.find(rule_id)
    if found is None:
        raise NotFound("That rule is not there any more.")
    return found


def _in_currency(book: RuleBook, currency: str) -> RuleBook:
    def same(condition: Condition) -> Condition:
        if not is_amount(condition):
            return condition
        return replace(condition, values=(Money.parse(condition.values[0], currency).amount,))

    rules = tuple(replace(rule, conditions=tuple(map(same, rule.conditions))) for rule in book.rules)
    return replace(book, currency=currency, rules=rules)
