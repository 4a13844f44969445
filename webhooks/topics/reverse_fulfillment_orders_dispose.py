"""reverse_fulfillment_orders/dispose: what became of pieces that came back. Names neither the return nor the order."""

from typing import Any

from logistics.events import PiecesDisposed
from webhooks.topics.gids import dicts, gid


def parse(payload: dict[str, Any], context: Any) -> PiecesDisposed | None:
    """None when the body names nothing we could have stored. Our own rows know which return it is."""
    rfo_gid = gid("ReverseFulfillmentOrder", payload.get("admin_graphql_api_id") or payload.get("id"))
    lines = []
    for disposition in dicts(payload.get("dispositions")):
        line = disposition.get("reverse_fulfillment_order_line_item")
        value = (line.get("admin_graphql_api_id") or line.get("id")) if isinstance(line, dict) else None
        line_gid = gid("ReverseFulfillmentOrderLineItem", value)
        if line_gid and line_gid not in lines:
            lines.append(line_gid)
    if rfo_gid is None and not lines:
        return None
    return PiecesDisposed(shop_id=context.shop_id, rfo_gid=rfo_gid, rfo_line_gids=lines)
