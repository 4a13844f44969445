"""Which time zone a place is in, and which day it is there. Pure."""

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global

import kit.clock  # noqa: F401 (zones come from the tzdata wheel, not from the system)

# Where a country has several zones: the one most people live in.
MAIN_ZONE = {
    "US": "America/New_York",
    "CA": "America/Toronto",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "MX": "America/Mexico_City",
    "AR": "America/Argentina/Buenos_Aires",
    "CL": "America/Santiago",
    "RU": "Europe/Moscow",
    "ES": "Europe/Madrid",
    "PT": "Europe/Lisbon",
    "DE": "Europe/Berlin",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty",
    "NZ": "Pacific/Auckland",
    "UA": "Europe/Kyiv",
    "MY": "Asia/Kuala_Lumpur",
}

# Provinces and states whose clock is another than their country's main one, by the code in an address. Where a state
# lies in two zones: the one most of it lives in.
REGION_ZONE = {
    "US": {
        "America/Chicago": "AL AR IL IA KS LA MN MS MO NE ND OK SD TN TX WI",
        "America/Denver": "CO ID MT NM UT WY",
        "America/Phoenix": "AZ",
        "America/Los_Angeles": "CA NV OR WA",
        "America/Anchorage": "AK",
        "Pacific/Honolulu": "HI",
    },
    "CA": {
        "America/Vancouver": "BC",
        "America/Edmonton": "AB NT",
        "America/Whitehorse": "YT",
        "America/Regina": "SK",
        "America/Winnipeg": "MB",
        "America/Halifax": "NS NB PE",
        "America/St_Johns": "NL",
    },
    "AU": {
        "Australia/Brisbane": "QLD",
        "Australia/Adelaide": "SA",
        "Australia/Darwin": "NT",
        "Australia/Perth": "WA",
        "Australia/Hobart": "TAS",
    },
}


def guess_zone(country_code: str | None, fallback: str) -> str:
    """A zone for a country ("FR"), or `fallback` where a country says too little."""
    code = (country_code or "").upper()
    if code in MAIN_ZONE:
        return MAIN_ZONE[code]
    zones = _zones_in(code)
    return zones[0] if len(zones) == 1 else fallback


def zone_of(country: str, otherwise: str, region: str = "") -> str:
    """The zone at an address. Where the country has several and `region` does not tell: `otherwise`, such as the
    house's own, if it is one of theirs, else the one most people there live in."""
    code, wanted = country.upper(), region.strip().upper()
    for zone, regions in REGION_ZONE.get(code, {}).items():
        if wanted in regions.split():
            return zone
    if wanted and code in REGION_ZONE:  # a state that keeps the time of most
        return MAIN_ZONE[code]
    return otherwise if otherwise in _zones_in(code) else guess_zone(code, otherwise)


def first_day(at: datetime, country: str, otherwise: str) -> date:
    """The earliest day an instant falls on there, or in `otherwise`.

    So a period of law that a client keeps is not over for them because the house's clock runs ahead.
    """
    return min(at.astimezone(ZoneInfo(zone)).date() for zone in (otherwise, *_zones_in(country.upper())))


def last_day(at: datetime, country: str) -> date:
    """The latest day an instant falls on in that country; in UTC where its zones are not known."""
    return max(at.astimezone(ZoneInfo(zone)).date() for zone in _zones_in(country.upper()) or ("UTC",))


@cache
def _zones_in(code: str) -> tuple[str, ...]:
    known = available_timezones()
    return tuple(zone for zone in get_global("territory_zones").get(code, ()) if zone in known and code != "ZZ")
