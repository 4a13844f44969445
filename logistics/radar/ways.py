"""Ways out of a failure that hold: what is in stock, where it can be brought from in time. Pure proposals, checked."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from logistics.radar.kinds import Failure, Found
from logistics.refund_dates import working_days_after

COURIER_DAYS = 1
"""Working days until a courier has brought a piece from one of our places: sent tonight, there the next day."""
MOST_WAYS = 3
NEAR_PRICE = 30  # per cent
NEEDS_NO_PIECE = frozenset({Failure.MISMATCH, Failure.REFUND_LATE, Failure.SILENT_ADVISOR})


@dataclass(frozen=True)
class Piece:
    """A piece and where it is now. `asked`: it is the very one in question, not another of its kind."""

    variant_gid: str
    title: str
    place: str
    available: int
    price: Decimal | None = None
    asked: bool = False


@dataclass(frozen=True)
class Colleague:
    """Somebody who could take over today."""

    advisor_id: int
    name: str


@dataclass(frozen=True)
class World:
    """What the ways are made of, read just before."""

    today: date
    pieces: tuple[Piece, ...] = ()
    colleagues: tuple[Colleague, ...] = ()
    money_waits: bool = False  # an amount is proposed and could be paid today


@dataclass(frozen=True)
class Way:
    """One offer. `by` is when the client has it; a way with a piece names it and where it is taken from."""

    kind: str
    title: str
    words: str
    by: date
    variant_gid: str = ""
    place: str = ""
    advisor_id: int | None = None

    def kept(self) -> dict[str, Any]:
        """As it is kept."""
        return {**asdict(self), "by": self.by.isoformat()}


def ways_out(found: Found, world: World) -> tuple[Way, ...]:
    """At least two that hold: those with a piece first, then those that need none. In stock, and by the day needed."""
    offers = [] if found.failure in NEEDS_NO_PIECE else _with_a_piece(found, world)
    offers += _without_a_piece(found, world)
    return tuple(way for way in offers if holds(way, found, world))[:MOST_WAYS]


def holds(way: Way, found: Found, world: World) -> bool:
    """Whether a way can be kept: its piece is there, its colleague too, and its day is not after the one needed."""
    if way.by < world.today or (found.need_by is not None and way.variant_gid and way.by > found.need_by):
        return False
    if way.advisor_id is not None:
        return any(colleague.advisor_id == way.advisor_id for colleague in world.colleagues)
    if way.kind == "pay":
        return world.money_waits
    if not way.variant_gid:
        return True
    return any(
        piece.available > 0 and (piece.variant_gid, piece.place) == (way.variant_gid, way.place)
        for piece in world.pieces
    )


def _with_a_piece(found: Found, world: World) -> list[Way]:
    there = [piece for piece in world.pieces if piece.available > 0]
    same = sorted((piece for piece in there if piece.asked), key=lambda piece: -piece.available)
    own = next((piece.price for piece in world.pieces if piece.asked), None)
    others = _one_each(piece for piece in there if not piece.asked and _near(piece.price, own))
    by = working_days_after(world.today, COURIER_DAYS)
    offers = [_brought(piece, by, "the same piece") for piece in same[:1]]
    if same:
        words = f"It is kept for you at {same[0].place} from today, to collect or to try on."
        offers.append(
            Way(
                "collect",
                f"{same[0].title}, at {same[0].place}",
                words,
                world.today,
                same[0].variant_gid,
                same[0].place,
            )
        )
    return offers + [_brought(piece, by, "another piece of the kind") for piece in others[:2]]


def _brought(piece: Piece, by: date, what: str) -> Way:
    words = f"A courier brings {what} from {piece.place}, tonight or tomorrow."
    return Way("courier", f"{piece.title}, by courier", words, by, piece.variant_gid, piece.place)


def _without_a_piece(found: Found, world: World) -> list[Way]:
    """What can be done whatever is on the shelves; a call and a time to choose always can."""
    today, tomorrow = world.today, working_days_after(world.today, 1)
    pay = Way("pay", "The money today", "The refund is paid back today, without waiting any longer.", today)
    ring = Way("ring", "A call today", "Your advisor rings today and stays with it until it is done.", today)
    time = Way("time", "A time you choose", "You choose the next free time, and it is kept for you.", tomorrow)
    words = "A courier collects it tomorrow, insured."
    own = {
        Failure.CARRIER: [Way("collect_again", "A courier at your door", words, tomorrow)],
        Failure.MISMATCH: [
            Way("look_together", "We look at it together", "Two of us open it again with you on a call.", tomorrow),
            Way("send_back", "It comes back to you", "We bring back what we found, insured, to look at.", tomorrow),
        ],
        Failure.REFUND_LATE: [pay],
        Failure.SILENT_ADVISOR: [_takes_over(colleague, today) for colleague in world.colleagues[:1]],
    }
    usual = [ring, time] if found.failure in NEEDS_NO_PIECE else [ring, pay, time]
    return [*own.get(found.failure, []), *usual]


def _takes_over(colleague: Colleague, today: date) -> Way:
    words = f"{colleague.name} answers today, and has read everything."
    return Way("colleague", f"{colleague.name} takes over", words, today, advisor_id=colleague.advisor_id)


def _near(price: Decimal | None, own: Decimal | None) -> bool:
    """Within 30 per cent of the piece's own price, where both are known."""
    return price is None or own is None or abs(price - own) * 100 <= own * NEAR_PRICE


def _one_each(pieces: Iterable[Piece]) -> list[Piece]:
    """One place a piece, that with the most of it."""
    best: dict[str, Piece] = {}
    for piece in pieces:
        if piece.variant_gid not in best or piece.available > best[piece.variant_gid].available:
            best[piece.variant_gid] = piece
    return list(best.values())
