"""reverse_deliveries/attach_deliverable: a label or tracking was attached or replaced, perhaps by ourselves.

No order in the body; the return is nested.
"""

from typing import Any

from routing.events import ReturnChanged
from webhooks.topics.gids import gid


def parse(payload: dict[str, Any], context: Any) -> ReturnChanged | None:
    """None when the body names no return."""
    of = payload.get("return")
    return_gid = gid("Return", of.get("admin_graphql_api_id") or of.get("id")) if isinstance(of, dict) else None
    return ReturnChanged(context.shop_id, return_gid, says="deliverable") if return_gid else None
