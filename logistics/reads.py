"""What is read from outside, in our words: plain frozen values that the adapters fill and the domain judges."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from kit.money import Money


@dataclass(frozen=True)
class Address:
    """A postal address. `country` is ISO 3166 alpha-2, `region` the province or state code; "" where unknown."""

    name: str = ""
    company: str = ""
    street1: str = ""
    street2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    phone: str = ""
    email: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether a carrier can be asked for a label with it."""
        return bool((self.name or self.company) and self.street1 and self.city and self.country)


@dataclass(frozen=True)
class ClientRead:
    """Who sends the piece back. `gid` and `title` are "" where Shopify shows none; `phone` is E.164."""

    gid: str
    name: str
    title: str
    email: str
    phone: str
    locale: str
    country: str
    address: Address


@dataclass(frozen=True)
class PieceRead:
    """What the order says of one of its lines. `words`: product type, tags, collections, marks on the line.

    `quantity` is how many were sold, None where unknown.
    """

    line_gid: str
    words: tuple[str, ...] = ()
    quantity: int | None = None
    serial: str = ""
    certificate: str = ""


@dataclass(frozen=True)
class SoldRead:
    """How the pieces were sold. `country` is where they were sent to, "" where unknown; `channel` is Shopify's word."""

    bought_on: date | None = None
    delivered_on: date | None = None
    channel: str = ""
    country: str = ""
    pieces: tuple[PieceRead, ...] = ()

    def piece(self, line_gid: str) -> PieceRead:
        """What is known of that line of the order."""
        return next((piece for piece in self.pieces if piece.line_gid == line_gid), PieceRead(line_gid))


@dataclass(frozen=True)
class ReturnLineRead:
    """One line of a return. `unit_total` and `unit_total_presentment` are what one piece cost after discounts."""

    gid: str
    quantity: int
    processed: int
    unprocessed: int
    refundable: int
    fulfillment_line_gid: str
    line_gid: str
    title: str
    detail: str
    sku: str
    image: str
    reason_label: str
    customer_note: str
    unit_total: Money
    unit_total_presentment: Money
    duty_gids: tuple[str, ...] = ()
    reason_gid: str = ""
    fee: Money | None = None  # for putting it back into stock, over all of the line's pieces

    def fee_for(self, quantity: int) -> int:
        """The cents of its fee that fall on so many of what is unprocessed; all such parts make up the whole."""
        return self._fee_upto(self.processed + quantity) - self._fee_upto(self.processed)

    def _fee_upto(self, pieces: int) -> int:
        whole, of = _cents(self.fee), max(1, self.quantity)
        return (2 * whole * pieces + of) // (2 * of)


@dataclass(frozen=True)
class ExchangeLineRead:
    """A piece the client gets instead; it is sent once it is processed. `variant_gid` is "" where it is gone."""

    gid: str
    quantity: int
    processed: int
    unprocessed: int
    variant_gid: str = ""


@dataclass(frozen=True)
class RfoLineRead:
    """A line of a reverse fulfilment order."""

    gid: str
    fulfillment_line_gid: str
    quantity: int


@dataclass(frozen=True)
class ReverseDeliveryRead:
    """A parcel Shopify knows to be coming back. `tracking_number` and `label_url` are "" where there is none."""

    gid: str
    tracking_number: str
    label_url: str


@dataclass(frozen=True)
class RfoRead:
    """A reverse fulfilment order; `status` is OPEN, CLOSED or CANCELED."""

    gid: str
    status: str
    lines: tuple[RfoLineRead, ...] = ()
    deliveries: tuple[ReverseDeliveryRead, ...] = ()


@dataclass(frozen=True)
class RefundRead:
    """A refund made through the return; `amount` in the order's presentment currency."""

    gid: str
    amount: Money


@dataclass(frozen=True)
class ReturnRead:
    """A return as Shopify has it now. `status` is REQUESTED, OPEN, DECLINED, CLOSED or CANCELED."""

    return_gid: str
    name: str
    status: str
    order_gid: str
    order_name: str
    lines: tuple[ReturnLineRead, ...]
    rfos: tuple[RfoRead, ...]
    refunds: tuple[RefundRead, ...]
    presentment_currency: str
    created_at: datetime | None = None
    exchanges: tuple[ExchangeLineRead, ...] = ()
    shipping_fee: Money | None = None  # for the way back; Shopify takes it with the first piece that is processed

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can be done with it in Shopify, short of reopening it."""
        return self.status in ("DECLINED", "CLOSED", "CANCELED")

    @property
    def unprocessed(self) -> tuple[tuple[str, int], ...]:
        """(return line gid, quantity) of what has yet to be processed."""
        return tuple((line.gid, line.unprocessed) for line in self.lines if line.unprocessed > 0)

    @property
    def unprocessed_exchanges(self) -> tuple[tuple[str, int], ...]:
        """(exchange line gid, quantity) of what the client has yet to be sent."""
        return tuple((line.gid, line.unprocessed) for line in self.exchanges if line.unprocessed > 0)

    @property
    def exchanged(self) -> bool:
        """Whether a piece was sent out instead."""
        return any(line.processed > 0 for line in self.exchanges)

    def duties_of(self, lines: Iterable[tuple[str, int]]) -> tuple[str, ...]:
        """The duties that were paid for these return lines."""
        wanted = {gid for gid, _ in lines}
        return tuple(sorted({duty for line in self.lines if line.gid in wanted for duty in line.duty_gids}))

    def fees_of(self, lines: Iterable[tuple[str, int]]) -> Money:
        """What the house keeps as fees when (return line gid, quantity) are processed."""
        wanted = dict(lines)
        cents = sum(line.fee_for(wanted.get(line.gid, 0)) for line in self.lines)
        if self.shipping_fee and not any(line.processed for line in self.lines):
            cents += self.shipping_fee.cents
        return Money(cents, self.presentment_currency)

    def rfo_line(self, fulfillment_line_gid: str) -> RfoLineRead | None:
        """The reverse fulfilment order's line of that fulfilled piece, in an order that still counts."""
        live = (rfo for rfo in self.rfos if rfo.status != "CANCELED")
        lines = (line for rfo in live for line in rfo.lines)
        return next((line for line in lines if line.fulfillment_line_gid == fulfillment_line_gid), None)


