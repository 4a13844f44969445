"""The suite on a bad day: with STANDIN_FAULTS=1 a quarter of the calls to a stand-in go wrong, by a fixed seed.

STANDIN_FAULTS=2 is another such day. A test that counts calls, or names each error it expects, is marked `calm` with
its reason, and runs as on a good day. `-p tests.faults` has pytest say at the end how often what went wrong.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest

from kit.errors import OutsideError, Waiting
from simulators import bad_day

MOST_ATTEMPTS = 25
BEFORE, AFTER = 0.2, 0.06
"""Shares of calls that fail before they did anything, and after they have done it: a quarter together."""

_on = False
_met: Counter[str] = Counter()
_spoiled: list[tuple[str, Callable[[], int], int]] = []


@contextmanager
def weather_of(item: pytest.Item) -> Iterator[None]:
    """While `item` runs the stand-ins fail, if the run was asked to have that and the test does not opt out."""
    global _on
    _on = bad_day.asked_for() and item.get_closest_marker("calm") is None
    try:
        yield
    finally:
        _on = False
        for name, struck, before in _spoiled:
            _met[name] += struck() - before
        _spoiled.clear()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How often each stand-in failed in this process."""
    told = ", ".join(f"{name} {_met[name]}" for name in sorted(_met))
    terminalreporter.write_line(f"Bad day {bad_day.seed()}: {told}")


def are_on() -> bool:
    """Whether the running test has a bad day."""
    return _on


def patience() -> int:
    """How often more than usual something may be tried."""
    return bad_day.PATIENCE if _on else 1


def spoil(*, shopify: Any = None, parts: Any = None) -> None:
    """Let a stand-in fail from now on, if the running test has a bad day: a Shopify's store, or all of a town's."""
    if not _on:
        return
    if shopify is not None:
        bad_day.begin_at_shopify(shopify, too_many=False)  # the time of a town is its own
        _watch("Shopify", lambda: sum(call["outcome"] != "executed" for call in shopify.calls))
    if parts is not None:
        bad_day.begin(parts)
        _watch("Twilio", lambda: sum(parts.texts.faults.struck().values()))
        _watch("carrier", lambda: sum(parts.parcels.faults.struck().values()))
        _watch("doors", lambda: sum(parts.doors.struck.values()))


def _watch(name: str, struck: Callable[[], int]) -> None:
    _spoiled.append((name, struck, struck()))


class Weather:
    """A fake's luck: the same on every run."""

    def __init__(self) -> None:
        self.draw = Random(bad_day.seed())

    def meet(self, when: str) -> None:
        """Raise what goes wrong `before` or `after` a call has acted, if anything does."""
        if not _on or self.draw.random() >= (BEFORE if when == "before" else AFTER):
            return
        _met["fakes"] += 1
        throttled = when == "before" and self.draw.random() < 0.3
        raise OutsideError("fake", "a bad day", ambiguous=not throttled, retry_after=2 if throttled else None)


def persist(job: Callable[[], object], pass_by: Callable[[float], None]) -> None:
    """Run `job`; on a bad day again and again, as the worker would, with time passing in between."""
    for attempt in range(MOST_ATTEMPTS):
        try:
            job()
            return
        except (OutsideError, Waiting) as error:
            if not _on or getattr(error, "permanent", False) or attempt == MOST_ATTEMPTS - 1:
                raise
            pass_by(error.retry_after or 1)
