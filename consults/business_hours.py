"""When a house is open, and how long a promise in its hours really is. Pure; whole seconds of UTC."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from consults.slots import Rule, Span, merge, working_spans

BLOCK_DAYS = 14
MOST_DAYS = 400
"""How far one looks for an open hour. A house that is closed for longer keeps no promise by its hours."""
DAY = 24 * 60


class NeverOpen(ValueError):
    """Not enough open time within the next year."""


@dataclass(frozen=True)
class Hours:
    """A place's week, the days it is closed all day, and where its clock hangs (an IANA name)."""

    week: tuple[Rule, ...]
    holidays: frozenset[date]
    zone: str


def due_at(
    start: datetime, minutes: int, *, opening: Sequence[Rule], holidays: Collection[date], zone: str
) -> datetime:
    """The first instant at which `minutes` of open time have passed since `start`; aware, UTC.

    A holiday closes what opens on that day of `zone`. Raises NeverOpen, and ValueError when `minutes` is not positive.
    """
    if minutes <= 0:
        raise ValueError("a promise is of one minute at least")
    left = minutes * 60
    for opens, closes in _open_after(start, opening, holidays, zone):
        if closes - opens >= left:
            return datetime.fromtimestamp(opens + left, UTC)
        left -= closes - opens
    raise NeverOpen(f"not open for {minutes} minutes within {MOST_DAYS} days")


def minutes_between(
    start: datetime, end: datetime, *, opening: Sequence[Rule], holidays: Collection[date], zone: str
) -> int:
    """Whole open minutes in [start, end); 0 when `end` is not later."""
    last, seconds = int(end.timestamp()), 0
    for opens, closes in _open_after(start, opening, holidays, zone):
        if opens >= last:
            break
        seconds += min(closes, last) - opens
    return seconds // 60


def next_allowed(
    at: datetime, *, working: Sequence[Rule], zone: str, quiet: tuple[int, int], away: Collection[Span] = ()
) -> datetime | None:
    """The first instant from `at` on at which somebody may be texted; None when there is none within a year.

    Not allowed: outside `working` (weekly rules of `zone`; without any, every hour is one), in `away`, and in the quiet
    hours `quiet` = (from, until), minutes of wall time, over midnight when from is later; equal ones mean none.
    """
    whole_week = [Rule(day, 0, DAY) for day in range(7)]
    blocked = merge([*away, *_quiet_spans(at, zone, quiet)])
    for opens, closes in _open_after(at, working or whole_week, (), zone):
        for start, end in blocked:
            if start <= opens < end:
                opens = end
        if opens < closes:
            return max(at, datetime.fromtimestamp(opens, UTC))
    return None


def _quiet_spans(at: datetime, zone: str, quiet: tuple[int, int]) -> list[Span]:
    begins, ends = quiet
    if begins == ends:
        return []
    rules = [Rule(day, begins, ends if ends > begins else ends + DAY) for day in range(7)]
    here = at.astimezone(ZoneInfo(zone)).date()
    return working_spans(rules, {}, zone, here - timedelta(days=2), here + timedelta(days=MOST_DAYS + 2))


def _open_after(start: datetime, opening: Sequence[Rule], holidays: Collection[date], zone: str) -> Iterator[Span]:
    """Open stretches from `start` on, in order, each second once."""
    # The day before yesterday's rule may still be running: one ends at 48:00 at the latest.
    cursor, first = int(start.timestamp()), start.astimezone(ZoneInfo(zone)).date() - timedelta(days=2)
    closed: dict[date, Sequence[tuple[int, int]]] = dict.fromkeys(holidays, ())
    for block in range(0, MOST_DAYS, BLOCK_DAYS):
        begins = first + timedelta(days=block)
        for opens, closes in working_spans(opening, closed, zone, begins, begins + timedelta(days=BLOCK_DAYS - 1)):
            if closes > cursor:
                yield max(opens, cursor), closes
                cursor = closes
