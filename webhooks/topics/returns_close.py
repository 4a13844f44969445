"""returns/close: somebody, perhaps ourselves, ended a return. What it is now is read, unless it was over for us."""

from typing import Any

from routing.events import ReturnChanged
from webhooks.topics.gids import gid


def parse(payload: dict[str, Any], context: Any) -> ReturnChanged | None:
    """None when the body names no return."""
    return_gid = gid("Return", payload.get("admin_graphql_api_id") or payload.get("id"))
    return ReturnChanged(context.shop_id, return_gid, says="close") if return_gid else None
