"""Pieces to show: at most three that answer this client's words, put aside while they are spoken of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.advisors import get_advisor, get_boutique
from consults.briefs.briefs import facts_in, find_brief
from consults.briefs.models import Brief
from consults.models import Case
from consults.pieces import stock
from consults.pieces.complaints import complaint_of
from consults.pieces.holds import NotFree, free_hold, get_hold, hold_piece, holds_of, offer_piece
from consults.pieces.jobs import read_product
from consults.pieces.kinds import Piece
from consults.pieces.matching import Candidate, Wish, nothing
from consults.pieces.models import PieceHold
from consults.pieces.states import HoldEnd
from kit.errors import AppError, OutsideError, Waiting
from logistics.models import Rma
from logistics.radar.needs import decide_for
from logistics.rmas import find_rma, lines_of
from shopify_app.auth import desk
from shopify_app.pages.desk.advisors_cases import case_of
from shopify_app.reaching import shopify_pieces
from shopify_app.web import begin, now

page = Blueprint("showing", __name__, url_prefix="/cases/<int:case_id>/pieces")


@dataclass(frozen=True)
class Tray:
    """What the page shows. `nothing` is the honest sentence where there is nothing to show."""

    held: Sequence[PieceHold]
    found: Sequence[Candidate]
    nothing: str


def tray(session: Session, case: Case, rma: Rma | None) -> Tray:
    """What is put aside, and what else would answer them. Counted as Shopify last told of its stock."""
    held = holds_of(session, case, now=now())
    wish = wish_of(session, case, rma)
    if wish is None:
        return Tray(held, (), "")
    found = stock.find_candidates(session, shop_id=case.shop_id, wish=wish, now=now())
    mine = {hold.variant_gid for hold in held}
    left = [one for one in found if one.piece.variant_gid not in mine]
    return Tray(held, left, "" if found or held else nothing(wish))


def wish_of(session: Session, case: Case, rma: Rma | None) -> Wish | None:
    """The piece that comes back and what was said of it; None where it is not among the pieces that were read."""
    piece = _returned(session, rma)
    if piece is None:
        return None
    complaint = complaint_of(case.root_cause, case.client_quote, case.client_words, case.reason_label)
    place = ""
    advisor = get_advisor(session, shop_id=case.shop_id, advisor_id=case.advisor_id)
    if advisor.boutique_id:
        place = get_boutique(session, shop_id=case.shop_id, boutique_id=advisor.boutique_id).name
    brief = find_brief(session, case)
    owned = frozenset(brief.owned if brief else ())
    return Wish(piece, complaint, _own_size(brief, piece), owned, place)


@page.post("/hold")
def hold(case_id: int) -> ResponseReturnValue:
    """Look how many there are at this moment, then put one aside."""
    caller, gid = desk(), request.form.get("variant_gid", "")[:100]
    with begin() as session:
        case_of(session, caller, case_id)
        known = stock.find_variant(session, shop_id=caller.shop_id, variant_gid=gid)
    if known is None:
        raise AppError("That piece is not known here any more. Look for others.")
    _look_now(caller.shop_id, known.product_gid)
    with begin() as session:
        case = case_of(session, caller, case_id)
        rma = find_rma(session, shop_id=caller.shop_id, return_gid=case.return_gid)
        reason = next((one.reason for one in tray(session, case, rma).found if one.piece.variant_gid == gid), "")
        about: dict[str, Any] = {"shop_id": caller.shop_id, "case_id": case_id, "variant_gid": gid}
        hold_piece(session, advisor_id=caller.advisor_id, reason=reason, now=now(), **about)
    return redirect(f"/desk/cases/{case_id}#match", 303)


@page.post("/<int:hold_id>/free")
def free(case_id: int, hold_id: int) -> ResponseReturnValue:
    """Back to where everybody finds it."""
    caller = desk()
    with begin() as session:
        held = get_hold(session, case_of(session, caller, case_id), hold_id)
        free_hold(session, held, why=HoldEnd.PUT_BACK, now=now())
    return redirect(f"/desk/cases/{case_id}#match", 303)


@page.post("/<int:hold_id>/offer")
def offer(case_id: int, hold_id: int) -> ResponseReturnValue:
    """The client sees on their page that it is put aside for them, and until when."""
    caller = desk()
    with begin() as session:
        case = case_of(session, caller, case_id)
        offer_piece(session, case, hold_id=hold_id, advisor_id=caller.advisor_id, now=now())
    return redirect(f"/desk/cases/{case_id}#match", 303)


@page.post("/<int:hold_id>/take")
def take(case_id: int, hold_id: int) -> ResponseReturnValue:
    """The client decided for it: it is written down as what they need, where the ways to take it are."""
    caller = desk()
    with begin() as session:
        case = case_of(session, caller, case_id)
        held = get_hold(session, case, hold_id)
        if held.freed_at is not None or held.expires_at <= now():
            raise NotFree("Its time is over, and it is free again. Put it aside once more first.")
        about: dict[str, Any] = {"shop_id": caller.shop_id, "return_gid": case.return_gid, "now": now()}
        decide_for(session, **about, variant_gid=held.variant_gid, title=held.title)
    return redirect(f"/desk/cases/{case_id}#need", 303)


def _look_now(shop_id: int, product_gid: str) -> None:
    """What Shopify counts at this moment. While it is away, what was counted last holds; the database still decides."""
    try:
        read_product(begin, reads=shopify_pieces(), shop_id=shop_id, product_gid=product_gid)
    except (OutsideError, Waiting):
        return


def _returned(session: Session, rma: Rma | None) -> Piece | None:
    """The dearest piece that comes back, as it is among the shop's pieces, at the price that was paid."""
    lines = lines_of(session, rma) if rma else []
    for line in sorted(lines, key=lambda line: -line.value_cents):
        row = stock.find_by_sku(session, shop_id=line.shop_id, sku=line.sku)
        if row is not None:
            piece = stock.piece_of(row)
            paid = line.value_cents // max(line.quantity, 1) if rma and rma.currency == piece.currency else 0
            return replace(piece, price_cents=paid or piece.price_cents)
    return None


def _own_size(brief: Brief | None, piece: Piece) -> str:
    """The size the house wrote down of the client, for a ring; else the piece's own."""
    sizes = facts_in(brief).get("sizes")
    for words in (sizes.words if sizes else "").split("; "):
        kind, _, size = words.rpartition(" ")
        if kind.lower() == piece.kind:
            return size
    return piece.size
