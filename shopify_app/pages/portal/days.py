"""Free times as a page shows them: by day, in the client's zone, three days at a time. Pure."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import Locale, get_global

from consults.slots import Slot
from consults.zones import city, offset, show_day, show_hour
from shopify_app.locales import ENGLISH
from shopify_app.pages.portal.tongue import N_, _, tongue

REGIONS = {
    "Africa": N_("Africa"),
    "America": N_("America"),
    "Asia": N_("Asia"),
    "Atlantic": N_("Atlantic"),
    "Australia": N_("Australia"),
    "Europe": N_("Europe"),
    "Indian": N_("Indian Ocean"),
    "Pacific": N_("Pacific"),
}
TODAYS_NAMES: Mapping[str, str] = {
    before: today
    for before, today in get_global("zone_aliases").items()
    if today in available_timezones() and today.split("/")[0] in REGIONS
}
"""Names that places had before, by which browsers and the tables still call them -> those of the list."""
AT_A_TIME = 3
MINUS = "\u2212"  # no line breaks behind it, as behind a hyphen


@dataclass(frozen=True)
class Time:
    """`value` is the instant in UTC, as a form sends it back."""

    value: str
    label: str


@dataclass(frozen=True)
class Day:
    """One local day with its times."""

    label: str
    times: tuple[Time, ...]


@dataclass(frozen=True)
class Offer:
    """Up to three days, and the day the next ones start on, or None after the last."""

    days: tuple[Day, ...]
    later: date | None
    earlier: bool


def offer(slots: Sequence[Slot], *, zone: str, locale: str, first: date | None = None) -> Offer:
    """Three days of `slots` from `first` on, in `zone`. Times that overlap one before them are left out."""
    by_day: dict[date, list[Slot]] = {}
    for slot in apart(slots):
        by_day.setdefault(slot.starts_at.astimezone(ZoneInfo(zone)).date(), []).append(slot)
    shown = [day for day in by_day if first is None or day >= first]
    days = tuple(_day(by_day[day], zone, locale) for day in shown[:AT_A_TIME])
    later = shown[AT_A_TIME] if len(shown) > AT_A_TIME else None
    return Offer(days, later, earlier=len(shown) < len(by_day))


def apart(slots: Sequence[Slot]) -> list[Slot]:
    """Slots of which none starts before the one before it has ended; a choice of every quarter of an hour tires."""
    chosen: list[Slot] = []
    for slot in sorted(slots):
        if not chosen or slot.starts_at >= chosen[-1].ends_at:
            chosen.append(slot)
    return chosen


def neighbours(slots: Sequence[Slot], wanted: datetime, *, zone: str, locale: str, count: int = 4) -> tuple[Time, ...]:
    """The free times closest to `wanted`, in order, with their day where it is another."""
    near = sorted(slots, key=lambda slot: abs(slot.starts_at - wanted))[:count]
    day = wanted.astimezone(ZoneInfo(zone)).date()
    return tuple(_time(slot, zone, locale, day) for slot in sorted(near))


@dataclass(frozen=True)
class Place:
    """One zone of the list; `earlier` are names it had before, which a browser may say, with spaces between."""

    zone: str
    city: str
    earlier: str


def zone_choices() -> list[tuple[str, tuple[Place, ...]]]:
    """Every zone one may live in, by region, in the language of the page and in the order of its names."""
    return [(_(REGIONS[region]), places) for region, places in _places(tongue().language)]


@cache
def _places(language: str) -> tuple[tuple[str, tuple[Place, ...]], ...]:
    zones = available_timezones() - TODAYS_NAMES.keys()
    found = sorted((Place(zone, city_in(language, zone), _earlier(zone)) for zone in zones), key=_in_order)
    return tuple((region, tuple(of for of in found if of.zone.startswith(f"{region}/"))) for region in REGIONS)


def _earlier(zone: str) -> str:
    return " ".join(before for before, today in TODAYS_NAMES.items() if today == zone and "/" in before)


def _in_order(place: Place) -> str:
    """Where a name stands in a list: "Åland" and "Zürich" as if they were written plainly."""
    return "".join(
        sign for sign in unicodedata.normalize("NFKD", place.city) if not unicodedata.combining(sign)
    ).casefold()


def todays_name(zone: str) -> str:
    """ "Asia/Kolkata" of "Asia/Calcutta", which browsers still say: the name it has in the list."""
    return TODAYS_NAMES.get(zone, zone)


def city_in(language: str, zone: str) -> str:
    """ "Londres" of "Europe/London"; as the zone is named where the language has no word of its own for it."""
    if language == ENGLISH:
        return city(zone)
    known, today = Locale.parse(language).time_zones, todays_name(zone)
    # Their tables keep a place under the first name it had: "Kiew" is found by "Europe/Kiev".
    names = (zone, today, *_earlier(today).split())
    return next((str(known[name]["city"]) for name in names if known.get(name, {}).get("city")), city(zone))


def zone_words(zone: str, at: datetime) -> str:
    """ "Paris (UTC+1)", as it is at `at`."""
    place, ahead = city_in(tongue().language, zone), offset(at.astimezone(ZoneInfo(zone))).replace("-", MINUS)
    return _("%(city)s (%(offset)s)", city=place, offset=ahead)


def _day(slots: Sequence[Slot], zone: str, locale: str) -> Day:
    return Day(show_day(slots[0].starts_at, zone, locale), tuple(_time(slot, zone, locale) for slot in slots))


def _time(slot: Slot, zone: str, locale: str, day: date | None = None) -> Time:
    label = show_hour(slot.starts_at, zone, locale)
    if day is not None and slot.starts_at.astimezone(ZoneInfo(zone)).date() != day:
        label = _("%(day)s, %(hour)s", day=show_day(slot.starts_at, zone, locale), hour=label)
    return Time(slot.starts_at.isoformat(), label)
