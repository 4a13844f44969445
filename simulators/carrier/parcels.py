"""Parcels: shipments bought, insured and refunded, and their trackers moved on by hand."""

import hashlib
import hmac
import json
import unicodedata
from datetime import UTC
from decimal import Decimal, InvalidOperation

from simulators.callbacks import Callbacks
from simulators.carrier import shapes
from simulators.config import Config
from simulators.faults import Faults
from simulators.shelf import Shelf


class CarrierError(Exception):
    """A refusal, as EasyPost's API shapes it."""

    def __init__(self, status: int, code: str, message: str, errors: list | None = None):
        super().__init__(message)
        self.status, self.code, self.message, self.errors = status, code, message, errors or []

    def body(self) -> dict:
        return {"error": {"code": self.code, "message": self.message, "errors": self.errors}}


class Parcels:
    """Addresses, shipments and trackers by id. Every purchase is kept in `buys`, to count against our own tables."""

    def __init__(self, config: Config, shelf: Shelf, callbacks: Callbacks):
        self.config, self.shelf, self.callbacks = config, shelf, callbacks
        self.faults = Faults()

    def add_address(self, given: dict, *, verify: bool = False, strict: bool = False) -> dict:
        made = shapes.address(given, self.now())
        if verify or strict:
            made["verifications"] = shapes.verification(made)
            if strict and not made["verifications"]["delivery"]["success"]:
                errors = made["verifications"]["delivery"]["errors"]
                raise CarrierError(422, "ADDRESS.VERIFY.FAILURE", "Unable to verify address.", errors)
        self.shelf.put("address", made["id"], made)
        return made

    def address(self, id: str) -> dict:
        return self._found(self.shelf.get("address", id))

    def add_parcel(self, given: dict) -> dict:
        if not given.get("weight"):
            raise CarrierError(422, "PARCEL.INVALID_PARAMS", "A parcel needs a weight, in ounces.")
        made = shapes.parcel(given, self.now())
        self.shelf.put("parcel", made["id"], made)
        return made

    def add_shipment(self, given: dict) -> dict:
        """A quote with rates. With `service` it is bought at once, as in EasyPost's one-call buy."""
        for field in ("to_address", "from_address", "parcel"):
            if not isinstance(given.get(field), dict):
                raise CarrierError(422, "SHIPMENT.INVALID_PARAMS", f"Missing required parameter: {field}")
        made = shapes.shipment(
            given,
            to_address=self._address(given["to_address"]),
            from_address=self._address(given["from_address"]),
            parcel=self._parcel(given["parcel"]),
            now=self.now(),
        )
        self.shelf.put("shipment", made["id"], made)
        if not given.get("service"):
            return made
        rate: dict = next((r for r in made["rates"] if r["service"] == given["service"]), {})
        return self.buy(made["id"], rate, given.get("insurance"))

    def shipment(self, id_or_reference: str) -> dict:
        """By id, or by the reference we gave it: the one bought under it if there is one, else the newest."""
        if id_or_reference.startswith("shp_"):
            return self._found(self.shelf.get("shipment", id_or_reference))
        same = [s for s in self.shelf.all("shipment") if s["reference"] == id_or_reference]
        bought = [s for s in same if s["postage_label"]]
        return self._found((bought or same)[-1] if same else None)

    def buy(self, id_or_reference: str, rate: dict, insurance: object = None) -> dict:
        shipment = self.shipment(id_or_reference)

        def purchase(kept: dict) -> None:
            if kept["postage_label"]:
                raise CarrierError(422, "SHIPMENT.POSTAGE.EXISTS", "Postage already exists for this shipment.")
            chosen = next((r for r in kept["rates"] if r["id"] == (rate or {}).get("id")), None)
            if chosen is None:
                raise CarrierError(422, "SHIPMENT.RATE.NOT_FOUND", "The rate does not belong to this shipment.")
            self._label(kept, chosen)
            if insurance:
                _insure(kept, insurance)

        bought = self.shelf.change("shipment", shipment["id"], purchase)
        self.note("buy", bought)
        return bought

    def insure(self, id_or_reference: str, amount: object) -> dict:
        def cover(kept: dict) -> None:
            if not kept["postage_label"]:
                raise CarrierError(422, "SHIPMENT.POSTAGE.REQUIRED", "Postage is needed before insurance.")
            if any(fee["type"] == "InsuranceFee" for fee in kept["fees"]):
                raise CarrierError(422, "SHIPMENT.INSURANCE.EXISTS", "The shipment is already insured.")
            _insure(kept, amount)

        insured = self.shelf.change("shipment", self.shipment(id_or_reference)["id"], cover)
        self.note("insure", insured)
        return insured

    def refund(self, id_or_reference: str) -> dict:
        """Asks for the postage back: only before the first scan."""

        def ask(kept: dict) -> None:
            if not kept["postage_label"] or kept["status"] not in ("unknown", "pre_transit"):
                raise CarrierError(422, "SHIPMENT.REFUND.UNAVAILABLE", "Refund is not available for this shipment.")
            kept |= {"refund_status": "submitted", "updated_at": self.now()}

        refunded = self.shelf.change("shipment", self.shipment(id_or_reference)["id"], ask)
        self.note("refund", refunded)
        return refunded

    def tracker(self, id_or_code: str) -> dict:
        trackers = self.shelf.all("tracker")
        return self._found(next((t for t in trackers if id_or_code in (t["id"], t["tracking_code"])), None))

    def add_tracker(self, tracking_code: str) -> dict:
        """A tracker for a parcel bought elsewhere."""
        if not tracking_code:
            raise CarrierError(422, "TRACKER.CREATE.ERROR", "A tracking code is needed.")
        made = self._new_tracker(tracking_code, None)
        self.shelf.put("tracker", made["id"], made)
        return made

    def move(self, tracking_code: str, status: str) -> dict:
        """Adds a scan and posts `tracker.updated`. Any order is allowed, as carriers' scans are: the app must cope."""
        if status not in shapes.MOVES:
            raise CarrierError(422, "TRACKER.STATUS.UNKNOWN", f"status is one of {', '.join(shapes.MOVES)}")
        before, now = self.tracker(tracking_code), self.now()
        shipment = self.shelf.get("shipment", before["shipment_id"] or "")

        def step(kept: dict) -> None:
            scan = shapes.scan(status, _place(shipment, status), now)
            kept["tracking_details"].append(scan)
            kept |= {"status": status, "status_detail": scan["status_detail"], "updated_at": now}
            kept["signed_by"] = "RECEPTION" if status == "delivered" else kept["signed_by"]
            kept["finalized"] = status in ("delivered", "return_to_sender", "failure")

        moved = self.shelf.change("tracker", before["id"], step)
        if shipment:
            self.shelf.change("shipment", shipment["id"], lambda s: s.update(status=status, tracker=moved))
        self._tell(moved, {"status": before["status"]}, now)
        return moved

    def newest_first(self) -> list[dict]:
        return self.shelf.all("shipment")[::-1]

    def record(self) -> list[dict]:
        """What was bought, insured and refunded, oldest first: `{"what", "shipment_id", "reference", ...}`."""
        return self.shelf.all("carrier_record")

    def _label(self, kept: dict, rate: dict) -> None:
        now, tracking_code = self.now(), _tracking_code(kept["id"])
        tracker = self._new_tracker(tracking_code, kept["id"])
        self.shelf.put("tracker", tracker["id"], tracker)
        kept |= {
            "selected_rate": rate,
            "tracking_code": tracking_code,
            "tracker": tracker,
            "postage_label": shapes.label(f"{self.config.public_base}/easypost/labels/{tracking_code}.pdf", now),
            "updated_at": now,
        }
        kept["fees"] += [shapes.fee("LabelFee", "0.01000"), shapes.fee("PostageFee", rate["rate"])]

    def _new_tracker(self, tracking_code: str, shipment_id: str | None) -> dict:
        return shapes.tracker(tracking_code, self.now(), shipment_id=shipment_id, public_base=self.config.public_base)

    def note(self, what: str, shipment: dict) -> None:
        entry = {
            "what": what,
            "at": self.now(),
            "shipment_id": shipment["id"],
            "reference": shipment["reference"],
            "tracking_code": shipment["tracking_code"],
            "insurance": shipment["insurance"],
        }
        self.shelf.put("carrier_record", shapes.new_id("rec"), entry)

    def _tell(self, tracker: dict, previous: dict, now: str) -> None:
        url = self.config.app_url + "/webhooks/easypost"
        body = json.dumps(shapes.event(tracker, previous, url, now)).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "EasyPost/v2 WebhookSender",
            "X-Hmac-Signature": sign(self.config.easypost_webhook_secret, body),
        }
        self.callbacks.post(url, body, headers, about=tracker["tracking_code"], refusals_too=True)

    def _address(self, given: dict) -> dict:
        return self.address(given["id"]) if given.get("id") else shapes.address(given, self.now())

    def _parcel(self, given: dict) -> dict:
        return self._found(self.shelf.get("parcel", given["id"])) if given.get("id") else self.add_parcel(given)

    def _found(self, thing: dict | None) -> dict:
        if thing is None:
            raise CarrierError(404, "NOT_FOUND", "The requested resource could not be found.")
        return thing

    def now(self) -> str:
        return self.config.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sign(secret: str, body: bytes) -> str:
    """X-Hmac-Signature as easypost.util.validate_webhook checks it: the secret in NFKD, hex."""
    key = unicodedata.normalize("NFKD", secret).encode()
    return "hmac-sha256-hex=" + hmac.new(key, body, hashlib.sha256).hexdigest()


def _insure(kept: dict, amount: object) -> None:
    try:
        value = Decimal(str(amount))
    except InvalidOperation:
        value = Decimal(0)
    if not (value.is_finite() and value > 0):
        raise CarrierError(422, "SHIPMENT.INSURANCE.INVALID", "An amount is needed.")
    kept["insurance"] = f"{value:.2f}"
    kept["fees"].append(shapes.fee("InsuranceFee", f"{value * shapes.INSURANCE_SHARE:.5f}"))


def _tracking_code(shipment_id: str) -> str:
    return f"HX{int(shipment_id[4:], 16) % 10**10:010}"


def _place(shipment: dict | None, status: str) -> dict:
    if not shipment:
        return {}
    start, end = shipment["from_address"], shipment["to_address"]
    if shipment["is_return"]:
        start, end = end, start
    return end if status in ("out_for_delivery", "delivered") else start
