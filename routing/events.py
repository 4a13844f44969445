"""What routing is told. Plain values, no personal data: events are kept with the jobs they start."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from routing.reads import SweptReturn


@dataclass(frozen=True)
class OrderSeen:
    """An order was placed or changed. `lines`: [{"line_gid", "staff": [{"staff_gid", "quantity"}]}].

    `attributes`: [{"line_gid" or None, "key", "value"}], whatever was written on the order and its lines. It starts no
    job, so it is kept nowhere; evidence keeps only what stands under a key the merchant named.
    """

    shop_id: int
    order_gid: str
    order_name: str
    source_name: str
    staff_gid: str | None
    location_gid: str | None
    updated_at: str
    lines: list[dict[str, Any]]
    attributes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def order_key(self) -> str:
        return f"order:{self.shop_id}:{self.order_gid}"


@dataclass(frozen=True)
class ReturnSeen:
    """A return exists: requested by the client, or born approved. `order_gid` is a hint and may be missing."""

    shop_id: int
    return_gid: str
    order_gid: str | None

    @property
    def order_key(self) -> str:
        return f"return:{self.shop_id}:{self.return_gid}"


@dataclass(frozen=True)
class ReturnChanged:
    """Somebody moved a return, perhaps ourselves; what it is now has to be read.

    `says` is what a webhook claims: "process", "refund", "dispose", "deliverable", "close"; it can only spare a
    reading. `tracking` is the number of the label it tells of, "" where it names none.
    """

    shop_id: int
    return_gid: str
    says: str = ""
    tracking: str = ""

    @property
    def order_key(self) -> str:
        return f"return:{self.shop_id}:{self.return_gid}"


@dataclass(frozen=True)
class ReturnRouted:
    """It was decided, for the first time, who looks after a return. Nothing else waits for what follows."""

    shop_id: int
    return_gid: str


@dataclass(frozen=True)
class ReturnsSwept:
    """What our own look found returns to be, asked for `at`. Known or not; it starts no job."""

    shop_id: int
    at: datetime
    returns: tuple[SweptReturn, ...]


@dataclass(frozen=True)
class RouteAsked:
    """A workflow of the merchant gives a return to an advisor. Kept at once; it may name a colleague's e-mail."""

    shop_id: int
    run_id: str
    order_gid: str
    return_gid: str
    advisor: str
    reason: str
