"""Posting to the doors as a server does, without one: bodies, announced lengths and odd headers."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from shopify_app.senders import make_sources
from webhooks.commits import Committer
from webhooks.doors import Doors
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
    """As the doors hand them to a source: lower-case names."""
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


async def nowhere(*_: Any) -> None:
    """In place of the pages behind the doors."""
    raise AssertionError("no page is asked for here")


def doors_of(app: Flask) -> Doors:
    """The doors as they stand in front of `app`."""
    running = app.extensions["returns"]
    return Doors(nowhere, make_sources(running.settings), Committer(running.database.engine))


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: dict[str, Any]


def post(doors: Any, path: str = "/webhooks/shopify", body: bytes = b"{}", headers: Any = None, **how: Any) -> Answer:
    """One request at the doors; `headers` a dictionary, or pairs where one comes twice."""
    return asyncio.run(posting(doors, path, body, headers, **how))


async def posting(
    doors: Any,
    path: str = "/webhooks/shopify",
    body: bytes = b"{}",
    headers: Any = None,
    *,
    method: str = "POST",
    length: str = "",
    chunked: bool = False,
    hangs_up: bool = False,
    unread: bool = False,
    query: str = "",
) -> Answer:
    """`length`: "" for the true one. `unread`: asking for the body is an error."""
    pairs = [*(headers.items() if isinstance(headers, dict) else headers or ())]
    if not chunked:
        pairs.append(("content-length", length or str(len(body))))
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("utf-8")) for name, value in pairs],
    }
    parts = [body[at : at + 1000] for at in range(0, len(body), 1000)] or [b""] if chunked or hangs_up else [body]
    coming = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    coming[-1]["more_body"] = hangs_up
    coming.append({"type": "http.disconnect"})
    told: list[Any] = []

    async def receive() -> Any:
        assert not unread, "the body was read"
        return coming.pop(0)

    async def send(message: Any) -> None:
        told.append(message)

    await doors(scope, receive, send)
    if not told:
        return Answer(0, {}, {})
    given = {name.decode().title(): value.decode() for name, value in told[0]["headers"]}
    payload = b"".join(message.get("body", b"") for message in told[1:])
    return Answer(told[0]["status"], given, json.loads(payload) if payload else {})
