"""A small client of the Shopify stand-in, over HTTP, and a place for its webhooks to arrive. Used by test_shopify_*."""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests
from graphql import OperationDefinitionNode, parse

from simulators.shopify import mint_id_token
from simulators.shopify.serving import ShopifyServer

SHOP = "verdane-demo.myshopify.com"
OTHER = "other-house.myshopify.com"
OWNER = 90871230000
BASE = datetime(2026, 3, 2, 9, tzinfo=UTC)
DOCUMENTS = Path(__file__).parent / "documents"
OPERATIONS = {
    definition.name.value: path.read_text()
    for path in sorted(DOCUMENTS.glob("*.graphql"))
    for definition in parse(path.read_text()).definitions
    if isinstance(definition, OperationDefinitionNode) and definition.name
}


class Clock:
    def __init__(self, now: datetime = BASE) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span) -> None:
        self.now += timedelta(**span)


class Calls:
    """What an app would do, with the app's credentials."""

    def __init__(self, server: ShopifyServer, shop: str = SHOP) -> None:
        self.server, self.store, self.base, self.shop = server, server.store, server.base, shop
        self.token = ""

    def control(self, method: str, path: str, body=None, **params):
        answer = requests.request(method, f"{self.base}/control/shopify/{path}", json=body, params=params, timeout=10)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def install(self, **more) -> None:
        self.control("POST", "install", {"shop": self.shop, "history": False} | more)
        self.token = self.exchange().json()["access_token"]

    def exchange(self, *, id_token: str | None = None, **more) -> requests.Response:
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": id_token or mint_id_token(self.store.config, self.shop, OWNER, self.store.now()),
            "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
            "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
            "expiring": "1",
        }
        return self.ask_token(form | more)

    def refresh(self, refresh_token: str) -> requests.Response:
        return self.ask_token({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def ask_token(self, form: dict) -> requests.Response:
        own = {"client_id": self.store.config.api_key, "client_secret": self.store.config.api_secret}
        return requests.post(f"{self.base}/shopify/{self.shop}/admin/oauth/access_token", json=own | form, timeout=10)

    def post(self, query: str, name: str | None = None, variables: dict | None = None, *, token=None, timeout=10):
        return requests.post(
            f"{self.base}/shopify/{self.shop}/admin/api/2026-07/graphql.json",
            json={"query": query, "operationName": name, "variables": variables or {}},
            headers={"X-Shopify-Access-Token": self.token if token is None else token},
            timeout=timeout,
        )

    def run(self, name: str, **variables) -> dict:
        """The data of one of the documents; fails on top-level errors."""
        body = self.post(OPERATIONS[name], name, variables).json()
        assert "errors" not in body, body["errors"]
        return body["data"]

    def do(self, name: str, **variables) -> dict:
        """The payload of a mutation that went through."""
        payload = next(iter(self.run(name, **variables).values()))
        assert payload["userErrors"] == [], payload["userErrors"]
        return payload

    def refused(self, name: str, **variables) -> dict:
        payload = next(iter(self.run(name, **variables).values()))
        assert payload["userErrors"], payload
        return payload["userErrors"][0]

    # What most tests begin with

    def order(self, name: str) -> dict:
        return self.control("GET", f"order/{name.lstrip('#')}", shop=self.shop)

    def request_return(self, order_name: str, quantity: int = 1) -> str:
        order = self.order(order_name)
        line = {"fulfillmentLineItemId": order["fulfillmentLines"][0]["id"], "quantity": quantity}
        made = self.do("ReturnRequest", input={"orderId": order["id"], "returnLineItems": [line]})
        return made["return"]["id"]

    def open_return(self, order_name: str, quantity: int = 1) -> dict:
        gid = self.request_return(order_name, quantity)
        self.do("ReturnApproveRequest", input={"id": gid})
        return self.run("ReturnGet", id=gid)["return"]


class Receiver:
    """Collects webhooks; `answers` are the statuses to give, then 200 for ever."""

    def __init__(self) -> None:
        self.got: list[tuple[dict, bytes]] = []
        self.answers: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({k.lower(): v for k, v in self.headers.items()}, raw))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def topics(self) -> list[str]:
        return [headers["x-shopify-topic"] for headers, _ in self.got]

    def bodies(self, topic: str) -> list[dict]:
        return [json.loads(raw) for headers, raw in self.got if headers["x-shopify-topic"] == topic]

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
