"""When an advisor can be booked: interval arithmetic in whole UTC seconds. Pure; `now` is an argument."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

import kit.clock  # noqa: F401 (zones come from the tzdata wheel, not from the system)

Span = tuple[int, int]
"""[start, end) in seconds since 1970, UTC."""

CELL_SECONDS = 300
EPOCH_DAY = date(1970, 1, 1).toordinal()


class Slot(NamedTuple):
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
    clock, spans = _Clock(ZoneInfo(zone), first_day.toordinal(), last_day.toordinal()), []
    for ordinal in range(first_day.toordinal(), last_day.toordinal() + 1):
        ranges: Sequence[tuple[int, int]] = by_day.get((ordinal - 1) % 7, ())  # the first of all days was a Monday
        if overrides:
            ranges = overrides.get(date.fromordinal(ordinal), ranges)
        if not ranges:
            continue
        midnight = clock.plain_midnight(ordinal)
        if midnight is not None and max(ranges, key=_end)[1] <= 2880:
            spans += [(midnight + start * 60, midnight + end * 60) for start, end in ranges]
        else:
            spans += [(clock.instant(ordinal, start), clock.instant(ordinal, end)) for start, end in ranges]
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
    length = minutes * 60
    blocked = [(start - length - after_minutes * 60, end + before_minutes * 60) for start, end in merge(busy)]
    earliest, latest = (now + notice).timestamp(), (now + window).timestamp()
    step = step_minutes * 60
    runs = list(_open_starts(merge(working), blocked, length, step, -int(-earliest // 1), int(latest // 1)))
    # One instant a run and the rest by addition: making each from its seconds takes four times as long.
    apart = [timedelta(seconds=n * step) for n in range(max(map(len, runs), default=0))]
    long, starts = timedelta(minutes=minutes), []
    for run in runs:
        first = datetime.fromtimestamp(run.start, UTC)
        starts += [first + later for later in apart[: len(run)]]
    # As Slot(at, at + long) does, without a call of Python's own for each.
    return list(map(_slot, zip(starts, [at + long for at in starts], strict=True)))


def _open_starts(
    working: Sequence[Span], blocked: Sequence[Span], length: int, step: int, earliest: int, latest: int
) -> Iterator[range]:
    """Runs of starts in no blocked span, walking both lists once. One may start where a span begins, not inside it."""
    at = 0
    for opens, closes in working:
        last = min(closes - length, latest)
        start = opens + max(0, -((opens - earliest) // step)) * step  # whole steps, before the notice is over
        while start <= last:
            while at < len(blocked) and blocked[at][1] <= start:
                at += 1
            if at == len(blocked) or blocked[at][0] >= last:
                yield range(start, last + 1, step)
                break
            until, resumes = blocked[at]
            if start <= until:
                yield range(start, until + 1, step)
            start += max(0, -((start - resumes) // step)) * step


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


class _Clock:
    """Wall time of one zone as seconds since 1970, for the days between two and those that follow."""

    def __init__(self, tz: ZoneInfo, first: int, last: int):
        self.tz, self.first = tz, first
        self.offsets = [self._at_midnight(day) for day in range(first, last + 3)]

    def plain_midnight(self, ordinal: int) -> int | None:
        """When that day begins; None where clocks change on it or on the one after."""
        at = ordinal - self.first
        here, tomorrow, after = self.offsets[at : at + 3]
        return (ordinal - EPOCH_DAY) * 86_400 - here if here == tomorrow == after else None

    def instant(self, ordinal: int, minute: int) -> int:
        """`minute` minutes of wall time after the midnight a day begins with."""
        days, minute = divmod(minute, 1440)
        wall = datetime.combine(date.fromordinal(ordinal + days), time(minute // 60, minute % 60))
        return int(wall.replace(tzinfo=self.tz).timestamp())

    def _at_midnight(self, day: int) -> int:
        offset = self.tz.utcoffset(datetime.fromordinal(day))
        assert offset is not None
        return offset.days * 86_400 + offset.seconds


_end = itemgetter(1)
_slot = partial(tuple.__new__, Slot)
