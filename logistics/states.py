"""Which moves are allowed. Two small machines: where the goods are, and what was judged of them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from kit.errors import Conflict


class Goods(StrEnum):
    AUTHORISED = "authorised"
    LABELLED = "labelled"
    IN_TRANSIT = "in_transit"
    ARRIVED = "arrived"
    INSPECTED = "inspected"
    SETTLED = "settled"
    CLOSED = "closed"
    ENDED = "ended"


class Judgement(StrEnum):
    """`looked_at`: the finding is not a plain match, so a person decides about the money."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    LOOKED_AT = "looked_at"


class ParcelState(StrEnum):
    """`buying` is written before somebody is asked; `attached` is ready to travel; `void` parcels do not travel."""

    PLANNED = "planned"
    BUYING = "buying"
    BOUGHT = "bought"
    ATTACHED = "attached"
    VOID = "void"


class SettlementState(StrEnum):
    """`sending` is written before Shopify is asked; `unsettled` is shown to a person; `void` was overtaken."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    SENDING = "sending"
    SETTLED = "settled"
    UNSETTLED = "unsettled"
    VOID = "void"


class SaleState(StrEnum):
    """Of a piece the client takes instead. `sending` is written before Shopify is asked."""

    ASKED = "asked"
    SENDING = "sending"
    MADE = "made"
    REFUSED = "refused"


class Finding(StrEnum):
    MATCH = "match"
    MATCH_WITH_WEAR = "match_with_wear"
    PART_MISSING = "part_missing"
    MISMATCH = "mismatch"
    CANNOT_TELL = "cannot_tell"


S = TypeVar("S", bound=StrEnum)

# A piece may be handed in at a boutique, and scans may come before our own row says the label is attached.
GOODS: Mapping[Goods, frozenset[Goods]] = {
    Goods.AUTHORISED: frozenset({Goods.LABELLED, Goods.IN_TRANSIT, Goods.ARRIVED, Goods.SETTLED, Goods.ENDED}),
    Goods.LABELLED: frozenset({Goods.IN_TRANSIT, Goods.ARRIVED, Goods.SETTLED, Goods.ENDED}),
    Goods.IN_TRANSIT: frozenset({Goods.ARRIVED, Goods.SETTLED, Goods.ENDED}),
    Goods.ARRIVED: frozenset({Goods.INSPECTED, Goods.SETTLED, Goods.ENDED}),
    Goods.INSPECTED: frozenset({Goods.SETTLED, Goods.ENDED}),
    Goods.SETTLED: frozenset({Goods.CLOSED}),
    Goods.CLOSED: frozenset(),
    Goods.ENDED: frozenset(),
}

# Only a person in the Shopify admin opens a return again; then the goods are where they were when it ended.
REOPENING: Mapping[Goods, frozenset[Goods]] = {
    Goods.CLOSED: frozenset({Goods.SETTLED}),
    Goods.ENDED: frozenset({Goods.AUTHORISED, Goods.LABELLED, Goods.IN_TRANSIT, Goods.ARRIVED, Goods.INSPECTED}),
}

JUDGEMENT: Mapping[Judgement, frozenset[Judgement]] = {
    Judgement.PENDING: frozenset({Judgement.ACCEPTED, Judgement.LOOKED_AT}),
    Judgement.LOOKED_AT: frozenset({Judgement.ACCEPTED}),
    Judgement.ACCEPTED: frozenset(),
}

PARCEL: Mapping[ParcelState, frozenset[ParcelState]] = {
    # without a label, what is brought to a boutique is ready once it has its code
    ParcelState.PLANNED: frozenset({ParcelState.BUYING, ParcelState.ATTACHED, ParcelState.VOID}),
    ParcelState.BUYING: frozenset({ParcelState.BOUGHT, ParcelState.VOID}),
    ParcelState.BOUGHT: frozenset({ParcelState.ATTACHED, ParcelState.VOID}),
    ParcelState.ATTACHED: frozenset({ParcelState.BOUGHT, ParcelState.VOID}),  # another booking, told to Shopify anew
    ParcelState.VOID: frozenset({ParcelState.PLANNED}),  # the return was opened again, and needs a label after all
}

SETTLEMENT: Mapping[SettlementState, frozenset[SettlementState]] = {
    SettlementState.PROPOSED: frozenset({SettlementState.APPROVED, SettlementState.VOID}),
    SettlementState.APPROVED: frozenset(
        {SettlementState.SENDING, SettlementState.UNSETTLED, SettlementState.SETTLED, SettlementState.VOID}
    ),
    SettlementState.SENDING: frozenset(
        {SettlementState.SENDING, SettlementState.SETTLED, SettlementState.UNSETTLED, SettlementState.VOID}
    ),
    SettlementState.UNSETTLED: frozenset({SettlementState.APPROVED, SettlementState.SETTLED, SettlementState.VOID}),
    SettlementState.SETTLED: frozenset(),
    SettlementState.VOID: frozenset(),
}

OPEN_SETTLEMENTS = (
    SettlementState.PROPOSED,
    SettlementState.APPROVED,
    SettlementState.SENDING,
    SettlementState.UNSETTLED,
)

HERE = frozenset({Goods.ARRIVED, Goods.INSPECTED, Goods.SETTLED, Goods.CLOSED})

FINAL_GOODS = frozenset(state for state, after in GOODS.items() if not after)

PLAIN_FINDINGS = frozenset({Finding.MATCH, Finding.MATCH_WITH_WEAR})

DELIVERED = "delivered"
MOVING_SCANS = frozenset({"in_transit", "out_for_delivery", "available_for_pickup", DELIVERED})
TURNED_ROUND = "return_to_sender"
TROUBLE_SCANS = frozenset({TURNED_ROUND, "failure", "cancelled", "error"})


class InvalidMove(Conflict):
    """The thing is in a state from which this does not follow."""

    code = "invalid_move"


def move(machine: Mapping[S, frozenset[S]], current: S, to: S) -> S:
    """`to`, when `machine` allows it after `current`. Raises InvalidMove."""
    if to not in machine[current]:
        raise InvalidMove(f"This is {_words(current)}; it cannot become {_words(to)} now.")
    return to


def can_move(machine: Mapping[S, frozenset[S]], current: S, to: S) -> bool:
    """Whether `machine` allows `to` after `current`."""
    return to in machine[current]


def judge(finding: Finding) -> Judgement:
    """What a finding means for the money: accepted as it is, or a person decides."""
    return Judgement.ACCEPTED if finding in PLAIN_FINDINGS else Judgement.LOOKED_AT


def later_scan(current: str, status: str, *, is_newer: bool) -> str:
    """The status to show after a scan. Scans come late and out of order; none takes a delivery back, and what was
    turned round is delivered to its sender, not to us."""
    if current in (DELIVERED, TURNED_ROUND):
        return current
    if status == DELIVERED:
        return DELIVERED
    return status if is_newer or not current else current


def _words(state: StrEnum) -> str:
    return str(state).replace("_", " ")
