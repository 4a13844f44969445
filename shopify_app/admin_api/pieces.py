"""The shop's variants, and keeping one out of other carts. Fits consults.pieces.ports: PieceReads, Reserving."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from consults.pieces.kinds import CUTS, DETAILS, HEIGHTS, SIZES, WIDTHS, Piece, first_of, kind_of, millimetres
from kit.errors import OutsideError
from kit.money import Money
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.drafts import drop_draft
from shopify_app.admin_api.reading import nodes, shown

MOST_CHANGED = 2000


class ShopifyPieces:
    """Reads only. Without the right to see inventory, how many there are is told and not where."""

    def __init__(self, api: AdminApi):
        self.api = api

    def page(self, shop_id: int, after: str | None) -> tuple[Sequence[Piece], str | None]:
        """Twenty variants: with their products' details and their places as many as one query may cost."""
        return self._page(shop_id, None, after)

    def changed(self, shop_id: int, since: datetime) -> Sequence[str]:
        """Their ids, at most so many as are worth reading apart."""
        query, after = f"updated_at:>='{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'", None
        found: list[str] = []
        while len(found) < MOST_CHANGED:
            reply = self.api.read(shop_id, "pieces_changed", {"query": query, "after": after})
            products = _there(shown(reply, "products"), "pieces_changed")
            found += [str(product["id"]) for product in nodes(products)]
            if not products["pageInfo"]["hasNextPage"]:
                break
            after = products["pageInfo"]["endCursor"]
        return found

    def of_product(self, shop_id: int, product_gid: str) -> Sequence[Piece]:
        """All variants of it."""
        pieces: list[Piece] = []
        query, after = f"product_id:{product_gid.rsplit('/', 1)[-1]}", None
        while True:
            found, after = self._page(shop_id, query, after)
            pieces += found
            if after is None:
                return pieces

    def _page(self, shop_id: int, query: str | None, after: str | None) -> tuple[list[Piece], str | None]:
        reply = self.api.read(shop_id, "pieces_page", {"query": query, "after": after})
        variants = _there(shown(reply, "productVariants"), "pieces_page")
        page = variants["pageInfo"]
        currency = str((reply.data.get("shop") or {}).get("currencyCode") or "USD")
        pieces = [_piece(v, currency) for v in nodes(variants)]
        return pieces, page["endCursor"] if page["hasNextPage"] else None


class ShopifyReserving:
    """Draft orders whose stock is reserved: unlike a note of ours, that holds in every cart and at every till."""

    def __init__(self, api: AdminApi):
        self.api = api

    def find(self, shop_id: int, tag: str) -> str | None:
        """By exact tag: Shopify's search also finds tags that only begin so."""
        found = shown(self.api.read(shop_id, "draft_order_by_tag", {"query": f"tag:'{tag}'"}), "draftOrders")
        return next((str(draft["id"]) for draft in nodes(found) if tag in (draft.get("tags") or [])), None)

    def reserve(self, shop_id: int, *, variant_gid: str, tag: str, until: datetime) -> str:
        """Sent once; whoever calls again looks by the tag first."""
        value = {
            "lineItems": [{"variantId": variant_gid, "quantity": 1}],
            "tags": [tag],
            "note": "Put aside for a conversation",
            "reserveInventoryUntil": until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return str(self.api.write(shop_id, "draft_order_create", {"input": value})["draftOrder"]["id"])

    def release(self, shop_id: int, gid: str) -> None:
        """One that somebody deleted in the admin is gone, which is what was wanted."""
        drop_draft(self.api, shop_id, gid)


def _there(connection: Any, name: str) -> dict[str, Any]:
    if connection is None:  # taken for an empty page, it would make all pieces leave
        raise OutsideError("shopify", f"{name}: nothing was shown", permanent=True)
    return dict(connection)


def _piece(value: dict[str, Any], currency: str) -> Piece:
    product = value.get("product") or {}
    fields = {m["key"].lower(): m.get("value") or "" for m in nodes(product.get("metafields"))}
    title, places = product.get("title") or "", _places(value)
    image = ((product.get("featuredMedia") or {}).get("preview") or {}).get("image") or {}
    options = {o["name"].strip().lower(): o["value"] for o in value.get("selectedOptions") or ()}
    price = Money.parse(str(value.get("price") or "0"), currency)
    return Piece(
        variant_gid=value["id"],
        product_gid=product.get("id") or "",
        title=title,
        sku=value.get("sku") or "",
        kind=kind_of(product.get("productType") or "", product.get("tags") or (), title),
        cut=first_of(fields, CUTS).lower(),
        size=first_of(options, SIZES),
        price_cents=price.cents,
        currency=price.currency,
        details={name: fields[name].strip() for name in DETAILS if fields.get(name, "").strip()},
        height_mm=millimetres(first_of(fields, HEIGHTS)),
        width_mm=millimetres(first_of(fields, WIDTHS)),
        available=_available(value, places),
        places=places,
        image=image.get("url") or "",
    )


def _available(value: dict[str, Any], places: tuple[tuple[str, int], ...]) -> int:
    """None of what is not sold any more, however many lie there: it is kept to know what comes back."""
    if (value.get("product") or {}).get("status", "ACTIVE") != "ACTIVE":
        return 0
    return sum(there for _, there in places) if places else int(value.get("inventoryQuantity") or 0)


def _places(value: dict[str, Any]) -> tuple[tuple[str, int], ...]:
    found = []
    for level in nodes((value.get("inventoryItem") or {}).get("inventoryLevels")):
        there = sum(int(q["quantity"]) for q in level.get("quantities") or [] if q["name"] == "available")
        found.append(((level.get("location") or {}).get("name") or "", there))
    return tuple(found)
