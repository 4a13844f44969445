"""A charge for wear over the whole of a return: kept back once, never of what brought the piece, and by no one else."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from kit.addresses import Addresses
from kit.errors import AppError, Conflict
from kit.money import Money
from logistics.custody_models import Deduction
from logistics.custody_words import Answer, Grade
from logistics.events import WearWaits
from logistics.history import lock_rma
from logistics.models import LogisticsPolicy
from logistics.reads import SuggestedOutcome
from logistics.wear import (
    answer_deduction,
    decide_deduction,
    deduction_of,
    less,
    waiting_charge,
    waiting_charges,
)
from logistics.wear_watch import watch_wear
from notifications.models import Message
from tests import cast
from tests.logistics.conftest import House

CARD = "gid://shopify/OrderTransaction/6"


def charge(house: House, grade: Grade = Grade.MARKED) -> None:
    """As an inspection writes it, before anybody knows what it comes to."""
    row = Deduction(
        rma_id=house.rma_id, shop_id=house.shop_id, grade=grade, amount_cents=0, currency="", words="A scratch.",
        proposed_by="Bob", proposed_at=house.clock(),
    )  # fmt: skip
    with house.database.begin() as session:
        session.add(row)


def charged(house: House) -> Deduction:
    with house.database.begin() as session:
        found = deduction_of(session, lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id))
    assert found is not None
    return found


def answer(house: House, given: Answer) -> None:
    about: dict[str, Any] = {"shop_id": house.shop_id, "rma_id": house.rma_id, "now": house.clock()}
    with house.database.begin() as session:
        answer_deduction(session, answer=given, by="client", **about)
    house.line.drain()


def arrived(house: House, quantity: int = 1) -> None:
    read = cast.cleos_read()
    house.open(replace(read, lines=(replace(read.lines[0], quantity=quantity, unprocessed=quantity),)))
    house.line.drain()
    house.receive()
    charge(house)
    house.inspect()
    house.line.drain()


def test_over_two_batches_of_one_return_it_is_kept_back_once(house: House) -> None:
    arrived(house)
    answer(house, Answer.AGREED)
    assert house.money().amount == Money(1_258_000, "USD"), "$14,800 less fifteen percent"
    house.approve()
    read = house.shopify.returns[house.return_gid]
    line = replace(read.lines[0], gid="gid://shopify/ReturnLineItem/422", fulfillment_line_gid="")
    house.shopify.returns[house.return_gid] = replace(read, lines=(*read.lines, line))  # staff add a second piece
    house.line.drain()
    first, second = house.view().settlements
    assert (str(first.state), first.kept_cents) == ("settled", 222_000)
    assert (second.amount, second.kept_cents) == (cast.PRICE, 0), "the second piece goes back whole"


def test_what_the_first_batch_was_too_small_for_is_kept_back_of_the_next(house: House) -> None:
    arrived(house)
    answer(house, Answer.AGREED)
    with house.database.begin() as session:
        rma = lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id)
        settled = house.money()
        settled.state, settled.kept_cents = "settled", 200_000  # type: ignore[assignment]
        session.add(settled)
        session.flush()
        whole = SuggestedOutcome(cast.PRICE, ((CARD, cast.PRICE),))
        rest = less(session, rma, whole)
    assert (rest.kept_back, rest.amount) == (Money(22_000, "USD"), Money(1_458_000, "USD"))


OLD = {"kept_cents": 0}
"""As a batch of before migration 0007 stands there: it kept the wear back, and nobody wrote down that it did."""


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        pytest.param(OLD, None, id="one that paid after the client agreed kept all of it"),
        pytest.param(OLD | {"amount_cents": 0}, 222_000, id="one that paid nothing kept nothing"),
        pytest.param(OLD | {"state": "void"}, 222_000, id="one that was put aside kept nothing"),
        pytest.param(
            OLD | {"proposed_at": cast.NOW.replace(year=2000)}, 222_000, id="one of before the answer neither"
        ),
    ],
)
def test_what_a_settlement_kept_before_it_was_written_down_is_not_kept_again(
    house: House, changed: dict[str, Any], kept: int | None
) -> None:
    arrived(house)
    answer(house, Answer.AGREED)
    with house.database.begin() as session:
        rma = lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id)
        old = house.money()
        for name, value in ({"state": "settled"} | changed).items():
            setattr(old, name, value)
        session.add(old)
        session.flush()
        rest = less(session, rma, SuggestedOutcome(cast.PRICE, ((CARD, cast.PRICE),)))
    assert rest.kept_back == (Money(kept, "USD") if kept else None)


def test_shipping_and_duties_come_back_whole_however_worn_the_piece(house: House) -> None:
    paid = Money(1_500_000, "USD")
    house.shopify.suggestion = SuggestedOutcome(
        paid, ((CARD, paid),), worth=paid, limit=paid, pieces=Money(1_400_000, "USD")
    )
    arrived(house)
    assert charged(house).amount == Money(210_000, "USD"), "fifteen percent of the piece, not of the $1,000 beside it"
    answer(house, Answer.AGREED)
    assert house.money().amount == Money(1_290_000, "USD")


def test_an_order_paid_by_instalments_is_charged_off_what_is_paid_elsewhere(house: House) -> None:
    worth = Money(1_000_000, "USD")
    house.shopify.suggestion = SuggestedOutcome(None, worth=worth, pieces=worth, limit=Money(0, "USD"))
    arrived(house)
    assert charged(house).amount == Money(150_000, "USD")
    answer(house, Answer.AGREED)
    assert (house.money().amount.cents, house.money().elsewhere_cents) == (0, 850_000)


def test_waived_by_a_person_all_of_it_goes_back(house: House) -> None:
    arrived(house)
    answer(house, Answer.WAIVED)
    assert (house.money().amount, house.money().kept_cents) == (cast.PRICE, 0)


@pytest.mark.parametrize("given", [Answer.OPEN, Answer.DISPUTED])
def test_until_it_is_settled_nothing_is_kept_back_and_nothing_proposed(house: House, given: Answer) -> None:
    arrived(house)
    if given is Answer.DISPUTED:
        answer(house, given)
    assert house.view().settlements == ()
    with house.database.begin() as session:
        rma = lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id)
        whole = SuggestedOutcome(cast.PRICE, ((CARD, cast.PRICE),))
        assert less(session, rma, whole) is whole


# --- less than the pieces come to is never paid without a person


def without_a_click(house: House) -> None:
    with house.database.begin() as session:
        policy = session.get_one(LogisticsPolicy, house.shop_id)
        policy.pay_without_click = True
        session.add(policy)


def test_what_somebody_gave_back_before_is_looked_at_by_a_person_before_the_rest_goes(house: House) -> None:
    """$300 of the order went back as a gesture last week. Whether it was for this piece nobody has said."""
    without_a_click(house)
    left = Money(1_450_000, "USD")
    house.shopify.suggestion = SuggestedOutcome(
        left, ((CARD, left),), worth=cast.PRICE, limit=left, given_back=Money(30_000, "USD")
    )
    house.until_inspected()
    assert str(house.money().state) == "proposed" and house.shopify.count("process") == 0
    assert house.money().reason == "The pieces come to $14,800; $300 of this order was given back before."
    house.approve()
    house.line.drain()
    assert house.shopify.plans[0].refund == ((CARD, left),)


def test_all_that_the_pieces_come_to_is_paid_without_one(house: House) -> None:
    without_a_click(house)
    whole = SuggestedOutcome(
        cast.PRICE, ((CARD, cast.PRICE),), in_shop_money=cast.PRICE, worth=cast.PRICE, limit=cast.PRICE
    )
    house.shopify.suggestion = whole
    house.until_inspected()
    assert house.shopify.plans[0].refund == ((CARD, cast.PRICE),) and house.money().approved_by == "automatic"


# --- nobody's money waits unseen


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the house hears of a charge."""
    events: list[Any] = []

    def hear(_session: Any, event: Any) -> None:
        if isinstance(event, WearWaits):
            events.append(event)

    monkeypatch.setattr("jobs.publish", hear)
    return events


