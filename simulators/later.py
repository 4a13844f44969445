"""Later: runs functions after a delay, on a few background threads."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger(__name__)


class Later:
    """One timer thread and a small pool, so that a slow receiver does not hold up the others."""

    def __init__(self, workers: int = 4):
        self._due: list[tuple[float, int, Callable, tuple]] = []
        self._numbers = itertools.count()
        self._wake = threading.Condition()
        self._stopped = False
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="simulator-later")
        threading.Thread(target=self._watch, daemon=True, name="simulator-timer").start()

    def after(self, seconds: float, function: Callable, *args) -> None:
        """Calls `function(*args)` once, `seconds` from now. An exception is logged and goes no further."""
        with self._wake:
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._numbers), function, args))
            self._wake.notify()

    def stop(self) -> None:
        """Forgets what is still due."""
        with self._wake:
            self._stopped = True
            self._wake.notify()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _watch(self) -> None:
        while True:
            with self._wake:
                while not self._stopped and (not self._due or self._due[0][0] > time.monotonic()):
                    self._wake.wait(self._due[0][0] - time.monotonic() if self._due else None)
                if self._stopped:
                    return
                _, _, function, args = heapq.heappop(self._due)
                self._pool.submit(_quietly, function, args)


def _quietly(function: Callable, args: tuple) -> None:
    try:
        function(*args)
    except Exception:
        log.exception("simulator task failed: %s", getattr(function, "__name__", function))
