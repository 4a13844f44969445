"""What logistics asks of the outside. The adapters stand in `shopify_app/admin_api/returns.py` and `carriers/`."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from kit.causes import Cause
from kit.errors import Waiting
from kit.money import Money
from logistics.reads import (
    PLAIN,
    Address,
    BalanceRead,
    Bought,
    Collection,
    DraftRead,
    MadeReturn,
    ProcessPlan,
    ReturnRead,
    Shipment,
    SuggestedOutcome,
    Terms,
)

if TYPE_CHECKING:
    from sqlmodel import Session

    from logistics.models import LogisticsPolicy, Parcel, Rma
    from logistics.ways import Way


class CoverMissing(Waiting):
    """Cover for the whole value is not confirmed, so there is no label until a person has seen to it."""

    def __init__(self, reason: str, *, retry_after: float = 600, cause: str = Cause.COVER):
        super().__init__(reason, retry_after=retry_after, cause=cause)


class ReturnsDoor(Protocol):
    """Shopify's side of a return. Every call may raise OutsideError; `ambiguous` when it may have taken effect."""

    def read(self, shop_id: int, return_gid: str) -> ReturnRead | None:
        """The return as it is now; None when Shopify shows none, or not to us."""

    def read_and_suggest(
        self, shop_id: int, return_gid: str, lines: Sequence[tuple[str, int]], terms: Terms = PLAIN
    ) -> tuple[ReturnRead, SuggestedOutcome | None] | None:
        """The return, and the money for exactly these (return line gid, quantity) on these terms, at one moment.

        No suggestion where Shopify makes none for them. None as with `read`.
        """

    def approve(self, shop_id: int, return_gid: str) -> ReturnRead:
        """Approve a requested return, telling nobody; one that is not requested any more is returned as it is."""

    def attach_label(
        self,
        shop_id: int,
        *,
        rfo_gid: str,
        tracking_code: str,
        tracking_url: str,
        pdf: bytes,
        notify: bool,
        look_first: bool,
    ) -> str:
        """Upload the label and attach it; the reverse delivery's gid. Without `pdf` it carries the tracking only.

        With `look_first` a reverse delivery with this tracking code is looked for, and returned where there is one.
        Raises OutsideError, `ambiguous` only when it may have been attached.
        """

    def update_delivery(
        self,
        shop_id: int,
        *,
        reverse_delivery_gid: str,
        tracking_code: str,
        tracking_url: str,
        pdf: bytes,
        notify: bool,
    ) -> None:
        """Write other tracking on a reverse delivery, and another label unless `pdf` is empty. Twice is as once."""

    def suggest_outcome(
        self, shop_id: int, return_gid: str, lines: Sequence[tuple[str, int]], terms: Terms = PLAIN
    ) -> SuggestedOutcome:
        """The money for exactly these (return line gid, quantity), on these terms."""

    def process(self, shop_id: int, return_gid: str, plan: ProcessPlan) -> ReturnRead:
        """Process once. Not idempotent: never call it again without having read back."""

    def store_credit(self, shop_id: int, client_gid: str) -> tuple[Money, ...]:
        """What the client has to their credit, an amount a currency; empty where there is no account yet."""

    def balance(self, shop_id: int, order_gid: str) -> BalanceRead:
        """What the client owes on the order now."""

    def close(self, shop_id: int, return_gid: str) -> ReturnRead:
        """Close the return; one that is closed already is returned as it is."""


class ExchangeDoor(Protocol):
    """Making a return anew with a piece in it. Every call may raise OutsideError, `ambiguous` as with ReturnsDoor."""

    def read(self, shop_id: int, return_gid: str) -> ReturnRead | None:
        """As ReturnsDoor.read()."""

    def decline(self, shop_id: int, return_gid: str, note: str) -> ReturnRead:
        """Decline a request, telling nobody by mail; one that is not requested any more is returned as it is."""

    def returns_of(self, shop_id: int, order_gid: str) -> tuple[MadeReturn, ...]:
        """All returns of the order, whatever became of them."""

    def make(self, shop_id: int, *, like: ReturnRead, variant_gid: str) -> str:
        """An approved return of the same pieces, asked for on the same day, with that piece instead unless it is "".

        Not idempotent: never call it again without having looked at `returns_of`.
        """

    def take_off(self, shop_id: int, return_gid: str, exchanges: Sequence[tuple[str, int]]) -> None:
        """Take pieces instead, (exchange line gid, quantity) not yet processed, off the return again."""