def waits(house: House, *, disputed: bool) -> WearWaits:
    return WearWaits(house.shop_id, house.rma_id, house.return_gid, "$2,220", disputed)


def watch(house: House) -> None:
    watch_wear(house.database.begin, addresses=Addresses("https://returns.example.com"))
    house.line.drain()


def letters(house: House) -> int:
    with house.database.begin() as session:
        return len(session.exec(select(Message).where(Message.name == "wear_found")).all())


def decide(house: House, given: Answer) -> None:
    about: dict[str, Any] = {"shop_id": house.shop_id, "rma_id": house.rma_id, "now": house.clock()}
    with house.database.begin() as session:
        decide_deduction(session, answer=given, by="Bob", **about)
    house.line.drain()


def held_up(house: House) -> list[str]:
    with house.database.begin() as session:
        found = waiting_charges(session, shop_id=house.shop_id)
        rma = lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id)
        one = waiting_charge(session, rma)
        assert [row.id for row in found.values()] == ([one.id] if one else []) and set(found) <= {house.rma_id}
        assert waiting_charges(session, shop_id=house.shop_id + 1) == {}
        return [row.answer.value for row in found.values()]


def test_the_house_hears_once_that_a_client_sees_it_differently(house: House, told: list[Any]) -> None:
    arrived(house)
    assert told == [] and held_up(house) == ["open"]
    for _ in range(2):
        answer(house, Answer.DISPUTED)
    assert told == [waits(house, disputed=True)] and held_up(house) == ["disputed"]
    answer(house, Answer.WAIVED)
    assert held_up(house) == [] and house.money().amount == cast.PRICE


