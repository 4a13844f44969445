"""orders/create and orders/updated: who sold which line, kept now because nobody can tell later."""

from collections.abc import Iterator
from typing import Any

from routing.events import OrderSeen
from webhooks.topics.gids import dicts, gid

MOST_ATTRIBUTES, LONGEST = 100, 200


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
        attributes=_attributes(payload)[:MOST_ATTRIBUTES],
    )


def _attributes(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """What was written on the order (note_attributes) and on its lines (properties); buyers can write there."""
    found = [{"line_gid": None, **pair} for pair in _pairs(payload.get("note_attributes"))]
    for line in dicts(payload.get("line_items")):
        line_gid = gid("LineItem", line.get("admin_graphql_api_id") or line.get("id"))
        if line_gid:
            found += [{"line_gid": line_gid, **pair} for pair in _pairs(line.get("properties"))]
    return found


def _pairs(listed: Any) -> Iterator[dict[str, str]]:
    for pair in dicts(listed):
        key, value = pair.get("name"), pair.get("value")
        if not isinstance(key, str) or isinstance(value, bool) or not isinstance(value, str | int):
            continue
        key, text = key.strip(), str(value).strip()
        if 0 < len(key) <= 100 and 0 < len(text) <= LONGEST:
            yield {"key": key, "value": text}


def _staff(line: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for credit in dicts(line.get("attributed_staffs")):
        staff_gid = gid("StaffMember", credit.get("id"))
        quantity = credit.get("quantity")
        if staff_gid and isinstance(quantity, int) and quantity > 0:
            found.append({"staff_gid": staff_gid, "quantity": quantity})
    return found
