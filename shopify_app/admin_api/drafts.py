"""Draft orders: a piece sold beside a return, or kept for it. Fits logistics.ports.SalesDoor."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from logistics.reads import DraftRead
from shopify_app.admin_api.client import AdminApi, UserErrors
from shopify_app.admin_api.reading import money, nodes, shown

NOT_THERE = ("not found", "does not exist")


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
        self,
        shop_id: int,
        *,
        client_gid: str,
        pieces: Sequence[tuple[str, int]],
        tag: str,
        note: str,
        held_until: datetime,
    ) -> DraftRead:
        """With the pieces put aside: unlike an exchange line, a draft order really holds them."""
        value: dict[str, Any] = {
            "lineItems": [{"variantId": variant_gid, "quantity": quantity} for variant_gid, quantity in pieces],
            "tags": [tag],
            "note": note,
            "reserveInventoryUntil": held_until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        if client_gid:
            value["purchasingEntity"] = {"customerId": client_gid}
        return _draft(self.api.write(shop_id, "draft_order_create", {"input": value})["draftOrder"])

    def drop_draft(self, shop_id: int, gid: str) -> None:
        """One that somebody deleted in the admin is gone, which is what was wanted."""
        drop_draft(self.api, shop_id, gid)


def drop_draft(api: AdminApi, shop_id: int, gid: str) -> None:
    """Delete a draft order, or find it gone."""
    try:
        api.write(shop_id, "draft_order_delete", {"input": {"id": gid}})
    except UserErrors as error:
        if not any(word in str(error).lower() for word in NOT_THERE):
            raise


def _draft(value: dict[str, Any]) -> DraftRead:
    amount = money((value.get("totalPriceSet") or {}).get("presentmentMoney"))
    return DraftRead(value["id"], value.get("name") or "", value.get("invoiceUrl") or "", amount)
