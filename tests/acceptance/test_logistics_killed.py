"""Logistics that runs by itself, and goes on by itself when its worker is killed: a test a line."""

import time
from collections import Counter
from collections.abc import Iterator

import pytest

from simulators import bad_day
from tests.acceptance.parcel_house import ParcelHouse, elapsed, parcel_house
from tests.journeys.edge_town import Town, edge_world, town

pytestmark = pytest.mark.calm(reason="counts each call")
__all__ = ["edge_world", "town"]


@pytest.fixture
def house(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[ParcelHouse]:
    with parcel_house(town, monkeypatch) as house:
        yield house


def test_from_approval_to_label_ready_collection_monday_in_two_minutes_and_without_a_click(house: ParcelHouse) -> None:
    ring = house.ask_return()
    begun = time.monotonic()
    house.work.run()
    assert elapsed(begun) < 120
    seen = house.view(ring)
    assert seen.rma.value.show() == "$14,800" and not house.troubles()
    told = [(step.kind, step.actor, step.detail) for step in seen.steps]
    assert [kind for kind, _, _ in told] == [
        "opened", "approved", "label_bought", "covered", "label_attached", "labelled", "collection_booked",
    ]  # fmt: skip
    assert told[-1][2] == "Collection on Monday 9 March."
    assert {actor for _, actor, _ in told} <= {"app", "HarbourExpress"}, "nobody clicked"
    assert all(step.at and step.actor and (step.detail or step.to_state) for step in seen.steps)
    (pickup,) = house.carrier.parts.parcels.shelf.all("pickup")
    assert pickup["min_datetime"] == "2026-03-09T08:00:00+00:00", "nine in the morning in Paris"
    assert (len(house.bought(ring)), len(house.collections(ring))) == (1, 1)


def test_killed_after_every_single_call_out_there_is_one_label_one_delivery_one_disposition_one_refund(
    house: ParcelHouse,
) -> None:
    first = house.ask_return()
    house.whole_life(first)
    assert_once(house, first, "nothing")
    calls = list(house.outside.calls)
    wanted = {"mutation ReturnApproveRequest", "mutation ReturnProcess", "SMTP DATA"}
    assert wanted <= set(calls) and len(calls) >= 20, calls
    for at, name in enumerate(calls, start=1):
        house.outside.calls.clear()
        house.outside.kill_at, house.work.kills = at, 0
        ring = house.ask_return(house.order())
        house.whole_life(ring)
        assert house.work.kills == 1, f"call {at}, {name}, was not reached"
        assert_once(house, ring, f"call {at}, {name}")


def test_on_a_day_when_a_quarter_of_all_calls_go_wrong_at_shopify_carrier_and_mail_server_it_is_the_same(
    house: ParcelHouse,
) -> None:
    """Throttled, 429, 500, HTML, cut JSON, late, lost after it was done; the worker lives and tries again."""
    day = bad_day.seed() or 1
    bad_day.begin(house.carrier.parts, day)
    bad_day.begin_at_shopify(house.town.shopify.store, day)
    house.sink.busy = bad_day.MAIL_BUSY
    rings = [house.ask_return(), *(house.ask_return(house.order()) for _ in range(2))]
    for ring in rings:
        house.whole_life(ring)
    bad_day.end(house.carrier.parts)
    house.town.shopify.store.faults.replace([])
    for ring in rings:
        assert_once(house, ring, f"nothing, on day {day}")
    carrier = house.carrier.parts.doors.struck + Counter(house.carrier.parts.parcels.faults.struck())
    shopify = Counter(call["outcome"] for call in house.town.shopify.store.calls)
    del shopify["executed"]
    assert len(carrier) >= 3 and len(shopify) >= 3, (carrier, shopify)


def assert_once(house: ParcelHouse, ring: str, killed_at: str) -> None:
    shown = house.in_shopify(ring)
    counted = {
        "labels": len(house.bought(ring)),
        "collections": len(house.collections(ring)),
        "reverse deliveries": len(shown["reverseDeliveries"]),
        "dispositions": len(house.dispositions(ring)),
        "refunds": len(shown["refunds"]),
    }
    assert counted == dict.fromkeys(counted, 1), f"killed after {killed_at}: {counted}"
    assert (shown["refunded"], shown["status"]) == ("14800.00", "CLOSED"), killed_at
    kinds = [step.kind for step in house.view(ring).steps]
    assert len(kinds) == len(set(kinds)), f"killed after {killed_at}: a step is told twice in {kinds}"
    assert kinds[-1] == "closed"
    assert len(house.letters) == len(set(house.letters)), f"killed after {killed_at}: a letter went out twice"
