"""Shapes: EasyPost's JSON objects, built from plain values."""

import uuid
from decimal import Decimal

CARRIER = "HarbourExpress"
# service, dearer abroad, days: rates in USD, before and after a border
SERVICES = (
    ("SecureOvernight", "46.80", "118.00", 1),
    ("SecureTwoDay", "31.40", "84.50", 2),
    ("Ground", "14.20", None, 5),
)
INSURANCE_SHARE = Decimal("0.005")
# status -> (status_detail, what the scan says)
SCANS = {
    "unknown": ("unknown", "Label made"),
    "pre_transit": ("status_update", "The carrier has been told to expect the parcel"),
    "in_transit": ("arrived_at_facility", "The parcel is on its way"),
    "out_for_delivery": ("out_for_delivery", "The parcel is out for delivery"),
    "delivered": ("arrived_at_destination", "Delivered, signed for"),
    "return_to_sender": ("return_to_sender", "The parcel goes back to its sender"),
    "failure": ("damaged", "The carrier reports a problem with the parcel"),
}
MOVES = tuple(status for status in SCANS if status != "unknown")


def new_id(prefix: str) -> str:
    return f"{prefix}_{uuid.uuid4().hex}"


def address(given: dict, now: str) -> dict:
    names = ("name", "company", "street1", "street2", "city", "state", "zip", "country", "phone", "email")
    return {
        "id": new_id("adr"),
        "object": "Address",
        "created_at": now,
        "updated_at": now,
        **{name: given.get(name) for name in names},
        "mode": "test",
        "carrier_facility": None,
        "residential": given.get("residential"),
        "federal_tax_id": None,
        "state_tax_id": None,
        "verifications": {},
    }


def verification(address: dict) -> dict:
    """Passes unless a line is missing, or the street says "Nowhere", which stands for one that can't be found."""
    lacking = [field for field in ("street1", "city", "zip", "country") if not address.get(field)]
    wrong = lacking or (["street1"] if "nowhere" in (address["street1"] or "").lower() else [])
    errors = [
        {"code": "E.ADDRESS.NOT_FOUND", "field": field, "message": "Address not found", "suggestion": None}
        for field in wrong
    ]
    return {"delivery": {"success": not errors, "errors": errors, "details": {}}}


def parcel(given: dict, now: str) -> dict:
    return {
        "id": new_id("prcl"),
        "object": "Parcel",
        "created_at": now,
        "updated_at": now,
        **{name: given.get(name) for name in ("length", "width", "height", "predefined_package", "weight")},
        "mode": "test",
    }


def rates(shipment: dict, now: str) -> list[dict]:
    """Two or three rates; none, with a message on the shipment, for an address that can't be delivered to."""
    ends = (shipment["to_address"], shipment["from_address"])
    if not all(verification(end)["delivery"]["success"] for end in ends):
        return []
    abroad = ends[0]["country"] != ends[1]["country"]
    priced = [(name, far if abroad else near, days + 2 * abroad) for name, near, far, days in SERVICES]
    return [_rate(shipment["id"], name, price, days, now) for name, price, days in priced if price]


def _rate(shipment_id: str, service: str, price: str, days: int, now: str) -> dict:
    return {
        "id": new_id("rate"),
        "object": "Rate",
        "created_at": now,
        "updated_at": now,
        "mode": "test",
        "service": service,
        "carrier": CARRIER,
        "rate": price,
        "currency": "USD",
        "retail_rate": price,
        "retail_currency": "USD",
        "list_rate": price,
        "list_currency": "USD",
        "billing_type": "easypost",
        "delivery_days": days,
        "delivery_date": None,
        "delivery_date_guaranteed": False,
        "est_delivery_days": days,
        "shipment_id": shipment_id,
        "carrier_account_id": "ca_" + "0" * 32,
    }


