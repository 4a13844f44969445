"""From the return to its closing, and what happens when it is stopped anywhere on the way."""

from dataclasses import replace

import pytest
from sqlmodel import col, select

from kit.errors import NotFound, OutsideError
from kit.money import Money
from logistics import rmas
from logistics.models import LogisticsPolicy
from logistics.states import Finding
from notifications.models import Message
from tests import cast
from tests.logistics.conftest import House
from tests.logistics.stand_ins import Killed, lost

ONCE = ("approve", "attach_label", "process", "close")


def walk(house: House) -> None:
    """The main line, as people and carriers drive it."""
    house.open()
    house.line.drain()
    house.scan("in_transit", hours=2)
    house.scan("delivered")
    house.line.drain()
    house.inspect()
    house.line.drain()
    house.approve()
    house.line.drain()


def test_a_return_goes_all_the_way_and_every_step_is_remembered(house: House) -> None:
    walk(house)
    assert house.state() == "closed"
    assert house.kinds() == [
        "opened",
        "withdrawal_acknowledged",
        "approved",
        "label_bought",
        "covered",
        "label_attached",
        "labelled",
        "collection_booked",
        "in_transit",
        "arrived",
        "inspected",
        "judged",
        "money_ready",
        "money_approved",
        "money_sent",
        "settled",
        "closed",
    ]
    assert [house.shopify.count(call) for call in ONCE] == [1, 1, 1, 1]
    assert house.carrier.covers_asked == [cast.PRICE]
    assert house.view().rma.number == "R-1042-1"


def test_the_client_gets_four_letters_and_the_amount_is_stated(house: House) -> None:
    walk(house)
    with house.database.begin() as session:
        letters = session.exec(select(Message).order_by(col(Message.id))).all()
    assert [letter.name for letter in letters] == [
        "withdrawal_received",
        "label_ready",
        "piece_arrived",
        "money_on_its_way",
    ]
    assert "$14,800 for Meridian ring" in letters[3].body
    assert "by Friday 4 December" in letters[3].body
    assert all("Dear Mrs Whitlock" in letter.body for letter in letters)


def test_dispositions_go_inside_the_processing_and_nowhere_else(house: House) -> None:
    walk(house)
    (plan,) = house.shopify.plans
    assert [(line.disposition, line.location_gid) for line in plan.lines] == [("RESTOCKED", "gid://shopify/Location/4")]
    assert plan.notify is False


def switch_the_click_off(house: House) -> None:
    with house.database.begin() as session:
        policy = session.get_one(LogisticsPolicy, house.shop_id)
        policy.pay_without_click = True
        session.add(policy)


def test_a_piece_that_does_not_match_is_not_restocked_and_its_money_waits_for_a_person(house: House) -> None:
    switch_the_click_off(house)
    house.open()
    house.line.drain()
    house.receive()
    house.inspect(Finding.MISMATCH)
    house.line.drain()
    assert str(house.money().state) == "proposed"
    house.approve()
    house.line.drain()
    assert house.shopify.plans[0].lines[0].disposition == "NOT_RESTOCKED"
    assert str(house.view().rma.judgement_state) == "accepted"


def test_without_the_click_a_plain_match_is_paid_by_itself(house: House) -> None:
    switch_the_click_off(house)
    house.until_inspected()
    assert house.state() == "closed"
    assert house.money().approved_by == "automatic"


STOPS = [
    *(("shopify", call) for call in ("approve", "attach_label", "read_and_suggest", "process")),
    *(("carrier", call) for call in ("find", "create", "buy", "label_pdf")),
]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("error", [Killed, lost], ids=["killed", "lost"])
@pytest.mark.parametrize(("who", "call"), STOPS)
def test_stopped_at_a_call_out_it_goes_on_and_nothing_happens_twice(
    house: House, who: str, call: str, error: type, when: str
) -> None:
    getattr(house, who).stop(call, when=when, error=error())
    for _ in range(3):
        try:
            if not house.rma_id:
                house.open()
            house.line.drain()
        except Killed:
            house.clock.pass_by(minutes=1)
    house.receive()
    house.inspect()
    for _ in range(3):
        try:
            house.line.drain()
            if str(house.money().state) == "proposed":
                house.approve()
            house.line.drain()
        except (Killed, IndexError):
            house.clock.pass_by(minutes=1)
    assert house.state() == "closed"
    assert [house.shopify.count(name) for name in ONCE] == [1, 1, 1, 1]
    assert (house.carrier.count("create"), house.carrier.count("buy")) == (1, 1)
    assert len(house.shopify.returns[house.return_gid].refunds) == 1


