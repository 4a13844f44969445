"""orders/create and orders/updated: who sold which line, kept now because nobody can tell later."""

from typing import Any

from routing.events import OrderSeen
from webhooks.topics.gids import dicts, gid


def parse(payload: dict[str, Any], context: Any) -> OrderSeen | None:
    """None when the body names no order. Attributions are by line and quantity-aware (attributed_staffs)."""
    order_gid = gid("Order", payload.get("admin_graphql_api_id") or payload.get("id"))
    if order_gid is None:
        return None
    lines = []
    for line in dicts(payload.get("line_items")):
        line_gid = gid("LineItem", line.get("admin_graphql_api_id") or line.get("id"))
        if line_gid:
            lines.append({"line_gid": line_gid, "staff": _staff(line)})
    return OrderSeen(
        shop_id=context.shop_id,
        order_gid=order_gid,
        order_name=str(payload.get("name") or "")[:60],
        source_name=str(payload.get("source_name") or "")[:60],
        staff_gid=gid("StaffMember", payload.get("user_id")),
        location_gid=gid("Location", payload.get("location_id")),
        updated_at=str(payload.get("updated_at") or payload.get("created_at") or context.triggered_at),
        lines=lines,
    )


def _staff(line: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for credit in dicts(line.get("attributed_staffs")):
        staff_gid = gid("StaffMember", credit.get("id"))
        quantity = credit.get("quantity")
        if staff_gid and isinstance(quantity, int) and quantity > 0:
            found.append({"staff_gid": staff_gid, "quantity": quantity})
    return found
