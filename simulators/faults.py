"""Faults: what a stand-in is told to do wrong, for the next so many calls."""

import threading
import time
from contextlib import contextmanager

KINDS = ("500", "timeout", "late")
LONGEST_SECONDS = 120


class Faults:
    """A short list of faults to come, used up in order. Forgotten on a restart, on purpose."""

    def __init__(self, kinds: tuple[str, ...] = KINDS):
        self._kinds, self._lock = kinds, threading.Lock()
        self._coming: list[dict] = []

    def order(self, asked: dict) -> dict:
        """`{"kind": ..., "times": 1, "seconds": 20}`; kind "none" clears. Raises ValueError on an unknown kind.

        500: answers 500, nothing stored. timeout: waits, stores nothing. late: stores, then waits before it answers.
        """
        kind = str(asked.get("kind"))
        with self._lock:
            if kind == "none":
                self._coming.clear()
            elif kind in self._kinds:
                fault = {"kind": kind, "seconds": min(float(asked.get("seconds", 20)), LONGEST_SECONDS)}
                self._coming += [fault] * int(asked.get("times", 1))
            else:
                raise ValueError(f"kind is one of {', '.join((*self._kinds, 'none'))}")
            return {"coming": list(self._coming)}

    @contextmanager
    def around(self):
        """Takes the next fault, gives its kind (None, "500", "timeout", ...), and waits at the end if it is "late"."""
        with self._lock:
            fault: dict = self._coming.pop(0) if self._coming else {"kind": None}
        kind = fault["kind"]
        if kind == "timeout":
            time.sleep(fault["seconds"])
        yield kind
        if kind == "late":
            time.sleep(fault["seconds"])
