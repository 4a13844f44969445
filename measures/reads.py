"""What is read of a shop's past: plain values, pure. Addresses are here on their way to a keyed hash, and no further.

Amounts are in the shop's own currency.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from kit.money import Money


class Detail(StrEnum):
    """How much of an order may be asked for, most first: who sold it needs a right of its own, and so do addresses."""

    STAFF = "staff"
    CONTACTS = "contacts"
    LEAST = "least"


NARROWER = {Detail.STAFF: Detail.CONTACTS, Detail.CONTACTS: Detail.LEAST}


@dataclass(frozen=True)
class Wanted:
    """One large read: orders made (`changed_only`: or changed) since an instant. `marker` tells it from all others."""

    since: datetime
    changed_only: bool
    detail: Detail
    marker: str


class Progress(StrEnum):
    """Where a large read stands at Shopify. `gone`: its result is no more to be had."""

    WORKING = "working"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    GONE = "gone"


@dataclass(frozen=True)
class LargeRead:
    """What Shopify says of one. `address` holds a secret and is asked for anew each time, never kept.

    Ready without an address: nothing was found. Failed with one: it is of the part that was read.
    """

    progress: Progress
    objects: int = 0
    size: int | None = None
    address: str = field(default="", repr=False)
    denied: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RefundRecord:
    """Money that went back for an order."""

    refund_gid: str
    order_gid: str
    return_gid: str | None
    at: datetime
    amount: Money


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """One order. `refunded` is None where the source does not say it in the shop's currency."""

    order_gid: str
    client_gid: str | None
    email: str = field(repr=False)
    phone: str = field(repr=False)
    placed_at: datetime
    updated_at: datetime
    total: Money
    refunded: Money | None
    channel: str
    staff_gid: str | None
    location_gid: str | None
    cancelled: bool
    refunds: tuple[RefundRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class LineSeller:
    """Somebody is credited with a line of an order."""

    order_gid: str
    staff_gid: str


@dataclass(frozen=True, slots=True)
class ReturnRecord:
    """One return, in Shopify's words for its status."""

    return_gid: str
    order_gid: str
    status: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReturnWord:
    """What a return was said to be at one instant. `opened_at` is None where that was not said."""

    return_gid: str
    order_gid: str
    status: str
    at: datetime
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PieceRecord:
    """A line of a return: a piece coming back, or one that goes out in exchange (`is_new`)."""

    piece_gid: str
    return_gid: str
    is_new: bool
    quantity: int
    value: Money
    line_gid: str = ""  # of the order's line: a new piece that comes back in its turn has the same
    fee: Money | None = None  # kept back of it for taking it into stock again


Record: TypeAlias = OrderRecord | LineSeller | ReturnRecord | PieceRecord


@dataclass(frozen=True)
class Batch:
    """Some lines of the result in order: up to byte `end`. `odd` were not understood; `last`: the file ends here."""

    end: int
    lines: int
    records: tuple[Record, ...] = field(repr=False)
    odd: int = 0
    last: bool = False
