"""Rules tried before they count: on any order, and on the returns of the last 90 days, from what was kept of each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from consults.advisors import get_advisor
from consults.opening import may_text_at
from kit.money import Money
from logistics.reads import ClientRead
from routing import hand_overs, policies
from routing.answering import How
from routing.circumstances import OF_THE_CLIENT, Circumstances
from routing.decide import Decided, OtherCurrency, decide, match
from routing.facts import Back, Directory, OrderRead, ReturnFacts, StaffRead
from routing.gathering import gather_facts
from routing.handed_on import category_of, dearest, returned_value
from routing.models import Decision
from routing.reads import OrderSignals
from routing.rules import Outcome, Rule, RuleBook
from routing.sellers import find_seller

DAYS = 90
MOST_LISTED = 50


@dataclass(frozen=True)
class Answering:
    """Who would answer, in words why where it is not who was named, and when they would be texted; None: not at all."""

    name: str
    words: str
    text_at: datetime | None
    zone: str


@dataclass(frozen=True)
class Tried:
    """What the rules would say of an order of which everything came back. `place` of `of` rules matched; 0 for none.

    `answering` is None where nobody would be asked to talk.
    """

    order: OrderRead
    facts: ReturnFacts
    decided: Decided
    rule: Rule | None
    place: int
    of: int
    answering: Answering | None = None


@dataclass(frozen=True)
class Changed:
    """A past return that the rules tried would treat otherwise, `why` in a sentence."""

    decision: Decision
    now: Outcome
    rule: Rule | None
    why: str


@dataclass(frozen=True)
class WouldHave:
    """All of the last 90 days: how many were judged again, what would change, and what can't be told.

    `untold` were decided before what the rules looked at was kept, or in another currency; `by_hand` were opened by
    somebody of the house, whatever the rules say.
    """

    judged: int
    changed: tuple[Changed, ...]
    untold: int
    by_hand: int


def facts_kept(facts: ReturnFacts, directory: Directory, *, by_hand: bool) -> dict[str, Any]:
    """What of the facts is kept with a decision. It names no person."""
    kept = facts.circumstances.as_json()
    if "client_tags" in kept:
        # A tag such as "title:Mrs" or an address says who somebody is rather than what they are to the house.
        kept["client_tags"] = [tag for tag in kept["client_tags"] if ":" not in tag and "@" not in tag]
    found = find_seller(facts, directory).person is not None
    return {"about": kept, "can_be_named": found, "by_hand": by_hand}


def try_order(
    session: Session,
    *,
    shop_id: int,
    book: RuleBook,
    order: OrderRead,
    client: ClientRead,
    staff: StaffRead,
    today: OrderSignals,
    now: datetime,
) -> Tried:
    """One order through `book`, as if all of it came back today, by all that a return of it is decided by.

    Raises OtherCurrency.
    """
    facts = gather_facts(
        session,
        shop_id=shop_id,
        order=order,
        client=client,
        staff=staff,
        today=today,
        back=_all_of(order),
    )
    decided = decide(book, facts, policies.directory(session, shop_id))
    rule = match(book, facts).rule
    place = book.rules.index(rule) + 1 if rule else 0
    answering = _answering(session, shop_id, facts, decided, order, client, now)
    return Tried(order, facts, decided, rule, place, len(book.rules), answering)


def _answering(
    session: Session,
    shop_id: int,
    facts: ReturnFacts,
    decided: Decided,
    order: OrderRead,
    client: ClientRead,
    now: datetime,
) -> Answering | None:
    if not decided.outcome.is_conversation or decided.advisor_id is None:
        return None
    owner_id, back = decided.advisor_id, _all_of(order)
    answer = hand_overs.would_answer(
        session,
        shop_id=shop_id,
        owner_id=owner_id,
        facts=facts,
        category=category_of(dearest(order, back)),
        locale=client.locale,
        value=returned_value(order, back),
        now=now,
    )
    who = get_advisor(session, shop_id=shop_id, advisor_id=answer.advisor_id or owner_id)
    words = "" if answer.how is How.OWNER else answer.words
    text_at = may_text_at(session, who, now=now) if who.takes_texts else None
    return Answering(who.name, words, text_at, who.zone)


def _all_of(order: OrderRead) -> Back:
    return [(line.line_gid, line.quantity) for line in order.lines]


def would_have(session: Session, *, shop_id: int, book: RuleBook, now: datetime) -> WouldHave:
    """What `book` would have made of the returns decided in the last 90 days. Reads rows only."""
    since = now - timedelta(days=DAYS)
    query = select(Decision).where(Decision.shop_id == shop_id, col(Decision.decided_at) >= since)
    changed: list[Changed] = []
    judged = untold = by_hand = 0
    for decision in session.exec(query.order_by(col(Decision.decided_at).desc(), col(Decision.id).desc())):
        kept = decision.facts
        if kept.get("by_hand"):
            by_hand += 1
            continue
        try:
            found = match(book, facts_of(decision)) if kept else None
        except OtherCurrency:
            found = None
        if found is None:
            untold += 1
            continue
        judged += 1
        outcome = found.outcome
        if outcome.names_an_advisor and not kept.get("can_be_named"):
            outcome = Outcome.SIMPLE
        if outcome is not decision.outcome:
            changed.append(Changed(decision, outcome, found.rule, found.words))
    return WouldHave(judged, tuple(changed), untold, by_hand)


def facts_of(decision: Decision) -> ReturnFacts:
    """The facts a decision was made with, as far as rules look at them."""
    return ReturnFacts(
        order_name=decision.order_name or "of this return",
        order_total=Money(decision.total_cents, decision.currency),
        circumstances=Circumstances.from_json(decision.facts.get("about") or {}),
    )


def forget(session: Session, *, shop_id: int, order_gids: list[str]) -> None:
    """Take what says something of the client out of the decisions on these orders. The decision itself stays."""
    query = select(Decision).where(Decision.shop_id == shop_id, col(Decision.order_gid).in_(order_gids))
    for decision in session.exec(query):
        about = decision.facts.get("about") or {}
        left = {name: value for name, value in about.items() if name not in OF_THE_CLIENT}
        if left != about:
            decision.facts = {**decision.facts, "about": left}
            session.add(decision)
