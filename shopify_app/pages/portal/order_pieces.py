"""An order's pieces as a client chooses among them: what may come back, why not, what it came to, what may be said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from kit.errors import OutsideError
from kit.money import Money
from logistics.eligibility import Answer, Track, Verdicts
from logistics.judging import judge_choice
from logistics.reads import ClientRead, SoldRead
from routing.facts import LineRead, OrderRead
from routing.ports import Openings, OrderReads, SignalReads
from routing.reads import LineToChoose, OrderSignals, Reason, ReturnablePiece
from routing.sold_pieces import sold_read
from shopify_app.pages.portal.tongue import N_, said
from shopify_app.reaching import shopify_openings, shopify_orders

MOST_REASONS = 6  # and "I would rather not say"
UNSAID = ("other", "unknown")
ABOUT_THE_PIECE = {
    "too-small": N_("It is too small"),
    "too-large": N_("It is too large"),
    "size": N_("The size"),
    "fit": N_("The fit"),
    "style": N_("The style, on me"),
    "color": N_("The colour"),
    "changed-my-mind": N_("I am having second thoughts"),
    "unwanted": N_("I am having second thoughts"),
    "not-as-described": N_("It is not as I pictured it"),
    "damaged-or-defective": N_("Something is wrong with it"),
    "defective": N_("Something is wrong with it"),
    "wrong-item": N_("It is not the piece I ordered"),
    "quality": N_("The way it is made"),
    "arrived-too-late": N_("It came too late"),
    "gift-not-suited": N_("As a present, it does not suit"),
}
UNSENT = N_("It is not with you yet. Ring us, and we will change what is still to come.")
BACK = N_("It is on its way back already, or it is with us.")
GIFT_CARD = N_("A gift card does not come back; it stays good for another piece.")
MADE_FOR_YOU = N_("Made for you, so it cannot be returned as it is. Our atelier can rework it.")
KEPT = N_("It was sold to stay with you. Speak with us about what is possible.")
LATE = N_("The days for sending it back by itself are over. Speak with us about what is possible.")


class Reads(OrderReads, SignalReads, Protocol):
    """Orders, and what is written on them."""


@dataclass(frozen=True)
class Piece:
    """`most` of one line. `why_not` is a sentence, "" where it may come back; `price` of one, None where not known."""

    gid: str
    line_gid: str
    title: str
    detail: str
    image: str
    most: int
    price: Money | None
    reasons: tuple[tuple[str, str], ...] = ()
    why_not: str = ""


@dataclass(frozen=True)
class OrderShown:
    """An order with what may come back and what may not."""

    order: OrderRead
    client: ClientRead
    pieces: tuple[Piece, ...]
    staying: tuple[Piece, ...]
    labels: dict[str, str]

    def piece(self, gid: str) -> Piece | None:
        """The one that may come back, by its fulfilment line."""
        return next((piece for piece in self.pieces if piece.gid == gid), None)

    def sold(self) -> SoldRead:
        """As the rules on what comes back read it."""
        return sold_read(self.order, self.client, OrderSignals())


@dataclass(frozen=True)
class Told:
    """What Shopify says of an order, before anything is judged."""

    order: OrderRead
    client: ClientRead
    returnable: tuple[ReturnablePiece, ...]
    lines: tuple[LineToChoose, ...]
    worth: dict[str, Money]


def doors() -> tuple[Openings, Reads]:
    """The way out to Shopify; tests put their own in its place."""
    return shopify_openings(), shopify_orders()


def ask_shopify(shop_id: int, order_gid: str) -> Told | None:
    """None when Shopify shows no such order. With no transaction open. Raises OutsideError, or Waiting."""
    openings, reads = doors()
    found = reads.order(shop_id, order_gid)
    if found is None:
        return None
    returnable = openings.pieces(shop_id, order_gid)
    worth = worth_of(shop_id, order_gid, [(piece.fulfillment_line_gid, 1) for piece in returnable])
    return Told(*found, returnable, openings.lines(shop_id, order_gid), worth)


def worth_of(shop_id: int, order_gid: str, lines: Sequence[tuple[str, int]]) -> dict[str, Money]:
    """What they come to, by piece; without those Shopify cannot reckon."""
    if not lines:
        return {}
    try:
        return doors()[0].worth(shop_id, order_gid, lines)
    except OutsideError as error:
        if error.permanent:
            return {}
        raise


def shown(session: Session, told: Told, *, shop_id: int, now: datetime) -> OrderShown:
    """The order for the page, each of its lines judged alone."""
    by_line = {line.line_gid: line for line in told.lines}
    sold = sold_read(told.order, told.client, OrderSignals())
    coming: list[Piece] = []
    staying: list[Piece] = []
    for found in told.returnable:
        line = by_line.get(found.line_gid, LineToChoose(found.line_gid))
        chosen = [(found.line_gid, found.title, 1)]
        verdicts = judge_choice(session, shop_id=shop_id, chosen=chosen, sold=sold, now=now)
        piece = _piece(told, found, line, why_not(verdicts, is_delivered=sold.delivered_on is not None))
        (staying if piece.why_not else coming).append(piece)
    left = {found.line_gid for found in told.returnable}
    staying += [_staying(line, by_line.get(line.line_gid)) for line in told.order.lines if line.line_gid not in left]
    labels = {reason.gid: reason_words(reason) for line in told.lines for reason in line.reasons}
    return OrderShown(told.order, told.client, tuple(coming), tuple(staying), labels)


def why_not(verdicts: Verdicts, *, is_delivered: bool) -> str:
    """Why a piece alone does not come back by itself, in a sentence; "" where it does, or where somebody looks later.

    By law nothing of this is asked. A part of a set may be chosen: whether the rest comes too is not known yet.
    """
    if verdicts.track is Track.STATUTORY and verdicts.answer is Answer.YES:
        return ""
    found = {verdict.rule: verdict for verdict in verdicts.found if verdict.track is Track.POLICY}
    if found["quantity"].answer is Answer.NO:
        return BACK
    if found["class"].answer is not Answer.YES:
        personal = any(kind in found["class"].reason for kind in ("engraved", "made to measure"))
        return MADE_FOR_YOU if personal else KEPT
    return LATE if found["window"].answer is not Answer.YES and is_delivered else ""


def reason_words(reason: Reason) -> str:
    """A reason about the piece, in the language of the page; the shop's own name where it is one of its own."""
    return said(ABOUT_THE_PIECE.get(reason.handle, "")) or reason.name


