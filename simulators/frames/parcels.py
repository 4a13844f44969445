"""/carrier: the parcels, each with buttons that move it on."""

from flask import Blueprint, redirect, render_template, request

from simulators.carrier.parcels import Parcels
from simulators.carrier.shapes import MOVES


def parcel_pages(parcels: Parcels) -> Blueprint:
    pages = Blueprint("parcels", __name__)

    @pages.get("/carrier")
    def all_parcels():
        return _list("parcels.html")

    @pages.get("/carrier/items")
    def items():
        return _list("parcel_items.html")

    @pages.get("/carrier/<tracking_code>")
    def one_parcel(tracking_code):
        return redirect(f"/carrier?only={tracking_code}")

    def _list(template: str) -> str:
        only = request.args.get("only", "")
        found = [p for p in _bought(parcels.newest_first()) if only in ("", p["tracking_code"])]
        return render_template(template, parcels=found, moves=MOVES, only=only)

    @pages.post("/carrier/<tracking_code>/move")
    def move(tracking_code):
        parcels.move(tracking_code, request.form["status"])
        return redirect(f"/carrier#{tracking_code}", 303)

    return pages


def _bought(shipments: list[dict]) -> list[dict]:
    return [s | _ends(s) for s in shipments if s["postage_label"]]


def _ends(shipment: dict) -> dict[str, str]:
    names = [shipment[end]["name"] or shipment[end]["company"] or "?" for end in ("from_address", "to_address")]
    start, end = names[::-1] if shipment["is_return"] else names
    return {"from_name": start, "to_name": end}
