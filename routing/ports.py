"""What routing wants to know of the outside."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from kit.money import Money
from logistics.reads import ClientRead
from routing.facts import OrderRead, StaffRead
from routing.reads import (
    LineToChoose,
    OrderContact,
    OrderReturn,
    OrderSignals,
    OrderToReturn,
    OwnOrder,
    Reason,
    ReturnablePiece,
    SignalKeys,
    StaffMember,
    SweptPage,
    WantedLine,
)


class OrderReads(Protocol):
    """Reads of one order. None when the app may not see it (older than 60 days without approval) or it is gone."""

    def order(self, shop_id: int, order_gid: str) -> tuple[OrderRead, ClientRead] | None:
        """The order and its client; fields Shopify withholds come as empty text."""
        ...

    def staff(self, shop_id: int, order_gid: str) -> StaffRead:
        """Who sold it, where `read_users` was granted; otherwise an empty answer."""
        ...


class Unread(Protocol):
    """What Shopify delivered and nobody read yet."""

    def __call__(self, session: Session, shop_id: int, upto: int | None = None) -> int | None:
        """A number for the newest unread word of an order, of those `upto` such a number if given; None: all read."""
        ...


class SignalReads(Protocol):
    """What Shopify says today of who sold an order, besides its staff: what buyers and we ourselves wrote there."""

    def signals(self, shop_id: int, order_gid: str, keys: SignalKeys) -> OrderSignals:
        """Empty where the app may not see the order; `withheld` names what it may not see of it."""
        ...


class SellerNotes(Protocol):
    """Our own note on an order. Writing the same twice does no harm."""

    def write(self, shop_id: int, order_gid: str, body: str) -> None:
        """Set the order's note to `body`. Raises OutsideError or Waiting."""
        ...


class StaffReads(Protocol):
    """The shop's staff, where `read_users` was granted."""

    def everyone(self, shop_id: int) -> list[StaffMember] | None:
        """None when the app may not ask. Raises OutsideError or Waiting."""
        ...


class Sweeps(Protocol):
    """Reads of what changed in a shop, for returns no webhook told of. Raises OutsideError or Waiting."""

    def page(self, shop_id: int, query: str, after: str | None) -> SweptPage:
        """One page of the returns of orders that match Shopify's search `query`, least recently changed order first."""
        ...


class FlowDoor(Protocol):
    """Starting a merchant's workflows. Raises OutsideError, `ambiguous` when one may have started, or Waiting."""

    def fire(self, shop_id: int, handle: str, payload: Mapping[str, str | int]) -> str:
        """Fire the trigger `handle`; "" when it was taken, else why not. Not idempotent at Shopify."""
        ...


class Openings(Protocol):
    """Opening a return for a client. Calls may raise OutsideError, `ambiguous` when one may have taken effect."""

    def find_order(self, shop_id: int, name: str) -> OrderToReturn | None:
        """The order called "1042" or "#1042" and what can still be sent back; None when none is shown to the app."""
        ...

    def reasons(self, shop_id: int) -> tuple[Reason, ...]:
        """What may be given as the reason, by name."""
        ...

    def pieces(self, shop_id: int, order_gid: str) -> tuple[ReturnablePiece, ...]:
        """What of that order can still be sent back."""
        ...

    def lines(self, shop_id: int, order_gid: str) -> tuple[LineToChoose, ...]:
        """Each line of that order with the reasons Shopify suggests for it, and what keeps it from coming back."""
        ...

    def worth(self, shop_id: int, order_gid: str, lines: Sequence[tuple[str, int]]) -> dict[str, Money]:
        """What Shopify reckons each of these (fulfilment line gid, quantity) comes to, in the money the client paid."""
        ...

    def returns_of(self, shop_id: int, order_gid: str) -> tuple[OrderReturn, ...]:
        """Every return of that order, as Shopify has them now, newest first."""
        ...

    def create(
        self,
        shop_id: int,
        *,
        order_gid: str,
        lines: Sequence[tuple[str, int]],
        reason_gid: str,
        requested_at: datetime,
        exchanges: Sequence[tuple[str, int]] = (),
    ) -> str:
        """Make an approved return of (fulfilment line gid, quantity), with (variant gid, quantity) to be sent instead.

        Its gid. Not idempotent at Shopify.
        """
        ...

    def request(self, shop_id: int, *, order_gid: str, lines: Sequence[WantedLine]) -> str:
        """Ask for a return in the client's stead; its gid. Not idempotent at Shopify."""
        ...


class OrderFinding(Protocol):
    """Finding an order for who says it is theirs. Raises OutsideError or Waiting."""

    def contact(self, shop_id: int, name: str) -> OrderContact | None:
        """The order called "1042" or "#1042", with what its buyer can prove to have; None when none is shown."""
        ...

    def of_client(self, shop_id: int, client_gid: str) -> tuple[OwnOrder, ...]:
        """The client's latest orders, newest first; each was read to be theirs."""
        ...
