"""Days and instants as letters and pages say them, in the reader's language. Pure."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from kit.languages import written_in
from kit.zones import city, hour

JOINED = {"ja": "{} {}", "zh": "{} {}", "ar": "{}، {}"}
"""A day and its hours, where it is no comma as ours."""


def day_in_words(at: datetime, zone: str, locale: str) -> str:
    """The day of an instant in a zone: "Thursday 10 December"."""
    pattern = "EEEE d MMMM" if locale.startswith("en") else "full"
    return format_date(at.astimezone(ZoneInfo(zone)).date(), pattern, locale=locale)


def date_in_words(day: date | None, locale: str) -> str:
    """ "Tuesday 24 November 2026"; "" for None."""
    if day is None:
        return ""
    return format_date(day, "EEEE d MMMM y" if locale.startswith("en") else "full", locale=locale)


def instant_in_words(at: datetime, zone: str, locale: str) -> str:
    """ "Tuesday 24 November 2026, 10:00 (Paris)": a day and a time that nobody can misread."""
    here = at.astimezone(ZoneInfo(zone))
    return _joined(date_in_words(here.date(), locale), f"{here:%H:%M} ({city(zone, locale)})", locale)


def window_in_words(starts_at: datetime, ends_at: datetime, zone: str, locale: str) -> str:
    """ "Thursday 10 December, 09:00–12:00", by the clock of that zone."""
    hours = f"{hour(starts_at, zone, locale)}\u2013{hour(ends_at, zone, locale)}"
    return _joined(day_in_words(starts_at, zone, locale), hours, locale)


def _joined(day: str, hours: str, locale: str) -> str:
    return JOINED.get(written_in(locale), "{}, {}").format(day, hours)
