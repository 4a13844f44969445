"""What changed in a shop, page by page. Fits routing.ports.Sweeps."""

from typing import Any

from kit.clock import parse_instant
from kit.errors import OutsideError
from routing.reads import SweptPage, SweptReturn
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.reading import nodes


class ShopifySweeps:
    """Reads of orders for the returns they have."""

    def __init__(self, api: AdminApi):
        self.api = api

    def page(self, shop_id: int, query: str, after: str | None) -> SweptPage:
        """One page of orders; for one with more returns than a page shows, the rest is read as well."""
        reply = self.api.read(shop_id, "reconcile_returns", {"query": query, "after": after})
        orders = reply.data.get("orders")
        if orders is None:
            # Taken for an empty page, it would move the mark past what was never read.
            raise OutsideError("shopify", f"reconcile_returns: no orders ({', '.join(reply.denied)})", permanent=True)
        found: list[SweptReturn] = []
        for order in nodes(orders):
            returns = order.get("returns") or {}
            shown = nodes(returns)
            if (returns.get("pageInfo") or {}).get("hasNextPage"):
                shown = [r for page in returns_of_order(self.api, shop_id, order["id"]) for r in page]
            found += [_swept(order["id"], value) for value in shown]
        page = orders["pageInfo"]
        return SweptPage(tuple(found), page["endCursor"] if page["hasNextPage"] else None)


def returns_of_order(api: AdminApi, shop_id: int, order_gid: str) -> list[list[dict[str, Any]]]:
    """Pages of an order's returns with their lines, newest first; none when the order is not shown."""
    pages: list[list[dict[str, Any]]] = []
    after = None
    while True:
        order = api.read(shop_id, "order_returns", {"id": order_gid, "after": after}).data.get("order")
        if not order:
            return pages
        pages.append(nodes(order["returns"]))
        page = order["returns"]["pageInfo"]
        if not page["hasNextPage"]:
            return pages
        after = page["endCursor"]


def _swept(order_gid: str, value: dict[str, Any]) -> SweptReturn:
    return SweptReturn(value["id"], order_gid, value["status"], parse_instant(value["createdAt"]))
