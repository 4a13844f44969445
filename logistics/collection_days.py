"""When a carrier comes to the client's door. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.core import get_global

FROM, UNTIL = time(9), time(12)
SATURDAY = 5


@dataclass(frozen=True)
class Window:
    """Between two instants, in UTC, on one morning of the client's."""

    starts_at: datetime
    ends_at: datetime


def next_window(now: datetime, zone: str) -> Window:
    """The next working day's morning in that zone, never the same day: a courier's round is made the day before."""
    day = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    ends = (datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC) for at in (FROM, UNTIL))
    return Window(*ends)


def zone_of(country: str, otherwise: str) -> str:
    """The zone of a country that has one; of others `otherwise` where it is theirs, else the first of theirs."""
    zones = get_global("territory_zones").get(country.upper(), []) if country.upper() != "ZZ" else []
    if not zones or otherwise in zones:
        return otherwise
    return str(zones[0])
