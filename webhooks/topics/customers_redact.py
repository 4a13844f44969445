"""customers/redact: a client's data goes."""

from typing import Any

from shops.events import ClientRedacted
from webhooks.topics.gids import gid
from webhooks.topics.naming import named_shop_agrees


def parse(payload: dict[str, Any], context: Any) -> ClientRedacted | None:
    """None when the body names no client, or another shop than the envelope."""
    customer = payload.get("customer")
    client_gid = gid("Customer", customer.get("id")) if isinstance(customer, dict) else None
    if client_gid is None or not named_shop_agrees(payload, context):
        return None
    orders = payload.get("orders_to_redact")
    gids = [g for g in (gid("Order", o) for o in orders) if g] if isinstance(orders, list) else []
    return ClientRedacted(shop_id=context.shop_id, client_gid=client_gid, order_gids=gids)
