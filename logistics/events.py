"""What happened to goods coming back. Plain values, so that they travel as JSON."""

from dataclasses import dataclass


def order_key(shop_id: int, return_gid: str) -> str:
    """The jobs of one return share it, and so run one at a time, in order."""
    return f"return:{shop_id}:{return_gid}"


@dataclass(frozen=True)
class _OfReturn:
    shop_id: int
    rma_id: int
    return_gid: str

    @property
    def order_key(self) -> str:
        """Jobs that follow run in order with all others of this return."""
        return order_key(self.shop_id, self.return_gid)


@dataclass(frozen=True)
class RmaOpened(_OfReturn):
    """We know of the return and look after its parcel."""


@dataclass(frozen=True)
class LabelReady(_OfReturn):
    """Every parcel of the return has its label, covered and attached."""


@dataclass(frozen=True)
class ParcelMoved(_OfReturn):
    """A parcel was scanned; `status` is the carrier's word."""

    status: str


@dataclass(frozen=True)
class PieceArrived(_OfReturn):
    """Everything is back in the house."""


@dataclass(frozen=True)
class PieceInspected(_OfReturn):
    """A person looked at it; `finding` is a word of models.Finding."""

    finding: str


@dataclass(frozen=True)
class WearWaits(_OfReturn):
    """A charge for wear of `amount`, as shown, waits for a person of the house.

    The client sees it differently, or, where not `disputed`, has not answered for wear.PATIENCE.
    """

    amount: str
    disputed: bool


@dataclass(frozen=True)
class MoneyReady(_OfReturn):
    """An amount is proposed and waits for a click."""


@dataclass(frozen=True)
class ReturnSettled(_OfReturn):
    """Every line was processed in Shopify, with the money that belongs to it; `how` is settled or exchanged."""

    how: str


@dataclass(frozen=True)
class ReturnEnded(_OfReturn):
    """Nothing more will happen; `how` is closed, canceled or declined."""

    how: str


@dataclass(frozen=True)
class ReturnReopened(_OfReturn):
    """Somebody opened an ended return again in the Shopify admin; its parcel and money go on from where they were."""


@dataclass(frozen=True)
class ReturnReplaced(_OfReturn):
    """The return was made anew in Shopify: what was `before` is `return_gid` from now on."""

    before: str


@dataclass(frozen=True)
class PiecesKept(_OfReturn):
    """Shopify keeps these variants out of other carts for it until they are the client's."""

    variant_gids: list[str]


@dataclass(frozen=True)
class _OfCard:
    shop_id: int
    card_id: int
    return_gid: str

    @property
    def order_key(self) -> str:
        """Jobs that follow run in order with all others of this return."""
        return order_key(self.shop_id, self.return_gid)


@dataclass(frozen=True)
class CardOpened(_OfCard):
    """Something went wrong on our side, and ways out of it wait for the advisor. `failure`: radar.kinds.Failure."""

    failure: str
    heading: str


@dataclass(frozen=True)
class CardChosen(_OfCard):
    """The client chose one of the ways out, or another one than before: somebody does it now. `way` is its title."""

    chosen: int
    way: str


@dataclass(frozen=True)
class TrackerUpdated:
    """A carrier says where a parcel is. `at` is ISO 8601 with an offset; the shop is known by the tracking code."""

    tracking_code: str
    status: str
    at: str
    event_id: str
    carrier: str


@dataclass(frozen=True)
class PiecesDisposed:
    """Somebody said in Shopify what became of pieces. Which return they are of, only our rows know.

    `rfo_gid` may be None, `rfo_line_gids` empty, not both.
    """

    shop_id: int
    rfo_gid: str | None
    rfo_line_gids: list[str]


@dataclass(frozen=True)
class WithdrawalStated:
    """A client stated on our page that they withdraw from a purchase. `is_vouched`: a person named the order."""

    shop_id: int
    statement_id: int
    is_vouched: bool = False

    @property
    def order_key(self) -> str:
        """One try at a time."""
        return f"withdrawal:{self.statement_id}"
