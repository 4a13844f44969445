"""A time zone as a person calls it: by its place. Pure."""

from zoneinfo import ZoneInfo, available_timezones

from babel.dates import get_timezone_location

import kit.clock  # noqa: F401 (zones come from the tzdata wheel, not from the system)
from kit.languages import written_in


def city(zone: str, locale: str = "en") -> str:
    """ "New York" of "America/New_York"; as their language calls it, for a reader of another one."""
    language, place = written_in(locale), zone.replace("_", " ")
    if language != "en" and zone in available_timezones():
        place = str(get_timezone_location(ZoneInfo(zone), locale=language, return_city=True))
    return place.rsplit("/", 1)[-1]  # "Argentina/Buenos Aires" is what the tables give for some
