"""No label while the confirmed cover is below the value, one label a parcel, and labels nobody needs go back."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlmodel import select

from kit.errors import AppError, OutsideError, Waiting
from kit.money import Money
from logistics import parcels, people, rmas
from logistics.cover_models import CoverUse
from logistics.foreign_labels import confirm_cover, not_used, unconfirmed
from logistics.foreign_models import ForeignLabel
from logistics.jobs import attach_label, follow_return
from logistics.models import LogisticsPolicy, Parcel
from logistics.ports import CoverMissing
from logistics.reads import Address, ReverseDeliveryRead, RfoLineRead, RfoRead
from logistics.states import ParcelState
from tests import cast
from tests.logistics.conftest import House
from tests.logistics.stand_ins import Killed, lost


def test_with_cover_below_the_value_the_label_is_held_back_and_says_why_once(house: House) -> None:
    house.carrier.limit_cents = cast.PRICE.cents - 1
    house.open()
    house.line.drain(4)
    assert house.state() == "authorised"
    assert house.shopify.count("attach_label") == 0
    assert house.carrier.count("buy") == 1
    assert house.kinds().count("cover_missing") == 1
    trouble = house.line.troubles[-1]
    assert isinstance(trouble, CoverMissing)
    assert "Harbour confirms cover of $14,799.99, below $14,800." in trouble.reason
    assert "held back" in trouble.reason


def test_cover_raised_by_a_person_lets_the_same_label_go_on(house: House) -> None:
    house.carrier.limit_cents = 500_000
    house.open()
    house.line.drain(2)
    house.carrier.raise_cover(cast.PRICE.cents)
    house.line.drain()
    assert house.state() == "labelled"
    assert (house.carrier.count("buy"), house.shopify.count("attach_label")) == (1, 1)


@pytest.mark.calm(reason="what the carrier has is put right after one round of jobs")
def test_cover_in_another_currency_is_no_cover(house: House) -> None:
    house.open()
    house.carrier.stop("buy", when="before", error=CoverMissing("The carrier covers dollars only."))
    house.line.drain(1)
    assert house.kinds()[-1] == "cover_missing"
    assert house.shopify.count("attach_label") == 0


def test_without_the_houses_address_the_label_waits_for_it(house: House) -> None:
    with house.database.begin() as session:
        policy = session.get_one(LogisticsPolicy, house.shop_id)
        policy.receiving_street1 = ""
        session.add(policy)
    house.open()
    house.line.drain(2)
    assert "Set the address" in str(house.line.troubles[-1])
    assert house.carrier.record == []


def test_without_the_clients_address_the_label_waits_until_somebody_adds_it(house: House) -> None:
    house.open()
    blank = Address(country="FR")
    with house.database.begin() as session:
        rmas.change_sender(
            session, shop_id=house.shop_id, rma_id=house.rma_id, address=blank, by="Bob", now=house.clock()
        )
    house.line.drain(2)
    assert house.carrier.record == []
    with house.database.begin() as session:
        rmas.change_sender(
            session,
            shop_id=house.shop_id,
            rma_id=house.rma_id,
            address=cast.CLEO_READ.address,
            by="Bob",
            now=house.clock(),
        )
    house.line.drain()
    assert house.state() == "labelled"


@pytest.mark.parametrize("state", list(ParcelState))
def test_a_shipment_nothing_was_sold_for_leaves_room_for_another_under_a_reference_of_its_own(
    house: House, state: ParcelState
) -> None:
    house.open()
    house.line.drain()
    with house.database.begin() as session:
        (parcel,) = session.exec(select(Parcel))
        parcel.state, before = state, parcel.reference
        session.add(parcel)
    house.clock.pass_by(minutes=5)
    with house.database.begin() as session:
        (parcel,) = session.exec(select(Parcel))
        parcels.forget_shipment(session, parcel, now=house.clock())
    with house.database.begin() as session:
        (parcel,), (use,) = session.exec(select(Parcel)), session.exec(select(CoverUse))
        is_asked_for = state is ParcelState.BUYING
        assert use.reference == before and use.released_at == (house.clock() if is_asked_for else None)
        assert parcel.reference.startswith("rp-") and (parcel.reference != before) is is_asked_for


def test_a_box_nobody_comes_for_says_nothing_of_a_visit(house: House) -> None:
    house.open()
    house.line.drain()
    with house.database.begin() as session:
        (parcel,) = session.exec(select(Parcel))
        parcel.collection_id, parcel.collection_code = "pickup_1", "CX1"
        parcel.collection_from = parcel.collection_until = house.clock()
        session.add(parcel)
    with house.database.begin() as session:
        (parcel,) = session.exec(select(Parcel))
        parcels.forget_collection(session, parcel)
    with house.database.begin() as session:
        (parcel,) = session.exec(select(Parcel))
        assert (parcel.collection_id, parcel.collection_code) == ("", "")
        assert (parcel.collection_from, parcel.collection_until) == (None, None)


def two_lines() -> tuple:
    first = cast.cleos_read().lines[0]
    second = replace(
        first,
        gid="gid://shopify/ReturnLineItem/2",
        fulfillment_line_gid="gid://shopify/FulfillmentLineItem/2",
        title="Band",
        unit_total=Money(200_000, "USD"),
        unit_total_presentment=Money(200_000, "USD"),
    )
    return first, second


@pytest.mark.calm(reason="says in which order labels are asked for")
def test_two_fulfilments_are_two_parcels_each_covered_for_what_is_in_it(house: House) -> None:
    house.open(replace(cast.cleos_read(), lines=two_lines()), Money(1_680_000, "USD"))
    house.line.drain()
    assert [cover.cents for cover in house.carrier.covers_asked] == [1_480_000, 200_000]
    assert house.shopify.count("attach_label") == 2
    assert house.line.done.count("logistics.tell_client_label") == 1
    house.scan("delivered", parcel=0)
    assert house.state() == "in_transit"
    house.scan("delivered", parcel=1)
    assert house.state() == "arrived"


def test_two_lines_are_processed_together_with_their_own_reverse_lines(house: House) -> None:
    house.until_inspected(replace(cast.cleos_read(), lines=two_lines()), Money(1_680_000, "USD"))
    house.approve()
    house.line.drain()
    (plan,) = house.shopify.plans
    assert [line.rfo_line_gid[-1] for line in plan.lines] == ["1", "2"]
    assert house.money().amount == Money(1_680_000, "USD")
    assert house.state() == "closed"


def open_with_a_label_of_the_staff(house: House) -> None:
    read = cast.cleos_read(status="OPEN")
    hung = replace(read.rfos[0], deliveries=(ReverseDeliveryRead("gid://delivery/1", "BYHAND1", ""),))
    house.open(replace(read, rfos=(hung,)))
    house.line.drain()


def foreign(house: House) -> ForeignLabel:
    with house.database.begin() as session:
        return session.exec(select(ForeignLabel)).one()


def say(house: House, what: Callable[..., ForeignLabel], **more: Any) -> None:
    about: dict[str, Any] = {"shop_id": house.shop_id, "rma_id": house.rma_id, "label_id": foreign(house).id}
    with house.database.begin() as session:
        what(session, by="Alice", now=house.clock(), **about, **more)
    house.line.drain()


def needs_a_person(house: House) -> bool:
    with house.database.begin() as session:
        return [rma.id for rma in unconfirmed(session, shop_id=house.shop_id)] == [house.rma_id]


def test_a_label_staff_hung_on_before_ours_is_followed_but_covers_nothing_and_calls_a_person(house: House) -> None:
    open_with_a_label_of_the_staff(house)
    (box,) = house.view().parcels
    assert not box.is_covered and house.state() == "authorised", "nobody is told that it is ready to travel"
    assert needs_a_person(house) and house.carrier.record == []
    assert any(step.kind == "foreign_label" and "BYHAND1" in step.detail for step in house.view().steps)
    house.scan("delivered")  # and where it is, is followed all the same
    assert house.state() == "arrived" and not needs_a_person(house)


@pytest.mark.parametrize(
    ("cover", "evidence"),
    [(Money(1_479_999, "USD"), "Lloyd, B-7"), (Money(1_480_000, "EUR"), "Lloyd, B-7"), (Money(1_480_000, "USD"), " ")],
)
def test_a_persons_word_of_too_little_cover_changes_nothing(house: House, cover: Money, evidence: str) -> None:
    open_with_a_label_of_the_staff(house)
    with pytest.raises(AppError):
        say(house, confirm_cover, cover=cover, evidence=evidence)
    assert str(foreign(house).said) == "open" and house.state() == "authorised" and needs_a_person(house)


def test_covered_by_a_persons_word_it_goes_on_as_any_label(house: House) -> None:
    open_with_a_label_of_the_staff(house)
    say(house, confirm_cover, cover=Money(1_480_000, "USD"), evidence="Lloyd, B-7")
    (box,) = house.view().parcels
    assert box.is_covered and house.state() == "labelled" and not needs_a_person(house)
    assert house.carrier.count("buy") == 0


def test_not_used_ours_is_made_with_cover_and_put_in_its_place(house: House) -> None:
    open_with_a_label_of_the_staff(house)
    say(house, not_used)
    (box,) = house.view().parcels
    assert box.is_covered and house.state() == "labelled" and house.carrier.count("buy") == 1
    assert house.shopify.count("attach_label") == 0 and house.shopify.record[-1].startswith("update ")
    assert not needs_a_person(house)


@pytest.mark.parametrize("how", ["beside ours", "in place of ours"])
def test_a_label_hung_on_after_ours_is_seen_by_webhook_or_sweep_and_ours_told_back_is_not_read(
    house: House, how: str
) -> None:
    house.open()
    house.line.drain()
    ours = str(house.view().parcels[0].tracking_code)
    read = house.shopify.returns[house.return_gid]
    hung = read.rfos[0].deliveries[0]
    added = ReverseDeliveryRead("gid://delivery/2" if how == "beside ours" else hung.gid, "BYHAND2", "")
    deliveries = (hung, added) if how == "beside ours" else (added,)
    about: dict[str, Any] = {"returns": house.shopify, "shop_id": house.shop_id, "return_gid": house.return_gid}
    told: dict[str, Any] = about | {"returns": None}  # our own is told back to us, and Shopify is not asked
    follow_return(house.database.begin, says="deliverable", tracking=ours, **told)
    house.shopify.returns[house.return_gid] = replace(read, rfos=(replace(read.rfos[0], deliveries=deliveries),))
    follow_return(house.database.begin, says="deliverable", tracking="BYHAND2", **about)
    follow_return(house.database.begin, **about)  # and the sweep sees it once
    assert needs_a_person(house) and foreign(house).tracking == "BYHAND2"
    say(house, not_used)
    assert not needs_a_person(house) and house.carrier.count("buy") == 1, "ours stays as it was"


def test_a_closed_reverse_order_gets_no_parcel(house: House) -> None:
    read = cast.cleos_read(status="OPEN")
    done = RfoRead("gid://shopify/ReverseFulfillmentOrder/9", "CLOSED", (RfoLineRead("x", "y", 1),))
    house.open(replace(read, rfos=(*read.rfos, done)))
    house.line.drain()
    assert len(house.view().parcels) == 1


def test_a_piece_handed_in_gives_the_unused_label_back_once(house: House) -> None:
    house.open()
    house.line.drain()
    house.receive()
    house.receive()
    house.line.drain()
    assert house.carrier.count("refund") == 1
    assert house.state() == "arrived"
    assert str(house.view().parcels[0].state) == "void"


def test_a_piece_handed_in_before_its_label_buys_none(house: House) -> None:
    house.open()
    house.receive()
    house.line.drain()
    assert house.carrier.record == []
    assert house.shopify.count("approve") == 1


def test_a_piece_on_its_way_keeps_its_label(house: House) -> None:
    house.open()
    house.line.drain()
    house.scan("in_transit")
    house.receive()
    house.line.drain()
    assert house.carrier.count("refund") == 0


def test_an_approval_without_a_way_back_yet_is_tried_again(house: House) -> None:
    read = cast.cleos_read(status="OPEN")
    house.open(replace(read, rfos=()))
    house.line.drain(1)
    assert house.view().rma.approved_at is None
    house.shopify.returns[read.return_gid] = read
    house.line.drain()
    assert house.state() == "labelled"


@pytest.mark.calm(reason="counts how often the carrier is asked")
def test_cancelled_while_the_label_is_hung_on_ends_the_return_and_gives_the_label_back(house: House) -> None:
    house.shopify.stop("attach_label", when="before", error=Killed())
    house.open()
    with pytest.raises(Killed):
        house.line.drain()
    gone = OutsideError("shopify", "INVALID_STATE", permanent=True)
    house.shopify.stop("attach_label", when="before", error=gone)
    house.shopify.returns[house.return_gid] = replace(house.shopify.returns[house.return_gid], status="CANCELED")
    house.line.drain()
    assert house.state() == "ended"
    assert house.carrier.count("refund") == 1


@pytest.mark.calm(reason="names each error")
def test_a_label_shopify_may_still_be_hanging_on_is_not_sent_a_second_time(house: House) -> None:
    """Killed while a slow call was out: looking at once showed nothing yet, and a second call made a second label."""
    house.shopify.stop("attach_label", when="before", error=Killed())
    house.open()
    with pytest.raises(Killed):
        house.line.drain()
    house.clock.pass_by(seconds=10)
    parcel = house.view().parcels[0]
    attach = partial(attach_label, returns=house.shopify, carrier=house.carrier, shop_id=house.shop_id)
    with pytest.raises(Waiting) as waiting:
        attach(house.database.begin, rma_id=house.rma_id, parcel_id=parcel.id or 0)
    assert waiting.value.retry_after == 20 and house.shopify.count("attach_label") == 0
    house.clock.pass_by(seconds=20)
    attach(house.database.begin, rma_id=house.rma_id, parcel_id=parcel.id or 0)
    assert house.shopify.count("attach_label") == 1 and house.view().parcels[0].attaching_at is None


def test_a_label_that_plainly_was_not_hung_on_is_tried_again_at_once(house: House) -> None:
    house.shopify.stop("attach_label", when="before", error=lost(ambiguous=False))
    house.open()
    house.line.drain(3)
    assert house.view().parcels[0].attaching_at is None
    house.line.drain()
    assert house.shopify.count("attach_label") == 1


def test_what_is_known_of_a_client_is_shown_and_erased(house: House) -> None:
    house.open()
    gid = cast.CLEO_READ.gid
    with house.database.begin() as session:
        (known,) = people.show_client(session, shop_id=house.shop_id, client_gid=gid)
        assert known["email"] == "cleo@example.com"
        assert people.show_client(session, shop_id=house.shop_id + 1, client_gid=gid) == []
        assert people.erase_client(session, shop_id=house.shop_id, client_gid=gid) == 1
    rma = house.view().rma
    assert (rma.client_name, rma.client_email, rma.client_phone, rma.sender_address) == ("", "", "", "{}")
    assert rma.number == "R-1042-1"
