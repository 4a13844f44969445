"""The stand-in alone, on a port of its own, in a thread: for tests."""

import threading
from dataclasses import replace

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from simulators.ports import free_port
from simulators.shopify.config import ShopifyConfig
from simulators.shopify.store import Store

POLL_SECONDS = 0.02


class Quiet(WSGIRequestHandler):
    """A line a request would drown what a test has to say."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code="-", size="-") -> None:
        pass


class ShopifyServer:
    """`with ShopifyServer(config, world=generate(7, base)) as shopify: requests.get(shopify.base + ...)`.

    `config.public_base` is replaced by the address it gets. Webhooks are sent while it runs.
    """

    def __init__(self, config: ShopifyConfig, *, path=None, world=None, port: int | None = None) -> None:
        from simulators.shopify import bp  # the package imports this module's neighbours

        port = port or free_port()
        self.base = f"http://127.0.0.1:{port}"
        self.store = Store(replace(config, public_base=self.base), path)
        if world is not None:
            self.store.seed(world)
        app = Flask("shopify-stand-in")
        app.register_blueprint(bp(self.store))
        self.server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(POLL_SECONDS,), daemon=True)

    def start(self) -> "ShopifyServer":
        self.thread.start()
        self.store.webhooks.start()
        return self

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.store.close()

    __enter__ = start

    def __exit__(self, *_) -> None:
        self.stop()
