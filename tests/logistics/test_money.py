"""Proposed, one click, sent once. Where it cannot be told whether money went, a person decides."""

from dataclasses import replace

import pytest

from kit.db import insert_once
from kit.errors import Conflict, OutsideError
from kit.money import Money
from logistics import settlements
from logistics.models import Settlement
from logistics.reads import SuggestedOutcome
from logistics.rmas import policy_of
from logistics.states import Finding, InvalidMove
from tests import cast
from tests.logistics.conftest import House
from tests.logistics.stand_ins import Killed, lost, processed

PAYMENT = "gid://shopify/OrderTransaction/6"


def suggestion(cents: int) -> SuggestedOutcome:
    amount = Money(cents, "USD")
    return SuggestedOutcome(amount, ((PAYMENT, amount),))


@pytest.fixture
def ready(house: House) -> House:
    house.until_inspected()
    return house


def test_nothing_is_sent_before_the_click(ready: House) -> None:
    assert ready.shopify.count("process") == 0
    with ready.database.begin() as session:
        (waiting,) = settlements.open_settlements(session, shop_id=ready.shop_id)
    assert waiting.amount == cast.PRICE


def test_clicked_twice_it_is_sent_once(ready: House) -> None:
    ready.approve()
    ready.approve()
    assert ready.line.names().count("logistics.pay") == 1
    ready.line.drain()
    ready.approve()
    ready.line.drain()
    assert ready.shopify.count("process") == 1


def test_an_amount_that_changed_since_the_proposal_stops_with_a_sentence(ready: House) -> None:
    ready.shopify.suggestion = suggestion(1_400_000)
    ready.approve()
    ready.line.drain()
    first, second = ready.view().settlements
    assert ready.shopify.count("process") == 0
    assert (str(first.state), str(second.state), second.batch) == ("void", "proposed", 2)
    assert second.reason == "The amount is $14,000 now; it was $14,800 when it was approved. Please look at it again."
    with pytest.raises(Conflict):
        ready.approve(first)
    ready.approve(second)
    ready.line.drain()
    assert ready.shopify.plans[0].refund == ((PAYMENT, Money(1_400_000, "USD")),)
    assert ready.state() == "closed"


def test_a_changed_amount_waits_for_a_person_even_without_the_click(ready: House) -> None:
    with ready.database.begin() as session:
        policy = policy_of(session, ready.shop_id)
        policy.pay_without_click = True
        session.add(policy)
    ready.shopify.suggestion = suggestion(1_400_000)
    ready.approve()
    ready.line.drain()
    assert str(ready.money().state) == "proposed"


def test_an_amount_of_nothing_sends_no_refund_and_no_letter(house: House) -> None:
    house.shopify.suggestion = SuggestedOutcome(None)
    house.until_inspected()
    house.approve()
    house.line.drain()
    assert house.shopify.plans[0].refund == ()
    assert house.state() == "closed"
    assert "logistics.tell_client_money" not in house.line.done


def test_a_suggestion_that_does_not_add_up_is_never_sent(house: House) -> None:
    house.shopify.suggestion = SuggestedOutcome(Money(500_000, "USD"), ((PAYMENT, Money(400_000, "USD")),))
    house.until_inspected()
    assert str(house.money().state) == "unsettled"
    house.approve()
    house.line.drain()
    assert str(house.money().state) == "unsettled"
    assert house.shopify.count("process") == 0


def test_an_answer_that_was_lost_after_the_money_went_is_found_by_looking(ready: House) -> None:
    ready.shopify.stop("process", when="after", error=lost())
    ready.approve()
    ready.line.drain()
    assert ready.shopify.count("process") == 1
    assert ready.money().refund_gid == "gid://shopify/Refund/1"
    assert ready.state() == "closed"


@pytest.mark.calm(reason="names each error and when it comes")
def test_after_a_lost_answer_shopify_is_given_time_before_anything_is_sent_again(ready: House) -> None:
    ready.shopify.stop("process", when="before", error=Killed())
    ready.approve()
    with pytest.raises(Killed):
        ready.line.drain()
    ready.clock.pass_by(seconds=5)
    ready.line.drain(1)
    assert ready.shopify.count("process") == 0
    assert "still be at work" in str(ready.line.troubles[-1])
    ready.line.drain()
    assert ready.shopify.count("process") == 1


def test_processed_without_its_refund_is_shown_to_a_person(ready: House) -> None:
    ready.shopify.processes_silently = True
    ready.shopify.stop("process", when="after", error=Killed())
    ready.approve()
    with pytest.raises(Killed):
        ready.line.drain()
    ready.line.drain()
    assert str(ready.money().state) == "unsettled"
    assert ready.shopify.count("process") == 1
    ready.approve()
    ready.line.drain()
    assert str(ready.money().state) == "unsettled"
    assert ready.shopify.count("process") == 1