def test_every_job_run_again_changes_nothing(house: House) -> None:
    ran: list[tuple[str, dict]] = []
    run = house.line._run
    house.line._run = lambda name, args: ran.append((name, args)) or run(name, args)  # type: ignore[method-assign,func-returns-value]
    walk(house)
    before = house.view()
    house.line.waiting = list(ran)
    house.line.drain()
    assert house.view() == before
    assert [house.shopify.count(call) for call in ONCE] == [1, 1, 1, 1]
    assert house.carrier.record == ["create", "buy"]


def test_the_same_return_is_opened_once_and_a_second_one_of_the_order_is_numbered_on(house: House) -> None:
    first = house.open()
    assert house.open() == first
    assert house.line.names().count("logistics.authorise") == 1
    house.open(cast.cleos_read("gid://shopify/Return/43"))
    assert house.view().rma.number == "R-1042-2"


@pytest.mark.calm(reason="names each error")
def test_a_return_shopify_does_not_show_waits_and_says_why(house: House) -> None:
    house.open()
    house.shopify.returns.clear()
    house.line.drain(1)
    assert "older than 60 days" in str(house.line.troubles[0])


def test_approved_by_somebody_else_before_the_call_is_taken_as_approved(house: House) -> None:
    house.open()
    house.shopify.stop("approve", when="after", error=OutsideError("shopify", "INVALID_STATE", permanent=True))
    house.line.drain()
    assert house.state() == "labelled"


def test_another_shop_sees_nothing(house: House) -> None:
    house.open()
    with house.database.begin() as session:
        dana = cast.number(cast.alice(session, "dana.myshopify.com", "Dana").id)
        with pytest.raises(NotFound):
            rmas.view(session, shop_id=dana, rma_id=house.rma_id)


def test_yen_and_a_presentment_currency_of_its_own(house: House) -> None:
    yen = Money(2_200_000, "JPY")
    read = cast.cleos_read()
    line = replace(read.lines[0], unit_total_presentment=yen)
    house.until_inspected(replace(read, lines=(line,), presentment_currency="JPY"))
    assert house.money().amount == yen
    assert house.money().transactions[0]["amount"] == "2200000"
    house.approve()
    house.line.drain()
    assert house.shopify.plans[0].refund == (("gid://shopify/OrderTransaction/6", yen),)
    assert house.carrier.covers_asked == [cast.PRICE], "cover is in shop money"


def test_a_return_born_approved_is_taken_over_without_asking_shopify_for_anything(house: House) -> None:
    house.open(cast.cleos_read(status="OPEN"))
    assert house.view().rma.approved_at and house.line.names() == ["logistics.get_label"]


def test_a_return_that_does_not_close_by_itself_is_closed_however_the_call_is_stopped(house: House) -> None:
    house.shopify.stop("close", when="after", error=lost())
    house.until_inspected()
    house.approve()
    house.line.drain()
    assert house.state() == "closed" and house.shopify.count("close") == 1


@pytest.mark.calm(reason="says which call fails, and that no other is made")
def test_our_own_doings_told_back_by_a_webhook_are_not_read_again(house: House) -> None:
    house.until_inspected()
    house.approve()
    house.shopify.stop("close", when="before", error=lost())
    house.line.drain(1)
    assert house.state() == "settled"
    house.shopify.stop("read", when="before", error=AssertionError("nothing is read"))
    for says in ("deliverable", "process", "refund", "dispose"):
        tell(house, says)
    house.line.drain()
    assert house.state() == "closed"
    tell(house, "close")
    house.line.drain()


def test_one_that_somebody_else_closed_is_read_and_one_opened_again_too(house: House) -> None:
    house.open(cast.cleos_read(status="OPEN"))
    change(house, "CLOSED", says="close")
    assert house.view().rma.ended_how == "closed"
    change(house, "OPEN", says="")
    assert house.view().rma.ended_how == ""


def change(house: House, status: str, *, says: str) -> None:
    """Somebody does that in the admin, and its webhook comes."""
    house.shopify.returns[house.return_gid] = replace(house.shopify.returns[house.return_gid], status=status)
    tell(house, says)
    house.line.drain()


def tell(house: House, says: str) -> None:
    """As a webhook does that claims `says`."""
    args = {"shop_id": house.shop_id, "return_gid": house.return_gid, "says": says}
    house.line.waiting.append(("logistics.follow_return", args))
