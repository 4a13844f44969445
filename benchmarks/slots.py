"""When an advisor can be booked: sixty days over a change of clocks, against a plain nested loop over zoneinfo.

Figures: slots.p50_ms and slots.p99_ms of one reckoning with 200 busy blocks; slots.ratio, how many times longer the
plain loop took for the same; slots.growth, how many times longer it takes with 20,000 blocks than with 2,000, in the
order the database gives them (linear is ten, or a little less: the days cost the same); slots.house_ms, a month of
fifty advisors, each with hours and blocks of their own. Every list of both is compared, slot by slot.
"""

import gc
import random
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from statistics import quantiles
from typing import Any
from zoneinfo import ZoneInfo

from consults.slots import Rule, Slot, Span, free_slots, working_spans

ZONES = {  # a change of clocks lies inside sixty days of each
    "Europe/Paris": datetime(2027, 3, 1, 8, tzinfo=UTC),
    "America/New_York": datetime(2026, 10, 5, 12, tzinfo=UTC),
    "Australia/Sydney": datetime(2027, 3, 8, 22, tzinfo=UTC),
}
POLICY: dict[str, Any] = {
    "minutes": 30,
    "step_minutes": 15,
    "notice": timedelta(hours=2),
    "before_minutes": 0,
    "after_minutes": 10,
}
RULES = tuple(Rule(weekday, start, end) for weekday in range(5) for start, end in ((600, 780), (840, 1080)))
BLOCKS, DAYS, MONTH, HOUSE = 200, 60, 30, 50


def run() -> None:
    """Print every figure."""
    from benchmarks.door import say  # a test compares the lists, and needs no door for it

    ours, plain = [], []
    for zone, now in ZONES.items():
        busy = blocks(now, BLOCKS, DAYS)
        assert reckon(zone, busy, now, DAYS) == nested_loop(zone, busy, now, DAYS), zone
        ours += timed(partial(reckon, zone, busy, now, DAYS), 300)
        plain += timed(partial(nested_loop, zone, busy, now, DAYS), 3)
    say("slots.p50_ms", middle(ours) * 1000, "ms")
    say("slots.p99_ms", quantiles(ours, n=100)[98] * 1000, "ms")
    say("slots.plain_p50_ms", middle(plain) * 1000, "ms")
    say("slots.ratio", middle(plain) / middle(ours), "x")
    say("slots.growth", growth(), "x")
    say("slots.house_ms", middle(timed(_month_of_a_house(), 20)) * 1000, "ms")


def reckon(zone: str, busy: list[Span], now: datetime, days: int, rules: tuple[Rule, ...] = RULES) -> list[Slot]:
    """As consults.hours asks."""
    first, last = _local_days(zone, now, days)
    working = working_spans(rules, {}, zone, first, last)
    return free_slots(working, busy, window=timedelta(days=days), now=now, **POLICY)


def nested_loop(zone: str, busy: list[Span], now: datetime, days: int, rules: tuple[Rule, ...] = RULES) -> list[Slot]:
    """The same as one would write it down at first: every start of every day beside every block, as datetimes."""
    tz, length, step = ZoneInfo(zone), timedelta(minutes=POLICY["minutes"]), timedelta(minutes=POLICY["step_minutes"])
    taken = [(datetime.fromtimestamp(s, UTC), datetime.fromtimestamp(e, UTC)) for s, e in busy]
    before, after = timedelta(minutes=POLICY["before_minutes"]), timedelta(minutes=POLICY["after_minutes"])
    found, (day, last) = [], _local_days(zone, now, days)
    while day <= last:
        for rule in rules:
            if rule.weekday != day.weekday():
                continue
            midnight = datetime.fromordinal(day.toordinal())
            at = (midnight + timedelta(minutes=rule.start_minute)).replace(tzinfo=tz).astimezone(UTC)
            closes = (midnight + timedelta(minutes=rule.end_minute)).replace(tzinfo=tz).astimezone(UTC)
            while at + length <= closes:
                in_time = now + POLICY["notice"] <= at <= now + timedelta(days=days)
                if in_time and all(end <= at - before or at + length + after <= start for start, end in taken):
                    found.append(Slot(at, at + length))
                at += step
        day += timedelta(days=1)
    return found


def blocks(now: datetime, count: int, days: int, *, seed: int = 1) -> list[Span]:
    """Conversations and entries of a calendar, some of which overlap."""
    chance, begin = random.Random(seed), int(now.timestamp())
    starts = (begin + chance.randrange(days * 288) * 300 for _ in range(count))
    return [(start, start + chance.choice((900, 1800, 2400, 3600))) for start in starts]


def growth() -> float:
    """How many times longer 20,000 blocks take than 2,000, spread alike over the same days, in the rows' own order."""
    zone, now = next(iter(ZONES.items()))
    few, many = sorted(blocks(now, 10 * BLOCKS, DAYS)), sorted(blocks(now, 100 * BLOCKS, DAYS))
    return middle(timed(lambda: reckon(zone, many, now, DAYS), 30)) / middle(
        timed(lambda: reckon(zone, few, now, DAYS), 30)
    )


def _month_of_a_house() -> Callable[[], object]:
    people = []
    for n in range(HOUSE):
        zone, now = list(ZONES.items())[n % len(ZONES)]
        opens = 540 + 15 * (n % 8)
        rules = tuple(Rule(weekday, opens, opens + 480) for weekday in range(5))
        people.append((zone, blocks(now, BLOCKS // 2, MONTH, seed=n), now, MONTH, rules))
    return lambda: [reckon(*person) for person in people]


def timed(act: Callable[[], object], times: int) -> list[float]:
    """Seconds of computing of each run; neither is charged for the other's garbage."""
    found = []
    gc.collect()
    gc.disable()
    try:
        for _ in range(times):
            begun = time.thread_time()
            act()
            found.append(time.thread_time() - begun)
    finally:
        gc.enable()
    return found


def middle(seconds: list[float]) -> float:
    return quantiles(seconds, n=2)[0] if len(seconds) > 1 else seconds[0]


def _local_days(zone: str, now: datetime, days: int) -> tuple[date, date]:
    here = now.astimezone(ZoneInfo(zone)).date()
    return here - timedelta(days=1), here + timedelta(days=days + 1)
