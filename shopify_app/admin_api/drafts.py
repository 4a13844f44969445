"""Selling a piece beside a return. Fits logistics.ports.SalesDoor."""

from datetime import UTC, datetime
from typing import Any

from logistics.reads import DraftRead
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.reading import money, nodes, shown


class ShopifySales:
    """Draft orders. The mutation is sent once; whoever calls again looks by the tag first."""

    def __init__(self, api: AdminApi):
        self.api = api

    def find_draft(self, shop_id: int, tag: str) -> DraftRead | None:
        """By exact tag: Shopify's search also finds tags that only begin so."""
        found = shown(self.api.read(shop_id, "draft_order_by_tag", {"query": f"tag:'{tag}'"}), "draftOrders")
        draft = next((draft for draft in nodes(found) if tag in (draft.get("tags") or [])), None)
        return _draft(draft) if draft else None

    def make_draft(
        self, shop_id: int, *, client_gid: str, variant_gid: str, tag: str, note: str, held_until: datetime
    ) -> DraftRead:
        """With the piece put aside: unlike an exchange line, a draft order really holds it."""
        value: dict[str, Any] = {
            "lineItems": [{"variantId": variant_gid, "quantity": 1}],
            "tags": [tag],
            "note": note,
            "reserveInventoryUntil": held_until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        if client_gid:
            value["purchasingEntity"] = {"customerId": client_gid}
        return _draft(self.api.write(shop_id, "draft_order_create", {"input": value})["draftOrder"])


def _draft(value: dict[str, Any]) -> DraftRead:
    amount = money((value.get("totalPriceSet") or {}).get("presentmentMoney"))
    return DraftRead(value["id"], value.get("name") or "", value.get("invoiceUrl") or "", amount)
