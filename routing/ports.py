"""What routing wants to know of the outside."""

from typing import Protocol

from logistics.reads import ClientRead
from routing.facts import OrderRead, StaffRead


class OrderReads(Protocol):
    """Reads of one order. None when the app may not see it (older than 60 days without approval) or it is gone."""

    def order(self, shop_id: int, order_gid: str) -> tuple[OrderRead, ClientRead] | None:
        """The order and its client; fields Shopify withholds come as empty text."""
        ...

    def staff(self, shop_id: int, order_gid: str) -> StaffRead:
        """Who sold it, where `read_users` was granted; otherwise an empty answer."""
        ...
