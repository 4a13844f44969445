"""Every move of an RMA, with the row that remembers it, in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs
from kit.errors import NotFound
from kit.log import get_logger
from logistics import events
from logistics.models import Rma, RmaStep
from logistics.states import GOODS, JUDGEMENT, Goods, Judgement, move

log = get_logger("logistics")

APP = "app"
SHOPIFY = "shopify"
CARRIER = "carrier"


def lock_rma(session: Session, *, shop_id: int, rma_id: int) -> Rma:
    """The RMA as it is now, nobody else's to change until this transaction ends. Raises NotFound.

    Locks by writing: SELECT FOR UPDATE means nothing to SQLite, where a transaction only begins with a write.
    """
    mine = (col(Rma.id) == rma_id, col(Rma.shop_id) == shop_id)
    session.connection().execute(sa.update(Rma).where(*mine).values(goods_state=Rma.goods_state))
    found = session.exec(select(Rma).where(*mine).execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("That return is not here.")
    return found


def move_goods(
    session: Session,
    rma: Rma,
    to: Goods,
    *,
    actor: str,
    now: datetime,
    kind: str = "",
    detail: str = "",
    machine: Mapping[Goods, frozenset[Goods]] = GOODS,
) -> None:
    """Move a locked RMA's goods and remember who moved them. Raises InvalidMove."""
    before, rma.goods_state = rma.goods_state, move(machine, rma.goods_state, to)
    _remember(session, rma, actor, kind or str(to), str(before), str(to), detail, now)


def move_judgement(session: Session, rma: Rma, to: Judgement, *, actor: str, now: datetime, detail: str = "") -> None:
    """Move a locked RMA's judgement and remember who judged. Raises InvalidMove."""
    before, rma.judgement_state = rma.judgement_state, move(JUDGEMENT, rma.judgement_state, to)
    _remember(session, rma, actor, "judged", str(before), str(to), detail, now)


def note_step(session: Session, rma: Rma, kind: str, *, actor: str, now: datetime, detail: str = "") -> None:
    """Remember something that happened without a move. `detail` is a sentence for the staff, no personal data."""
    _remember(session, rma, actor, kind, str(rma.goods_state), str(rma.goods_state), detail, now)


def follow_up(session: Session, rma: Rma, name: str, **args: Any) -> None:
    """Secure the job `logistics.<name>` for this RMA, in order with all others of its return."""
    key = events.order_key(rma.shop_id, rma.return_gid)
    jobs.enqueue(session, f"logistics.{name}", key=key, shop_id=rma.shop_id, rma_id=rma.id, **args)


def _remember(
    session: Session, rma: Rma, actor: str, kind: str, before: str, after: str, detail: str, now: datetime
) -> None:
    assert rma.id is not None
    session.add(rma)
    session.add(
        RmaStep(
            rma_id=rma.id,
            shop_id=rma.shop_id,
            at=now,
            actor=actor,
            kind=kind,
            from_state=before,
            to_state=after,
            detail=detail,
        )
    )
    log.info(f"rma.{kind}", shop=rma.shop_id, rma=rma.id, before=before, after=after)
