"""returns/decline: staff refused a return, and the client may ask again with another."""

from typing import Any

from routing.events import ReturnChanged
from webhooks.topics.gids import gid


def parse(payload: dict[str, Any], context: Any) -> ReturnChanged | None:
    """None when the body names no return. Its `decline` note is the client's to read, and not kept."""
    return_gid = gid("Return", payload.get("admin_graphql_api_id") or payload.get("id"))
    return ReturnChanged(shop_id=context.shop_id, return_gid=return_gid) if return_gid else None
