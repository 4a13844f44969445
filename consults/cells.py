"""Five-minute cells of an advisor's time. Their primary key is what prevents a double booking."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.history import SYSTEM, change_state
from consults.models import Advisor, Consult, SlotCell
from consults.states import ConsultState, InvalidMove
from kit.db import inserting
from kit.errors import Conflict

TAKEN = "That time has just been taken. The times beside it are still free."


class SlotTaken(Conflict):
    """That time is not free, or not any more."""

    code = "slot_taken"


def swap_cells(session: Session, consult: Consult, wanted: Sequence[int]) -> None:
    """Take `wanted` and let go of the rest, or take nothing and raise SlotTaken."""
    assert consult.id is not None
    mine = col(SlotCell.consult_id) == consult.id
    had = set(session.exec(select(SlotCell.at_epoch).where(mine)))
    new = [at for at in wanted if at not in had]
    if new and _insert_cells(session, consult, new) != len(new):
        session.connection().execute(sa.delete(SlotCell).where(mine, col(SlotCell.at_epoch).not_in(had)))
        raise SlotTaken(TAKEN)
    session.connection().execute(sa.delete(SlotCell).where(mine, col(SlotCell.at_epoch).not_in(wanted)))


def _insert_cells(session: Session, consult: Consult, epochs: Sequence[int]) -> int:
    # In one statement and in order, so that two who overlap wait for one another instead of deadlocking.
    rows = [
        {"advisor_id": consult.advisor_id, "at_epoch": at, "consult_id": consult.id, "shop_id": consult.shop_id}
        for at in sorted(epochs)
    ]
    # RETURNING and not rowcount, which is -1 on PostgreSQL for an insert of several rows.
    statement = inserting(session)(SlotCell).values(rows).on_conflict_do_nothing().returning(col(SlotCell.at_epoch))
    return len(session.connection().execute(statement).all())


def free_cells(session: Session, consult: Consult) -> None:
    session.connection().execute(sa.delete(SlotCell).where(col(SlotCell.consult_id) == consult.id))


def reap(session: Session, advisor: Advisor, case_id: int | None, now: datetime) -> None:
    """Expire what was held and not confirmed in time, of this advisor and of this case."""
    query = select(Consult).where(
        (Consult.advisor_id == advisor.id) | (Consult.case_id == case_id),
        Consult.state == ConsultState.HELD,
        col(Consult.hold_until) <= now,
    )
    for held in session.exec(query).all():
        try:
            change_state(session, held, ConsultState.EXPIRED, now=now, actor=SYSTEM, over_at=now)
        except InvalidMove:
            continue  # confirmed or expired by somebody else meanwhile
        free_cells(session, held)
