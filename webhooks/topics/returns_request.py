"""returns/request and returns/approve: a return exists. The body may hold no lines at all; the return is read."""

from typing import Any

from routing.events import ReturnSeen
from webhooks.topics.gids import gid


def parse(payload: dict[str, Any], context: Any) -> ReturnSeen | None:
    """None when the body names no return."""
    return_gid = gid("Return", payload.get("admin_graphql_api_id") or payload.get("id"))
    order = payload.get("order") if isinstance(payload.get("order"), dict) else {}
    if return_gid is None:
        return None
    order_gid = gid("Order", order.get("admin_graphql_api_id") or order.get("id")) if order else None
    return ReturnSeen(shop_id=context.shop_id, return_gid=return_gid, order_gid=order_gid)
