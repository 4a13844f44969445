"""How pieces could travel back before there is a return: the rule of cover.py, asked beforehand. Nothing is kept."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from kit.money import Money
from kit.places import zone_of
from logistics import packs, rmas
from logistics.collection_days import Window, first_visit
from logistics.collection_jobs import comes_to
from logistics.cover import Load, choose
from logistics.cover_models import CoverTerm
from logistics.covering import today_of
from logistics.neutral import place_of
from logistics.pack_words import matches
from logistics.reads import Address
from logistics.restrictions import stops_at_border
from logistics.road import Road
from logistics.ways import Way
from shops.shops import get_shop

CHOSEN_BY_CLIENTS = (Way.LABEL, Way.COURIER, Way.BOUTIQUE)


def ways_to_come(
    session: Session, *, shop_id: int, value: Money, words: Sequence[str], sender: Address, now: datetime
) -> tuple[Way, ...]:
    """What a client may choose among for pieces of that value, called so; the house's own pick first.

    Empty where a person has to look first: no cover reaches, a border asks for papers, an address is missing.
    """
    receiver = rmas.policy_of(session, shop_id).receiver
    if not (sender.is_usable and receiver.is_usable):
        return ()
    species = matches(packs.pack(session, shop_id, "species"), list(words))
    if stops_at_border(species, sender.country.upper(), receiver.country.upper()):
        return ()
    load = Load(
        value=value,
        kinds=frozenset(matches(packs.pack(session, shop_id, "categories"), list(words))),
        from_country=sender.country.upper(),
        to_country=receiver.country.upper(),
        from_place=place_of(sender),
        to_place=place_of(receiver),
        town=sender.city.strip().casefold(),
        on=today_of(session, shop_id, now),
    )
    rows = list(session.exec(select(CoverTerm).where(CoverTerm.shop_id == shop_id).order_by(col(CoverTerm.id))))
    road = Road(session, shop_id, load, but="")
    choice = choose(load, [(row.terms, road.beside(row.terms, rows)) for row in rows if row.is_on])
    return tuple(found.way for found in choice.ways if found.allowed and found.way in CHOSEN_BY_CLIENTS)


def collection_of(
    session: Session, *, shop_id: int, way: Way, sender: Address, after: datetime | None = None, now: datetime
) -> tuple[Window, str] | None:
    """When somebody would come for it at the earliest, and the zone that is in; None where nobody comes.

    A carrier comes when the client has no more use for the piece, `after` a conversation; a courier's day is agreed on.
    """
    carrier_comes = comes_to(rmas.policy_of(session, shop_id), sender.country.upper())
    if way is Way.COURIER or (way is Way.LABEL and carrier_comes):
        zone = zone_of(sender.country, get_shop(session, shop_id).zone, sender.region)
        return first_visit(now, zone, after=after if way is Way.LABEL else None), zone
    return None
