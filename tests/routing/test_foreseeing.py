"""Who a client is told of before they ask: the very person a return of these pieces would go to, and nobody's place."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import select

from consults.models import Case
from kit.money import Money
from measures import pilots
from measures.arms import Arm
from measures.pilot_models import PilotMode, PilotReturn
from routing import books
from routing.facts import Back, LineRead, OrderRead, StaffRead
from routing.foreseeing import Foreseen, foresee
from routing.models import Decision
from routing.reads import OrderSignals
from routing.rules import Condition, Outcome, Rule, RuleBook
from tests import cast
from tests.cast import NOW, PRICE
from tests.routing.answering_house import House
from tests.routing.test_jobs import BOB
from tests.routing.test_piloting import salt_for

RING = cast.cleos_read().lines[0].line_gid or ""
SCARF, GIFT = "gid://shopify/LineItem/2", "gid://shopify/LineItem/3"
ALL: Back = [(RING, 1)]
ORDER = OrderRead(
    "gid://shopify/Order/1042",
    "#1042",
    datetime(2026, 10, 1, tzinfo=UTC),
    date(2026, 10, 3),
    "pos",
    PRICE,
    None,
    (
        LineRead(RING, "Meridian ring", "Platinum", "", 1, PRICE, "Rings"),
        LineRead(SCARF, "Silk scarf", "", "", 1, Money(28_000, "USD"), "Scarves"),
        LineRead(GIFT, "A pouch", "", "", 1, Money(0, "USD"), "Pouches"),
    ),
)


def ask(house: House, back: Back = ALL, order: OrderRead = ORDER, **client: Any) -> Foreseen:
    with house.database.begin() as session:
        return foresee(
            session,
            shop_id=house.shop_id,
            order=order,
            client=replace(cast.CLEO_READ, **client),
            staff=StaffRead(BOB),
            today=OrderSignals(),
            back=back,
            reasons=["The proportions, on me"],
            now=NOW,
        )


def answers(house: House, back: Back = ALL, **client: Any) -> int | None:
    found = ask(house, back, **client)
    return found.advisor.id if found.advisor else None


def offer(house: House, outcome: Outcome, *conditions: Condition) -> None:
    with house.database.begin() as session:
        book = RuleBook(0, "USD", (Rule("r1", "The rule", conditions, outcome),))
        books.put_in_force(session, shop_id=house.shop_id, book=book, instead_of=None, by="", now=NOW)


# --- the person


def test_over_the_limit_it_is_the_one_who_sold_the_piece(one_house: House) -> None:
    found = ask(one_house)
    assert found.advisor is not None and (found.advisor.id, found.sold) == (one_house.bob, True)
    assert found.outcome is Outcome.ASSISTED


def test_below_the_limit_it_is_a_simple_return_and_nobody_is_named(one_house: House) -> None:
    cheap = replace(ORDER, total=Money(499_999, "USD"))
    assert ask(one_house, order=cheap) == Foreseen(Outcome.SIMPLE)
    assert ask(one_house, order=cheap).advisor is None


def test_who_stands_in_did_not_sell_it(one_house: House) -> None:
    one_house.away(one_house.bob)
    found = ask(one_house)
    assert found.advisor is not None and (found.advisor.id, found.sold) == (one_house.hugo, False)


def test_who_only_looks_after_the_place_did_not_sell_it(one_house: House) -> None:
    one_house.change(one_house.bob, staff_gid="gid://shopify/StaffMember/70")
    here = replace(ORDER, location_gid=f"{BOB}/boutique".replace("StaffMember", "Location"))
    found = ask(one_house, order=here)
    assert found.advisor is not None and not found.sold


def change(who: str, **values: Any) -> Callable[[House], None]:
    return lambda house: house.change(getattr(house, who), **values)


def away(*people: str) -> Callable[[House], None]:
    def arrange(house: House) -> None:
        for who in people:
            house.away(getattr(house, who))

    return arrange


def rules(outcome: Outcome) -> Callable[[House], None]:
    return lambda house: offer(house, outcome)


SITUATIONS: dict[str, list[Callable[[House], None]]] = {
    "the seller is there": [],
    "the seller is away": [away("bob")],
    "the seller has enough in hand": [change("bob", limit_own=0)],
    "the seller can't be texted": [change("bob", texts_stopped_at=NOW)],
    "the seller left": [change("bob", active=False)],
    "both left": [change("bob", active=False), change("hugo", active=False)],
    "both are away": [away("bob", "hugo")],
    "nobody else knows the kind of piece": [away("bob"), change("hugo", categories="watches")],
    "somebody else knows it": [away("bob"), change("hugo", categories="rings")],
    "nobody else speaks their language": [away("bob"), change("hugo", languages="ja")],
    "the rules name only": [rules(Outcome.NAMED)],
    "the rules offer nothing": [rules(Outcome.NOTHING)],
    "the rules offer both": [rules(Outcome.BOTH)],
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_whom_the_client_is_told_of_is_whom_the_return_then_goes_to(one_house: House, situation: str) -> None:
    for arrange in SITUATIONS[situation]:
        arrange(one_house)
    one_house.orders.piece_type = "Rings"
    told = ask(one_house, order=replace(ORDER, lines=ORDER.lines[:1]))
    one_house.arrive()
    with one_house.database.begin() as session:
        decision = session.exec(select(Decision)).one()
        case = session.exec(select(Case)).first()
    assert told.outcome is decision.outcome
    assert (told.advisor.id if told.advisor else None) == (case.advisor_id if case else None)
    assert told.sold == bool(case and case.sold_by_advisor)
    assert (told.advisor is None) == (case is None)


def test_the_dearest_of_the_chosen_pieces_says_who_is_qualified(one_house: House) -> None:
    one_house.away(one_house.bob)
    one_house.change(one_house.hugo, categories="rings")
    lena = one_house.colleague("Léna Petit", categories="scarves, pouches")
    assert answers(one_house, [(RING, 1), (SCARF, 1)]) == one_house.hugo
    assert answers(one_house, [(SCARF, 1), (GIFT, 1)]) == lena, "the ring is not coming back"


def test_looking_takes_nobodys_place_and_writes_nothing(one_house: House) -> None:
    one_house.away(one_house.bob)
    one_house.change(one_house.hugo, limit_pool=1)
    for _ in range(3):
        assert answers(one_house) == one_house.hugo
    assert (one_house.loads(), one_house.held(), one_house.queue.waiting) == ({}, [], [])
    with one_house.database.begin() as session:
        assert [list(session.exec(select(kind.id))) for kind in (Decision, Case)] == [[], []]


def test_where_amounts_cannot_be_compared_nobody_is_promised(one_house: House) -> None:
    limit = Condition("order_value", "at_least", ("5000.00",))
    offer(one_house, Outcome.ASSISTED, limit)
    euros = replace(ORDER, total=Money(PRICE.cents, "EUR"))
    assert ask(one_house, order=euros) == Foreseen(Outcome.SIMPLE)


def test_another_shops_people_are_never_told_of(one_house: House) -> None:
    with one_house.database.begin() as session:
        danas = cast.dana(session).shop_id
        staff = StaffRead(BOB)
        about: dict[str, Any] = {"order": ORDER, "client": cast.CLEO_READ, "staff": staff, "today": OrderSignals()}
        found = foresee(session, shop_id=danas, back=ALL, reasons=(), now=NOW, **about)
    assert found.advisor is not None
    assert (found.advisor.shop_id, found.sold) == (danas, False), "who answers for that house, not Bob"


# --- a pilot


def begin_pilot(house: House, arm: Arm = Arm.TODAY, mode: PilotMode = PilotMode.COMPARE) -> None:
    with house.database.begin() as session:
        plan: dict[str, Any] = {"before_share": 20, "hoped_share": 40, "expected": 60, "by": "staff:7", "now": NOW}
        limit = Money(500_000, "USD")
        pilots.register(session, shop_id=house.shop_id, mode=mode, limit=limit, **plan).salt = salt_for(arm)


def test_a_household_of_todays_flow_is_not_told_of_anybody(one_house: House) -> None:
    begin_pilot(one_house)
    assert ask(one_house) == Foreseen(Outcome.SIMPLE)


def test_an_invited_household_is_and_nothing_is_drawn_before_there_is_a_return(one_house: House) -> None:
    begin_pilot(one_house, Arm.INVITED)
    assert answers(one_house) == one_house.bob
    with one_house.database.begin() as session:
        assert session.exec(select(PilotReturn)).all() == []


def test_while_it_only_observes_nobody_is(one_house: House) -> None:
    begin_pilot(one_house, Arm.INVITED, PilotMode.OBSERVE)
    assert answers(one_house) is None


def test_of_somebody_nobody_knows_the_arm_is_drawn_when_the_return_comes_and_not_foreseen(one_house: House) -> None:
    nobody: dict[str, Any] = {"gid": "", "email": "", "phone": ""}
    assert answers(one_house, **nobody) == one_house.bob, "without a pilot there is nothing to draw"
    begin_pilot(one_house, Arm.INVITED)
    assert answers(one_house, **nobody) is None


def test_what_the_pilot_is_not_about_is_told_as_by_the_rules(one_house: House) -> None:
    begin_pilot(one_house)
    assert answers(one_house, [(SCARF, 1)]) == one_house.bob, "the scarf alone is below the pilot's limit"
    assert answers(one_house, [(GIFT, 1)]) == one_house.bob, "and so is what cost nothing, which is not the whole order"
    assert answers(one_house, [("gone", 1)]) is None, "of a piece nobody can match, the order's value counts"
