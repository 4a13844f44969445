"""Scans come twice, late and out of order, and of parcels that are not ours."""

from dataclasses import replace

import pytest

from logistics import parcel_jobs, reverse_deliveries
from logistics.reads import ReturnRead, ReverseDeliveryRead
from logistics.states import InvalidMove
from tests import cast
from tests.logistics.conftest import House


@pytest.fixture
def labelled(house: House) -> House:
    house.open()
    house.line.drain()
    house.line.done.clear()
    return house


def test_delivered_before_in_transit_stays_delivered(labelled: House) -> None:
    labelled.scan("delivered")
    labelled.scan("in_transit", hours=3)
    labelled.scan("out_for_delivery")
    view = labelled.view()
    assert (str(view.rma.goods_state), view.parcels[0].scan_status) == ("arrived", "delivered")


def test_the_same_scan_twice_tells_the_client_once(labelled: House) -> None:
    labelled.scan("delivered", "evt-1")
    labelled.scan("delivered", "evt-1")
    labelled.scan("delivered", "evt-2")
    assert labelled.line.names().count("logistics.tell_client_arrived") == 1
    assert labelled.kinds().count("arrived") == 1


def test_an_older_scan_that_comes_late_does_not_change_what_is_shown(labelled: House) -> None:
    labelled.scan("out_for_delivery")
    labelled.scan("in_transit", hours=5)
    assert labelled.view().parcels[0].scan_status == "out_for_delivery"


def test_a_parcel_nobody_knows_is_left_alone(labelled: House) -> None:
    with labelled.database.begin() as session:
        found = reverse_deliveries.record_scan(
            session,
            tracking_code="NOT-OURS",
            status="delivered",
            at=labelled.clock(),
            event_id="e",
            now=labelled.clock(),
        )
    assert found == 0
    assert labelled.state() == "labelled"


def test_the_carriers_webhook_is_read_with_its_offset(labelled: House) -> None:
    code = labelled.view().parcels[0].tracking_code or ""
    parcel_jobs.record_scan(
        labelled.database.begin,
        tracking_code=code,
        status="in_transit",
        at="2026-11-24T09:30:00+01:00",
        event_id="evt-9",
        carrier="Harbour",
    )
    assert str(labelled.view().parcels[0].last_scan_at) == "2026-11-24 08:30:00+00:00"
    assert labelled.state() == "in_transit"


def test_a_scan_before_the_label_hangs_in_shopify_does_not_stop_it(house: House) -> None:
    house.shopify.stop("attach_label", when="before", error=RuntimeError("away"))
    house.open()
    with pytest.raises(RuntimeError):
        house.line.drain()
    house.scan("in_transit")
    house.line.drain()
    assert house.state() == "in_transit"
    assert str(house.view().parcels[0].state) == "attached"


def test_a_parcel_in_trouble_is_noted_for_a_person(labelled: House) -> None:
    labelled.scan("return_to_sender")
    assert labelled.view().steps[-1].detail == "The carrier says: return to sender."
    assert labelled.state() == "labelled"


def hung_on_in_the_admin(number: int) -> ReturnRead:
    """A return of one ring, on which somebody hung a label of theirs before we knew of it."""
    read = cast.cleos_read(f"gid://shopify/Return/{number}", status="OPEN")
    delivery = ReverseDeliveryRead(f"gid://shopify/ReverseDelivery/{number}", "1Z-SHARED", "")
    return replace(read, rfos=(replace(read.rfos[0], deliveries=(delivery,)),))


def test_a_box_that_holds_the_pieces_of_two_returns_moves_both_with_each_scan_once(house: House) -> None:
    both = [house.open(hung_on_in_the_admin(number)) for number in (51, 52)]
    house.scan("in_transit", "evt-1")
    house.scan("in_transit", "evt-1")
    house.scan("delivered", "evt-2")
    for house.rma_id in both:
        assert [parcel.scan_status for parcel in house.view().parcels] == ["delivered"]
        assert (house.state(), house.kinds().count("in_transit"), house.kinds().count("arrived")) == ("arrived", 1, 1)


def test_what_went_back_to_its_sender_has_not_arrived_when_it_is_delivered_there(labelled: House) -> None:
    labelled.scan("in_transit", hours=5)
    labelled.scan("return_to_sender", hours=4)
    labelled.scan("in_transit", "evt-back", hours=3)
    labelled.scan("delivered")
    assert (labelled.state(), labelled.view().parcels[0].scan_status) == ("in_transit", "return_to_sender")
    assert "logistics.tell_client_arrived" not in labelled.line.names()
    labelled.receive()
    assert labelled.state() == "arrived", "whoever has it in their hands has the last word"


def test_nothing_is_received_for_a_return_that_ended(labelled: House) -> None:
    labelled.in_admin(status="CANCELED")
    labelled.line.drain()
    with pytest.raises(InvalidMove):
        labelled.receive()


def test_a_scan_after_the_end_is_kept_and_moves_nothing(labelled: House) -> None:
    labelled.in_admin(status="CANCELED")
    labelled.line.drain()
    labelled.scan("delivered")
    assert labelled.state() == "ended"