@pytest.mark.parametrize("given", [Answer.AGREED, Answer.WAIVED])
def test_of_what_is_answered_nobody_hears(house: House, told: list[Any], given: Answer) -> None:
    arrived(house)
    answer(house, given)
    house.clock.pass_by(days=30)
    watch(house)
    assert told == [] and letters(house) == 1 and held_up(house) == []


def test_the_silent_are_asked_once_more_after_three_days_and_after_seven_the_house_is(
    house: House, told: list[Any]
) -> None:
    arrived(house)
    seen = []
    for days in (0, 2.9, 0.2, 1, 2.8, 0.2, 5):
        house.clock.pass_by(days=days)
        for _ in range(2):
            watch(house)
        seen.append((letters(house), len(told)))
    assert seen == [(1, 0), (1, 0), (2, 0), (2, 0), (2, 0), (2, 1), (2, 1)]
    assert told == [waits(house, disputed=False)]
    assert [kind for kind in house.kinds() if kind.startswith("wear_")] == [
        "wear_charged", "wear_asked_again", "wear_unanswered",
    ]  # fmt: skip


def test_whoever_was_away_for_a_week_hears_and_the_client_is_not_asked_twice_at_once(
    house: House, told: list[Any]
) -> None:
    arrived(house)
    house.clock.pass_by(days=8)
    watch(house)
    watch(house)
    assert (letters(house), told) == (1, [waits(house, disputed=False)])


def test_a_return_that_ended_asks_nobody_any_more(house: House, told: list[Any]) -> None:
    arrived(house)
    house.in_admin(status="CANCELED")
    house.line.drain()
    house.clock.pass_by(days=8)
    watch(house)
    assert told == [] and held_up(house) == [] and letters(house) == 1


@pytest.mark.parametrize(("days", "disputed"), [(7, False), (0, True)])
def test_the_house_lets_a_charge_stand_after_their_word_or_a_week_of_silence(
    house: House, days: int, disputed: bool
) -> None:
    arrived(house)
    for given in (Answer.AGREED, Answer.OPEN, Answer.DISPUTED):
        with pytest.raises(AppError, match="can only be waived"):
            decide(house, given)
    house.clock.pass_by(days=days)
    if disputed:
        answer(house, Answer.DISPUTED)
    decide(house, Answer.AGREED)
    assert house.money().amount == Money(1_258_000, "USD")
    with pytest.raises(Conflict):
        decide(house, Answer.WAIVED)


def test_the_house_may_leave_a_charge_at_any_time(house: House) -> None:
    arrived(house)
    decide(house, Answer.WAIVED)
    decide(house, Answer.WAIVED)
    assert house.money().amount == cast.PRICE and house.kinds().count("wear_waived") == 1
