"""refunds/create: money went back, whether or not it has moved yet. Most refunds belong to no return."""

from typing import Any

from routing.events import ReturnChanged
from webhooks.topics.gids import gid


def parse(payload: dict[str, Any], context: Any) -> ReturnChanged | None:
    """None when the refund is not of a return."""
    of = payload.get("return")
    return_gid = gid("Return", of.get("admin_graphql_api_id") or of.get("id")) if isinstance(of, dict) else None
    return ReturnChanged(context.shop_id, return_gid, says="refund") if return_gid else None
