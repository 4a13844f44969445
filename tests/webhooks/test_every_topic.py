"""Every topic Shopify sends us: documented bodies, what follows from them, and what is kept without following."""

from dataclasses import replace
from typing import Any

import pytest

from logistics.events import PiecesDisposed
from measures.events import HistoryReady
from routing.events import ReturnChanged
from shops.events import ClientsMerged, ScopesChanged
from tests.webhooks.posting import payload
from webhooks.topics import TOPICS, Context

CONTEXT = Context(7, "maison-demo.myshopify.com", "2026-11-20T16:05:40.000000Z")
RETURN = "gid://shopify/Return/18273645501"
CHANGED = ReturnChanged(7, RETURN)
# shopify.md 4.3, and the carrier's and Twilio's own
ALL = {
    "returns/request", "returns/approve", "returns/decline", "returns/update", "returns/process", "returns/cancel",
    "returns/close", "returns/reopen", "reverse_deliveries/attach_deliverable", "reverse_fulfillment_orders/dispose",
    "refunds/create", "orders/create", "orders/updated", "customers/merge", "app/uninstalled", "app/scopes_update",
    "customers/data_request", "customers/redact", "shop/redact", "bulk_operations/finish",
}  # fmt: skip


def parsed(topic: str, body: dict[str, Any]) -> Any:
    return TOPICS[topic](body, CONTEXT)


def test_each_topic_we_need_has_a_parser() -> None:
    assert {topic for topic in TOPICS if "/" in topic and not topic.startswith(("twilio/", "flow/"))} == ALL


@pytest.mark.parametrize(
    ("topic", "name", "event"),
    [
        ("returns/decline", "returns_decline", CHANGED),
        ("returns/cancel", "returns_cancel", CHANGED),
        ("returns/reopen", "returns_reopen", CHANGED),
        ("returns/update", "returns_update", CHANGED),
        ("returns/process", "returns_process", replace(CHANGED, says="process")),
        ("refunds/create", "refunds_create", replace(CHANGED, says="refund")),
        ("refunds/create", "refunds_create__no_return", None),
        (
            "reverse_deliveries/attach_deliverable",
            "reverse_deliveries_attach_deliverable",
            replace(CHANGED, says="deliverable", tracking="1Z999AA19876543210"),
        ),
        (
            "reverse_fulfillment_orders/dispose",
            "reverse_fulfillment_orders_dispose",
            PiecesDisposed(
                7,
                "gid://shopify/ReverseFulfillmentOrder/22113344551",
                ["gid://shopify/ReverseFulfillmentOrderLineItem/33112244556"],
            ),
        ),
        (
            "customers/merge",
            "customers_merge",
            ClientsMerged(7, "gid://shopify/Customer/7301122334455", "gid://shopify/Customer/7301122339999"),
        ),
        ("customers/merge", "customers_merge__failed", None),
        ("app/scopes_update", "app_scopes_update", ScopesChanged(7)),
        ("bulk_operations/finish", "bulk_operations_finish", HistoryReady(7, "gid://shopify/BulkOperation/147595010")),
    ],
)
def test_each_documented_body_becomes_its_event(topic: str, name: str, event: Any) -> None:
    assert parsed(topic, payload(name)) == event


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("refunds/create", {"id": 5, "admin_graphql_api_id": "gid://shopify/Refund/5", "return": None}),
        ("refunds/create", {"return": [5]}),
        ("refunds/create", {"return": {"id": "five"}}),
        ("reverse_deliveries/attach_deliverable", {"id": 5, "return": "gid://shopify/Return/5"}),
        ("reverse_fulfillment_orders/dispose", {"dispositions": [{"reverse_fulfillment_order_line_item": None}, 7]}),
        ("customers/merge", {"status": "completed", "admin_graphql_api_customer_kept_id": "gid://shopify/Customer/1"}),
        ("app/scopes_update", {"current": "read_orders"}),
        ("returns/update", {"admin_graphql_api_id": "gid://shopify/Order/5"}),
    ],
)
def test_a_body_that_names_nothing_of_ours_is_no_event(topic: str, body: dict[str, Any]) -> None:
    assert parsed(topic, body) is None


def test_a_client_merged_with_themself_moves_nothing() -> None:
    same = "gid://shopify/Customer/1"
    body = {
        "status": "completed",
        "admin_graphql_api_customer_kept_id": same,
        "admin_graphql_api_customer_deleted_id": same,
    }
    assert parsed("customers/merge", body) is None


def test_a_refund_is_told_by_its_return_and_not_by_its_own_number() -> None:
    body = {"id": 5, "return": {"id": 6}}
    assert parsed("refunds/create", body) == ReturnChanged(7, "gid://shopify/Return/6", says="refund")
