"""The web server: Uvicorn with a parser and an event loop in C, in one process, or in several that are replaced when
they die. See docs/decisions/0002-the-door.md."""

import contextlib
import ctypes

import uvicorn

from shopify_app.connections import Connection

THREADS = 8  # for the pages; a delivery waits on the event loop, without one
STOPPING_SECONDS = 10  # as long as requests may take to end once a stop was asked for
IDLE_SECONDS = 75  # longer than proxies keep a connection that nobody uses, so that none sends into one just closed
M_ARENA_MAX, M_TRIM_THRESHOLD = -8, -1  # of malloc.h


def load() -> object:
    """The doors, and the pages behind them; made in each serving process, since threads do not survive a fork."""
    # Imported here, so that a process which only watches over others stays small.
    from kit.settings import Settings
    from shopify_app.app import create_app
    from shopify_app.before import Before
    from shopify_app.behind import Pages
    from shopify_app.wiring import make_sources
    from webhooks.commits import Committer
    from webhooks.doors import Doors

    give_memory_back()
    settings = Settings.from_env()
    app = create_app(settings)
    database = app.extensions["returns"].database
    pages = Before(Pages(app, threads=THREADS), settings, database.begin)
    return Doors(pages, make_sources(settings), Committer(database.engine))


def run(*, host: str, port: int, processes: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    uvicorn.run(
        "shopify_app.server:load",
        factory=True,
        host=host,
        port=port,
        workers=processes,
        backlog=4096,
        loop="uvloop",
        http=Connection,
        ws="none",
        lifespan="off",
        proxy_headers=False,  # nobody's word about where a call comes from is used
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=STOPPING_SECONDS,
    )


def give_memory_back() -> None:
    """On Linux: two heaps for all threads, since each would otherwise get one that never shrinks; and what a burst
    needed is returned after it, not kept for the next."""
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(M_ARENA_MAX, 2)
        libc.mallopt(M_TRIM_THRESHOLD, 128 * 1024)
