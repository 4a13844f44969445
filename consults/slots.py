"""When an advisor can be booked: interval arithmetic in whole UTC seconds. Pure; `now` is an argument."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import kit.clock  # noqa: F401 (zones come from the tzdata wheel, not from the system)

Span = tuple[int, int]
"""[start, end) in seconds since 1970, UTC."""

CELL_SECONDS = 300


@dataclass(frozen=True, order=True)
class Slot:
    """A time one can be booked at, aware, UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Rule:
    """A weekly rule: Monday is 0; minutes of wall time from that day's midnight, past 1440 for the day after."""

    weekday: int
    start_minute: int
    end_minute: int


def working_spans(
    rules: Iterable[Rule],
    overrides: Mapping[date, Sequence[tuple[int, int]]],
    zone: str,
    first_day: date,
    last_day: date,
) -> list[Span]:
    """When somebody works, from `first_day` to `last_day` (both included, local days of `zone`), merged and in order.

    An override replaces its day's rules with ranges of minutes; an empty one closes the day. Wall time follows
    RFC 5545: in a gap the offset before it holds, in a fold the first of the two.
    """
    by_day: dict[int, list[tuple[int, int]]] = {}
    for rule in rules:
        by_day.setdefault(rule.weekday, []).append((rule.start_minute, rule.end_minute))
    tz = ZoneInfo(zone)
    spans = []
    for ordinal in range(first_day.toordinal(), last_day.toordinal() + 1):
        day = date.fromordinal(ordinal)
        for start, end in overrides.get(day, by_day.get(day.weekday(), ())):
            spans.append((_wall(day, start, tz), _wall(day, end, tz)))
    return merge(spans)


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same time as disjoint spans in order; empty and backward ones are dropped, touching ones joined."""
    merged: list[Span] = []
    for start, end in sorted(s for s in spans if s[0] < s[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def free_slots(
    working: Iterable[Span],
    busy: Iterable[Span],
    *,
    minutes: int,
    step_minutes: int,
    notice: timedelta,
    window: timedelta,
    now: datetime,
    before_minutes: int = 0,
    after_minutes: int = 0,
) -> list[Slot]:
    """Times an advisor can still be booked at, earliest first, in UTC.

    `working` and `busy` are half-open, in any order, possibly overlapping. Starts lie every `step_minutes` from the
    start of each stretch of work, from `now + notice` to `now + window`. The conversation is inside the stretch; the
    pauses before and after it only have to be free. Raises ValueError if `minutes` or `step_minutes` is not positive.
    """
    if minutes <= 0 or step_minutes <= 0:
        raise ValueError("minutes and step_minutes are positive")
    length, step = minutes * 60, step_minutes * 60
    before, after = before_minutes * 60, after_minutes * 60
    earliest, latest = (now + notice).timestamp(), (now + window).timestamp()
    taken = merge(busy)
    taken_ends = [end for _, end in taken]
    found = []
    for opens, closes in merge(working):
        skipped = max(0, -int((opens - earliest) // step))  # whole steps before the notice is over
        for start in range(opens + skipped * step, min(closes - length, int(latest)) + 1, step):
            # The first busy span that ends after our pause begins is the only one that can be in the way first.
            next_busy = bisect_right(taken_ends, start - before)
            if next_busy == len(taken) or taken[next_busy][0] >= start + length + after:
                found.append(Slot(_instant(start), _instant(start + length)))
    return found


def within_cap(slots: Sequence[Slot], booked: Iterable[datetime], *, zone: str, cap: int) -> list[Slot]:
    """`slots` without the local days of `zone` on which `cap` conversations are booked already."""
    tz = ZoneInfo(zone)
    full = {day for day, n in Counter(at.astimezone(tz).date() for at in booked).items() if n >= cap}
    return [slot for slot in slots if slot.starts_at.astimezone(tz).date() not in full] if full else list(slots)


def cells(starts_at: datetime, ends_at: datetime, *, before_minutes: int = 0, after_minutes: int = 0) -> list[int]:
    """Starts of the five-minute cells a conversation takes with its pauses, in seconds since 1970."""
    first = int(starts_at.timestamp()) - before_minutes * 60
    last = int(ends_at.timestamp()) + after_minutes * 60
    return list(range(first - first % CELL_SECONDS, last, CELL_SECONDS))


def span(starts_at: datetime, ends_at: datetime) -> Span:
    """Two aware instants as a span."""
    return int(starts_at.timestamp()), int(ends_at.timestamp())


def _wall(day: date, minute: int, tz: ZoneInfo) -> int:
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    return int(wall.replace(tzinfo=tz).timestamp())


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
