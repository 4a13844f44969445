"""What is read from outside besides the order itself: returns a sweep comes upon, and what a client could send back."""

from dataclasses import dataclass
from datetime import datetime

ENDED = ("DECLINED", "CLOSED", "CANCELED")


@dataclass(frozen=True)
class SweptReturn:
    """A return as a list of orders shows it. `status` is Shopify's: REQUESTED, OPEN, DECLINED, CLOSED, CANCELED."""

    return_gid: str
    order_gid: str
    status: str
    created_at: datetime

    @property
    def has_ended(self) -> bool:
        """Whether nothing is left to do with it."""
        return self.status in ENDED


@dataclass(frozen=True)
class SweptPage:
    """Some of the returns, and where the next page begins; None after the last."""

    returns: tuple[SweptReturn, ...]
    next: str | None


@dataclass(frozen=True)
class OrderReturn:
    """A return of an order. `lines` are (fulfilment line gid, quantity), sorted."""

    return_gid: str
    status: str
    created_at: datetime
    lines: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class ReturnablePiece:
    """Pieces of one line that can still be sent back; `quantity` at most. `line_gid` is the order's own line."""

    fulfillment_line_gid: str
    title: str
    detail: str
    image: str
    quantity: int
    line_gid: str = ""


@dataclass(frozen=True)
class OrderToReturn:
    """An order with all that can still be sent back; no pieces when nothing can. `email` is the buyer's, if known."""

    order_gid: str
    name: str
    pieces: tuple[ReturnablePiece, ...]
    email: str = ""


@dataclass(frozen=True)
class OrderContact:
    """By whom an order can be claimed: the address and number its buyer used. "" where there is none to be seen.

    The number of a delivery address is not among them: it may be that of somebody the order was a gift to.
    """

    order_gid: str
    name: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class OwnOrder:
    """One of a client's own orders, as their page lists it. `can_return`: something of it was sent and not yet back."""

    order_gid: str
    name: str
    placed_at: datetime
    pieces: tuple[str, ...]
    can_return: bool


@dataclass(frozen=True)
class Reason:
    """A reason of the shop's library."""

    gid: str
    name: str
    handle: str = ""


@dataclass(frozen=True)
class WantedLine:
    """One line of a return to be asked for. `reason_gid` is "" where none was given; `note` the client's words."""

    fulfillment_line_gid: str
    quantity: int
    reason_gid: str = ""
    note: str = ""


@dataclass(frozen=True)
class LineToChoose:
    """What a line of an order may be sent back for, and why it may not be: `unsent` pieces are not with the client."""

    line_gid: str
    reasons: tuple[Reason, ...] = ()
    unsent: int = 0
    is_gift_card: bool = False


@dataclass(frozen=True)
class SignalKeys:
    """Where a house notes a client's own advisor: a metafield of the client."""

    client_namespace: str
    client_key: str


@dataclass(frozen=True)
class OrderSignals:
    """What Shopify says today of who sold an order, besides its staff. Names no client.

    `attributes` are (line gid or None, key, value); `sold_by` is the body we wrote, "" where there is none; `withheld`
    are the fields Shopify did not show the app, for want of a scope.
    """

    attributes: tuple[tuple[str | None, str, str], ...] = ()
    sold_by: str = ""
    client_metafield: str = ""
    client_tags: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True)
class StaffMember:
    """A member of the shop's staff as Shopify has them. `left`: they do not work there any more."""

    staff_gid: str
    name: str
    email: str
    phone: str
    left: bool