@dataclass(frozen=True)
class Terms:
    """What goes with the lines of a batch: pieces sent instead, and what else is given back, and how.

    `exchanges` are (exchange line gid, quantity); `duties` the gids of those given back, as far as their pieces come.
    """

    exchanges: tuple[tuple[str, int], ...] = ()
    duties: tuple[str, ...] = ()
    shipping: bool = False
    as_credit: bool = False


PLAIN = Terms()


@dataclass(frozen=True)
class SuggestedOutcome:
    """The money Shopify suggests, in presentment currency. `amount` is None when nothing goes back to the client.

    `transactions` are (parent transaction gid, amount); none for store credit. `owed` is what the client owes us when
    another piece costs more. `in_shop_money` is `amount` there. `worth` is what the pieces come to, and `limit` the
    most Shopify can give back of the order: less than `worth` where some was given back before, or paid elsewhere.
    `pieces` is the pieces' own part of `worth`, without shipping and duties. Where something is kept back for wear
    (`kept_back`), all of them are what is left after it. `fees` go off `worth` and are in `amount` already.
    """

    amount: Money | None
    transactions: tuple[tuple[str, Money], ...] = ()
    owed: Money | None = None
    in_shop_money: Money | None = None
    worth: Money | None = None
    limit: Money | None = None
    given_back: Money | None = None
    tax: Money | None = None  # within what the pieces come to
    pieces: Money | None = None
    kept_back: Money | None = None
    fees: Money | None = None

    @property
    def is_cut(self) -> bool:
        """Whether less goes back than is due, because Shopify has no more of the order to give back."""
        if self.worth is None or self.limit is None:
            return False
        return self.limit.cents <= _cents(self.amount) < self.worth.cents - _cents(self.fees)

    @property
    def beyond(self) -> int:
        """What is due beyond it, in cents: it was paid elsewhere, and is given back there."""
        if not self.is_cut:
            return 0
        due = _cents(self.worth) - _cents(self.fees)
        return max(0, due - _cents(self.amount) - _cents(self.given_back))


def _cents(money: Money | None) -> int:
    return money.cents if money else 0


@dataclass(frozen=True)
class PlanLine:
    """One line to process. `rfo_line_gid` is "" where Shopify has no such line; `location_gid` only when restocked."""

    return_line_gid: str
    quantity: int
    rfo_line_gid: str
    disposition: str
    location_gid: str | None = None


@dataclass(frozen=True)
class ProcessPlan:
    """Everything one `returnProcess` is to do. Without `refund` and `credit` it sends no financial transfer at all."""

    lines: tuple[PlanLine, ...]
    refund: tuple[tuple[str, Money], ...]
    note: str
    notify: bool
    terms: Terms = PLAIN
    credit: Money | None = None


@dataclass(frozen=True)
class BalanceRead:
    """What the client still owes on an order, and where they pay it: Shopify's own checkout, "" where nothing is."""

    owed: Money
    pay_url: str


@dataclass(frozen=True)
class MadeReturn:
    """A return of an order as it is looked for after a lost answer. `lines` are (fulfilment line gid, quantity)."""

    return_gid: str
    created_at: datetime | None
    lines: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class DraftRead:
    """A draft order: `pay_url` is where the client pays it."""

    gid: str
    name: str
    pay_url: str
    amount: Money


@dataclass(frozen=True)
class Bought:
    """A label that was paid for. `cover` is what the carrier confirms, which may be less than what was asked."""

    tracking_code: str
    tracking_url: str
    label_pdf_url: str
    cover: Money
    carrier: str


@dataclass(frozen=True)
class Shipment:
    """A parcel at the carrier, under our reference; `bought` once its label is."""

    shipment_id: str
    reference: str
    bought: Bought | None = None


@dataclass(frozen=True)
class Collection:
    """A carrier's visit at the client's door. `code` is what it confirmed it with, "" while it is not booked."""

    collection_id: str
    code: str = ""
    is_cancelled: bool = False
