"""What is answered before the pages, on the event loop: a room in which nothing is new.

Fifty pages of rooms that ask again and again would otherwise keep the pages' few threads from everybody else.
"""

import asyncio
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import sqlalchemy as sa

from consults.rooms.glances import nothing_new
from consults.rooms.passes import Pass, read_pass
from kit import clock
from kit.db import Begin
from kit.settings import Settings
from shopify_app.asked import MOST_ROW_ID
from shopify_app.behind import too_slow
from shopify_app.when_asked import answer
from webhooks.doors import AsgiApp, Message, Receive, Send

POLL = "/room/poll"
MOST_BYTES = 4096
BODY_SECONDS = 10.0


class Before:
    """Answers what costs nothing; everything else goes on to `inner` as it came. `begin` is the pages' own."""

    def __init__(self, inner: AsgiApp, settings: Settings, begin: Begin):
        self.inner, self.begin = inner, begin
        self.secrets = [key for key in (settings.secret_key, settings.secret_key_previous) if key]
        self.threads = ThreadPoolExecutor(2, thread_name_prefix="glances")  # a question may wait for the database

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            who = self._who_polls(scope)
            if who is not None:
                return await self._poll(who, scope, receive, send)
        return await self.inner(scope, receive, send)

    def _who_polls(self, scope: MutableMapping[str, Any]) -> Pass | None:
        if scope["method"] != "POST" or not scope["path"].endswith(POLL):
            return None
        headers = dict(scope["headers"])
        length, given = headers.get(b"content-length", b""), headers.get(b"x-room-pass", b"").decode("latin-1")
        if not (length.isdigit() and len(length) < 5 and int(length) <= MOST_BYTES) or not given:
            return None
        return read_pass(self.secrets, given, now=clock.now())

    async def _poll(self, who: Pass, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                message = await receive()
        except TimeoutError:
            return await too_slow(send)
        known = None if message.get("more_body") else _known(message.get("body", b""))
        if known is not None:
            loop = asyncio.get_running_loop()
            if await loop.run_in_executor(self.threads, self._same, who, *known):
                return await answer(send, 200, SAME)
        held = [message]

        async def again() -> Message:
            return held.pop() if held else await receive()

        await self.inner(scope, again, send)

    def _same(self, who: Pass, after_id: int, as_of: str) -> bool:
        try:
            with self.begin() as session:
                return nothing_new(session, who, after_id=after_id, as_of=as_of, now=clock.now())
        except sa.exc.SQLAlchemyError:
            return False  # the page behind says what is wrong


def _known(body: bytes) -> tuple[int, str] | None:
    """`after` and `as_of`; None where the page behind has to say what is wrong with it."""
    try:
        told = orjson.loads(body)
    except ValueError:
        return None
    if not isinstance(told, dict):
        return None
    after, as_of = told.get("after"), told.get("as_of")
    if type(after) is not int or not 0 <= after <= MOST_ROW_ID or not isinstance(as_of, str) or not as_of:
        return None
    return after, as_of


SAME = b'{"same": true}'
