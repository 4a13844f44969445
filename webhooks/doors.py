"""POST /webhooks/<source>: verify, store once, answer. No work, no parsing beyond proof, no Flask.

A plain WSGI layer in front of the application, because Flask's dispatch alone costs more than verifying and storing.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from kit.clock import now as clock_now
from kit.log import get_logger
from webhooks.commits import Committer, NotStored, Overloaded
from webhooks.rows import Row
from webhooks.sources import Refused, Source

log = get_logger("webhooks")

PREFIX = "/webhooks/"
MOST_BYTES = 5 * 1024 * 1024

StartResponse = Callable[..., Any]
WsgiApp = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class Doors:
    """Answers /webhooks/*; everything else goes on to `inner`."""

    def __init__(self, inner: WsgiApp, sources: Mapping[str, Source], committer: Committer):
        self.inner = inner
        self.sources = sources
        self.committer = committer

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX):
            return self.inner(environ, start_response)
        try:
            self._receive(environ, path[len(PREFIX) :])
        except Refused as refused:
            return _answer(start_response, refused.status, {"error": {"code": refused.code, "message": str(refused)}})
        start_response("200 OK", OK_HEADERS)
        return (OK_BODY,)

    def _receive(self, environ: dict[str, Any], path: str) -> None:
        name, _, rest = path.partition("/")
        source = self.sources.get(name)
        if source is None:
            raise Refused(404, "no_such_door", "Nobody delivers here.")
        if environ["REQUEST_METHOD"] != "POST":
            raise Refused(405, "post_only", "Deliveries are posted.")
        body = _read(environ)
        known = source.open(_headers(environ), body, rest, environ.get("QUERY_STRING", ""))
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
            self.committer.store(row)
        except Overloaded:
            raise Refused(503, "busy", "Too much at once. Please send it again.") from None
        except NotStored:
            log.error("delivery.refused", topic=known.topic, seconds=time.monotonic() - started)
            raise Refused(500, "not_stored", "It could not be stored. Please send it again.") from None


def _read(environ: dict[str, Any]) -> bytes:
    """The raw body. Refuses by its announced length first, so that a large one is never read."""
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = -1
    if length < 0:
        raise Refused(400, "bad_length", "The length is not a number.")
    if length > MOST_BYTES:
        raise Refused(413, "too_large", "Deliveries are at most 5 MB.")
    stream = environ["wsgi.input"]
    if length:
        return bytes(stream.read(length))
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked" or environ.get("wsgi.input_terminated"):
        body = bytes(stream.read(MOST_BYTES + 1))
        if len(body) > MOST_BYTES:
            raise Refused(413, "too_large", "Deliveries are at most 5 MB.")
        return body
    return b""


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    return {k[5:].replace("_", "-").lower(): v for k, v in environ.items() if k.startswith("HTTP_")}


def _answer(start_response: StartResponse, status: int, body: dict[str, Any]) -> Iterable[bytes]:
    payload = json.dumps(body).encode()
    start_response(f"{status} {HTTPStatus(status).phrase}", headers_for(payload))
    return (payload,)


def headers_for(payload: bytes) -> list[tuple[str, str]]:
    """Headers of every answer at a door."""
    return [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(payload))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ]


OK_BODY = b'{"ok": true}'
OK_HEADERS = headers_for(OK_BODY)
