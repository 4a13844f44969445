"""A return the client decides about on their own page: nothing is made in Shopify until they have.

Shopify takes an exchange only when a return is made, so the decision comes first: a refund, credit for another piece,
or one of the pieces their advisor thought of. Then one return is made, with all of it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.db import insert_once
from kit.errors import AppError, Conflict, NotFound
from kit.money import Money
from kit.tokens import token_hash
from logistics import minds, rmas
from logistics.minds import Wish
from logistics.models import Rma
from routing import openings
from routing.models import OpenedReturn
from routing.offer_models import ReturnOffer
from routing.states import OpeningState
from shops.links import OFFER, forget_links

MOST_CHOICES = 3
BEING_OPENED = "Your return is being opened just now. In a minute it can be changed on this page."
CHOOSE = "Please choose one of the ways."


@dataclass(frozen=True)
class Choice:
    """A piece that may be had instead, with its price today."""

    variant_gid: str
    piece: str
    price_cents: int


@dataclass(frozen=True)
class OfferedPiece:
    """What comes back, as the client reads it."""

    title: str
    detail: str
    quantity: int


def offer(
    session: Session,
    *,
    shop_id: int,
    key: str,
    order_gid: str,
    order_name: str,
    lines: Sequence[tuple[str, int]],
    pieces: Sequence[OfferedPiece],
    reason_gid: str,
    advisor_id: int,
    choices: Sequence[Choice],
    value: Money,
    may_credit: bool,
    now: datetime,
) -> tuple[ReturnOffer, bool]:
    """Keep it for the client to decide about, and whether it is new; the same `key` is the same offer.

    Raises AppError for a choice of nothing, or of more than three pieces instead.
    """
    wanted = openings.wanted_lines(lines)
    if len(choices) > MOST_CHOICES:
        raise AppError(f"Name {MOST_CHOICES} pieces at most.")
    row = ReturnOffer(
        shop_id=shop_id,
        key=key,
        order_gid=order_gid,
        order_name=order_name,
        lines=[{"fulfillment_line_gid": gid, "quantity": quantity} for gid, quantity in wanted],
        pieces=[asdict(piece) for piece in pieces],
        reason_gid=reason_gid,
        advisor_id=advisor_id,
        choices=[asdict(choice) for choice in choices],
        value_cents=value.cents,
        currency=value.currency,
        may_credit=may_credit,
        offered_at=now,
    )
    is_new = insert_once(session, row)
    mine = (ReturnOffer.shop_id == shop_id, ReturnOffer.key == key)
    return session.exec(select(ReturnOffer).where(*mine)).one(), is_new


def get_offer(session: Session, *, shop_id: int, offer_id: int) -> ReturnOffer:
    """As it is now. Raises NotFound."""
    mine = (ReturnOffer.id == offer_id, ReturnOffer.shop_id == shop_id)
    row = session.exec(select(ReturnOffer).where(*mine).execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound("That page is not known here.")
    return row


def waiting(session: Session, *, shop_id: int, advisor_id: int | None) -> list[ReturnOffer]:
    """Those a client has not decided about, of one advisor or of all, newest first."""
    query = select(ReturnOffer).where(ReturnOffer.shop_id == shop_id, col(ReturnOffer.opened_id).is_(None))
    if advisor_id is not None:
        query = query.where(ReturnOffer.advisor_id == advisor_id)
    return list(session.exec(query.order_by(col(ReturnOffer.id).desc()).limit(10)))


def wishes_of(row: ReturnOffer) -> list[str]:
    """What may be chosen, the refund first."""
    exchanges = [f"{Wish.EXCHANGE}:{number}" for number in range(len(row.choices))]
    return [str(Wish.REFUND), *([str(Wish.CREDIT)] if row.may_credit else []), *exchanges]


def decide(session: Session, *, shop_id: int, offer_id: int, wish: str, now: datetime) -> ReturnOffer:
    """The client's decision: the one return follows. Decided otherwise, it is changed until it is on its way.

    Raises AppError for what was not offered, NotFound, or Conflict once Shopify is being asked.
    """
    row = get_offer(session, shop_id=shop_id, offer_id=offer_id)
    if wish not in wishes_of(row):
        raise AppError(CHOOSE)
    if wish == row.wish:
        return row
    undecided = sa.update(ReturnOffer).where(col(ReturnOffer.id) == offer_id, col(ReturnOffer.decided_at).is_(None))
    if session.connection().execute(undecided.values(wish=wish, decided_at=now)).rowcount == 1:
        opened = openings.ask(
            session,
            shop_id=shop_id,
            key=token_hash(f"offer:{offer_id}"),
            order_gid=row.order_gid,
            order_name=row.order_name,
            lines=[(line["fulfillment_line_gid"], line["quantity"]) for line in row.lines],
            reason_gid=row.reason_gid,
            advisor_id=row.advisor_id,
            exchanges=_exchanges(row, wish),
            now=now,
        )
        row = get_offer(session, shop_id=shop_id, offer_id=offer_id)
        row.opened_id = opened.id
        session.add(row)
        return row
    return _decide_again(session, row, wish, now=now)


def opened_of(session: Session, row: ReturnOffer) -> OpenedReturn | None:
    """The return it became, once the client decided."""
    return session.get(OpenedReturn, row.opened_id, populate_existing=True) if row.opened_id else None


def rma_of(session: Session, row: ReturnOffer) -> Rma | None:
    """The RMA it became, once Shopify has the return and it was routed."""
    opened = opened_of(session, row)
    if opened is None or opened.return_gid is None:
        return None
    return rmas.find_rma(session, shop_id=row.shop_id, return_gid=opened.return_gid)


def follow_wish(session: Session, rma: Rma, *, now: datetime) -> None:
    """A return the client decided about has its RMA: how the money goes, and what comes instead, is kept with it."""
    opened = session.exec(
        select(OpenedReturn).where(OpenedReturn.shop_id == rma.shop_id, OpenedReturn.return_gid == rma.return_gid)
    ).first()
    if opened is None:
        return
    prepared = select(ReturnOffer).where(ReturnOffer.shop_id == rma.shop_id, ReturnOffer.opened_id == opened.id)
    row = session.exec(prepared).first()
    if row is None or not row.wish:
        minds.note_wish(session, rma, piece=minds.THE_PIECE if opened.exchanges else "", now=now)
        return
    chosen = _chosen(row, row.wish)
    piece = str(chosen["piece"]) if chosen else ""
    minds.note_wish(session, rma, as_credit=row.wish == Wish.CREDIT, piece=piece, may_credit=row.may_credit, now=now)


def forget(session: Session, *, shop_id: int, order_gids: Sequence[str]) -> None:
    """What was prepared for these orders, and the links to it, are gone."""
    prepared = select(ReturnOffer).where(ReturnOffer.shop_id == shop_id)
    for row in session.exec(prepared.where(col(ReturnOffer.order_gid).in_(list(order_gids)))).all():
        assert row.id is not None
        forget_links(session, shop_id=shop_id, purpose=OFFER, subject_id=row.id)
        session.delete(row)


def _decide_again(session: Session, row: ReturnOffer, wish: str, *, now: datetime) -> ReturnOffer:
    instead = [{"variant_gid": gid, "quantity": quantity} for gid, quantity in _exchanges(row, wish)]
    unsent = (
        col(OpenedReturn.id) == row.opened_id,
        col(OpenedReturn.state) == OpeningState.ASKED,
        col(OpenedReturn.sent_at).is_(None),
    )
    changed = session.connection().execute(sa.update(OpenedReturn).where(*unsent).values(exchanges=instead))
    if changed.rowcount != 1:
        raise Conflict(BEING_OPENED)
    row.wish, row.decided_at = wish, now
    session.add(row)
    return row


def _exchanges(row: ReturnOffer, wish: str) -> list[tuple[str, int]]:
    chosen = _chosen(row, wish)
    return [(str(chosen["variant_gid"]), 1)] if chosen else []


def _chosen(row: ReturnOffer, wish: str) -> dict[str, object] | None:
    kind, _, number = wish.partition(":")
    return row.choices[int(number)] if kind == Wish.EXCHANGE else None
