"""Time zones and times in words. Labels are made here, on the server: a browser's tables may be old."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from babel.core import Locale
from babel.dates import format_datetime, format_time

import kit.clock  # noqa: F401 (zones come from the tzdata wheel, not from the system)
from consults.phrases import phrase
from kit.languages import spoken_locale
from kit.places import guess_zone as guess_zone
from kit.zones import city as city
from kit.zones import hour

YEAR = re.compile(r"[\s,]*('de'|'del')?\s*y+(\s*'г'\.?|年|년)?\s*")


def is_zone(name: str) -> bool:
    """Whether `name` is an IANA zone we know; ask before keeping one that came from outside."""
    return name in available_timezones()


def show_day(starts_at: datetime, zone: str, locale: str = "en") -> str:
    """ "Tuesday 24 November", in that zone."""
    at, known = starts_at.astimezone(ZoneInfo(zone)), _locale(locale)
    if known.language == "en":
        return format_datetime(at, "EEEE d MMMM", tzinfo=at.tzinfo, locale=known)
    # The long date without its year: skeletons shorten the names in several languages.
    pattern = YEAR.sub("", known.date_formats["full"].pattern)
    return format_datetime(at, pattern, tzinfo=at.tzinfo, locale=known)


def show_hour(starts_at: datetime, zone: str, locale: str = "en") -> str:
    """ "16:30", or "4:30 PM" where the locale names a country that writes it so."""
    return hour(starts_at, zone, locale)


def show_times(starts_at: datetime, zone: str, locale: str = "en") -> str:
    """ "Tuesday 24 November, 16:30", in that zone."""
    return phrase("at", locale, day=show_day(starts_at, zone, locale), hour=show_hour(starts_at, zone, locale))


def show_both(starts_at: datetime, zone: str, other_zone: str, locale: str = "en") -> str:
    """The time for a reader in `zone`, and what it is in `other_zone` where the clock differs there.

    "Tuesday 24 November, 16:30, Paris (UTC+1)" or "…, 16:30, Paris (UTC+1). In New York (UTC-5): 10:30". Another
    date there is named.
    """
    here, there = starts_at.astimezone(ZoneInfo(zone)), starts_at.astimezone(ZoneInfo(other_zone))
    at = show_times(starts_at, zone, locale)
    label = phrase("here", locale, time=at, city=city(zone, locale), offset=offset(here))
    if here.utcoffset() == there.utcoffset():
        return label
    same_day = here.date() == there.date()
    other = (show_hour if same_day else show_times)(starts_at, other_zone, locale)
    return phrase("there", locale, here=label, city=city(other_zone, locale), offset=offset(there), time=other)


def show_shortly(starts_at: datetime, zone: str, locale: str = "en") -> str:
    """ "Tue 24 Nov, 16:30": the shortest way that is understood, for a text."""
    at, known = starts_at.astimezone(ZoneInfo(zone)), _locale(locale)
    usual = {"de": "EEE d. MMM"}.get(known.language, "EEE d MMM")
    pattern = known.datetime_skeletons["MMMEd"].pattern if known.language in ("ja", "zh", "ar") else usual
    day = format_datetime(at, pattern, tzinfo=at.tzinfo, locale=known)
    return phrase("at", locale, day=day, hour=format_time(at, "HH:mm", tzinfo=at.tzinfo, locale=known))


def offset(at: datetime) -> str:
    """ "UTC+1", "UTC-3:30", of an aware local time."""
    delta = at.utcoffset()
    assert delta is not None
    minutes = int(delta.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def _locale(name: str) -> Locale:
    """A day stands in the language of the sentence around it."""
    return Locale.parse(spoken_locale(name))