def test_an_unsettled_amount_seen_to_by_a_person_lets_the_return_end(ready: House) -> None:
    test_processed_without_its_refund_is_shown_to_a_person(ready)
    money = cast.number(ready.money().id)
    with ready.database.begin() as session:
        settlements.set_aside(
            session, shop_id=ready.shop_id, rma_id=ready.rma_id, settlement_id=money, by="Alice", now=ready.clock()
        )
    ready.line.drain()
    assert ready.state() == "closed"


def test_a_plain_no_from_shopify_is_shown_and_may_be_tried_again(ready: House) -> None:
    ready.shopify.stop("process", when="before", error=OutsideError("shopify", "MISSING_PERMISSION", permanent=True))
    ready.approve()
    ready.line.drain()
    assert str(ready.money().state) == "unsettled"
    assert "MISSING_PERMISSION" in ready.money().reason
    ready.clock.pass_by(minutes=5)
    ready.approve()
    ready.line.drain()
    assert ready.state() == "closed"
    assert ready.shopify.count("process") == 1


def test_the_piece_cannot_be_inspected_before_it_is_here(house: House) -> None:
    house.open()
    with pytest.raises(InvalidMove):
        house.inspect()
    assert house.view().inspection is None


def test_inspected_twice_is_once_and_otherwise_is_a_conflict(ready: House) -> None:
    ready.inspect()
    with pytest.raises(Conflict, match="Bob has inspected this"):
        ready.inspect(Finding.MISMATCH)
    assert ready.kinds().count("inspected") == 1
    assert len(ready.view().settlements) == 1


# --- somebody is at work in the admin meanwhile


def test_cancelled_in_the_admin_nothing_more_is_bought_or_paid(ready: House) -> None:
    ready.in_admin(status="CANCELED")
    ready.line.drain()
    assert (ready.state(), ready.view().rma.ended_how) == ("ended", "canceled")
    with pytest.raises(Conflict):
        ready.approve()


def test_cancelled_while_the_click_is_on_its_way_nothing_is_sent(ready: House) -> None:
    ready.approve()
    ready.shopify.returns[ready.return_gid] = replace(ready.shopify.returns[ready.return_gid], status="CANCELED")
    ready.line.drain()
    assert ready.shopify.count("process") == 0
    assert (ready.state(), str(ready.money().state)) == ("ended", "void")


def test_cancelled_before_the_label_travels_it_goes_back(house: House) -> None:
    house.open()
    house.line.drain()
    house.in_admin(status="CANCELED")
    house.line.drain()
    assert house.carrier.count("refund") == 1


def test_declined_before_we_approved_it_is_left_declined(house: House) -> None:
    house.open(cast.cleos_read(status="DECLINED"))
    house.line.drain()
    assert (house.state(), house.view().rma.ended_how) == ("ended", "declined")
    assert house.carrier.record == [] and house.shopify.record == []


def test_settled_in_the_admin_the_proposal_is_put_aside_and_the_return_closed(ready: House) -> None:
    read = ready.shopify.returns[ready.return_gid]
    ready.in_admin(lines=processed(read, {read.lines[0].gid: 1}))
    ready.line.drain()
    assert (ready.state(), str(ready.money().state)) == ("closed", "void")
    assert ready.shopify.record.count("process") == 0


def test_partly_settled_in_the_admin_only_the_rest_is_proposed(house: House) -> None:
    read = cast.cleos_read()
    line = replace(read.lines[0], quantity=3, unprocessed=3, refundable=3)
    house.until_inspected(replace(read, lines=(line,)))
    house.approve()
    now = house.shopify.returns[house.return_gid]
    house.shopify.returns[house.return_gid] = replace(now, lines=processed(now, {line.gid: 1}))
    house.line.drain()
    assert [(s.batch, str(s.state), s.lines[0]["quantity"]) for s in house.view().settlements] == [
        (1, "void", 3),
        (2, "proposed", 2),
    ]
    house.approve()
    house.line.drain()
    assert house.state() == "closed"


def test_two_open_batches_of_one_return_are_refused_by_the_database(ready: House) -> None:
    twin = Settlement(**{**ready.money().model_dump(), "id": None, "batch": 7})
    with ready.database.begin() as session:
        assert insert_once(session, twin) is False


def test_closed_by_itself_after_processing_it_is_not_closed_again(ready: House) -> None:
    ready.shopify.closes_by_itself = True
    ready.approve()
    ready.line.drain()
    assert ready.state() == "closed"
    assert ready.shopify.count("close") == 0


def test_our_own_webhooks_coming_back_change_nothing(ready: House) -> None:
    ready.approve()
    ready.line.drain()
    before = ready.view()
    ready.in_admin()
    ready.line.drain()
    assert ready.view() == before


def test_approved_in_the_admin_before_us_is_not_approved_again(house: House) -> None:
    house.open(cast.cleos_read(status="OPEN"))
    house.line.drain()
    assert house.shopify.count("approve") == 0
    assert house.state() == "labelled"


def test_a_return_of_nobody_we_know_is_left_alone(house: House) -> None:
    house.line.waiting.append(("logistics.follow_return", {"shop_id": house.shop_id, "return_gid": "gid://x"}))
    house.line.drain()
    assert house.line.done == ["logistics.follow_return"]