def _piece(told: Told, found: ReturnablePiece, line: LineToChoose, why: str) -> Piece:
    sold = next((one for one in told.order.lines if one.line_gid == found.line_gid), None)
    offered = [reason for reason in line.reasons if reason.handle not in UNSAID][:MOST_REASONS]
    return Piece(
        gid=found.fulfillment_line_gid,
        line_gid=found.line_gid,
        title=found.title,
        detail=found.detail,
        image=found.image,
        most=found.quantity,
        price=told.worth.get(found.fulfillment_line_gid) or (sold.unit_value if sold else None),
        reasons=tuple((reason.gid, reason_words(reason)) for reason in offered),
        why_not=why,
    )


def _staying(line: LineRead, known: LineToChoose | None) -> Piece:
    if known is not None and known.is_gift_card:
        why = GIFT_CARD
    else:
        why = UNSENT if known is not None and known.unsent else BACK
    return Piece("", line.line_gid, line.title, line.detail, line.image, 0, None, why_not=why)


def judge_together(
    session: Session, seen: OrderShown, chosen: Sequence[tuple[Piece, int]], *, shop_id: int, now: datetime
) -> Verdicts:
    """The verdicts on all that was chosen together."""
    lines = [(piece.line_gid, piece.title, quantity) for piece, quantity in chosen]
    return judge_choice(session, shop_id=shop_id, chosen=lines, sold=seen.sold(), now=now)
