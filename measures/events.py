"""What measures is told by webhooks. Never kept with a job: these carry a client's addresses on their way to a hash."""

from dataclasses import dataclass, field

from measures.reads import OrderRecord, RefundRecord, ReturnWord


@dataclass(frozen=True)
class OrderTold:
    """An order was placed or changed; what it came to."""

    shop_id: int
    order: OrderRecord = field(repr=False)


@dataclass(frozen=True)
class RefundTold:
    """Money went back for an order."""

    shop_id: int
    refund: RefundRecord


@dataclass(frozen=True)
class ReturnTold:
    """What became of a return."""

    shop_id: int
    word: ReturnWord


@dataclass(frozen=True)
class HistoryReady:
    """A large read came to an end, well or not; which one Shopify names in `operation_gid`."""

    shop_id: int
    operation_gid: str

    @property
    def order_key(self) -> str:
        return f"history:{self.shop_id}"
