"""What is there to give, by place. Fits logistics.radar.ports.Stock."""

import re
from decimal import Decimal
from typing import Any

from kit.causes import Cause
from kit.errors import Waiting
from logistics.radar.ways import Piece
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.reading import WITHHELD, nodes, shown

SKU = re.compile(r"[\w.\-/ ]{1,80}")
PLAIN = "Default Title"


class ShopifyStock:
    """Reads only. Nothing is put aside: Shopify's own stock counts what is promised nowhere."""

    def __init__(self, api: AdminApi):
        self.api = api

    def pieces(self, shop_id: int, gid: str) -> tuple[Piece, ...]:
        """Of a variant, or of what an order's line sold: it and the others of its product, a row a place.

        Raises Waiting where the shop did not let the app read its inventory.
        """
        reply = self.api.read(shop_id, "piece_stock", {"id": gid})
        if reply.denied:  # nothing shown is not nothing there
            raise Waiting(WITHHELD, retry_after=3600, cause=Cause.WITHHELD)
        found = shown(reply, "node") or {}
        variant = found.get("variant") if found.get("__typename") == "LineItem" else found
        product = (variant or {}).get("product")
        return tuple(_pieces(product, str((variant or {}).get("id")))) if product else ()

    def find(self, shop_id: int, sku: str) -> Piece | None:
        """The piece with exactly this number."""
        sku = sku.strip()
        if not SKU.fullmatch(sku):
            return None
        found = shown(self.api.read(shop_id, "piece_by_sku", {"query": f"sku:'{sku}'"}), "productVariants")
        exact = (v for v in nodes(found) if (v.get("sku") or "").casefold() == sku.casefold())
        variant = next(exact, None)
        return Piece(variant["id"], _title(variant["product"], variant), "", 0, _price(variant)) if variant else None


def _pieces(product: dict[str, Any], asked: str) -> list[Piece]:
    found = []
    for variant in nodes(product.get("variants")):
        levels = nodes((variant.get("inventoryItem") or {}).get("inventoryLevels"))
        price = _price(variant)
        for level in levels:
            place = (level.get("location") or {}).get("name") or ""
            there = sum(int(q["quantity"]) for q in level.get("quantities") or [] if q["name"] == "available")
            found.append(Piece(variant["id"], _title(product, variant), place, there, price, variant["id"] == asked))
    return found


def _price(variant: dict[str, Any]) -> Decimal | None:
    return Decimal(str(variant["price"])) if variant.get("price") else None


def _title(product: dict[str, Any], variant: dict[str, Any]) -> str:
    name, title = product.get("title") or "", variant.get("title") or ""
    return name if title in ("", PLAIN) else f"{name}, {title}"
