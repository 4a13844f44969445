"""POST /webhooks/<source>: verify, store once, answer. No work, no parsing beyond proof, no Flask.

A plain ASGI layer in front of the pages: on an event loop a waiting delivery costs no thread, and Flask's dispatch
alone would cost more than verifying and storing.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any

from kit.clock import now as clock_now
from kit.log import get_logger
from webhooks.commits import Committer, NotStored, Overloaded
from webhooks.rows import Row
from webhooks.sources import Refused, Source

log = get_logger("webhooks")

PREFIX = "/webhooks/"
SPOKEN = "/webhooks/twilio/voice"
"""Somebody is on the telephone and waits for what they hear: a page answers, which checks the same signature."""
MOST_BYTES = 5 * 1024 * 1024
MOST_DIGITS = 20  # Python reads no number of thousands of digits
BODY_SECONDS = 10.0  # Shopify itself gives up after five

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


class HungUp(Exception):
    """The sender went away before its body was here."""


class Doors:
    """Answers /webhooks/*; everything else goes on to `inner`."""

    def __init__(self, inner: AsgiApp, sources: Mapping[str, Source], committer: Committer):
        self.inner = inner
        self.sources = sources
        self.committer = committer

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(PREFIX) or path.startswith(SPOKEN):
            return await self.inner(scope, receive, send)
        try:
            await self._receive(scope, receive)
        except Refused as refused:
            error = {"error": {"code": refused.code, "message": str(refused)}}
            await _answer(send, refused.status, json.dumps(error).encode())
        except HungUp:
            return None
        else:
            await send(OK_START)
            await send(OK_BODY)

    async def _receive(self, scope: MutableMapping[str, Any], receive: Receive) -> None:
        name, _, rest = scope["path"][len(PREFIX) :].partition("/")
        source = self.sources.get(name)
        if source is None:
            raise Refused(404, "no_such_door", "Nobody delivers here.")
        if scope["method"] != "POST":
            raise Refused(405, "post_only", "Deliveries are posted.")
        headers = _headers(scope["headers"])
        body = await _read(headers, receive)
        known = source.open(headers, body, rest, scope["query_string"].decode("latin-1"))
        row = Row(
            source.name,
            known.shop_domain,
            known.topic,
            known.external_id,
            known.event_id,
            known.triggered_at,
            known.api_version,
            body,
            clock_now(),
        )
        started = time.monotonic()
        try:
            await self.committer.store(row)
        except Overloaded:
            raise Refused(503, "busy", "Too much at once. Please send it again.") from None
        except NotStored:
            log.error("delivery.refused", topic=known.topic, seconds=time.monotonic() - started)
            raise Refused(500, "not_stored", "It could not be stored. Please send it again.") from None


async def _read(headers: Mapping[str, str], receive: Receive) -> bytes:
    """The raw body. Refuses by its announced length first, so that a large one is never read."""
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise Refused(400, "bad_length", "The length is not a number.")
    if len(length) > MOST_DIGITS or int(length) > MOST_BYTES:
        raise TOO_LARGE
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await _read_all(receive)
    except TimeoutError:
        raise Refused(408, "too_slow", "The body did not come in time. Please send it again.") from None
    if len(body) > MOST_BYTES:
        raise TOO_LARGE
    return body


async def _read_all(receive: Receive) -> bytes:
    """All of it, or a little more than the most that is taken."""
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        return bytes(message["body"])  # nearly always
    body = bytearray()
    while message["type"] == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body") or len(body) > MOST_BYTES:
            return bytes(body)
        message = await receive()
    raise HungUp


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """By lower-case name. A header sent twice is both values, joined: no signature fits that."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    return headers


async def _answer(send: Send, status: int, payload: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers_for(payload)})
    await send({"type": "http.response.body", "body": payload})


def headers_for(payload: bytes) -> list[tuple[bytes, bytes]]:
    """Headers of every answer that says something."""
    return [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(payload)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    ]


TOO_LARGE = Refused(413, "too_large", "Deliveries are at most 5 MB.")
# Senders read the status only. Without a body there is nothing for a browser to be told about either, and head and
# body would go out as two packets.
OK_START = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]}
OK_BODY = {"type": "http.response.body", "body": b""}
