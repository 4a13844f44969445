"""The web server: Granian, one blocking worker process or several, a stopped one replaced."""

import os

from granian import Granian
from granian.constants import Interfaces

from kit.settings import Settings

THREADS = 48  # a door waits for its commit, so more threads than cores


def load() -> object:
    """The application, made in each worker process after it was started: threads do not survive a fork."""
    from shopify_app.app import create_app

    return create_app(Settings.from_env())


def run(*, host: str, port: int, processes: int, target: str = "shopify_app.server:load") -> None:
    """Serve until SIGTERM or SIGINT. `target` names the function that makes the application."""
    os.environ.setdefault("PYTHONTZPATH", "")
    # Each thread would otherwise get a heap of its own, which never shrinks; read when the worker process starts.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    Granian(
        target=target,
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=THREADS,
        backlog=4096,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=10,
        log_access=False,
    ).serve()
