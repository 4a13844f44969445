"""The one place where a label is bought."""

from logistics.cover import ConfirmedCover
from logistics.ports import Carrier
from logistics.reads import Bought, Shipment


def buy_label(carrier: Carrier, shipment: Shipment, cover: ConfirmedCover) -> Bought:
    """Buy the label of a shipment with the cover that was confirmed for it, unless it was bought before.

    Raises TypeError without such cover, ValueError with that of another parcel; OutsideError, CoverMissing.
    """
    if not isinstance(cover, ConfirmedCover):
        raise TypeError("No label is bought without confirmed cover.")
    if shipment.reference != cover.reference:
        raise ValueError("This cover was confirmed for another parcel.")
    return shipment.bought or carrier.buy(shipment.shipment_id, cover.ask)
