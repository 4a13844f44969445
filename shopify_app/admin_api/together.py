"""What routing asks one after the other, a return and then its order, answered by one call."""

import threading
from typing import Any

from logistics.reads import ClientRead, ReturnRead
from routing.chains import chain_row, signal_keys
from routing.facts import OrderRead, StaffRead
from routing.marks import marks_of
from routing.reads import OrderSignals, SignalKeys
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.orders import ShopifyOrders, about_client, about_keys, next_line, read_signals
from shopify_app.admin_api.returns import ShopifyReturns


class ReturnsWithOrders(ShopifyReturns):
    """Fits logistics.ports.ReturnsDoor, routing.ports.OrderReads and SignalReads.

    The order that came with a return is handed over once, to the thread that read the return, when it asks for it
    next; and so is what is written on it of who sold it, to whoever asks by the keys it was read with. An order of more
    lines than one page is read by itself.
    """

    def __init__(self, api: AdminApi, orders: ShopifyOrders):
        super().__init__(api)
        self.orders = orders
        self.came = threading.local()

    def read(self, shop_id: int, return_gid: str) -> ReturnRead | None:
        """The return; its order is kept at hand."""
        self.came.order = self.came.signals = None
        with self.orders.database.begin() as session:
            keys, marks = signal_keys(chain_row(session, shop_id)), marks_of(session, shop_id)
        asked = {"id": return_gid, **about_client(marks), **about_keys(keys)}
        reply = self.api.read(shop_id, "return_with_order", asked)
        if reply.denied:  # what is withheld is told apart where each is read by itself
            return super().read(shop_id, return_gid)
        found = reply.data.get("return")
        whole = self._whole(shop_id, return_gid, found)
        if whole is not None and found is not None and not next_line(found["order"]):
            self.came.order = self.came.signals = (shop_id, keys, found["order"])
        return whole

    def order(self, shop_id: int, order_gid: str) -> tuple[OrderRead, ClientRead] | None:
        """The one that came with the return, or a read of its own."""
        came = self._take("order")
        if came is not None and (came[0], came[2]["id"]) == (shop_id, order_gid):
            return self.orders.told(shop_id, came[2])
        return self.orders.order(shop_id, order_gid)

    def staff(self, shop_id: int, order_gid: str) -> StaffRead:
        """As ShopifyOrders reads it."""
        return self.orders.staff(shop_id, order_gid)

    def signals(self, shop_id: int, order_gid: str, keys: SignalKeys) -> OrderSignals:
        """What came with the return, or a read of its own."""
        came = self._take("signals")
        if came is not None and (came[0], came[1], came[2]["id"]) == (shop_id, keys, order_gid):
            return read_signals(came[2], ())
        return self.orders.signals(shop_id, order_gid, keys)

    def _take(self, what: str) -> tuple[int, SignalKeys, dict[str, Any]] | None:
        came: tuple[int, SignalKeys, dict[str, Any]] | None = getattr(self.came, what, None)
        setattr(self.came, what, None)
        return came
