"""EasyPost's API under /easypost/v2, labels under /easypost/labels, hand controls under /control/carrier."""

import hmac
from contextlib import contextmanager

from flask import Blueprint, Response, jsonify, request

from simulators.carrier.labels import label_pdf
from simulators.carrier.parcels import CarrierError, Parcels
from simulators.carrier.pickups import Pickups

V2 = "/easypost/v2"


def carrier_doors(parcels: Parcels) -> Blueprint:
    doors = Blueprint("carrier", __name__)
    pickups = Pickups(parcels)

    @doors.before_request
    def known_caller():
        if not request.path.startswith(V2):
            return
        given = request.authorization
        key = (given.token or given.username or "") if given else ""
        if not hmac.compare_digest(key.encode(), parcels.config.easypost_api_key.encode()):
            raise CarrierError(
                401, "APIKEY.INACTIVE", "This api key is no longer active. Please use a different api key."
            )

    @doors.errorhandler(CarrierError)
    def refuse(error: CarrierError):
        return error.body(), error.status

    @doors.post(f"{V2}/addresses")
    def create_address():
        body = _body()
        return (
            parcels.add_address(
                body.get("address") or {}, verify=bool(body.get("verify")), strict=bool(body.get("verify_strict"))
            ),
            201,
        )

    @doors.post(f"{V2}/addresses/create_and_verify")
    def create_verified_address():
        return {"address": parcels.add_address(_body().get("address") or {}, strict=True)}, 201

    @doors.get(f"{V2}/addresses/<id>")
    def show_address(id):
        return parcels.address(id)

    @doors.get(f"{V2}/addresses/<id>/verify")
    def verify_address(id):
        return {"address": parcels.add_address(parcels.address(id), strict=True)}

    @doors.post(f"{V2}/parcels")
    def create_parcel():
        return parcels.add_parcel(_body().get("parcel") or {}), 201

    @doors.post(f"{V2}/shipments")
    def create_shipment():
        with _fault(parcels):
            return parcels.add_shipment(_body().get("shipment") or {}), 201

    @doors.get(f"{V2}/shipments")
    def list_shipments():
        found = parcels.newest_first()
        size = min(request.args.get("page_size", 20, int), 100)
        return {"shipments": found[:size], "has_more": len(found) > size}

    @doors.get(f"{V2}/shipments/<id>")
    def show_shipment(id):
        return parcels.shipment(id)

    @doors.post(f"{V2}/shipments/<id>/buy")
    def buy(id):
        with _fault(parcels):
            body = _body()
            return parcels.buy(id, body.get("rate") or {}, body.get("insurance"))

    @doors.post(f"{V2}/shipments/<id>/insure")
    def insure(id):
        with _fault(parcels):
            return parcels.insure(id, _body().get("amount"))

    @doors.post(f"{V2}/shipments/<id>/refund")
    def refund(id):
        with _fault(parcels):
            return parcels.refund(id)

    @doors.get(f"{V2}/shipments/<id>/label")
    def show_label(id):
        return parcels.shipment(id)

    @doors.post(f"{V2}/pickups")
    def create_pickup():
        with _fault(parcels):
            return pickups.add(_body().get("pickup") or {}), 201

    @doors.get(f"{V2}/pickups/<id>")
    def show_pickup(id):
        return pickups.pickup(id)

    @doors.post(f"{V2}/pickups/<id>/buy")
    def buy_pickup(id):
        with _fault(parcels):
            return pickups.buy(id, str(_body().get("carrier")), str(_body().get("service")))

    @doors.post(f"{V2}/pickups/<id>/cancel")
    def cancel_pickup(id):
        with _fault(parcels):
            return pickups.cancel(id)

    @doors.post(f"{V2}/trackers")
    def create_tracker():
        return parcels.add_tracker((_body().get("tracker") or {}).get("tracking_code", "")), 201

    @doors.get(f"{V2}/trackers/<id>")
    def show_tracker(id):
        return parcels.tracker(id)

    @doors.route(f"{V2}/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def not_built(rest):
        raise CarrierError(404, "NOT_FOUND", "The requested resource could not be found.")

    @doors.get("/easypost/labels/<tracking_code>.pdf")
    def show_pdf(tracking_code):
        shipment = next((s for s in parcels.newest_first() if s["tracking_code"] == tracking_code), None)
        if shipment is None:
            raise CarrierError(404, "NOT_FOUND", "No label with that number.")
        return Response(label_pdf(shipment), mimetype="application/pdf")

    @doors.get("/control/carrier/shipments")
    def all_shipments():
        return {"shipments": parcels.newest_first(), "record": parcels.record(), "pickups": pickups.all()}

    @doors.get("/control/carrier/parcels/<tracking_code>")
    def one_parcel(tracking_code):
        callbacks = parcels.callbacks.by_subject().get(tracking_code, [])
        return {"tracker": parcels.tracker(tracking_code), "callbacks": callbacks}

    @doors.post("/control/carrier/parcels/<tracking_code>/move")
    def move(tracking_code):
        asked = request.get_json(silent=True) or request.form.to_dict()
        return parcels.move(tracking_code, asked.get("status", ""))

    @doors.get("/control/carrier/faults")
    def struck():
        return {"struck": parcels.faults.struck()}

    @doors.post("/control/carrier/faults")
    def faults():
        try:
            return parcels.faults.order(request.get_json(silent=True) or request.form.to_dict())
        except ValueError as error:
            return jsonify(error=str(error)), 400

    return doors


def _body() -> dict:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


@contextmanager
def _fault(parcels: Parcels):
    """Around one call that changes something: fails before or after it, or is late after it, when told to."""
    with parcels.faults.around() as kind:
        if kind in ("500", "timeout"):
            raise CarrierError(500, "INTERNAL_SERVER_ERROR", "An error occurred on EasyPost's side.")
        yield
        if kind == "lost":
            raise CarrierError(500, "INTERNAL_SERVER_ERROR", "An error occurred on EasyPost's side.")
