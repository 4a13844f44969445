"""The time, and time zones from the pinned tzdata wheel instead of the system's files.

Debian 12 ships zone tables that are an hour wrong for several zones from November 2026 on, so the system's are not
read at all, and a wrong table stops the process at start instead of sending a client an hour late.
"""

import zoneinfo
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

zoneinfo.reset_tzpath(to=[])
ZoneInfo.clear_cache()


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def check_zones() -> None:
    """Raise RuntimeError when the zone tables predate the rules of 2026 (British Columbia stays on UTC-7)."""
    nine = datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("America/Vancouver")).astimezone(UTC)
    if nine.hour != 16:
        raise RuntimeError("The time zone tables are older than 2026b; install the tzdata package of the lock file.")


def parse_instant(text: str) -> datetime:
    """An aware UTC instant from ISO 8601 with an offset or Z. Raises ValueError for a naive or malformed time."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"no offset in {text!r}")
    try:
        return at.astimezone(UTC)
    except OverflowError:  # the first or the last hours of all years
        raise ValueError(f"no such instant: {text!r}") from None
