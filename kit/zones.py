"""A time zone as a person calls it, by its place, and an hour as they write it. Pure."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from babel.core import Locale
from babel.dates import format_time, get_timezone_location

import kit.clock  # noqa: F401 (zones come from the tzdata wheel, not from the system)
from kit.languages import spoken_locale, written_in

QUOTED = re.compile(r"'[^']*'")


def city(zone: str, locale: str = "en") -> str:
    """ "New York" of "America/New_York"; as their language calls it, for a reader of another one."""
    language, place = written_in(locale), zone.replace("_", " ")
    if language != "en" and zone in available_timezones():
        place = str(get_timezone_location(ZoneInfo(zone), locale=language, return_city=True))
    return place.rsplit("/", 1)[-1]  # "Argentina/Buenos Aires" is what the tables give for some


def hour(at: datetime, zone: str, locale: str = "en") -> str:
    """ "16:30", or "4:30 PM" where the locale names a country that writes it so; an instant, by the clock of `zone`."""
    known = Locale.parse(spoken_locale(locale))
    usual = QUOTED.sub("", known.time_formats["short"].pattern)  # in Quebec "16 h 30" has an h between its figures
    twelve = known.territory is not None and "h" in usual
    # Not "hh" for "HH": a scheduler sent its people to the wrong half of the day that way (cal.diy PR 30022).
    half_first = usual.startswith("a")
    pattern = ("ah:mm" if half_first else "h:mm a") if twelve else "HH:mm"
    return format_time(at, pattern, tzinfo=ZoneInfo(zone), locale=known)
