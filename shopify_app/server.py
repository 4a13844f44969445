"""The web server: Granian, one worker process or several, a stopped one replaced."""

import os

from granian import Granian
from granian.constants import Interfaces

THREADS = 8  # for the pages; a delivery waits on the event loop, without one


def load() -> object:
    """The doors, and the pages behind them; made in each worker process, since threads do not survive a fork."""
    # Imported here, so that the process which only watches over the workers stays small.
    from kit.settings import Settings
    from shopify_app.app import create_app
    from shopify_app.behind import Pages
    from shopify_app.wiring import make_sources
    from webhooks.commits import Committer
    from webhooks.doors import Doors

    settings = Settings.from_env()
    app = create_app(settings)
    pages = Pages(app, threads=THREADS)
    return Doors(pages, make_sources(settings), Committer(app.extensions["returns"].database.engine))


def run(*, host: str, port: int, processes: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    os.environ.setdefault("PYTHONTZPATH", "")
    # Each thread would otherwise get a heap of its own, which never shrinks; read when the worker process starts.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    Granian(
        target="shopify_app.server:load",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        workers=processes,
        backlog=4096,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=10,
        log_access=False,
    ).serve()
