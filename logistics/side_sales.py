"""A piece sold beside a return that was approved as it is: refund and sale are two movements of money, each its own.

`draftOrderCreate` is not idempotent at Shopify. The row is written before the call and settled after it, and a draft
order with our tag is looked for before one is made.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit import clock
from kit.addresses import Addresses
from kit.db import Begin, insert_once
from kit.errors import Conflict, OutsideError
from kit.languages import spoken_locale, written_in
from logistics import rmas
from logistics.history import follow_up, lock_rma, note_step
from logistics.models import Rma
from logistics.money_models import SideSale
from logistics.ports import SalesDoor
from logistics.reads import DraftRead
from logistics.states import SaleState
from logistics.telling import OTHER, WORDS, write_letter

STILL_WORKING = timedelta(seconds=30)
"""How long Shopify may still be at work on a call whose answer we lost."""
HELD = timedelta(hours=72)
"""So long the piece is put aside for the client."""


def ask_sale(
    session: Session, *, shop_id: int, rma_id: int, variant_gid: str, piece: str, by: str, now: datetime
) -> SideSale:
    """Secure the sale, once a return; one that Shopify refused may be asked again. Raises NotFound, or Conflict."""
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    about: dict[str, Any] = {"variant_gid": variant_gid, "piece": piece[:200], "asked_by": by, "asked_at": now}
    insert_once(session, SideSale(rma_id=rma_id, shop_id=shop_id, currency=rma.currency, **about))
    row = sale_of(session, rma)
    assert row is not None
    if row.state is SaleState.REFUSED:
        row.state, row.problem, row.sent_at = SaleState.ASKED, "", None
        row.variant_gid, row.piece = variant_gid, piece[:200]
    elif row.variant_gid != variant_gid:
        raise Conflict(f"{row.piece or 'Another piece'} is being sold with this return already.")
    if row.state is SaleState.ASKED:
        session.add(row)
        note_step(session, rma, "sale_asked", actor=by, now=now, detail=row.piece)
        follow_up(session, rma, "sell_beside")
    return row


def sale_of(session: Session, rma: Rma) -> SideSale | None:
    """The piece sold beside this return, if one is."""
    query = select(SideSale).where(SideSale.rma_id == rma.id, SideSale.shop_id == rma.shop_id)
    return session.exec(query.execution_options(populate_existing=True)).first()


def sold_beside(session: Session, *, shop_id: int) -> set[str]:
    """The returns, by Shopify's id, with a piece sold beside them."""
    query = select(Rma.return_gid).join(SideSale, col(SideSale.rma_id) == col(Rma.id))
    return set(session.exec(query.where(SideSale.shop_id == shop_id, SideSale.state == SaleState.MADE)))


def sell_beside(begin: Begin, *, sales: SalesDoor, addresses: Addresses, shop_id: int, rma_id: int) -> None:
    """Make the draft order, once, and write to the client where they pay."""
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        row = sale_of(session, rma)
    if row is None or row.state not in (SaleState.ASKED, SaleState.SENDING):
        return
    there = sales.find_draft(shop_id, row.tag)
    if there is None:
        there = _make(begin, sales, rma, row)
    if there is not None:
        _record(begin, addresses, rma, there)


def _make(begin: Begin, sales: SalesDoor, rma: Rma, row: SideSale) -> DraftRead | None:
    now = clock.now()
    if row.sent_at is not None and now < row.sent_at + STILL_WORKING:
        rest = row.sent_at + STILL_WORKING - now
        raise OutsideError("shopify", "may still be at work on a sale", retry_after=rest.total_seconds() + 1)
    with begin() as session:
        if not _claim(session, row, now):
            return None
    try:
        about: dict[str, Any] = {"client_gid": rma.client_gid, "pieces": [(row.variant_gid, 1)], "tag": row.tag}
        return sales.make_draft(rma.shop_id, note=f"Beside {rma.number}", held_until=now + HELD, **about)
    except OutsideError as error:
        if error.ambiguous or not error.permanent:
            wait = max(error.retry_after or 0, STILL_WORKING.total_seconds() + 1)
            raise OutsideError(error.provider, "no clear answer to a sale", retry_after=wait, ambiguous=True) from error
        with begin() as session:
            locked = lock_rma(session, shop_id=rma.shop_id, rma_id=row.rma_id)
            kept = sale_of(session, locked)
            assert kept is not None
            kept.state, kept.problem = SaleState.REFUSED, str(error)[:500]
            session.add(kept)
            note_step(session, locked, "sale_refused", actor="shopify", now=now)
        return None


def _claim(session: Session, row: SideSale, now: datetime) -> bool:
    seen = col(SideSale.sent_at) == row.sent_at if row.sent_at else col(SideSale.sent_at).is_(None)
    mine = (col(SideSale.id) == row.id, col(SideSale.state).in_([SaleState.ASKED, SaleState.SENDING]), seen)
    claimed = sa.update(SideSale).where(*mine).values(state=SaleState.SENDING, sent_at=now)
    return session.connection().execute(claimed).rowcount == 1


def _record(begin: Begin, addresses: Addresses, rma: Rma, draft: DraftRead) -> None:
    assert rma.id is not None
    with begin() as session:
        locked, now = lock_rma(session, shop_id=rma.shop_id, rma_id=rma.id), clock.now()
        row = sale_of(session, locked)
        if row is None or row.state is SaleState.MADE:
            return
        row.state, row.draft_gid, row.name, row.pay_url = SaleState.MADE, draft.gid, draft.name, draft.pay_url
        row.amount_cents, row.currency = draft.amount.cents, draft.amount.currency
        session.add(row)
        note_step(session, locked, "sale_made", actor="app", now=now, detail=f"{draft.name}, {draft.amount.show()}")
        values = {
            "amount": draft.amount.show(spoken_locale(locked.client_locale)),
            "other": row.piece or WORDS[written_in(locked.client_locale)][OTHER],
        }
        write_letter(session, addresses, locked, "sale_to_pay", values, key=f"sale-{row.id}", now=now)
