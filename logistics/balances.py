"""What a client owes for a piece that costs more than the one they gave back: paid at Shopify's own checkout."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from kit import clock
from kit.addresses import Addresses
from kit.db import Begin
from kit.languages import spoken_locale
from logistics import rmas, settlements
from logistics.history import SHOPIFY, lock_rma, note_step
from logistics.models import Rma, Settlement
from logistics.ports import ReturnsDoor
from logistics.reads import BalanceRead
from logistics.states import SettlementState
from logistics.telling import write_letter


def ask_balance(
    begin: Begin, *, returns: ReturnsDoor, addresses: Addresses, shop_id: int, rma_id: int, settlement_id: int
) -> None:
    """Keep where the client pays what they owe, and write to them; once paid, remember that it was."""
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        batch = settlements.get_settlement(session, shop_id=shop_id, rma_id=rma_id, settlement_id=settlement_id)
        if not batch.owed_cents or batch.settled_at is None or batch.balance_paid_at is not None:
            return
        order_gid = rma.order_gid
    found = returns.balance(shop_id, order_gid)
    with begin() as session:
        locked, now = lock_rma(session, shop_id=shop_id, rma_id=rma_id), clock.now()
        kept = settlements.get_settlement(session, shop_id=shop_id, rma_id=rma_id, settlement_id=settlement_id)
        _keep(session, addresses, locked, kept, found, now=now)


def unpaid(session: Session, *, shop_id: int, rma_ids: Iterable[int] | None = None) -> list[Settlement]:
    """Settled exchanges of which the client has not paid the rest yet, oldest first."""
    query = select(Settlement).where(
        Settlement.shop_id == shop_id,
        Settlement.state == SettlementState.SETTLED,
        col(Settlement.owed_cents) > 0,
        col(Settlement.balance_paid_at).is_(None),
    )
    if rma_ids is not None:
        query = query.where(col(Settlement.rma_id).in_(list(rma_ids)))
    return list(session.exec(query.order_by(col(Settlement.id))))


def _keep(
    session: Session, addresses: Addresses, rma: Rma, batch: Settlement, found: BalanceRead, *, now: datetime
) -> None:
    if batch.balance_paid_at is not None:
        return
    session.add(batch)
    if not found.owed.cents:
        batch.balance_paid_at = now
        note_step(session, rma, "balance_paid", actor=SHOPIFY, now=now, detail=batch.owed.show())
        return
    batch.pay_url = found.pay_url
    amount = found.owed.show(spoken_locale(rma.client_locale))
    write_letter(session, addresses, rma, "balance_to_pay", {"amount": amount}, key=f"batch-{batch.batch}", now=now)
