"""Finding orders for who says they are theirs. Fits routing.ports.OrderFinding."""

from typing import Any

from kit.clock import parse_instant
from routing.reads import OrderContact, OwnOrder
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.openings import ORDER_NAME
from shopify_app.admin_api.reading import nodes, shown

SENT = ("FULFILLED", "PARTIALLY_FULFILLED")


class ShopifyFinding:
    """Reads only, with the shop's own token."""

    def __init__(self, api: AdminApi):
        self.api = api

    def contact(self, shop_id: int, name: str) -> OrderContact | None:
        """By exact name: Shopify's search also finds names that only begin so."""
        name = name.strip()
        if not ORDER_NAME.fullmatch(name):
            return None
        found = shown(self.api.read(shop_id, "order_contact", {"query": f"name:'{name}'"}), "orders")
        wanted = name.lstrip("#").casefold()
        return next((_contact(o) for o in nodes(found) if o["name"].lstrip("#").casefold() == wanted), None)

    def of_client(self, shop_id: int, client_gid: str) -> tuple[OwnOrder, ...]:
        """Those whose own customer is the client, whatever list they came in."""
        client = shown(self.api.read(shop_id, "client_orders", {"id": client_gid}), "customer") or {}
        listed = nodes(client.get("orders"))
        return tuple(_own(order) for order in listed if (order.get("customer") or {}).get("id") == client_gid)


def _contact(order: dict[str, Any]) -> OrderContact:
    customer = order.get("customer") or {}
    email = order.get("email") or (customer.get("defaultEmailAddress") or {}).get("emailAddress")
    phone = order.get("phone") or (customer.get("defaultPhoneNumber") or {}).get("phoneNumber")
    return OrderContact(order["id"], order["name"], email or "", phone or "")


def _own(order: dict[str, Any]) -> OwnOrder:
    is_out = order.get("displayFulfillmentStatus") in SENT and not order.get("cancelledAt")
    return OwnOrder(
        order_gid=order["id"],
        name=order["name"],
        placed_at=parse_instant(order.get("processedAt") or order["createdAt"]),
        pieces=tuple(line.get("title") or "" for line in nodes(order.get("lineItems"))),
        can_return=is_out and int(order.get("currentSubtotalLineItemsQuantity") or 0) > 0,
    )
