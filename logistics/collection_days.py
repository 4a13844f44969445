"""When a carrier comes to the client's door. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING, AFTERNOON = (time(9), time(12)), (time(13), time(17))
OFFERED_DAYS = 5
WORD_COMES_WITHIN = timedelta(hours=2)
SATURDAY = 5


@dataclass(frozen=True)
class Window:
    """Between two instants, in UTC, on one morning of the client's."""

    starts_at: datetime
    ends_at: datetime


def windows(now: datetime, zone: str, *, days: int = OFFERED_DAYS) -> list[Window]:
    """Every window of the next working days in that zone, the first day that of `next_window`."""
    first = next_window(now, zone).starts_at.astimezone(ZoneInfo(zone)).date()
    wanted = [day for day in (first + timedelta(days=n) for n in range(2 * days)) if day.weekday() < SATURDAY][:days]
    return [_window(day, hours, zone) for day in wanted for hours in (MORNING, AFTERNOON)]


def first_visit(now: datetime, zone: str, *, after: datetime | None = None) -> Window:
    """The first window that may be offered, or the first of those behind `after`: until then the piece is in use.

    Where none of the offered ones is behind it, the first of all; nobody's refund waits weeks for a talk.
    """
    first = next_window(now, zone)
    if after is None or after <= first.starts_at:
        return first
    return next((one for one in windows(now, zone) if one.starts_at >= after), first)


def next_window(now: datetime, zone: str) -> Window:
    """The next working day's morning in that zone, never the same day: a courier's round is made the day before."""
    day = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return _window(day, MORNING, zone)


def was_missed(ends_at: datetime, now: datetime) -> bool:
    """Whether a visit that ended then is over, and long enough ago for a driver's word of it to have come."""
    return now > ends_at + WORD_COMES_WITHIN


def may_still_change(starts_at: datetime, now: datetime, zone: str) -> bool:
    """Whether the round of that visit is not made yet: until the end of the day before it."""
    return now.astimezone(ZoneInfo(zone)).date() < starts_at.astimezone(ZoneInfo(zone)).date()


def _window(day: date, hours: tuple[time, time], zone: str) -> Window:
    return Window(*(datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC) for at in hours))
