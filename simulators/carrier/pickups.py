"""Pickups: visits of the carrier's at a client's door: quoted, scheduled once, called off."""

from simulators.carrier import shapes
from simulators.carrier.parcels import CarrierError, Parcels


class Pickups:
    """By id. What was scheduled or called off is written into the parcels' record, to count."""

    def __init__(self, parcels: Parcels):
        self.parcels = parcels

    def add(self, given: dict) -> dict:
        """A quote. No rates where the address cannot be found, as nobody would find the door."""
        shipment = self.parcels.shipment(str((given.get("shipment") or {}).get("id") or ""))
        if not shipment["postage_label"]:
            raise CarrierError(422, "PICKUP.SHIPMENT.POSTAGE_REQUIRED", "The shipment has no label yet.")
        for field in ("min_datetime", "max_datetime", "address"):
            if not given.get(field):
                raise CarrierError(422, "PICKUP.INVALID_PARAMS", f"Missing required parameter: {field}")
        made = shapes.pickup(given, shipment, self.parcels.now())
        self.parcels.shelf.put("pickup", made["id"], made)
        return made

    def pickup(self, id: str) -> dict:
        found = self.parcels.shelf.get("pickup", id)
        if found is None:
            raise CarrierError(404, "NOT_FOUND", "The requested resource could not be found.")
        return found

    def buy(self, id: str, carrier: str, service: str) -> dict:
        def schedule(kept: dict) -> None:
            if kept["status"] != "unknown":
                raise CarrierError(422, "PICKUP.ALREADY_SCHEDULED", "The pickup is scheduled already.")
            if not any((r["carrier"], r["service"]) == (carrier, service) for r in kept["pickup_rates"]):
                raise CarrierError(422, "PICKUP.RATE.NOT_FOUND", "The pickup has no such rate.")
            kept |= {"status": "scheduled", "confirmation": f"PU{kept['id'][-8:].upper()}"}

        return self._change(id, schedule, "collect")

    def cancel(self, id: str) -> dict:
        def call_off(kept: dict) -> None:
            if kept["status"] != "scheduled":
                raise CarrierError(422, "PICKUP.NOT_SCHEDULED", "The pickup is not scheduled.")
            kept |= {"status": "canceled"}

        return self._change(id, call_off, "collect_off")

    def all(self) -> list[dict]:
        return self.parcels.shelf.all("pickup")

    def _change(self, id: str, change, what: str) -> dict:
        self.pickup(id)
        changed = self.parcels.shelf.change("pickup", id, change)
        self.parcels.note(what, self.parcels.shipment(changed["shipment_id"]))
        return changed
