"""A run of the action "Route this return to": its fields were checked at the door, by webhooks/sources/flow.py."""

from typing import Any

from routing.events import RouteAsked
from webhooks.topics.gids import gid


def parse(payload: dict[str, Any], context: Any) -> RouteAsked | None:
    """None when the run names neither a return nor an order, or no advisor."""
    given = payload.get("properties")
    fields: dict[str, Any] = given if isinstance(given, dict) else {}
    order_gid, return_gid = gid("Order", fields.get("order_id")), gid("Return", fields.get("return-number"))
    advisor, reason = _text(fields.get("advisor")), _text(fields.get("reason"))
    if not (order_gid or return_gid) or not advisor or not payload.get("action_run_id"):
        return None
    return RouteAsked(
        shop_id=context.shop_id,
        run_id=str(payload["action_run_id"])[:200],
        order_gid=order_gid or "",
        return_gid=return_gid or "",
        advisor=advisor,
        reason=reason or "no reason given",
    )


def _text(value: Any) -> str:
    return " ".join(str(value or "").replace("\x00", "").split())[:200]
