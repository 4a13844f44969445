"""What routing asks one after the other, a return and then its order, answered by one call."""

import threading

from logistics.reads import ClientRead, ReturnRead
from routing.facts import OrderRead, StaffRead
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.orders import ShopifyOrders, read_order
from shopify_app.admin_api.returns import ShopifyReturns


class ReturnsWithOrders(ShopifyReturns):
    """Fits logistics.ports.ReturnsDoor and routing.ports.OrderReads.

    The order that came with a return is handed over once, to the thread that read the return, when it asks for it next.
    """

    def __init__(self, api: AdminApi, orders: ShopifyOrders):
        super().__init__(api)
        self.orders = orders
        self.came = threading.local()

    def read(self, shop_id: int, return_gid: str) -> ReturnRead | None:
        """The return; its order is kept at hand."""
        self.came.order = None
        reply = self.api.read(shop_id, "return_with_order", {"id": return_gid})
        if reply.denied:  # what is withheld is told apart where each is read by itself
            return super().read(shop_id, return_gid)
        found = reply.data.get("return")
        whole = self._whole(shop_id, return_gid, found)
        if whole is not None and found is not None:
            self.came.order = (shop_id, found["order"])
        return whole

    def order(self, shop_id: int, order_gid: str) -> tuple[OrderRead, ClientRead] | None:
        """The one that came with the return, or a read of its own."""
        came, self.came.order = getattr(self.came, "order", None), None
        if came is not None and came[0] == shop_id and came[1]["id"] == order_gid:
            return read_order(came[1])
        return self.orders.order(shop_id, order_gid)

    def staff(self, shop_id: int, order_gid: str) -> StaffRead:
        """As ShopifyOrders reads it."""
        return self.orders.staff(shop_id, order_gid)
