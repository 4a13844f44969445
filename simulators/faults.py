"""Faults: what a stand-in is told to do wrong: for the next so many calls, or for a share of them till told to stop."""

import random
import threading
import time
from collections import Counter
from contextlib import contextmanager

KINDS = ("500", "timeout", "late", "slow", "lost")
LONGEST_SECONDS = 120


class Faults:
    """A short list of faults to come, used up in order, and standing ones that strike by chance.

    Forgotten on a restart, on purpose. The chance is seeded: same faults, same run.
    """

    def __init__(self, kinds: tuple[str, ...] = KINDS):
        self._kinds, self._lock = kinds, threading.Lock()
        self._coming: list[dict] = []
        self._standing: list[dict] = []
        self._draw = random.Random(1)
        self._struck: Counter[str] = Counter()

    def order(self, asked: dict) -> dict:
        """`{"kind": ..., "times": 1, "seconds": 20}`; kind "none" clears. Raises ValueError on an unknown kind.

        500: answers 500, nothing stored. timeout: waits, stores nothing. late: stores, then waits before it answers.
        slow: waits, then stores: whoever asked may have given up. lost: stores, then answers 500.
        With a `rate` (0 to 1) instead of `times` it strikes that share until "none".
        """
        kind = str(asked.get("kind"))
        with self._lock:
            if kind == "none":
                self._coming.clear()
                self._standing.clear()
            elif kind in self._kinds:
                fault = {"kind": kind, "seconds": min(float(asked.get("seconds", 20)), LONGEST_SECONDS)}
                if "rate" in asked:
                    self._standing.append(fault | {"rate": float(asked["rate"])})
                else:
                    self._coming += [fault] * int(asked.get("times", 1))
            else:
                raise ValueError(f"kind is one of {', '.join((*self._kinds, 'none'))}")
            return {"coming": list(self._coming), "standing": list(self._standing)}

    def reseed(self, seed: int) -> None:
        """Another run of chances."""
        with self._lock:
            self._draw = random.Random(seed)

    def struck(self) -> dict[str, int]:
        """How often each kind has struck, since it was started."""
        with self._lock:
            return dict(self._struck)

    @contextmanager
    def around(self):
        """Takes the next fault, gives its kind (None, "500", "timeout", ...), and waits at the end if it is "late"."""
        with self._lock:
            fault: dict = self._coming.pop(0) if self._coming else self._by_chance()
            kind = fault["kind"]
            if kind is not None:
                self._struck[kind] += 1
        if kind in ("timeout", "slow"):
            time.sleep(fault["seconds"])
        yield kind
        if kind == "late":
            time.sleep(fault["seconds"])

    def _by_chance(self) -> dict:
        return next((f for f in self._standing if self._draw.random() < f["rate"]), {"kind": None})
