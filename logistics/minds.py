"""How a client wants their return settled, and a change of mind for as long as nothing was sent.

A refund, credit for another piece, or a piece instead. The refund is there from the first moment to the last: it needs
nothing but the piece itself.
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from kit import clock
from kit.db import Begin
from kit.errors import AppError, Conflict, Waiting
from logistics import credits, exchanges, kept_pieces, money_terms, rmas
from logistics.history import APP, follow_up, lock_rma, note_step
from logistics.models import Rma
from logistics.money_models import MoneyTerms
from logistics.ports import ExchangeDoor, ReturnsDoor
from logistics.radar.needs import need_of
from logistics.settlements import open_settlement, overtake
from logistics.side_sales import sale_of
from logistics.states import Goods, SettlementState

OVER = (Goods.SETTLED, Goods.CLOSED, Goods.ENDED)
TOO_LATE = "It is on its way already, so it cannot be changed here any more. Please ring us."
NOT_OFFERED = "Please choose one of the ways that are shown."
ANOTHER_MIND = "The client changed their mind."
BEING_MADE = "Your return is being made ready just now. In a minute it can be changed on this page."
THE_PIECE = "The piece you chose"
HIDDEN = "Shopify does not show this return to the app."


class Wish(StrEnum):
    """How it is settled."""

    REFUND = "refund"
    CREDIT = "credit"
    EXCHANGE = "exchange"


def wish_of(session: Session, rma: Rma) -> Wish:
    """What counts now."""
    terms = session.get(MoneyTerms, rma.id)
    if piece_instead(session, rma):
        return Wish.EXCHANGE
    return Wish.CREDIT if terms is not None and terms.as_credit else Wish.REFUND


def wishes(session: Session, rma: Rma) -> dict[Wish, str]:
    """What may be chosen now, the refund first, each with the piece it means or ""; empty once it is too late."""
    if not _may_change(session, rma):
        return {}
    terms, batch = session.get(MoneyTerms, rma.id), open_settlement(session, rma)
    found = {Wish.REFUND: ""}
    if (terms is not None and (terms.may_credit or terms.as_credit)) or (batch is not None and batch.credit_offered):
        found[Wish.CREDIT] = ""
    if piece := piece_instead(session, rma):
        found[Wish.EXCHANGE] = piece
    elif promised := _promised(session, rma):
        found[Wish.EXCHANGE] = promised[1]
    return found


def piece_instead(session: Session, rma: Rma) -> str:
    """What comes with the return instead of money; "" where nothing does."""
    terms, batch, row = (
        session.get(MoneyTerms, rma.id),
        open_settlement(session, rma),
        exchanges.exchange_of(session, rma),
    )
    if terms is not None and terms.instead_piece:
        return terms.instead_piece
    if row is not None and row.state in exchanges.UNDER_WAY and row.variant_gid:
        return row.piece or THE_PIECE
    return THE_PIECE if batch is not None and batch.exchanges else ""


def change_mind(session: Session, *, shop_id: int, rma_id: int, wish: str, by: str, now: datetime) -> Wish:
    """The client wants it settled otherwise. Raises AppError for what is not offered, NotFound, or Conflict: too late.

    A piece instead is taken off the return again; one that was promised comes by the way that is still open.
    """
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    offered, before = wishes(session, rma), wish_of(session, rma)
    if not offered:
        raise Conflict(TOO_LATE)
    if wish not in offered:
        raise AppError(NOT_OFFERED)
    wanted = Wish(wish)
    if wanted is before:
        return wanted
    note_step(session, rma, "mind_changed", actor=by, now=now, detail=str(wanted))
    if wanted is Wish.EXCHANGE:
        promised = _promised(session, rma)
        assert promised is not None
        about = {"variant_gid": promised[0], "piece": promised[1], "by": by}
        exchanges.ask_exchange(session, shop_id=shop_id, rma_id=rma_id, now=now, **about)
    elif before is Wish.EXCHANGE:
        _let_it_be(session, rma, now=now)
    if wanted is not Wish.EXCHANGE:
        money_terms.choose(session, shop_id=shop_id, rma_id=rma_id, by=by, as_credit=wanted is Wish.CREDIT, now=now)
    return wanted


def note_wish(
    session: Session, rma: Rma, *, as_credit: bool = False, piece: str = "", may_credit: bool = False, now: datetime
) -> None:
    """What was decided before there was an RMA."""
    assert rma.id is not None
    row = session.get(MoneyTerms, rma.id) or MoneyTerms(rma_id=rma.id, shop_id=rma.shop_id, set_at=now)
    row.as_credit, row.instead_piece, row.may_credit = as_credit, piece[:200], may_credit
    row.set_by = row.set_by or "client"
    session.add(row)


def drop_exchange(begin: Begin, *, door: ExchangeDoor, shop_id: int, rma_id: int) -> None:
    """Take a piece off the return in Shopify that the client does not want any more. What is off is not taken twice."""
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        terms = session.get(MoneyTerms, rma_id)
        if rmas.is_over(rma) or (terms is not None and terms.instead_piece):  # they changed their mind once more
            return
    read = door.read(shop_id, rma.return_gid)
    if read is None:
        raise Waiting(HIDDEN, retry_after=3600)
    if read.unprocessed_exchanges and not read.has_ended:
        door.take_off(shop_id, rma.return_gid, read.unprocessed_exchanges)
    with begin() as session:
        rma, now = lock_rma(session, shop_id=shop_id, rma_id=rma_id), clock.now()
        if read.unprocessed_exchanges:
            note_step(session, rma, "exchange_dropped", actor=APP, now=now)
        batch = open_settlement(session, rma)
        if batch is not None and batch.exchanges and batch.state is SettlementState.PROPOSED:  # proposed meanwhile
            overtake(session, rma, batch, reason=ANOTHER_MIND, now=now)
        kept_pieces.keep_for(session, rma, None)
        follow_up(session, rma, "propose_settlement", ask=True)


def look_at_credit(begin: Begin, *, returns: ReturnsDoor, shop_id: int, rma_id: int) -> None:
    """Whether credit for another piece may be offered on the client's page: the ceiling is looked at before it is."""
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        policy, chosen = rmas.policy_of(session, shop_id), money_terms.chosen(session, rma)
        known = credits.ceilings(session, shop_id)
        is_over = not _may_change(session, rma)
    if is_over or not policy.offer_credit or not rma.client_gid:
        return
    read = returns.read(shop_id, rma.return_gid)
    if read is None or not read.unprocessed:
        return
    terms = replace(money_terms.for_batch(read, policy, chosen), exchanges=())  # in place of a piece too
    suggested = returns.suggest_outcome(shop_id, rma.return_gid, read.unprocessed, terms)
    may = credits.may_offer(known, returns, policy, rma, suggested)
    with begin() as session:
        rma, now = lock_rma(session, shop_id=shop_id, rma_id=rma_id), clock.now()
        row = session.get(MoneyTerms, rma_id) or MoneyTerms(rma_id=rma_id, shop_id=shop_id, set_at=now)
        row.may_credit = may
        session.add(row)


def _let_it_be(session: Session, rma: Rma, *, now: datetime) -> None:
    """The piece does not come: it is taken off in Shopify, and an amount that waits is asked for anew after."""
    if exchanges.holds(session, rma):
        raise Conflict(BEING_MADE)
    terms, batch = session.get(MoneyTerms, rma.id), open_settlement(session, rma)
    if terms is not None:
        terms.instead_piece = ""
        session.add(terms)
    if batch is not None:
        overtake(session, rma, batch, reason=ANOTHER_MIND, now=now)
    follow_up(session, rma, "drop_exchange")


def _promised(session: Session, rma: Rma) -> tuple[str, str] | None:
    """The piece their advisor promised, while it may still be had."""
    need = need_of(session, shop_id=rma.shop_id, return_gid=rma.return_gid)
    spent = sale_of(session, rma) is not None or exchanges.exchange_of(session, rma) is not None
    return None if need is None or not need.variant_gid or spent else (need.variant_gid, need.piece or THE_PIECE)


def _may_change(session: Session, rma: Rma) -> bool:
    batch = open_settlement(session, rma)
    return rma.goods_state not in OVER and (batch is None or batch.state is SettlementState.PROPOSED)
