"""customers/data_request: the shop owner is owed an export."""

from typing import Any

from shops.events import ClientDataRequested
from webhooks.topics.gids import gid
from webhooks.topics.naming import named_shop_agrees


def parse(payload: dict[str, Any], context: Any) -> ClientDataRequested | None:
    """None when the body names no client, or another shop than the envelope."""
    customer = payload.get("customer")
    client_gid = gid("Customer", customer.get("id")) if isinstance(customer, dict) else None
    if client_gid is None or not named_shop_agrees(payload, context):
        return None
    request = payload.get("data_request")
    request_id = str(request.get("id", "")) if isinstance(request, dict) else ""
    orders = payload.get("orders_requested")
    gids = [g for g in (gid("Order", o) for o in orders) if g] if isinstance(orders, list) else []
    return ClientDataRequested(context.shop_id, client_gid, request_id, gids)
