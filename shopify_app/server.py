"""The web server: Uvicorn with a parser and an event loop in C, in one process, or in several that are replaced when
they die. See docs/decisions/0002-the-door.md."""

import contextlib
import ctypes
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import uvicorn

from kit.collector import leave_alone_what_stays
from shopify_app.connections import Connection

if TYPE_CHECKING:
    from kit.db import Database
    from kit.settings import Settings
    from webhooks.doors import AsgiApp

THREADS = 8  # for the pages; a delivery waits on the event loop, without one
POOL = 20
STOPPING_SECONDS = 10  # as long as requests may take to end once a stop was asked for
IDLE_SECONDS = 75  # longer than proxies keep a connection that nobody uses, so that none sends into one just closed
TRIM_SECONDS = 10
M_ARENA_MAX, M_TRIM_THRESHOLD = -8, -1  # of malloc.h


def load() -> object:
    """The doors, and the pages behind them; made in each serving process, since threads do not survive a fork."""
    # Imported here, so that a process which only watches over others stays small.
    from kit.db import Database
    from kit.settings import Settings
    from shopify_app.senders import make_sources
    from shopify_app.starting import start
    from shopify_app.when_asked import WhenAsked
    from webhooks.commits import Committer
    from webhooks.doors import Doors

    give_memory_back()
    settings = Settings.from_env()
    start(settings)
    database = Database(settings.database_url, pool_size=POOL)
    doors = Doors(WhenAsked(partial(furnish, settings, database)), make_sources(settings), Committer(database.engine))
    leave_alone_what_stays()
    return doors


def furnish(settings: "Settings", database: "Database") -> "AsgiApp":
    """All pages, in the thread of the first who asks for one."""
    from shopify_app import when_asked

    made = when_asked.furnish(settings, database, threads=THREADS)
    leave_alone_what_stays()
    return made


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
        threading.Thread(target=_trim, args=[libc.malloc_trim], name="trim", daemon=True).start()


def _trim(malloc_trim: Callable[[int], int]) -> None:
    """The threshold looks at the end of a heap only, and something that stays is always near it."""
    while True:
        time.sleep(TRIM_SECONDS)
        malloc_trim(0)
