"""bulk_operations/finish: a large read is over, well or not; how, and where its result is, has to be asked."""

from typing import Any

from measures.events import HistoryReady
from webhooks.topics.gids import gid


def parse(payload: dict[str, Any], context: Any) -> HistoryReady | None:
    """None when the body names no operation."""
    operation_gid = gid("BulkOperation", payload.get("admin_graphql_api_id"))
    return HistoryReady(shop_id=context.shop_id, operation_gid=operation_gid) if operation_gid else None
