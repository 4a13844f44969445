"""What should not have come: refused with the right answer, or kept and shown, never a crash."""

import base64
import hmac
import json

import requests

from simulators.demo.parcel_line import attached
from simulators.demo.places import SECRET
from simulators.demo.play import Play
from simulators.demo.processes import wait_until


def refused(play: Play) -> None:
    """401, 400 and 413; and 200 for a shop nobody knows."""
    good = json.dumps({"id": 1}).encode()
    assert post(play, good, secret="not-the-secret") == 401
    assert post(play, b"{not json") == 400
    assert post(play, b" " * (6 * 1024 * 1024)) == 413
    assert post(play, good, shop="evil.example.com") == 400
    assert post(play, good, shop="nobody-we-know.myshopify.com") == 200


def minimal_body(play: Play) -> None:
    """Shopify's documented minimal body: no lines and no name. The return is read, and its line runs."""
    order = play.records.order("#1045")
    play.records.post("shopify/webhooks/pause")
    play.records.post("shopify/returns", {"order_name": "#1045", "reason": "changed-my-mind", "as": "request"})
    gid = play.records.order("#1045")["returns"][0]["id"]
    body = {
        "id": int(gid.rsplit("/", 1)[-1]),
        "admin_graphql_api_id": gid,
        "status": "requested",
        "order": {"admin_graphql_api_id": order["id"]},
        "total_return_line_items": 2,
        "name": None,
        "return_line_items": [],
        "return_shipping_fees": [],
        "exchange_line_items": [],
        "total_exchange_line_items": 0,
    }
    assert post(play, json.dumps(body).encode(), topic="returns/request", webhook_id="minimal-1") == 200
    wait_until(lambda: attached(play, gid), what="a label, although the body named no line")
    play.records.post("shopify/webhooks/resume")


def too_old_to_read(play: Play) -> None:
    """An order the app may not read yet: the admin says what is needed, and nothing loops."""
    play.records.post("shopify/returns", {"order_name": "#1047", "reason": "changed-my-mind", "as": "request"})
    wait_until(
        lambda: "order is older than 60 days" in play.merchant.look("/app/activity").text,
        what="the sentence about old orders",
    )


def post(
    play: Play,
    body: bytes,
    *,
    secret: str = SECRET,
    shop: str = "verdane-demo.myshopify.com",
    topic: str = "returns/request",
    webhook_id: str = "bad-input-1",
) -> int:
    """Post to our door as anybody could; the status."""
    signature = base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Shop-Domain": shop,
        "X-Shopify-Webhook-Id": webhook_id,
        "X-Shopify-Hmac-Sha256": signature,
    }
    return requests.post(f"{play.app}/webhooks/shopify", data=body, headers=headers, timeout=20).status_code


STEPS = [
    ("wrong signature 401, not JSON 400, 6 MB 413, unknown shop 200", refused),
    ("Shopify's minimal body leads to a read of the return", minimal_body),
    ("an order too old to read says that a return waits for the right to read old orders", too_old_to_read),
]
