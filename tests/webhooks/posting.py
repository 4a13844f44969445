"""Posting to the doors as WSGI does, without a server: bodies, announced lengths and odd headers."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webhooks.sources.shopify import sign

PAYLOADS = Path(__file__).parents[1] / "payloads"
SECRET = "hush"
SHOP = "verdane.myshopify.com"


def payload(name: str) -> dict[str, Any]:
    found = json.loads((PAYLOADS / f"{name}.json").read_text())
    assert isinstance(found, dict)
    return found


def shopify_headers(
    body: bytes, *, topic: str = "returns/request", webhook_id: str = "w-1", **more: str
) -> dict[str, str]:
    """As kit.doors hands them to a source: lower-case names."""
    return {
        "x-shopify-topic": topic,
        "x-shopify-hmac-sha256": sign(body, SECRET),
        "x-shopify-shop-domain": SHOP,
        "x-shopify-webhook-id": webhook_id,
        "x-shopify-event-id": "e-1",
        "x-shopify-triggered-at": "2026-11-20T16:05:40.000000Z",
        "x-shopify-api-version": "2026-07",
        **more,
    }


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: dict[str, Any]


def post(
    app: Any,
    path: str = "/webhooks/shopify",
    body: bytes = b"{}",
    headers: dict[str, str] | None = None,
    *,
    method: str = "POST",
    length: str | None = "",
    chunked: bool = False,
    query: str = "",
) -> Answer:
    """`length`: "" for the true one, None for none at all."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "wsgi.input": io.BytesIO(body),
        **{"HTTP_" + name.upper().replace("-", "_"): value for name, value in (headers or {}).items()},
    }
    if chunked:
        environ["HTTP_TRANSFER_ENCODING"] = "chunked"
        environ["wsgi.input_terminated"] = True
    elif length is not None:
        environ["CONTENT_LENGTH"] = length or str(len(body))
    told: list[Any] = []
    payload = b"".join(app(environ, lambda status, given, *_: told.extend((status, given))))
    return Answer(int(told[0].split()[0]), dict(told[1]), json.loads(payload) if payload else {})
