"""Making a return anew with the piece a client takes instead. Fits logistics.ports.ExchangeDoor."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from kit.errors import OutsideError
from logistics.reads import MadeReturn, ReturnLineRead, ReturnRead
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.openings import ShopifyOpenings
from shopify_app.admin_api.returns import ShopifyReturns

LONGEST_NOTE = 255


class ShopifyExchanges:
    """A decline and a `returnCreate`, each sent once; whoever calls again reads back first."""

    def __init__(self, api: AdminApi):
        self.api = api
        self.returns = ShopifyReturns(api)
        self.openings = ShopifyOpenings(api)

    def read(self, shop_id: int, return_gid: str) -> ReturnRead | None:
        """The return as it is now."""
        return self.returns.read(shop_id, return_gid)

    def decline(self, shop_id: int, return_gid: str, note: str) -> ReturnRead:
        """Decline it. One that somebody moved first is returned as it is."""
        return self.returns.decline(shop_id, return_gid, note)

    def returns_of(self, shop_id: int, order_gid: str) -> tuple[MadeReturn, ...]:
        """All of the order's."""
        found = self.openings.returns_of(shop_id, order_gid)
        return tuple(MadeReturn(one.return_gid, one.created_at, one.lines) for one in found)

    def make(self, shop_id: int, *, like: ReturnRead, variant_gid: str) -> str:
        """The same pieces for the same reasons, with the day on which the client asked."""
        value: dict[str, Any] = {
            "orderId": like.order_gid,
            "returnLineItems": [_line(line) for line in like.lines],
            "notifyCustomer": False,
        }
        if like.created_at is not None:
            value["requestedAt"] = like.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if variant_gid:
            value["exchangeLineItems"] = [{"variantId": variant_gid, "quantity": 1}]
        made = self.api.write(shop_id, "return_create", {"returnInput": value}).get("return")
        if not made:
            # Neither a return nor an error: it may be there all the same.
            raise OutsideError("shopify", "return_create: no return in the answer", ambiguous=True)
        return str(made["id"])

    def take_off(self, shop_id: int, return_gid: str, exchanges: Sequence[tuple[str, int]]) -> None:
        """Take exchange lines off again. What is off already, Shopify refuses; who asks reads first."""
        lines = [{"exchangeLineItemId": gid, "quantity": quantity} for gid, quantity in exchanges]
        self.api.write(shop_id, "remove_from_return", {"returnId": return_gid, "exchangeLineItems": lines})


def _line(line: ReturnLineRead) -> dict[str, Any]:
    value: dict[str, Any] = {"fulfillmentLineItemId": line.fulfillment_line_gid, "quantity": line.quantity}
    if line.reason_gid:
        value["returnReasonDefinitionId"] = line.reason_gid
    if line.customer_note:
        value["returnReasonNote"] = line.customer_note[:LONGEST_NOTE]
    return value
