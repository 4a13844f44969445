"""The EasyPost adapter: against the carrier stand-in over HTTP, and alone for its errors and odd answers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import responses

from kit.errors import OutsideError
from kit.money import Money
from logistics.carriers.easypost import EasyPost
from logistics.ports import Carrier, CoverMissing
from logistics.reads import Address, Collection
from tests.simulators.town import Town, living

COVER = Money(1_480_000, "USD")
CLEO = Address(name="Cleo Whitlock", street1="12 rue de Thorigny", city="Paris", postal_code="75003", country="FR")
HOUSE = Address(name="R. Marchand", street1="8 rue du Louvre", city="Paris", postal_code="75001", country="FR")
BASE = "http://127.0.0.1:9/easypost"
SHIPMENT = {
    "id": "shp_1",
    "object": "Shipment",
    "reference": "rp-1",
    "postage_label": None,
    "tracking_code": None,
    "tracker": None,
    "insurance": None,
    "selected_rate": None,
    "refund_status": None,
    "rates": [
        {"id": "rate_1", "object": "Rate", "rate": "9.00", "carrier": "H", "delivery_days": 5},
        {"id": "rate_2", "object": "Rate", "rate": "40.00", "carrier": "H", "delivery_days": 1},
        {"id": "rate_3", "object": "Rate", "rate": "30.00", "carrier": "H", "delivery_days": 1},
        {"id": "rate_4", "object": "Rate", "rate": "3.00", "carrier": "H", "delivery_days": None},
    ],
}
BOUGHT = SHIPMENT | {
    "postage_label": {"id": "pl_1", "object": "PostageLabel", "label_url": f"{BASE}/l.pdf", "label_pdf_url": None},
    "tracking_code": "HX1",
    "tracker": {"id": "trk_1", "object": "Tracker", "public_url": "https://track.example/HX1"},
    "insurance": "14800.00",
    "selected_rate": {"id": "rate_3", "object": "Rate", "carrier": "Harbour"},
}


@pytest.fixture
def town() -> Iterator[Town]:
    with living("http://127.0.0.1:9") as town:
        yield town


def adapter_of(town: Town) -> EasyPost:
    return EasyPost(town.parts.config.easypost_api_key, api_base=f"{town.base}/easypost", timeout_seconds=5)


def create(carrier: Carrier, reference: str = "rp-1") -> str:
    made = carrier.create(reference=reference, sender=CLEO, receiver=HOUSE, weight_grams=900, is_return=True)
    return made.shipment_id


def test_a_label_is_found_made_bought_and_fetched(town: Town) -> None:
    carrier = adapter_of(town)
    assert carrier.find("rp-1") is None
    shipment_id = create(carrier)
    bought = carrier.buy(shipment_id, COVER)
    assert bought.cover == COVER
    found = carrier.find("rp-1")
    assert found is not None and found.bought == bought
    assert carrier.label_pdf(bought.label_pdf_url).startswith(b"%PDF")


def test_the_return_travels_from_the_client_to_the_house(town: Town) -> None:
    carrier = adapter_of(town)
    bought = carrier.buy(create(carrier), COVER)
    moved = requests.post(
        f"{town.base}/control/carrier/parcels/{bought.tracking_code}/move", json={"status": "delivered"}, timeout=5
    ).json()
    assert moved["tracking_details"][-1]["tracking_location"]["zip"] == HOUSE.postal_code


def test_bought_twice_it_is_paid_for_once(town: Town) -> None:
    carrier = adapter_of(town)
    shipment_id = create(carrier)
    assert carrier.buy(shipment_id, COVER) == carrier.buy(shipment_id, COVER)
    record = requests.get(f"{town.base}/control/carrier/shipments", timeout=5).json()["record"]
    assert [entry["what"] for entry in record] == ["buy"]


def test_an_answer_that_was_lost_is_found_again_by_reference(town: Town) -> None:
    carrier = adapter_of(town)
    shipment_id = create(carrier)
    requests.post(f"{town.base}/control/carrier/faults", json={"kind": "late", "seconds": 2}, timeout=5)
    impatient = EasyPost(town.parts.config.easypost_api_key, api_base=f"{town.base}/easypost", timeout_seconds=1)
    with pytest.raises(OutsideError) as raised:
        impatient.buy(shipment_id, COVER)
    assert raised.value.ambiguous and not raised.value.permanent
    found = carrier.find("rp-1")
    assert found is not None and found.bought is not None


def test_an_unused_label_is_given_back_once(town: Town) -> None:
    carrier = adapter_of(town)
    shipment_id = create(carrier)
    carrier.buy(shipment_id, COVER)
    carrier.refund(shipment_id)
    carrier.refund(shipment_id)
    record = requests.get(f"{town.base}/control/carrier/shipments", timeout=5).json()["record"]
    assert [entry["what"] for entry in record] == ["buy", "refund"]


MORNING = (datetime(2026, 3, 9, 8, tzinfo=UTC), datetime(2026, 3, 9, 11, tzinfo=UTC))


def plan(carrier: EasyPost, shipment_id: str, sender: Address = CLEO) -> Collection | None:
    starts_at, ends_at = MORNING
    return carrier.plan_collection(
        reference="rp-1", shipment_id=shipment_id, sender=sender, starts_at=starts_at, ends_at=ends_at
    )


def collecting(town: Town) -> list[str]:
    record = requests.get(f"{town.base}/control/carrier/shipments", timeout=5).json()["record"]
    return [entry["what"] for entry in record if entry["what"].startswith("collect")]


def test_a_collection_is_planned_for_nothing_and_booked_once(town: Town) -> None:
    carrier = adapter_of(town)
    shipment_id = create(carrier)
    carrier.buy(shipment_id, COVER)
    planned = plan(carrier, shipment_id)
    assert planned is not None and planned.code == "" and collecting(town) == []
    booked = carrier.book_collection(planned.collection_id)
    assert booked is not None and booked.code.startswith("PU") and not booked.is_cancelled
    assert carrier.book_collection(planned.collection_id) == booked
    assert collecting(town) == ["collect"]
    (pickup,) = requests.get(f"{town.base}/control/carrier/shipments", timeout=5).json()["pickups"]
    assert pickup["min_datetime"] == MORNING[0].isoformat() and pickup["address"]["zip"] == CLEO.postal_code


def test_a_collection_is_called_off_once_and_one_never_booked_is_left_alone(town: Town) -> None:
    carrier = adapter_of(town)
    shipment_id = create(carrier)
    carrier.buy(shipment_id, COVER)
    planned, other = plan(carrier, shipment_id), plan(carrier, shipment_id)
    assert planned is not None and other is not None
    carrier.book_collection(planned.collection_id)
    for _ in range(2):
        carrier.cancel_collection(planned.collection_id)
        carrier.cancel_collection(other.collection_id)
    assert collecting(town) == ["collect", "collect_off"]


def test_where_nobody_comes_there_is_no_collection(town: Town) -> None:
    carrier = adapter_of(town)
    shipment_id = create(carrier)
    carrier.buy(shipment_id, COVER)
    assert plan(carrier, shipment_id, replace(CLEO, street1="Nowhere 1")) is None


def test_an_address_is_checked_and_what_is_not_found_of_it_is_named(town: Town) -> None:
    carrier = adapter_of(town)
    assert carrier.check_address(CLEO) == ""
    assert carrier.check_address(replace(CLEO, street1="Nowhere 1")) == "street1"
    assert carrier.check_address(replace(CLEO, postal_code="")) == "zip"


# --- alone


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as wire:
        yield wire


def alone() -> EasyPost:
    return EasyPost("key", api_base=f"{BASE}/v2/")


def answer(wire: responses.RequestsMock, method: str, path: str, **given: Any) -> None:
    wire.add(method, f"{BASE}/v2{path}", **given)


def refusal(code: str) -> dict:
    return {"error": {"code": code, "message": "12 rue de Thorigny is not known", "errors": []}}


def test_the_fastest_rate_is_bought_and_of_two_alike_the_cheaper(wire: responses.RequestsMock) -> None:
    answer(wire, "GET", "/shipments/shp_1", json=SHIPMENT)
    answer(wire, "POST", "/shipments/shp_1/buy", json=BOUGHT)
    bought = alone().buy("shp_1", COVER)
    sent = wire.calls[1].request.body
    assert sent is not None and b'"id": "rate_3"' in sent and b'"insurance": "14800.00"' in sent
    assert (bought.label_pdf_url, bought.carrier) == (f"{BASE}/l.pdf", "Harbour")


def test_bought_by_another_run_meanwhile_is_read_instead(wire: responses.RequestsMock) -> None:
    answer(wire, "GET", "/shipments/shp_1", json=SHIPMENT)
    answer(wire, "POST", "/shipments/shp_1/buy", status=422, json=refusal("SHIPMENT.POSTAGE.EXISTS"))
    answer(wire, "GET", "/shipments/shp_1", json=BOUGHT)
    assert alone().buy("shp_1", COVER).tracking_code == "HX1"


def test_a_label_without_insurance_confirms_no_cover(wire: responses.RequestsMock) -> None:
    answer(wire, "GET", "/shipments/shp_1", json=BOUGHT | {"insurance": None})
    assert alone().buy("shp_1", COVER).cover == Money(0, "USD")


def test_cover_the_carrier_does_not_give_is_said(wire: responses.RequestsMock) -> None:
    answer(wire, "GET", "/shipments/shp_1", json=SHIPMENT)
    answer(wire, "POST", "/shipments/shp_1/buy", status=422, json=refusal("SHIPMENT.INSURANCE.INVALID"))
    with pytest.raises(CoverMissing, match="does not give cover of \\$14,800"):
        alone().buy("shp_1", COVER)


def test_cover_in_euros_is_not_asked_for_at_all() -> None:
    with pytest.raises(CoverMissing, match="US dollars only"):
        alone().buy("shp_1", Money(1_480_000, "EUR"))


def test_no_rates_is_a_no(wire: responses.RequestsMock) -> None:
    answer(wire, "GET", "/shipments/shp_1", json=SHIPMENT | {"rates": []})
    with pytest.raises(OutsideError) as raised:
        alone().buy("shp_1", COVER)
    assert raised.value.permanent


@pytest.mark.parametrize(
    ("given", "permanent", "ambiguous"),
    [
        ({"status": 401, "json": refusal("APIKEY.INACTIVE")}, True, False),
        ({"status": 422, "json": refusal("SHIPMENT.INVALID_PARAMS")}, True, False),
        ({"status": 429, "json": refusal("RATE_LIMITED")}, False, False),
        ({"status": 500, "json": refusal("INTERNAL_SERVER_ERROR")}, False, True),
        ({"status": 502, "body": "<html>bad gateway</html>"}, False, True),
        ({"status": 418, "json": refusal("TEAPOT")}, True, False),
        ({"body": requests.exceptions.ReadTimeout("slow")}, False, True),
        ({"body": requests.exceptions.ConnectionError("cut")}, False, True),
        ({"status": 200, "body": "not json"}, False, True),
        ({"status": 200, "json": {"object": "Shipment"}}, False, False),
        ({"status": 200, "json": []}, False, False),
    ],
)
def test_every_failure_says_whether_it_may_be_tried_again(
    wire: responses.RequestsMock, given: dict, permanent: bool, ambiguous: bool
) -> None:
    answer(wire, "GET", "/shipments/rp-1", **given)
    with pytest.raises(OutsideError) as raised:
        alone().find("rp-1")
    assert (raised.value.permanent, raised.value.ambiguous) == (permanent, ambiguous)
    assert "Thorigny" not in str(raised.value)


@pytest.mark.parametrize(
    "given",
    [{"status": 404, "body": "gone"}, {"status": 200, "body": "<html>"}, {"body": requests.exceptions.Timeout("slow")}],
)
def test_a_label_that_is_no_pdf_is_not_passed_on(wire: responses.RequestsMock, given: dict) -> None:
    wire.add("GET", f"{BASE}/l.pdf", **given)
    with pytest.raises(OutsideError):
        alone().label_pdf(f"{BASE}/l.pdf")
