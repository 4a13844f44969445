"""The web server: Uvicorn with a parser and an event loop in C, in one process, or in several that are replaced when
they die. See docs/decisions/0002-the-door.md."""

import contextlib
import ctypes
import gc
import threading
import time
from collections.abc import Callable

import uvicorn

from shopify_app.connections import Connection

THREADS = 8  # for the pages; a delivery waits on the event loop, without one
STOPPING_SECONDS = 10  # as long as requests may take to end once a stop was asked for
IDLE_SECONDS = 75  # longer than proxies keep a connection that nobody uses, so that none sends into one just closed
YOUNG_OBJECTS = 20_000  # before the collector looks: a full batch of deliveries and what comes with them
TRIM_SECONDS = 10
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
    doors = Doors(pages, make_sources(settings), Committer(database.engine))
    leave_alone_what_stays()
    return doors


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


def leave_alone_what_stays() -> None:
    """The collector of cycles passes over what is loaded by now, and looks at what came since less often: requests
    make next to no cycles, and under load it took a sixth of a delivery's time to find that out."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)


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
