"""Who answers when the seller can't: 1,000 cases over 10,000 advisors, against a plain scan over all of them.

Figures: routing.p99_ms and routing.p50_ms of one choice; routing.ratio, how many times longer the plain scan took for
the same cases; routing.growth, how many times longer the median choice is among 10,000 than among 1,000 (10 would be
linear). Every choice of both is compared, and both keep the loads that follow from it, so the thousandth case is
decided among people who hold the nine hundred and ninety-nine before it.
"""

import gc
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import quantiles

from benchmarks.door import say
from consults.slots import Rule, Span, working_spans
from routing.answering import Answer, Candidate, Need, Pool, choose
from routing.pools import IndexedPool, PlainPool
from routing.timelines import without

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
ADVISORS, CASES = 10_000, 1_000
ZONES = ("Europe/Paris", "Europe/London", "America/New_York", "Asia/Tokyo", "Asia/Hong_Kong", "America/Los_Angeles")
OPENINGS = (9 * 60, 9 * 60 + 30, 10 * 60, 11 * 60)
LANGUAGES = ("en", "fr", "it", "de", "es", "ja", "zh", "ar", "pt", "ru", "ko", "nl")
CATEGORIES = ("rings", "watches", "necklaces", "bags", "earrings", "bracelets")


def run() -> None:
    """Print every figure."""
    many, few = people(ADVISORS), people(ADVISORS // 10)
    ours, plain = decide_both(many)
    smaller, _ = decide_both(few)
    say("routing.p50_ms", middle(ours) * 1000, "ms")
    say("routing.p99_ms", quantiles(ours, n=100)[98] * 1000, "ms")
    say("routing.plain_p50_ms", middle(plain) * 1000, "ms")
    say("routing.ratio", sum(plain) / sum(ours), "x")
    say("routing.growth", middle(ours) / middle(smaller), "x")


def decide_both(candidates: Sequence[Candidate], *, cases: int = CASES) -> tuple[list[float], list[float]]:
    """Seconds of each choice, by index and by plain scan. Raises AssertionError where they differ."""
    index, plain = IndexedPool(candidates), PlainPool(candidates)
    ours, theirs = [], []
    gc.collect()
    gc.disable()  # neither is charged for the other's garbage
    try:
        for n, (need, now) in enumerate(needs(candidates, cases)):
            found, seconds = timed(index, need, now)
            expected, plain_seconds = timed(plain, need, now)
            assert found == expected, f"case {n}: {found} and not {expected}"
            ours.append(seconds)
            theirs.append(plain_seconds)
            if found.in_pool and found.advisor_id is not None:
                index.take(found.advisor_id)
                plain.take(found.advisor_id)
    finally:
        gc.enable()
    return ours, theirs


def timed(pool: Pool, need: Need, now: int) -> tuple[Answer, float]:
    begun = time.thread_time()  # a choice is nothing but computing: a busy machine must not count as slow
    answer = choose(pool, {}, need, now=now)
    return answer, time.thread_time() - begun


def needs(candidates: Sequence[Candidate], count: int) -> list[tuple[Need, int]]:
    """Cases of sellers who can't answer, at any minute of a week; the first answer is due two hours later."""
    chance = random.Random(2)
    made = []
    for _ in range(count):
        seller = chance.choice(candidates)
        now = int((MONDAY + timedelta(minutes=chance.randrange(7 * 24 * 60))).timestamp())
        need = Need(
            answer_by=now + 7200,
            owner=replace(seller, active=False),
            boutique=chance.choice((*seller.boutiques, None)),
            category=chance.choice((*CATEGORIES, "")),
            languages=frozenset({chance.choice(LANGUAGES)}),
        )
        made.append((need, now))
    return made


def people(count: int) -> list[Candidate]:
    """A house of that many: forty to a boutique, two languages or three, some away, some part-time, some full."""
    chance = random.Random(1)
    hours = {(zone, opens): _week(zone, opens) for zone in ZONES for opens in OPENINGS}
    return [_person(n, max(count // 40, 1), chance, hours) for n in range(1, count + 1)]


def _person(n: int, boutiques: int, chance: random.Random, hours: dict[tuple[str, int], list[Span]]) -> Candidate:
    home = chance.randrange(boutiques)
    shifts = hours[ZONES[home % len(ZONES)], chance.choice(OPENINGS)]
    away = _holiday(chance) if chance.random() < 0.1 else ()
    limit = chance.randrange(2, 12)
    return Candidate(
        advisor_id=n,
        name=f"Advisor {n}",
        boutiques=frozenset({home} if chance.random() < 0.8 else {home, chance.randrange(boutiques)}),
        categories=frozenset(chance.sample(CATEGORIES, chance.randrange(0, 4))),
        languages=frozenset(chance.sample(LANGUAGES, chance.randrange(2, 4))),
        shifts=without(shifts, away),
        away=away,
        open_pool=chance.randrange(0, limit),
        limit_pool=limit,
        taken_pool=chance.randrange(0, 40),
        weight=chance.choice((100, 100, 100, 50, 80)),
        takes_texts=chance.random() > 0.02,
        active=chance.random() > 0.03,
    )


def _week(zone: str, opens: int) -> list[Span]:
    rules = [Rule(day, opens, opens + 8 * 60) for day in range(6)]
    first = MONDAY.date()
    return working_spans(rules, {}, zone, first - timedelta(days=1), first + timedelta(days=8))


def _holiday(chance: random.Random) -> tuple[Span, ...]:
    starts = int(MONDAY.timestamp()) + chance.randrange(-10, 6) * 86_400 + chance.randrange(86_400)
    return ((starts, starts + chance.randrange(1, 15) * 86_400),)


def middle(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=100)[49]
