"""customers/merge: two records of a client became one, or could not. Needs read_customer_merge."""

from typing import Any

from shops.events import ClientsMerged
from webhooks.topics.gids import gid


def parse(payload: dict[str, Any], context: Any) -> ClientsMerged | None:
    """None when the merge failed, or when a side is not named."""
    kept_gid = gid("Customer", payload.get("admin_graphql_api_customer_kept_id"))
    gone_gid = gid("Customer", payload.get("admin_graphql_api_customer_deleted_id"))
    if payload.get("status") != "completed" or not kept_gid or not gone_gid or kept_gid == gone_gid:
        return None
    return ClientsMerged(shop_id=context.shop_id, kept_gid=kept_gid, gone_gid=gone_gid)
