"""returns/process: a batch was processed, at a till or in the admin. Shopify documents no sample of its body.

One delivery a batch; a return that was born approved may be heard of here first.
"""

from typing import Any

from routing.events import ReturnChanged
from webhooks.topics.gids import gid


def parse(payload: dict[str, Any], context: Any) -> ReturnChanged | None:
    """None when the body names no return."""
    return_gid = gid("Return", payload.get("admin_graphql_api_id") or payload.get("id"))
    return ReturnChanged(context.shop_id, return_gid, says="process") if return_gid else None
