"""The floor: a bare Flask view that verifies the same HMAC and commits one row by itself, on the same server."""

import base64
import hmac
import os
import sqlite3
import threading
from typing import Any

import psycopg
from flask import Flask, request
from granian import Granian
from granian.constants import Interfaces

SECRET = os.environ.get("SHOPIFY_API_SECRET", "").encode()
TABLE = "CREATE TABLE IF NOT EXISTS webhook (id TEXT PRIMARY KEY, topic TEXT, shop TEXT, body {blob} NOT NULL)"


def run(*, host: str, port: int) -> None:
    """Serve the floor, with as many threads as it does best with."""
    Granian(
        target="benchmarks.floor:load",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=48,
        backlog=4096,
        log_access=False,
    ).serve()


def load() -> Flask:
    """The application; made in the server's worker process."""
    app, here = Flask(__name__), threading.local()
    url = os.environ["DATABASE_URL"]

    def connection() -> Any:
        if not hasattr(here, "connection"):
            here.connection = _connect(url)
        return here.connection

    @app.post("/webhooks/shopify")
    def webhook() -> tuple[dict[str, bool], int]:
        body = request.get_data()
        mac = base64.b64encode(hmac.digest(SECRET, body, "sha256")).decode()
        if not hmac.compare_digest(mac, request.headers.get("X-Shopify-Hmac-Sha256", "")):
            return {"ok": False}, 401
        headers = request.headers
        row = (headers["X-Shopify-Webhook-Id"], headers["X-Shopify-Topic"], headers["X-Shopify-Shop-Domain"], body)
        _insert(connection(), row)
        return {"ok": True}, 200

    return app


def _connect(url: str) -> Any:
    if url.startswith("sqlite"):
        made = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
            made.execute(f"PRAGMA {pragma}")
        made.execute(TABLE.format(blob="BLOB"))
        return made
    opened = psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True)
    opened.execute("SELECT pg_advisory_lock(1)")
    opened.execute(TABLE.format(blob="BYTEA"))
    opened.execute("SELECT pg_advisory_unlock(1)")
    return opened


def _insert(connection: Any, row: tuple[str, str, str, bytes]) -> None:
    mark = "?" if isinstance(connection, sqlite3.Connection) else "%s"
    marks = ", ".join([mark] * 4)
    connection.execute(f"INSERT INTO webhook VALUES ({marks}) ON CONFLICT DO NOTHING", row)  # noqa: S608 (marks only)
