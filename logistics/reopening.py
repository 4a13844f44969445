"""A return that was over is open again in Shopify: everything goes on from where it was.

An amount is not paid by itself then, and one that was settled is not closed again by us: whoever opened it has
something in mind that we do not know.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

import jobs
from kit.errors import Conflict
from logistics import events, parcels
from logistics.history import SHOPIFY, follow_up, lock_rma, move_goods, note_step
from logistics.models import Rma, RmaStep
from logistics.states import FINAL_GOODS, HERE, REOPENING, Goods, ParcelState

GONE_TOO_FAR = (str(Goods.IN_TRANSIT), str(Goods.ARRIVED), str(Goods.INSPECTED))
SEEN_TO = "seen_to"


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


def ended_against_us(session: Session, *, shop_id: int, limit: int = 100) -> list[Rma]:
    """Returns somebody ended in Shopify while the piece was on its way or here, until a person has seen to them."""
    later = aliased(RmaStep)
    after = (col(later.rma_id) == col(RmaStep.rma_id), col(later.id) > col(RmaStep.id))
    seen = sa.exists().where(*after, col(later.kind) == SEEN_TO)
    ended = (
        select(Rma)
        .join(RmaStep, col(RmaStep.rma_id) == col(Rma.id))
        .where(
            Rma.shop_id == shop_id,
            Rma.goods_state == Goods.ENDED,
            RmaStep.to_state == str(Goods.ENDED),
            col(RmaStep.from_state).in_(GONE_TOO_FAR),
        )
    )
    return list(session.exec(ended.where(~seen).distinct().order_by(col(Rma.id)).limit(limit)))


def is_against_us(session: Session, rma: Rma) -> bool:
    """Whether that return is one of `ended_against_us`."""
    return any(found.id == rma.id for found in ended_against_us(session, shop_id=rma.shop_id))


def see_to(session: Session, *, shop_id: int, rma_id: int, by: str, now: datetime) -> Rma:
    """A person saw to a return that ended in Shopify against what happened here. Raises NotFound, Conflict."""
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    if rma.goods_state is not Goods.ENDED:
        raise Conflict("This return is open again.")
    note_step(session, rma, SEEN_TO, actor=by, now=now)
    return rma
