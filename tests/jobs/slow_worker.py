"""A worker of the real engine that stops as ours does: slow_worker.py DATABASE_URL SLOT [TIMES].

It beats, and takes over from others, that many times as often as ours."""

import signal
import sys
import threading
import time
from typing import Any

import sqlalchemy as sa

from jobs import engine as engines
from kit.db import Database


def note(begin: Any, *, key: str, number: int) -> None:
    """Leave a line, after a call to a slow provider."""
    time.sleep(0.3)
    with begin() as session:
        session.connection().execute(
            sa.text("INSERT INTO noted (of_key, number) VALUES (:k, :n)"), {"k": key, "n": number}
        )


if __name__ == "__main__":
    asked = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    if more_often := sys.argv[3:]:
        engines.BEAT_SECONDS /= int(more_often[0])
        engines.STALE_AFTER /= int(more_often[0])
    engine = engines.Engine(Database(sys.argv[1], pool_size=20), {"test.note": note}, slot=sys.argv[2])
    engine.start()
    asked.wait()
    engine.stop()
