"""Webhook bodies, key for key as Shopify documents them; what isn't documented is a reconstruction."""

from simulators.shopify.payloads.apps import bulk_finished, privacy, scopes_updated, shop_body
from simulators.shopify.payloads.orders import order_body
from simulators.shopify.payloads.refunds import refund_body
from simulators.shopify.payloads.returns import (
    deliverable_attached,
    disposed,
    return_declined,
    return_moved,
    return_opened,
    return_processed,
    return_updated,
)

__all__ = [
    "bulk_finished",
    "deliverable_attached",
    "disposed",
    "order_body",
    "privacy",
    "refund_body",
    "return_declined",
    "return_moved",
    "return_opened",
    "return_processed",
    "return_updated",
    "scopes_updated",
    "shop_body",
]
