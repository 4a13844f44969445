"""A case's history, and the one way a case or a conversation changes state."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.models import Case, CaseEvent, Consult
from consults.states import CASE, CONSULT, CaseState, ConsultState, InvalidMove, move

SYSTEM = "system"
CLIENT = "client"


def by_advisor(advisor_id: int) -> str:
    """How an advisor is written as the actor of a history line."""
    return f"advisor:{advisor_id}"


def add_line(session: Session, case: Case, *, kind: str, now: datetime, actor: str = SYSTEM, detail: str = "") -> None:
    """Add a line to the history of `case`. `detail` holds no personal data: it outlives the client's."""
    assert case.id is not None
    session.add(CaseEvent(shop_id=case.shop_id, case_id=case.id, at=now, actor=actor, kind=kind, detail=detail))


def history(session: Session, *, shop_id: int, case_id: int) -> list[CaseEvent]:
    """Lines of a case's history, oldest first."""
    query = select(CaseEvent).where(CaseEvent.shop_id == shop_id, CaseEvent.case_id == case_id)
    return list(session.exec(query.order_by(col(CaseEvent.id))))


def move_case(
    session: Session, case: Case, to: CaseState, *, now: datetime, actor: str = SYSTEM, kind: str = "", **values: Any
) -> None:
    """Change the state of `case` and write it down. Raises InvalidMove, also when somebody was quicker."""
    before = case.state
    move(CASE, before, to)
    _update(session, sa.update(Case).where(col(Case.id) == case.id, col(Case.state) == before), state=to, **values)
    session.refresh(case)
    detail = f"{before.value} to {to.value}"
    add_line(session, case, kind=kind or f"case.{to.value}", now=now, actor=actor, detail=detail)


def change_state(
    session: Session, consult: Consult, to: ConsultState, *, now: datetime, actor: str = SYSTEM, **values: Any
) -> None:
    """Change the state of `consult`, set `values` with it, and write it down in the case's history.

    Raises InvalidMove, also when the row changed since it was read.
    """
    before = consult.state
    move(CONSULT, before, to)
    touch_consult(session, consult, state=to, **values)
    add_consult_line(session, consult, kind=to.value, now=now, actor=actor, detail=f"{before.value} to {to.value}")


def touch_consult(session: Session, consult: Consult, **values: Any) -> None:
    """Change columns of `consult` unless it changed since it was read: then InvalidMove."""
    mine = (col(Consult.id) == consult.id, col(Consult.state) == consult.state, col(Consult.version) == consult.version)
    _update(session, sa.update(Consult).where(*mine), version=consult.version + 1, **values)
    session.refresh(consult)


def add_consult_line(
    session: Session, consult: Consult, *, kind: str, now: datetime, actor: str = SYSTEM, detail: str = ""
) -> None:
    """Add a line about `consult` to its case's history."""
    row = CaseEvent(shop_id=consult.shop_id, case_id=consult.case_id, at=now, actor=actor, kind=f"consult.{kind}")
    row.detail = detail
    session.add(row)


def _update(session: Session, statement: sa.Update, **values: Any) -> None:
    session.flush()
    if session.connection().execute(statement.values(**values)).rowcount != 1:
        raise InvalidMove("Somebody changed it meanwhile. Look again.")
