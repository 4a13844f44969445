"""A worker of the real engine in a process of its own, for tests that kill it: worker_process.py DATABASE_URL."""

import sys
import threading
import time
from typing import Any

import sqlalchemy as sa

from jobs.engine import Engine
from kit.db import Database


def note(begin: Any, *, key: str, number: int) -> None:
    """Leave a line, after about as long as a call to a provider takes."""
    time.sleep(0.05)
    with begin() as session:
        session.connection().execute(
            sa.text("INSERT INTO noted (of_key, number) VALUES (:k, :n)"), {"k": key, "n": number}
        )


if __name__ == "__main__":
    engine = Engine(Database(sys.argv[1], pool_size=20), {"test.note": note}, slot="test")
    engine.start()
    print("started", flush=True)
    threading.Event().wait()
