"""The carrier stand-in, seen by EasyPost's own library."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from easypost.easypost_client import EasyPostClient
from easypost.errors.api.internal_server_error import InternalServerError
from easypost.errors.api.invalid_request_error import InvalidRequestError
from easypost.errors.api.not_found_error import NotFoundError
from easypost.errors.api.unauthorized_error import UnauthorizedError
from easypost.errors.general.easypost_error import EasyPostError
from easypost.util import validate_webhook

from tests.simulators.town import Recorder, Town, living, recording

PARIS: dict[str, Any] = {
    "name": "Reception",
    "street1": "12 rue de la Paix",
    "city": "Paris",
    "zip": "75002",
    "country": "FR",
}
CLEO: dict[str, Any] = {
    "name": "A. Whitlock",
    "street1": "3 rue d’Aboukir",
    "city": "Paris",
    "zip": "75002",
    "country": "FR",
}
BOX = {"length": 8, "width": 6, "height": 4, "weight": 12}
SECRET = "se\u212bret \ufb01ne"  # not in normal form: the Å and the fi ligature change under NFKD


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with recording() as found:
        yield found


@pytest.fixture
def town(recorder: Recorder) -> Iterator[Town]:
    with living(recorder.url, easypost_webhook_secret=SECRET) as found:
        yield found


def client_of(town: Town, *, key: str = "", timeout: int = 5) -> EasyPostClient:
    return EasyPostClient(
        key or town.parts.config.easypost_api_key, api_base=f"{town.base}/easypost/v2", timeout=timeout
    )


def quote(town: Town, **more: object):
    shipment = {"to_address": CLEO, "from_address": PARIS, "parcel": BOX, "is_return": True, "reference": "rma-7"}
    return client_of(town).shipment.create(**(shipment | more))


def bought(town: Town, **more: object):
    shipment = quote(town, **more)
    return client_of(town).shipment.buy(shipment.id, rate=shipment.lowest_rate(), insurance="14800.00")


def move(town: Town, tracking_code: str, status: str) -> requests.Response:
    url = f"{town.base}/control/carrier/parcels/{tracking_code}/move"
    return requests.post(url, json={"status": status}, timeout=5)


def test_a_shipment_is_quoted_bought_insured_and_labelled(town: Town) -> None:
    shipment = quote(town)
    assert {r.service for r in shipment.rates} == {"SecureOvernight", "SecureTwoDay", "Ground"}
    shipment = client_of(town).shipment.buy(shipment.id, rate=shipment.rates[0], insurance="14800")
    assert (shipment.insurance, shipment.selected_rate.service) == ("14800.00", "SecureOvernight")
    assert shipment.tracker.tracking_code == shipment.tracking_code
    label = requests.get(shipment.postage_label.label_url, timeout=5)
    assert label.headers["Content-Type"] == "application/pdf"
    assert label.content.startswith(b"%PDF-1.4") and label.content.endswith(b"%%EOF\n")
    for shown in (shipment.tracking_code, "rma-7", "A. Whitlock", "Reception"):
        assert shown.encode() in label.content
    start = int(label.content.rsplit(b"startxref\n", 1)[1].split()[0])
    assert label.content[start : start + 4] == b"xref"


def test_a_return_runs_from_the_client_to_the_house(town: Town) -> None:
    pdf = requests.get(bought(town).postage_label.label_url, timeout=5).content
    assert pdf.index(b"A. Whitlock") < pdf.index(b"Reception")  # FROM stands above TO
    outward = requests.get(bought(town, is_return=False, reference="out").postage_label.label_url, timeout=5).content
    assert outward.index(b"Reception") < outward.index(b"A. Whitlock")


def test_abroad_is_dearer_and_not_by_road(town: Town) -> None:
    london = CLEO | {"city": "London", "zip": "W1S", "country": "GB"}
    assert {r.service for r in quote(town, to_address=london).rates} == {"SecureOvernight", "SecureTwoDay"}


def test_nowhere_has_no_rates_but_a_message(town: Town) -> None:
    shipment = quote(town, to_address=CLEO | {"street1": "1 Nowhere Lane"})
    assert shipment.rates == [] and shipment.messages[0].type == "rate_error"


def test_a_label_is_bought_once(town: Town) -> None:
    shipment = bought(town)
    with pytest.raises(InvalidRequestError) as refused:
        client_of(town).shipment.buy(shipment.id, rate=shipment.rates[0])
    assert refused.value.code == "SHIPMENT.POSTAGE.EXISTS"
    record = requests.get(f"{town.base}/control/carrier/shipments", timeout=5).json()["record"]
    assert [entry["what"] for entry in record] == ["buy"]


def test_a_shipment_is_found_by_our_reference(town: Town) -> None:
    paid = bought(town)
    quote(town)  # a second quote under the same reference does not hide the one that was paid
    assert client_of(town).shipment.retrieve("rma-7").id == paid.id
    with pytest.raises(NotFoundError):
        client_of(town).shipment.retrieve("rma-8")


def test_insurance_can_be_added_later_but_once(town: Town) -> None:
    shipment = quote(town)
    with pytest.raises(InvalidRequestError):
        client_of(town).shipment.insure(shipment.id, amount="100")
    client_of(town).shipment.buy(shipment.id, rate=shipment.lowest_rate())
    assert client_of(town).shipment.insure(shipment.id, amount="9500.00").insurance == "9500.00"
    with pytest.raises(InvalidRequestError):
        client_of(town).shipment.insure(shipment.id, amount="1.00")


def test_postage_is_refunded_before_the_first_scan_only(town: Town) -> None:
    unused, used = bought(town), bought(town, reference="rma-9")
    assert client_of(town).shipment.refund(unused.id).refund_status == "submitted"
    move(town, used.tracking_code, "in_transit")
    with pytest.raises(InvalidRequestError):
        client_of(town).shipment.refund(used.id)


def test_an_address_is_verified(town: Town) -> None:
    client = client_of(town)
    assert client.address.create(verify=True, **CLEO).verifications.delivery.success
    assert not client.address.create(verify=True, **CLEO | {"zip": None}).verifications.delivery.success
    kept = client.address.create(**CLEO)
    assert client.address.verify(kept.id).city == "Paris"
    with pytest.raises(InvalidRequestError) as refused:
        client.address.create_and_verify(**CLEO | {"street1": "Nowhere 1"})
    assert refused.value.code == "ADDRESS.VERIFY.FAILURE"
    assert quote(town, to_address={"id": kept.id}).to_address.id == kept.id


def test_each_move_is_told_signed_as_easypost_signs(town: Town, recorder: Recorder) -> None:
    code = bought(town).tracking_code
    for told, status in enumerate(("pre_transit", "in_transit", "delivered"), 1):
        assert move(town, code, status).status_code == 200
        recorder.wait_for(told)  # else a later one may overtake, as at the real one
    events = [validate_webhook(r.body, r.headers, SECRET) for r in recorder.received]
    assert [e["result"]["status"] for e in events] == ["pre_transit", "in_transit", "delivered"]
    assert [e["previous_attributes"]["status"] for e in events] == ["unknown", "pre_transit", "in_transit"]
    assert {e["description"] for e in events} == {"tracker.updated"} and len({e["id"] for e in events}) == 3
    assert {r.path for r in recorder.received} == {"/webhooks/easypost"}
    with pytest.raises(EasyPostError):
        validate_webhook(recorder.received[0].body, recorder.received[0].headers, "another")
    tracker = client_of(town).tracker.retrieve(code)
    assert (tracker.status, tracker.signed_by, len(tracker.tracking_details)) == ("delivered", "RECEPTION", 3)


def test_a_move_is_told_again_until_it_is_taken(town: Town, recorder: Recorder) -> None:
    recorder.answers = [503, 401]
    move(town, bought(town).tracking_code, "delivered")
    received = recorder.wait_for(3)
    assert len({json.loads(r.body)["id"] for r in received}) == 1


def test_an_unknown_move_and_an_unknown_parcel_are_refused(town: Town) -> None:
    assert move(town, bought(town).tracking_code, "vanished").status_code == 422
    assert move(town, "HX0", "delivered").status_code == 404


def test_a_wrong_key_is_refused(town: Town) -> None:
    with pytest.raises(UnauthorizedError) as refused:
        client_of(town, key="wrong").shipment.retrieve("rma-7")
    assert refused.value.code == "APIKEY.INACTIVE"


def test_a_late_answer_leaves_a_label_and_a_500_none(town: Town) -> None:
    first, second = quote(town), quote(town, reference="rma-8")
    faults = f"{town.base}/control/carrier/faults"
    requests.post(faults, json={"kind": "late", "seconds": 1.5}, timeout=5)
    requests.post(faults, json={"kind": "500"}, timeout=5)
    with pytest.raises(EasyPostError):
        client_of(town, timeout=1).shipment.buy(first.id, rate=first.rates[0])
    with pytest.raises(InternalServerError):
        client_of(town).shipment.buy(second.id, rate=second.rates[0])
    assert client_of(town).shipment.retrieve("rma-7").tracking_code
    assert not client_of(town).shipment.retrieve("rma-8").tracking_code


def test_a_restart_remembers_what_was_bought(recorder: Recorder, tmp_path: Path) -> None:
    state = tmp_path / "simulators.db"
    with living(recorder.url, state_path=state) as town:
        code = bought(town).tracking_code
    with living(recorder.url, state_path=state) as town:
        assert client_of(town).shipment.retrieve("rma-7").tracking_code == code
        assert move(town, code, "delivered").status_code == 200
