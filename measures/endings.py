"""How a return ended, by value: exchanged, refunded, credit for another piece, or nothing of these. Pure.

Money back comes first: what was refunded is not exchanged, whenever that was. So a refund after an exchange moves the
case, and a case of two pieces is split by what each was worth. Amounts are in the currency's smallest unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    """How most of the value ended."""

    EXCHANGE = "exchange"
    CREDIT = "credit"
    REFUND = "refund"
    OTHER = "other"


class Step(StrEnum):
    """What the new piece costs beside the one it replaces."""

    UPGRADE = "upgrade"
    EVEN = "even"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Came:
    """One return in figures: what came back, what went out in exchange, and the money that went to the client."""

    back: int
    new: int = 0
    refunded: int = 0
    credited: int = 0
    pieces_back: int = 1
    pieces_new: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """The value that came back, in parts that add up to it. `step` is None where nothing was exchanged."""

    exchanged: int
    refunded: int
    credited: int
    other: int
    pieces_exchanged: int
    step: Step | None

    @property
    def kind(self) -> Kind:
        """The largest part; of two alike the one that flatters less."""
        parts = (
            (self.refunded, Kind.REFUND),
            (self.other, Kind.OTHER),
            (self.credited, Kind.CREDIT),
            (self.exchanged, Kind.EXCHANGE),
        )
        largest, kind = max(parts, key=lambda part: part[0])
        return kind if largest else Kind.OTHER


def split(came: Came) -> Split:
    """Refunded first, then credit, then exchanged up to what the new pieces cost. Tax on top is no part."""
    back = max(came.back, 0)
    refunded = min(back, max(came.refunded, 0))
    credited = min(back - refunded, max(came.credited, 0))
    exchanged = min(back - refunded - credited, max(came.new, 0))
    pieces = min(came.pieces_back, came.pieces_new) if exchanged else 0
    step = _step(came, back - refunded - credited) if exchanged else None
    return Split(exchanged, refunded, credited, back - refunded - credited - exchanged, pieces, step)


def _step(came: Came, kept: int) -> Step:
    # As many out as in: money beside them is the difference in price. Fewer: it was for a piece without a successor.
    replaced = came.back if came.pieces_new >= came.pieces_back else kept
    if came.new == replaced:
        return Step.EVEN
    return Step.UPGRADE if came.new > replaced else Step.DOWN


def continued(first: Came, later: Sequence[Came]) -> Came:
    """A return and those in which its new pieces came back in turn: one case, worth what came back at first."""
    for came in later:
        first = replace(
            first,
            new=max(0, first.new - came.back) + came.new,
            refunded=first.refunded + came.refunded,
            credited=first.credited + came.credited,
            pieces_new=max(0, first.pieces_new - came.pieces_back) + came.pieces_new,
        )
    return first
