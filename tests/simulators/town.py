"""Town: the stand-ins on a loopback port, with a small shop in them, and an app that writes down what it is sent."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, request
from werkzeug.serving import make_server

from simulators.app import Parts, create_app
from simulators.config import Config
from simulators.shopify import executor
from simulators.shopify.config import ShopifyConfig
from simulators.shopify.store import Store
from tests.simulators.small_shop import documents

# The schema is the same in every town, and a tenth of a second's work to read.
executor.load_schema = cache(executor.load_schema)
NOW = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)


@dataclass
class Town:
    base: str
    parts: Parts


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes
    form: dict[str, str]


@dataclass
class Recorder:
    """Stands for our app: answers what `answers` says, in order, then 200."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def wait_for(self, count: int, seconds: float = 5) -> list[Received]:
        wait_until(lambda: len(self.received) >= count, seconds)
        return self.received


def wait_until(holds: Callable[[], Any], seconds: float = 5) -> None:
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.01)


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def recording() -> Iterator[Recorder]:
    recorder, app = Recorder(), Flask("recorder")

    @app.route("/<path:rest>", methods=["GET", "POST"])
    def take(rest: str) -> tuple[str, int]:
        body = request.get_data()
        recorder.received.append(Received(f"/{rest}", dict(request.headers), body, request.form.to_dict()))
        return "", recorder.answers.pop(0) if recorder.answers else 200

    with serving(app) as recorder.url:
        yield recorder


@contextmanager
def living(
    app_url: str = "http://127.0.0.1:9", *, installed: bool = True, state_path: Path | None = None, **chosen: Any
) -> Iterator[Town]:
    """The stand-ins, with their clock at NOW. Their own address is known only once they listen."""
    late = Flask("late", static_folder=None)
    with serving(late) as base:
        settings: dict[str, Any] = {"clock": lambda: NOW, "pace": 0.02} | chosen
        config = Config(app_url=app_url, public_base=base, state_path=state_path, **settings)
        app = create_app(config, store=small_store(config, installed=installed))
        late.wsgi_app = app.wsgi_app  # type: ignore[method-assign]
        parts = app.extensions["simulators"]
        try:
            yield Town(base, parts)
        finally:
            parts.close()


def small_store(config: Config, *, installed: bool, webhook_workers: int = 0) -> Store:
    """Without workers its webhooks are queued and not sent, which is enough where nobody waits for them."""
    shopify = ShopifyConfig(
        app_url=config.app_url, public_base=config.public_base, clock=config.clock, webhook_workers=webhook_workers
    )
    store = Store(shopify)
    shop = store.open_shop(config.shop)
    for document in documents(installed=installed):
        shop.save(document)
    return store
