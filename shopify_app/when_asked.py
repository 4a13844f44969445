"""What is behind the doors, loaded by the first request for any of it, in a thread, while the doors go on.

The doors take deliveries a third of a second after their process began; all pages with the domain behind them take
one or two more. Whoever watches over a process asks /readyz, so a person seldom is the first.
"""

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

from kit.db import Database
from kit.log import get_logger
from kit.settings import Settings
from webhooks.doors import AsgiApp, Receive, Send, headers_for

log = get_logger("web")

Scope = MutableMapping[str, Any]


class WhenAsked:
    """Answers the health check by itself; everything else goes on to what `load` makes, which is called once.

    Where that fails the caller is told so, and the next one makes it try again.
    """

    def __init__(self, load: Callable[[], AsgiApp]):
        self.load = load
        self.inner: AsgiApp | None = None
        self.loading: asyncio.Future[AsgiApp] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/healthz" and scope["method"] == "GET":
            return await answer(send, 200, UP)
        try:
            inner = self.inner or await self._loaded()
        except Exception:
            log.exception("pages.not_loaded")
            return await answer(send, 503, CLOSED)
        await inner(scope, receive, send)

    async def _loaded(self) -> AsgiApp:
        """All who come meanwhile wait for the same; one who leaves does not take it from the others."""
        if self.loading is None:
            self.loading = asyncio.get_running_loop().run_in_executor(None, self.load)
            self.loading.add_done_callback(self._keep)
        return await asyncio.shield(self.loading)

    def _keep(self, loading: "asyncio.Future[AsgiApp]") -> None:
        self.loading = None
        if not loading.cancelled() and loading.exception() is None:
            self.inner = loading.result()


def furnish(settings: Settings, database: Database, *, threads: int) -> AsgiApp:
    """All pages, with what is answered before them."""
    from shopify_app.app import create_app
    from shopify_app.before import Before
    from shopify_app.behind import Pages

    return Before(Pages(create_app(settings, database), threads=threads), settings, database.begin)


async def answer(send: Send, status: int, payload: bytes) -> None:
    """JSON, with the headers that every answer has."""
    await send({"type": "http.response.start", "status": status, "headers": [*headers_for(payload), *MORE_HEADERS]})
    await send({"type": "http.response.body", "body": payload})


UP = b'{"ok":true}\n'  # letter by letter as the page says it
CLOSED = b'{"error": {"code": "not_loaded", "message": "This page cannot be shown just now. Please load it again."}}'
MORE_HEADERS = [
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), microphone=(), display-capture=()"),
]
