"""What Shopify knows of a client and a piece. Fits consults.briefs.ports.BriefReads."""

from typing import Any

from consults.briefs.seen import ClientSeen, Noted, OrderOfClient, PieceSeen, SaleSeen, Seen
from kit.clock import parse_instant
from kit.money import Money
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.reading import money, nodes

MOST_PAGES = 10
"""Of fifty orders: for a client with more, what they bought in all is as Shopify adds it up."""


class ShopifyBriefs:
    """Reads only. What Shopify withholds is empty, so the brief says "unknown"."""

    def __init__(self, api: AdminApi):
        self.api = api

    def seen(self, shop_id: int, *, return_gid: str, order_gid: str, client_gid: str | None) -> Seen:
        """One call for the return with its order, and one a page of the client's orders."""
        found = self.api.read(shop_id, "brief_return", {"id": return_gid}).data.get("return") or {}
        lines = [(n.get("fulfillmentLineItem") or {}).get("lineItem") for n in nodes(found.get("returnLineItems"))]
        piece = _piece(next((line for line in lines if line), {}))
        client = self._client(shop_id, client_gid) if client_gid else None
        return Seen(piece, _sale(found.get("order") or {}), client)

    def _client(self, shop_id: int, gid: str) -> ClientSeen | None:
        first, orders, after = None, [], None
        for _ in range(MOST_PAGES):
            reply = self.api.read(shop_id, "brief_client", {"id": gid, "after": after})
            shown = reply.data.get("customer")
            if not shown:
                break
            first = first or shown
            orders += [_order(order) for order in nodes(shown.get("orders"))]
            page = (shown.get("orders") or {}).get("pageInfo") or {}
            after = page.get("endCursor") if page.get("hasNextPage") else None
            if after is None:
                break
        return _seen_client(first, tuple(orders)) if first else None


def _seen_client(value: dict[str, Any], orders: tuple[OrderOfClient, ...]) -> ClientSeen:
    spent = value.get("amountSpent")
    return ClientSeen(
        gid=value["id"],
        since=parse_instant(value["createdAt"]) if value.get("createdAt") else None,
        locale=value.get("locale") or "",
        tags=tuple(value.get("tags") or ()),
        notes=_metafields(value),
        spent=Money.parse(str(spent["amount"]), str(spent["currencyCode"])) if spent else None,
        order_count=int(value.get("numberOfOrders") or 0),
        orders=orders,
    )


def _order(value: dict[str, Any]) -> OrderOfClient:
    return OrderOfClient(
        placed_at=parse_instant(value["createdAt"]),
        total=money((value.get("currentTotalPriceSet") or {}).get("shopMoney")),
        pieces=int(value.get("currentSubtotalLineItemsQuantity") or 0),
        cancelled=bool(value.get("cancelledAt")),
        products=tuple(
            line["product"]["id"]
            for line in nodes(value.get("lineItems"))
            if line.get("product") and int(line.get("currentQuantity") or 0) > 0
        ),
    )


def _piece(line: dict[str, Any]) -> PieceSeen:
    variant, product = line.get("variant") or {}, line.get("product") or {}
    options = tuple(
        Noted(option["name"], option["value"], f"{variant['id']}#option:{option['name']}")
        for option in variant.get("selectedOptions") or ()
    )
    return PieceSeen(
        line_gid=line.get("id") or "",
        details=(*_metafields(variant), *_metafields(product)),
        options=options,
        attributes=_attributes(line),
        image=(line.get("image") or {}).get("url") or "",
    )


def _sale(order: dict[str, Any]) -> SaleSeen:
    return SaleSeen(
        gid=order.get("id") or "",
        sold_at=parse_instant(order["processedAt"]) if order.get("processedAt") else None,
        channel=order.get("sourceName") or "",
        place=(order.get("retailLocation") or {}).get("name") or "",
        note=order.get("note") or "",
        attributes=_attributes(order),
    )


def _metafields(owner: dict[str, Any]) -> tuple[Noted, ...]:
    found = nodes(owner.get("metafields"))
    return tuple(
        Noted(m["key"], m.get("value") or "", f"{owner['id']}#metafield:{m['namespace']}.{m['key']}") for m in found
    )


def _attributes(owner: dict[str, Any]) -> tuple[Noted, ...]:
    found = owner.get("customAttributes") or ()
    return tuple(Noted(a["key"], a.get("value") or "", f"{owner['id']}#attribute:{a['key']}") for a in found)
