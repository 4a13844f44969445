"""The client's door, where a parcel is collected."""

from sqlmodel import Session

from kit.places import zone_of
from logistics.models import Rma
from logistics.rmas import sender_of
from shops.shops import get_shop


def door_zone(session: Session, rma: Rma) -> str:
    """The time zone there: a visit between nine and noon is so on the client's own clock."""
    sender = sender_of(rma)
    return zone_of(sender.country, get_shop(session, rma.shop_id).zone, sender.region)