def shipment(given: dict, *, to_address: dict, from_address: dict, parcel: dict, now: str) -> dict:
    made: dict = {
        "id": new_id("shp"),
        "object": "Shipment",
        "created_at": now,
        "updated_at": now,
        "mode": "test",
        "reference": given.get("reference"),
        "is_return": bool(given.get("is_return")),
        "to_address": to_address,
        "from_address": from_address,
        "return_address": from_address,
        "buyer_address": to_address,
        "parcel": parcel,
        "options": {"currency": "USD", "payment": {"type": "SENDER"}} | (given.get("options") or {}),
        "customs_info": given.get("customs_info"),
        "insurance": given.get("insurance") and str(given["insurance"]),
        "status": "unknown",
        "refund_status": None,
        "tracking_code": None,
        "tracker": None,
        "postage_label": None,
        "selected_rate": None,
        "batch_id": None,
        "batch_status": None,
        "batch_message": None,
        "usps_zone": None,
        "scan_form": None,
        "order_id": None,
        "forms": [],
        "fees": [],
    }
    made["rates"] = rates(made, now)
    unrated = {"carrier": CARRIER, "type": "rate_error", "message": "The address can't be delivered to."}
    made["messages"] = [] if made["rates"] else [unrated]
    return made


def label(url: str, now: str) -> dict:
    return {
        "id": new_id("pl"),
        "object": "PostageLabel",
        "created_at": now,
        "updated_at": now,
        "date_advance": 0,
        "integrated_form": "none",
        "label_date": now,
        "label_resolution": 300,
        "label_size": "A6",
        "label_type": "default",
        "label_file_type": "application/pdf",
        "label_url": url,
        "label_pdf_url": url,
        "label_zpl_url": None,
        "label_epl2_url": None,
        "label_file": None,
    }


def fee(kind: str, amount: str) -> dict:
    return {"object": "Fee", "type": kind, "amount": amount, "charged": True, "refunded": False}


def tracker(tracking_code: str, now: str, *, shipment_id: str | None, public_base: str) -> dict:
    return {
        "id": new_id("trk"),
        "object": "Tracker",
        "mode": "test",
        "tracking_code": tracking_code,
        "status": "unknown",
        "status_detail": "unknown",
        "created_at": now,
        "updated_at": now,
        "signed_by": None,
        "weight": None,
        "est_delivery_date": None,
        "shipment_id": shipment_id,
        "carrier": CARRIER,
        "tracking_details": [],
        "carrier_detail": None,
        "finalized": False,
        "is_return": True,
        "public_url": f"{public_base}/carrier/{tracking_code}",
        "fees": [],
    }


def scan(status: str, place: dict, now: str) -> dict:
    detail, words = SCANS[status]
    where = {name: place.get(name) for name in ("city", "state", "country", "zip")}
    return {
        "object": "TrackingDetail",
        "message": words,
        "description": None,
        "status": status,
        "status_detail": detail,
        "datetime": now,
        "source": CARRIER,
        "carrier_code": None,
        "tracking_location": {"object": "TrackingLocation"} | where,
    }


def event(result: dict, previous: dict, url: str, now: str) -> dict:
    return {
        "id": new_id("evt"),
        "object": "Event",
        "created_at": now,
        "updated_at": now,
        "description": "tracker.updated",
        "mode": "test",
        "previous_attributes": previous,
        "pending_urls": [url],
        "completed_urls": [],
        "status": "pending",
        "user_id": "user_demo",
        "result": result,
    }


def pickup(given: dict, shipment: dict, now: str) -> dict:
    """A visit at the door, quoted unless the door cannot be found."""
    where = given["address"]
    made: dict = {
        "id": new_id("pickup"),
        "object": "Pickup",
        "created_at": now,
        "updated_at": now,
        "mode": "test",
        "status": "unknown",
        "confirmation": None,
        **{name: given.get(name) for name in ("reference", "min_datetime", "max_datetime", "instructions")},
        "is_account_address": bool(given.get("is_account_address")),
        "address": address(where, now),
        "shipment_id": shipment["id"],
        "messages": [],
    }
    found = verification(made["address"])["delivery"]["success"]
    rate = {"object": "PickupRate", "id": new_id("pickuprate"), "carrier": CARRIER, "service": "NextDay"}
    made["pickup_rates"] = [rate | {"rate": "6.00", "currency": "USD", "pickup_id": made["id"]}] if found else []
    return made
