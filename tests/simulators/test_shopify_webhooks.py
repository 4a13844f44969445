"""What the stand-in sends, how it is signed, and what it remembers when it is killed."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from pathlib import Path

from simulators.shopify import ShopifyConfig, sign_webhook
from simulators.shopify.serving import ShopifyServer
from tests.simulators.shopify_calls import Calls, Clock

VECTORS = json.loads((Path(__file__).resolve().parents[1] / "payloads" / "hmac_vectors.json").read_text())


def test_signatures_are_those_of_the_official_libraries():
    for vector in VECTORS["webhook"]:
        signed = sign_webhook(VECTORS["secret"], vector["raw_body_utf8"].encode())
        assert signed == vector["x_shopify_hmac_sha256"]


def test_a_request_is_announced_with_shopifys_headers_and_shape(shopify, receiver):
    gid = shopify.request_return("1042")
    assert shopify.store.webhooks.settle()
    assert sorted(receiver.topics()) == ["orders/updated", "returns/request"]
    headers, raw = next(got for got in receiver.got if got[0]["x-shopify-topic"] == "returns/request")
    expected = base64.b64encode(hmac.digest(shopify.store.config.api_secret.encode(), raw, hashlib.sha256)).decode()
    assert headers["x-shopify-hmac-sha256"] == expected
    assert headers["x-shopify-shop-domain"] == shopify.shop and headers["x-shopify-api-version"] == "2026-07"
    body = json.loads(raw)
    assert body["admin_graphql_api_id"] == gid and body["status"] == "requested" and body["name"] == "#1042-R1"
    assert body["order"]["id"] == 6128840901042
    assert len({h["x-shopify-event-id"] for h, _ in receiver.got}) == 1
    assert len({h["x-shopify-webhook-id"] for h, _ in receiver.got}) == 2


def test_a_failed_delivery_is_retried_with_the_same_id_and_body(shopify, receiver):
    shopify.control("POST", "webhooks/raw", {"topic": "returns/close", "body": {"id": 1, "note": "café"}})
    receiver.answers = [500, 302]
    for _ in range(100):
        if (
            len(receiver.got) >= 2
            and shopify.store.webhooks.settle()
            and deliveries(shopify)[0]["state"] == "delivered"
        ):
            break
        shopify.store.webhooks.settle(0.05)
    assert len({(h["x-shopify-webhook-id"], raw) for h, raw in receiver.got}) == 1
    webhook_id = receiver.got[0][0]["x-shopify-webhook-id"]
    count = len(receiver.got)
    shopify.control("POST", f"deliveries/{webhook_id}/repeat")
    assert shopify.store.webhooks.settle() and len(receiver.got) == count + 1
    assert receiver.got[-1][0]["x-shopify-webhook-id"] == webhook_id


def deliveries(shopify) -> list[dict]:
    return shopify.control("GET", "deliveries")


def test_while_paused_nothing_is_sent_and_then_everything(shopify, receiver):
    shopify.control("POST", "webhooks/pause")
    shopify.request_return("1042")
    assert receiver.got == [] and {d["state"] for d in deliveries(shopify)} == {"waiting"}
    shopify.control("POST", "webhooks/resume")
    assert shopify.store.webhooks.settle() and len(receiver.got) == 2


def test_a_new_order_carries_who_sold_it(shopify, receiver):
    asked = {"template": "meridian", "staff": "Inès Laurent", "location": "Paris", "customer": "jonas.ek@example.com"}
    made = shopify.control("POST", "orders", asked | {"total": "14800"})
    assert shopify.store.webhooks.settle()
    assert sorted(receiver.topics()) == ["orders/create", "orders/updated"]
    body = receiver.bodies("orders/create")[0]
    assert body["admin_graphql_api_id"] == made["id"] and body["total_price"] == "14800.00"
    assert body["line_items"][0]["attributed_staffs"] == [
        {"id": "gid://shopify/StaffMember/90871230001", "quantity": 1}
    ]
    assert (body["user_id"], body["location_id"]) == (90871230001, 71122330001)
    assert body["customer"]["email"] == "jonas.ek@example.com" and body["customer_locale"] == "en"
    assert receiver.bodies("orders/updated")[0]["fulfillments"][0]["shipment_status"] == "delivered"


def test_staff_in_the_admin_create_an_open_return_which_is_announced_as_approved(shopify, receiver):
    made = shopify.control("POST", "returns", {"order_name": "#1044", "note": "By telephone", "as": "create"})
    assert made["status"] == "OPEN"
    assert shopify.store.webhooks.settle() and "returns/approve" in receiver.topics()
    assert "returns/request" not in receiver.topics()


def test_the_first_install_tells_of_the_last_sixty_days_and_nothing_is_sent_before(small_world, clock, receiver):
    with ShopifyServer(ShopifyConfig(app_url=receiver.url, clock=clock), world=small_world.copy()) as server:
        calls = Calls(server)
        calls.control("POST", "orders", {"template": "corso"})
        assert server.store.webhooks.deliveries == {}
        calls.install(history=True)
        assert server.store.webhooks.settle()
        assert {"#1042", "#1046"} <= {b["name"] for b in receiver.bodies("orders/create")}
        assert "#1047" not in {b["name"] for b in receiver.bodies("orders/create")}
        asked = [r for r in server.store.shops[calls.shop].all("Return") if r["status"] == "REQUESTED"]
        assert len(receiver.bodies("returns/request")) == len(asked) > 0
        count = len(receiver.got)
        calls.install(history=True)
        assert server.store.webhooks.settle() and len(receiver.got) == count


def test_processing_tells_all_its_topics_under_one_event(shopify, receiver):
    return_ = shopify.open_return("1042")
    assert shopify.store.webhooks.settle()
    receiver.got.clear()
    line = return_["returnLineItems"]["nodes"][0]["id"]
    piece = return_["reverseFulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"][0]["id"]
    lost = {"reverseFulfillmentOrderLineItemId": piece, "quantity": 1, "dispositionType": "MISSING"}
    lines = [{"id": line, "quantity": 1, "dispositions": [lost]}]
    shopify.do("ReturnProcess", input={"returnId": return_["id"], "returnLineItems": lines})
    assert shopify.store.webhooks.settle()
    expected = [
        "orders/updated",
        "refunds/create",
        "returns/close",
        "returns/process",
        "reverse_fulfillment_orders/dispose",
    ]
    assert sorted(receiver.topics()) == expected
    assert len({h["x-shopify-event-id"] for h, _ in receiver.got}) == 1
    assert receiver.bodies("returns/process")[0]["return_line_items"][0]["processed_quantity"] == 1


def test_uninstall_scopes_and_privacy_are_told(shopify, receiver):
    shopify.control("POST", "grant", {"scopes": ["read_users"]})
    for topic in ("customers/data_request", "customers/redact", "shop/redact"):
        shopify.control("POST", "privacy", {"topic": topic, "customer": "amara.whitlock@example.com"})
    shopify.control("POST", "uninstall", {})
    assert shopify.store.webhooks.settle()
    assert "read_users" in receiver.bodies("app/scopes_update")[0]["current"]
    assert 6128840901042 in receiver.bodies("customers/redact")[0]["orders_to_redact"]
    assert receiver.bodies("shop/redact")[0]["shop_domain"] == shopify.shop
    assert receiver.bodies("app/uninstalled")[0]["myshopify_domain"] is None


def test_a_restart_remembers_orders_tokens_the_log_and_what_is_still_to_be_sent(small_world, receiver, tmp_path):
    config = ShopifyConfig(app_url=receiver.url, clock=Clock(), retry_seconds=(0.05,) * 3)
    path = tmp_path / "shopify.db"
    with ShopifyServer(config, path=path, world=small_world.copy()) as server:
        calls = Calls(server)
        calls.install()
        calls.control("POST", "webhooks/pause")
        gid = calls.request_return("1042")
        token, log = calls.token, calls.control("GET", "log")
    assert receiver.got == []
    with ShopifyServer(config, path=path, world=small_world.copy()) as server:
        again = Calls(server)
        again.token = token
        assert again.run("ReturnGet", id=gid)["return"]["status"] == "REQUESTED"
        assert again.control("GET", "log")[: len(log)] == log
        assert server.store.webhooks.settle() and sorted(receiver.topics()) == ["orders/updated", "returns/request"]
        assert again.control("POST", "orders", {"template": "corso"})["name"] != "#1042"
        assert len(again.control("GET", "directory")) == 8
        assert datetime.fromisoformat(again.order("1042")["deliveredAt"]).tzinfo
