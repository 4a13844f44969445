"""A charge for wear nobody answered: the client is asked once more, then a person of the house."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

import jobs
from kit import clock
from kit.addresses import Addresses
from kit.db import Begin
from kit.errors import Waiting
from kit.log import get_logger
from logistics.custody_models import Deduction
from logistics.custody_words import Answer
from logistics.events import WearWaits
from logistics.history import APP, lock_rma, note_step
from logistics.models import Rma, RmaStep
from logistics.states import Goods
from logistics.telling import write_wear
from logistics.wear import PATIENCE, asked_at, deduction_of

log = get_logger("logistics")

ASK_AGAIN = timedelta(days=3)
AGAIN, UNANSWERED = "wear_asked_again", "wear_unanswered"


def watch_wear(begin: Begin, *, addresses: Addresses) -> None:
    """Every hour: after ASK_AGAIN the client is written to once more, after PATIENCE the house hears. Each once.

    One charge a transaction; one that fails stops no other.
    """
    with begin() as session:
        query = select(Deduction.shop_id, Deduction.rma_id).where(
            Deduction.answer == Answer.OPEN, Deduction.currency != "", Deduction.proposed_at <= clock.now() - ASK_AGAIN
        )
        unanswered = list(session.exec(query.order_by(col(Deduction.id))))
    for shop_id, rma_id in unanswered:
        try:
            with begin() as session:
                _see_to(session, addresses, lock_rma(session, shop_id=shop_id, rma_id=rma_id), clock.now())
        except Waiting:
            continue  # they were offered ways out and are left in peace; the next hour looks again
        except Exception:
            log.exception("wear.failed", rma=rma_id)


def _see_to(session: Session, addresses: Addresses, rma: Rma, now: datetime) -> None:
    found = deduction_of(session, rma)
    asked = asked_at(session, found) if found is not None else None
    if found is None or asked is None or found.answer is not Answer.OPEN or rma.goods_state is not Goods.INSPECTED:
        return
    if now - asked >= PATIENCE:
        if _once(session, rma, UNANSWERED, now):
            assert rma.id is not None
            event = WearWaits(rma.shop_id, rma.id, rma.return_gid, found.amount.show(), disputed=False)
            jobs.publish(session, event)
    elif now - asked >= ASK_AGAIN and _once(session, rma, AGAIN, now):
        write_wear(session, addresses, rma, found, key="again", now=now)


def _once(session: Session, rma: Rma, kind: str, now: datetime) -> bool:
    """Write the step down, unless it stands there. `rma` is locked."""
    done = select(RmaStep.id).where(RmaStep.shop_id == rma.shop_id, RmaStep.rma_id == rma.id, RmaStep.kind == kind)
    if session.exec(done).first() is not None:
        return False
    note_step(session, rma, kind, actor=APP, now=now)
    return True
