"""The Flask pages behind the doors: a request takes one of a few threads once all of it is here.

So whoever sends slowly holds a connection, and nobody else's thread.
"""

import asyncio
from collections.abc import MutableMapping
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from flask import Flask

from shopify_app.sizes import most_bytes
from webhooks.doors import AsgiApp, Message, Receive, Send

BODY_SECONDS = 60.0  # two megabytes from a phone in a lift
TOO_SLOW = b"That took too long. Please try again."


class Pages:
    """`app` as ASGI, in `threads` threads."""

    def __init__(self, app: Flask, *, threads: int):
        # Both spell the same protocol, with types of their own.
        self.inner = cast(AsgiApp, WSGIMiddleware(cast(Any, app), workers=threads))

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.inner(scope, receive, send)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await self._read(scope, receive)
        except TimeoutError:
            return await too_slow(send)
        if body is None:
            return None

        async def read() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self.inner(scope, read, send)

    async def _read(self, scope: MutableMapping[str, Any], receive: Receive) -> bytes | None:
        """The body; empty where Flask will refuse it by its announced length, None when the sender went away."""
        most = most_bytes(scope["path"])
        announced = [int(value) for name, value in scope["headers"] if name == b"content-length" and value.isdigit()]
        if any(length > most for length in announced):
            return b""
        body, more = bytearray(), True
        while more and len(body) <= most:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if body and not announced:  # it came in chunks; Flask reads as much as it was announced
            scope["headers"] = [*scope["headers"], (b"content-length", str(len(body)).encode())]
        return bytes(body)


async def too_slow(send: Send) -> None:
    """The answer to whoever takes too long to say what they want."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(TOO_SLOW)).encode())]
    headers += [(b"connection", b"close"), (b"x-content-type-options", b"nosniff")]
    headers += [(b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")]
    await send({"type": "http.response.start", "status": 408, "headers": headers})
    await send({"type": "http.response.body", "body": TOO_SLOW})
