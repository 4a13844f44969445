"""Free times as a page shows them: by day, in the client's zone, three days at a time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import Locale

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


def zone_choices() -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Every zone one may live in, as (region, ((name, city), …)), in the language of the page."""
    return [(_(REGIONS[region]), places) for region, places in _places(tongue().language)]


@cache
def _places(language: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    names = sorted(available_timezones())
    return tuple(
        (region, tuple((name, city_in(language, name)) for name in names if name.startswith(f"{region}/")))
        for region in REGIONS
    )


def city_in(language: str, zone: str) -> str:
    """ "Londres" of "Europe/London"; as the zone is named where the language has no word of its own for it."""
    known = {} if language == ENGLISH else Locale.parse(language).time_zones.get(zone, {})
    return str(known.get("city") or city(zone))


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
