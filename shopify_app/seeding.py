"""The demo house's people. Only for a laptop: conversations can be tried at any hour, rooms open hours early."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from consults import advisors
from consults.catalogue.ways import ways_of, write_way
from consults.kinds import StaffRole
from consults.lines import own_line, set_line
from consults.models import ConsultPolicy
from kit.db import Database
from logistics.cover import Payer
from logistics.cover_models import CoverTerm
from logistics.models import LogisticsPolicy
from logistics.policy_terms import terms_of
from logistics.ways import Way
from shops.models import Shop, ShopState
from shops.shops import find_shop

INTRODUCTION = "Whatever it is, I would like to hear it from you first."
# Neutral on purpose: no house and no jewellery in a name on a box.
RECEIVING = {
    "receiving_name": "R. Moreau, Door 4",
    "receiving_street1": "18 Rue des Ateliers",
    "receiving_city": "Paris",
    "receiving_postal_code": "75011",
    "receiving_country": "FR",
    "receiving_phone": "+33184880017",
}
_COVER: dict[str, Any] = {"currency": "USD", "valid_from": date(2020, 1, 1), "changed_by": "demo"}
COVER: tuple[dict[str, Any], ...] = (
    {
        "way": Way.LABEL,
        "payer": Payer.CARRIER,
        "insurer": "Harbour Mutual",
        "policy_number": "DEMO-1",
        "limit_cents": 100_000_000,
        "excluded": ["loose stones", "cash-like"],
    },
)
"""What the demo house's policy covers; a real house writes down its own."""
_WAY: dict[str, str] = {"kinds": "", "from": "", "in_budget": "on", "per_week": "4", "words": ""}
CATALOGUE: tuple[dict[str, str], ...] = (
    {"kind": "resize", "title": "Resize it", "cost": "120", "per_week": "6", "lead_days": "7", "kinds": "ring, band"},
    {
        "kind": "re_set",
        "title": "Lower the setting",
        "cost": "480",
        "per_week": "2",
        "lead_days": "12",
        "kinds": "ring",
    },
    {"kind": "engrave", "title": "Engrave it", "cost": "90", "per_week": "5", "lead_days": "6"},
    {"kind": "recolour", "title": "Another strap or colour", "cost": "210", "lead_days": "10", "kinds": "watch, bag"},
    {"kind": "loaner", "title": "A piece to wear meanwhile", "cost": "60", "per_week": "3", "lead_days": "2"},
    {"kind": "viewing", "title": "A private viewing", "cost": "0", "per_week": "8", "lead_days": "3"},
    {"kind": "atelier_call", "title": "A call with the bench", "cost": "0", "per_week": "10", "lead_days": "1"},
)
"""What the demo house can do beyond a refund; a real house writes down its own."""
NO_QUIET: dict[str, Any] = {"quiet_from_minute": 0, "quiet_until_minute": 0}  # a demo is given at any hour
HOURS = tuple((weekday, 10 * 60, 18 * 60) for weekday in range(6))


def plant(database: Database, people: list[dict[str, Any]], *, now: datetime) -> int:
    """Write the house, its boutiques and its advisors; how many people. The shop counts as not installed until it is.

    `people` is the stand-in's directory: name, email, phone, role, languages, time_zone, staff_gid, location_gid,
    location, shop.
    """
    with database.begin() as session:
        shop = _house(session, people[0]["shop"], now)
        rows = [_person(row, now) for row in people]
        advisors.import_directory(session, shop_id=shop, people=rows, boutiques=_boutiques(people))
        _make_it_triable(session, shop, now)
        _give_lines(session, shop)
    return len(people)


def _give_lines(session: Session, shop_id: int) -> None:
    """A direct line for each boutique, as clients see it."""
    for place in advisors.boutiques(session, shop_id=shop_id):
        if not own_line(session, shop_id=shop_id, boutique_id=place.id):
            set_line(session, shop_id=shop_id, boutique_id=place.id, number=f"+3318488{place.id:04}")


def _house(session: Session, domain: str, now: datetime) -> int:
    shop = find_shop(session, domain) or Shop(domain=domain, installed_at=now, state=ShopState.UNINSTALLED)
    shop.house = shop.house or "Verdane"
    shop.telephone = shop.telephone or "+33 1 84 88 00 00"
    shop.telephone_hours = shop.telephone_hours or "Monday to Saturday, 10 to 19"
    session.add(shop)
    session.flush()
    assert shop.id is not None
    return shop.id


def _boutiques(people: list[dict[str, Any]]) -> list[advisors.BoutiqueRow]:
    places = {p["location_gid"]: p for p in people}
    return [
        advisors.BoutiqueRow(location_gid=gid, name=p["location"], zone=p["time_zone"]) for gid, p in places.items()
    ]


def _person(row: dict[str, Any], now: datetime) -> advisors.PersonRow:
    return advisors.PersonRow(
        staff_gid=row["staff_gid"],
        name=row["name"],
        email=row["email"],
        phone=row["phone"],
        location_gid=row["location_gid"],
        zone=row["time_zone"],
        languages=",".join(row["languages"]),
        role=StaffRole(row["role"]),
        introduction=INTRODUCTION,
        hours=hours_around(now, row["time_zone"]),
    )


def hours_around(now: datetime, zone: str) -> tuple[tuple[int, int, int], ...]:
    """Monday to Saturday, ten to six, and the three hours from now, so that the demo has times at midnight too.

    (weekday, start, end): minutes from that day's midnight, by the clock over there.
    """
    here = now.astimezone(ZoneInfo(zone))
    start = here.hour * 60
    end = start + 4 * 60  # past midnight, too
    hours = dict.fromkeys((day for day, _, _ in HOURS), (10 * 60, 18 * 60))
    usual = hours.get(here.weekday())
    if usual and start <= usual[1] and end >= usual[0]:
        hours[here.weekday()] = (min(start, usual[0]), max(end, usual[1]))
        return tuple((day, *span) for day, span in sorted(hours.items()))
    extra = (here.weekday(), start, end)
    return tuple(sorted([(day, *span) for day, span in hours.items()] + [extra]))


def _make_it_triable(session: Session, shop_id: int, now: datetime) -> None:
    if session.get(ConsultPolicy, shop_id) is None:
        session.add(
            ConsultPolicy(shop_id=shop_id, notice_minutes=0, step_minutes=30, join_before_minutes=240, **NO_QUIET)
        )
    if session.get(LogisticsPolicy, shop_id) is None:
        session.add(LogisticsPolicy.model_validate({"shop_id": shop_id, **RECEIVING}))
    if not ways_of(session, shop_id=shop_id):
        for way in CATALOGUE:
            write_way(session, shop_id=shop_id, way_id=None, given=_WAY | way, currency="USD", by="demo", now=now)
    if not terms_of(session, shop_id=shop_id):
        session.add_all(CoverTerm(shop_id=shop_id, changed_at=now, **_COVER, **line) for line in COVER)
