"""How the money of a return goes: what was chosen for it, and what follows from what was bought."""

from datetime import datetime

from sqlmodel import Session

from kit.errors import Conflict
from logistics.history import follow_up, lock_rma
from logistics.models import LogisticsPolicy, Rma
from logistics.money_models import MoneyTerms
from logistics.reads import PLAIN, ReturnRead, Terms
from logistics.settlements import open_settlement, overtake
from logistics.states import SettlementState

OTHERWISE = "Somebody chose another way for the money."
TOO_LATE = "This amount is on its way already."


def chosen(session: Session, rma: Rma) -> Terms:
    """What was chosen for this return, before Shopify is asked what there is."""
    row = session.get(MoneyTerms, rma.id)
    return Terms(shipping=row.shipping_back, as_credit=row.as_credit) if row else PLAIN


def for_batch(read: ReturnRead, policy: LogisticsPolicy, chosen: Terms) -> Terms:
    """The terms of a batch of all that is unprocessed: its exchanges go with it, and so do its duties."""
    return Terms(
        exchanges=read.unprocessed_exchanges,
        duties=read.duties_of(read.unprocessed) if policy.duties_back else (),
        shipping=chosen.shipping,
        as_credit=chosen.as_credit,
    )


def choose(
    session: Session,
    *,
    shop_id: int,
    rma_id: int,
    by: str,
    as_credit: bool | None = None,
    shipping_back: bool | None = None,
    now: datetime,
) -> MoneyTerms:
    """Choose how the money goes. An amount that waits is put aside and proposed anew; the amount decides nothing here.

    Raises NotFound, or Conflict when the money is on its way.
    """
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    batch = open_settlement(session, rma)
    if batch is not None and batch.state is not SettlementState.PROPOSED:
        raise Conflict(TOO_LATE)
    row = session.get(MoneyTerms, rma_id) or MoneyTerms(rma_id=rma_id, shop_id=shop_id, set_at=now)
    before = (row.as_credit, row.shipping_back)
    row.as_credit = row.as_credit if as_credit is None else as_credit
    row.shipping_back = row.shipping_back if shipping_back is None else shipping_back
    row.set_by, row.set_at = by, now
    session.add(row)
    if batch is not None and before != (row.as_credit, row.shipping_back):
        overtake(session, rma, batch, reason=OTHERWISE, now=now)
        follow_up(session, rma, "propose_settlement", ask=True)
    return row
