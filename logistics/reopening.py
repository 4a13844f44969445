"""A return that was over is open again in Shopify: everything goes on from where it was.

An amount is not paid by itself then, and one that was settled is not closed again by us: whoever opened it has
something in mind that we do not know.
"""

from datetime import datetime

from sqlmodel import Session, col, select

import jobs
from logistics import events, parcels
from logistics.history import SHOPIFY, follow_up, move_goods
from logistics.models import Rma, RmaStep
from logistics.states import FINAL_GOODS, HERE, REOPENING, Goods, ParcelState


def reopen_rma(session: Session, rma: Rma, *, now: datetime) -> None:
    """Take an ended RMA up again. `rma` is locked. One that is not over is left as it is.

    A label that was given back is bought anew, under a reference of its own; an amount is proposed anew and waits for
    a click, whatever the merchant switched on.
    """
    if rma.goods_state not in FINAL_GOODS:
        return
    to, how = where_it_was(session, rma), rma.ended_how
    rma.ended_how, rma.closed_at = "", None
    detail = "Somebody opened it again in the Shopify admin."
    move_goods(session, rma, to, actor=SHOPIFY, now=now, kind="reopened", detail=detail, machine=REOPENING)
    if to is Goods.INSPECTED:
        follow_up(session, rma, "propose_settlement", ask=True)
    if to not in HERE:
        _boxes_again(session, rma)
    assert rma.id is not None and how
    jobs.publish(session, events.ReturnReopened(rma.shop_id, rma.id, rma.return_gid))


def where_it_was(session: Session, rma: Rma) -> Goods:
    """Where the goods were when the return ended."""
    ended = select(RmaStep).where(RmaStep.rma_id == rma.id, RmaStep.to_state == str(rma.goods_state))
    moved = ended.where(RmaStep.from_state != RmaStep.to_state).order_by(col(RmaStep.id).desc())
    step = session.exec(moved).first()
    assert step is not None
    return Goods(step.from_state)


def _boxes_again(session: Session, rma: Rma) -> None:
    for parcel in parcels.parcels_of(session, rma):
        if parcel.state is ParcelState.VOID:
            parcels.plan_again(session, parcel)
            follow_up(session, rma, "get_label", parcel_id=parcel.id)
