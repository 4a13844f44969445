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
    if not return_gid:
        return None
    return ReturnChanged(context.shop_id, return_gid, says="deliverable", tracking=_tracking(payload))


def _tracking(payload: dict[str, Any]) -> str:
    """The number of the parcel, by which we know our own; "" where none is told."""
    hung = payload.get("shipping_deliverable")
    told = hung.get("tracking") if isinstance(hung, dict) else None
    number = told.get("tracking_number") if isinstance(told, dict) else None
    return number[:120] if isinstance(number, str) else ""
