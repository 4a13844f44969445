"""What the carrier's stand-in promises of EasyPost, asked without a wire: each refusal, each figure, each scan."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import easypost.util
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.carrier import shapes
from simulators.carrier.labels import label_pdf
from simulators.carrier.parcels import CarrierError, Parcels, _insure, sign
from simulators.carrier.pickups import Pickups
from simulators.config import Config
from simulators.shelf import Shelf

CLEO = {"name": "Cleo Whitlock", "street1": "12 rue de Thorigny", "city": "Paris", "zip": "75003", "country": "FR"}
DESK = {"name": "Receiving desk", "street1": "8 rue du Louvre", "city": "Paris", "zip": "75001", "country": "FR"}
NEW_YORK = DESK | {"street1": "1 Fifth Avenue", "city": "New York", "state": "NY", "zip": "10003", "country": "US"}
NOON_IN_PARIS = datetime(2026, 11, 24, 12, tzinfo=timezone(timedelta(hours=1)))


class Posted(list[tuple[str, bytes, dict[str, str]]]):
    """In place of Callbacks: what would have been posted."""

    def post(self, url: str, body: bytes, headers: dict[str, str], **rest: Any) -> str:
        assert rest["refusals_too"] is True, "EasyPost tries again whatever the answer was"
        self.append((url, body, headers))
        return "id"


@pytest.fixture
def posted() -> Posted:
    return Posted()


@pytest.fixture
def parcels(posted: Posted) -> Any:
    shelf = Shelf()
    yield Parcels(Config(clock=lambda: NOON_IN_PARIS), shelf, posted)  # type: ignore[arg-type]
    shelf.close()


def quoted(parcels: Parcels, **more: Any) -> dict[str, Any]:
    given = {"to_address": DESK, "from_address": CLEO, "parcel": {"weight": 12}, "reference": "rp-1"}
    return parcels.add_shipment(given | more)


def bought(parcels: Parcels, insurance: object = "14800.00", **more: Any) -> dict[str, Any]:
    made = quoted(parcels, **more)
    return parcels.buy(made["id"], made["rates"][0], insurance)


def refused(code: str, status: int = 422) -> Any:
    return pytest.raises(CarrierError, check=lambda error: (error.code, error.status) == (code, status))


# --- quotes


def test_a_quote_at_home_has_three_rates_and_abroad_the_two_that_cross_a_border_and_take_longer(
    parcels: Parcels,
) -> None:
    home, far = quoted(parcels)["rates"], quoted(parcels, to_address=NEW_YORK)["rates"]
    assert [(r["service"], r["rate"], r["delivery_days"]) for r in home] == [
        ("SecureOvernight", "46.80", 1), ("SecureTwoDay", "31.40", 2), ("Ground", "14.20", 5),
    ]  # fmt: skip
    assert [(r["service"], r["rate"], r["delivery_days"]) for r in far] == [
        ("SecureOvernight", "118.00", 3), ("SecureTwoDay", "84.50", 4),
    ]  # fmt: skip


@pytest.mark.parametrize("end", ["to_address", "from_address"])
@pytest.mark.parametrize("wrong", [{"street1": "Nowhere 1"}, {"zip": ""}, {"country": None}])
def test_where_nobody_can_deliver_there_is_no_rate_and_a_message(
    parcels: Parcels, end: str, wrong: dict[str, Any]
) -> None:
    made = quoted(parcels, **{end: CLEO | wrong})
    assert made["rates"] == [] and made["messages"][0]["type"] == "rate_error"


@pytest.mark.parametrize("field", ["to_address", "from_address", "parcel"])
def test_a_quote_without_one_of_its_three_parts_is_refused_and_nothing_kept(parcels: Parcels, field: str) -> None:
    with refused("SHIPMENT.INVALID_PARAMS"):
        quoted(parcels, **{field: None})
    assert parcels.newest_first() == []


def test_parts_may_be_named_by_the_id_they_were_kept_under_and_a_strangers_id_is_not_found(parcels: Parcels) -> None:
    place, box = parcels.add_address(CLEO), parcels.add_parcel({"weight": 20})
    made = quoted(parcels, from_address={"id": place["id"]}, parcel={"id": box["id"]})
    assert (made["from_address"], made["parcel"]["weight"]) == (place, 20)
    with refused("NOT_FOUND", 404):
        quoted(parcels, parcel={"id": "prcl_none"})
    with refused("PARCEL.INVALID_PARAMS"):
        parcels.add_parcel({"length": 9})


def test_an_address_is_checked_where_it_is_asked_for_and_refused_only_where_it_is_strict(parcels: Parcels) -> None:
    wrong = CLEO | {"street1": "Nowhere 1", "zip": ""}
    assert parcels.add_address(wrong)["verifications"] == {}
    checked = parcels.add_address(wrong, verify=True)["verifications"]["delivery"]
    assert (checked["success"], [e["field"] for e in checked["errors"]]) == (False, ["zip"]), "what is missing first"
    with refused("ADDRESS.VERIFY.FAILURE") as error:
        parcels.add_address(wrong, strict=True)
    assert error.value.body()["error"]["errors"] == checked["errors"]


# --- bought, insured, refunded


def test_a_label_bought_has_a_code_a_tracker_a_file_and_its_fees(parcels: Parcels) -> None:
    made = bought(parcels)
    assert made["tracking_code"].startswith("HX") and len(made["tracking_code"]) == 12
    assert made["postage_label"]["label_pdf_url"].endswith(f"/labels/{made['tracking_code']}.pdf")
    assert parcels.tracker(made["tracking_code"])["shipment_id"] == made["id"]
    assert [(fee["type"], fee["amount"]) for fee in made["fees"]] == [
        ("LabelFee", "0.01000"), ("PostageFee", "46.80"), ("InsuranceFee", "74.00000"),
    ]  # fmt: skip
    assert made["updated_at"] == "2026-11-24T11:00:00Z", "in UTC, whatever the clock's own zone"


def test_in_one_call_it_is_quoted_and_bought(parcels: Parcels) -> None:
    made = quoted(parcels, service="Ground", insurance=100)
    assert (made["selected_rate"]["service"], made["insurance"]) == ("Ground", "100.00")
    with refused("SHIPMENT.RATE.NOT_FOUND"):
        quoted(parcels, service="Pigeon")


def test_a_label_is_bought_once_and_only_for_a_rate_of_its_own(parcels: Parcels) -> None:
    first, second = quoted(parcels), quoted(parcels)
    with refused("SHIPMENT.RATE.NOT_FOUND"):
        parcels.buy(first["id"], second["rates"][0])
    parcels.buy(first["id"], first["rates"][1])
    with refused("SHIPMENT.POSTAGE.EXISTS"):
        parcels.buy(first["id"], first["rates"][1])
    assert [entry["what"] for entry in parcels.record()] == ["buy"]


def test_of_several_under_one_reference_the_one_that_was_bought_is_found_else_the_newest(parcels: Parcels) -> None:
    first, second = quoted(parcels), quoted(parcels)
    assert parcels.shipment("rp-1")["id"] == second["id"]
    parcels.buy(first["id"], first["rates"][0])
    quoted(parcels)
    assert parcels.shipment("rp-1")["id"] == first["id"]
    for nobodys in ("rp-2", "shp_none"):
        with refused("NOT_FOUND", 404):
            parcels.shipment(nobodys)


@pytest.mark.parametrize("amount", [None, "", 0, "0.00", "-5", "much", "NaN", "Infinity"])
def test_cover_of_nothing_is_no_cover(parcels: Parcels, amount: object) -> None:
    made = bought(parcels, insurance=None)
    with refused("SHIPMENT.INSURANCE.INVALID"):
        parcels.insure(made["id"], amount)
    assert parcels.shipment(made["id"])["insurance"] is None


def test_cover_is_bought_with_the_label_or_after_it_and_once(parcels: Parcels) -> None:
    with refused("SHIPMENT.POSTAGE.REQUIRED"):
        parcels.insure(quoted(parcels)["id"], 100)
    made = bought(parcels, insurance=None, reference="rp-2")
    assert parcels.insure("rp-2", 14800.5)["insurance"] == "14800.50"
    with refused("SHIPMENT.INSURANCE.EXISTS"):
        parcels.insure(made["id"], 1)


@given(st.decimals("0.01", "9999999", places=2))
def test_the_fee_for_cover_is_half_a_hundredth_of_it_to_the_fifth_place(amount: Decimal) -> None:
    kept: dict[str, Any] = {"fees": []}
    _insure(kept, amount)
    (fee,) = kept["fees"]
    assert Decimal(kept["insurance"]) == amount and Decimal(fee["amount"]) * 200 == amount


def test_postage_goes_back_until_the_first_scan_and_not_after(parcels: Parcels) -> None:
    with refused("SHIPMENT.REFUND.UNAVAILABLE"):
        parcels.refund(quoted(parcels, reference="rp-0")["id"])
    early, late = bought(parcels), bought(parcels, reference="rp-2")
    parcels.move(early["tracking_code"], "pre_transit")
    assert parcels.refund(early["id"])["refund_status"] == "submitted"
    parcels.move(late["tracking_code"], "in_transit")
    with refused("SHIPMENT.REFUND.UNAVAILABLE"):
        parcels.refund(late["id"])


# --- scans


@pytest.mark.parametrize(
    ("status", "detail", "city", "ends"),
    [
        ("pre_transit", "status_update", "Paris", False),
        ("in_transit", "arrived_at_facility", "Paris", False),
        ("out_for_delivery", "out_for_delivery", "New York", False),
        ("delivered", "arrived_at_destination", "New York", True),
        ("return_to_sender", "return_to_sender", "Paris", True),
        ("failure", "damaged", "Paris", True),
    ],
)
def test_a_scan_says_where_it_is_and_whether_it_is_the_last(
    parcels: Parcels, status: str, detail: str, city: str, ends: bool
) -> None:
    made = bought(parcels, to_address=NEW_YORK)
    moved = parcels.move(made["tracking_code"], status)
    (scan,) = moved["tracking_details"]
    assert (scan["status_detail"], scan["tracking_location"]["city"]) == (detail, city)
    assert (moved["status"], moved["finalized"]) == (status, ends)
    assert moved["signed_by"] == ("RECEPTION" if status == "delivered" else None)
    assert parcels.shipment(made["id"])["status"] == status


def test_a_return_runs_the_other_way(parcels: Parcels) -> None:
    made = bought(parcels, to_address=NEW_YORK, is_return=True)
    assert parcels.move(made["tracking_code"], "in_transit")["tracking_details"][0]["tracking_location"]["city"] == (
        "New York"
    )


def test_each_scan_is_told_signed_with_what_it_was_before(parcels: Parcels, posted: Posted) -> None:
    made = bought(parcels)
    parcels.move(made["tracking_code"], "delivered")
    parcels.move(made["tracking_code"], "in_transit")  # scans come in any order
    secret = parcels.config.easypost_webhook_secret
    told = [easypost.util.validate_webhook(body, headers, secret) for _, body, headers in posted]
    assert [url for url, *_ in posted] == ["http://127.0.0.1:8080/webhooks/easypost"] * 2
    assert [(t["previous_attributes"]["status"], t["result"]["status"]) for t in told] == [
        ("unknown", "delivered"), ("delivered", "in_transit"),
    ]  # fmt: skip
    assert json.loads(posted[1][1])["result"]["signed_by"] == "RECEPTION", "a signature stays"


def test_a_scan_nobody_makes_and_one_of_a_strangers_parcel_are_refused(parcels: Parcels, posted: Posted) -> None:
    made = bought(parcels)
    with refused("TRACKER.STATUS.UNKNOWN"):
        parcels.move(made["tracking_code"], "unknown")
    with refused("NOT_FOUND", 404):
        parcels.move("HX0000000000", "delivered")
    assert posted == []


def test_a_parcel_bought_elsewhere_is_followed_too_and_says_no_place(parcels: Parcels) -> None:
    with refused("TRACKER.CREATE.ERROR"):
        parcels.add_tracker("")
    parcels.add_tracker("1Z999")
    moved = parcels.move("1Z999", "delivered")
    assert moved["tracking_details"][0]["tracking_location"]["city"] is None and moved["shipment_id"] is None


def test_a_secret_with_an_accent_signs_as_easyposts_own_library_checks() -> None:
    headers = {"X-Hmac-Signature": sign("clé secrète", b'{"id": 1}')}
    assert easypost.util.validate_webhook(b'{"id": 1}', headers, "clé secrète") == {"id": 1}


# --- visits at the door


def visit(parcels: Parcels, shipment: dict[str, Any], **more: Any) -> dict[str, Any]:
    times = {"min_datetime": "2026-11-25T08:00:00Z", "max_datetime": "2026-11-25T11:00:00Z"}
    return Pickups(parcels).add(
        {"shipment": {"id": shipment["id"]}, "address": CLEO, "reference": "rp-1"} | times | more
    )


def test_a_visit_is_quoted_for_a_label_booked_once_and_called_off_once(parcels: Parcels) -> None:
    pickups = Pickups(parcels)
    with refused("PICKUP.SHIPMENT.POSTAGE_REQUIRED"):
        visit(parcels, quoted(parcels))
    made = visit(parcels, bought(parcels))
    with refused("PICKUP.NOT_SCHEDULED"):
        pickups.cancel(made["id"])
    with refused("PICKUP.RATE.NOT_FOUND"):
        pickups.buy(made["id"], shapes.CARRIER, "SameHour")
    booked = pickups.buy(made["id"], shapes.CARRIER, "NextDay")
    assert (booked["status"], booked["confirmation"][:2]) == ("scheduled", "PU")
    with refused("PICKUP.ALREADY_SCHEDULED"):
        pickups.buy(made["id"], shapes.CARRIER, "NextDay")
    assert pickups.cancel(made["id"])["status"] == "canceled"
    with refused("PICKUP.NOT_SCHEDULED"):
        pickups.cancel(made["id"])
    assert [entry["what"] for entry in parcels.record()] == ["buy", "collect", "collect_off"]


def test_at_a_door_nobody_finds_a_visit_has_no_rate_and_a_stranger_has_no_visit(parcels: Parcels) -> None:
    label = bought(parcels)
    assert visit(parcels, label, address=CLEO | {"street1": "Nowhere"})["pickup_rates"] == []
    with refused("NOT_FOUND", 404):
        Pickups(parcels).pickup("pickup_none")
    with refused("NOT_FOUND", 404):
        visit(parcels, {"id": ""})


@pytest.mark.parametrize("field", ["min_datetime", "max_datetime", "address"])
def test_a_visit_without_a_time_or_a_door_is_refused(parcels: Parcels, field: str) -> None:
    with refused("PICKUP.INVALID_PARAMS"):
        visit(parcels, bought(parcels), **{field: None})


# --- the label itself


def test_a_label_shows_both_ends_the_code_and_no_more_than_is_true(parcels: Parcels) -> None:
    home, back = bought(parcels), bought(parcels, insurance=None, is_return=True)
    first, second = label_pdf(home), label_pdf(back)
    assert first.startswith(b"%PDF-1.4") and first.endswith(b"%%EOF\n")
    assert first.index(b"12 rue de Thorigny") < first.index(b"8 rue du Louvre"), "from, then to"
    assert second.index(b"8 rue du Louvre") < second.index(b"12 rue de Thorigny"), "a return runs the other way"
    assert b"Insured." in first and b"Insured." not in second
    assert home["tracking_code"].encode() in first and b"Reference rp-1" in first


def test_a_name_in_another_script_or_with_brackets_still_makes_a_whole_file(parcels: Parcels) -> None:
    made = label_pdf(bought(parcels, from_address=CLEO | {"name": "クレオ (Cleo\\)"}))
    assert rb"(??? \(Cleo\\\)) Tj" in made
    start = int(made.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert made[start : start + 4] == b"xref", "the table of contents is where the file says"