class KeepingDoor(Protocol):
    """Ending a return whose piece the client keeps. Calls may raise OutsideError, `ambiguous` as with ReturnsDoor."""

    def read(self, shop_id: int, return_gid: str) -> ReturnRead | None:
        """As ReturnsDoor.read()."""

    def cancel(self, shop_id: int, return_gid: str) -> ReturnRead:
        """Cancel an open return, telling nobody by mail; one that cannot be cancelled is returned as it is."""

    def decline(self, shop_id: int, return_gid: str, note: str) -> ReturnRead:
        """As ExchangeDoor.decline()."""


class SalesDoor(Protocol):
    """Draft orders: a piece sold beside a return, or kept for it.

    Every call may raise OutsideError; `ambiguous` when it may have taken effect.
    """

    def find_draft(self, shop_id: int, tag: str) -> DraftRead | None:
        """The draft order with exactly this tag."""

    def make_draft(
        self,
        shop_id: int,
        *,
        client_gid: str,
        pieces: Sequence[tuple[str, int]],
        tag: str,
        note: str,
        held_until: datetime,
    ) -> DraftRead:
        """Make it, with its pieces (variant, quantity) put aside until then. Not idempotent: looked for first."""

    def drop_draft(self, shop_id: int, gid: str) -> None:
        """Delete it; what it held is on sale again. One that is gone already is no error."""


class Carrier(Protocol):
    """Someone who sells labels with cover. Calls raise OutsideError."""

    @property
    def name(self) -> str:
        """Its word in CARRIERS."""

    def find(self, reference: str) -> Shipment | None:
        """What was made under our reference before, if anything."""

    def create(
        self, *, reference: str, sender: Address, receiver: Address, weight_grams: int, is_return: bool
    ) -> Shipment:
        """A parcel under our reference; costs nothing yet."""

    def buy(self, shipment_id: str, cover: Money) -> Bought:
        """Buy its label with that cover. One bought already is returned, not bought again. May raise CoverMissing."""

    def label_pdf(self, url: str) -> bytes:
        """The label itself."""

    def refund(self, shipment_id: str) -> None:
        """Give an unused label back; one given back already is left alone."""

    def check_address(self, address: Address) -> str:
        """What the carrier does not find of an address, in words; "" where it has nothing to say."""

    def plan_collection(
        self, *, reference: str, shipment_id: str, sender: Address, starts_at: datetime, ends_at: datetime
    ) -> Collection | None:
        """A visit for a bought parcel, between two instants; costs nothing yet. None where nobody comes."""

    def book_collection(self, collection_id: str) -> Collection | None:
        """Book a planned visit. One booked already is returned, not booked again. None where nobody comes."""

    def cancel_collection(self, collection_id: str) -> None:
        """Nobody needs to come; a visit that is not booked, or was cancelled already, is left alone."""


class Travel(Protocol):
    """One way a piece can travel in which nobody is called by a program: rows and letters only."""

    @property
    def way(self) -> "Way":
        """Which."""

    def arrange(
        self,
        session: "Session",
        rma: "Rma",
        parcel: "Parcel",
        policy: "LogisticsPolicy",
        sender: Address,
        *,
        now: datetime,
    ) -> str:
        """Set a locked RMA's box going; what a person is waited for, "" for nobody. A second time asks nobody again."""

    def call_off(
        self, session: "Session", rma: "Rma", parcel: "Parcel", policy: "LogisticsPolicy", *, now: datetime
    ) -> None:
        """The box will not travel; whoever was asked is told."""


class PictureStore(Protocol):
    """A private place for pictures. Calls raise OutsideError."""

    def put(self, key: str, content: bytes, media_type: str) -> None:
        """Keep it; a second time changes nothing."""

    def get(self, key: str) -> bytes:
        """The bytes. Raises NotFound."""

    def delete(self, key: str) -> None:
        """Gone; one that is not there is gone already."""
