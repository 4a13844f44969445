"""Where a piece can be brought: the house's boutiques, with their address and hours in the language of the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from babel.dates import get_day_names
from sqlmodel import Session

from consults.advisors import boutiques
from consults.models import Boutique
from consults.opening import hours_of_boutique
from consults.slots import Rule
from consults.zones import show_hour
from kit.languages import spoken_locale

MOST = 8
ANY_DAY = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """One boutique. What the house wrote down of it, and "" for what it did not."""

    name: str
    address: str
    telephone: str
    hours: str


def places_to_bring_to(session: Session, *, shop_id: int, first: int | None, locale: str) -> list[Place]:
    """At most MOST; the boutique with the id `first` comes first, then by name."""
    found = sorted(boutiques(session, shop_id=shop_id), key=lambda place: (place.id != first, place.name))
    return [_place(session, place, locale) for place in found[:MOST]]


def week_in_words(week: Sequence[Rule], locale: str) -> str:
    """ "Mon–Fri 10:00–19:00, Sat 10:00–17:00": neighbouring days with the same hours are drawn together."""
    names = get_day_names("abbreviated", locale=spoken_locale(locale))
    runs: list[tuple[int, int, str]] = []
    for day in range(7):
        hours = _hours(sorted((rule for rule in week if rule.weekday == day), key=lambda r: r.start_minute), locale)
        if hours and runs and runs[-1][1:] == (day - 1, hours):
            runs[-1] = (runs[-1][0], day, hours)
        elif hours:
            runs.append((day, day, hours))
    days = [(names[first] if first == last else f"{names[first]}–{names[last]}", hours) for first, last, hours in runs]
    return ", ".join(f"{named} {hours}" for named, hours in days)


def _hours(rules: Sequence[Rule], locale: str) -> str:
    return " + ".join(f"{_clock(rule.start_minute, locale)}–{_clock(rule.end_minute, locale)}" for rule in rules)


def _clock(minute: int, locale: str) -> str:
    return show_hour(ANY_DAY + timedelta(minutes=minute), "UTC", locale)


def _place(session: Session, place: Boutique, locale: str) -> Place:
    hours = week_in_words(hours_of_boutique(session, place).week, locale)
    return Place(place.name, place.address or "", place.telephone, hours)
