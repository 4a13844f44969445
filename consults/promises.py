"""Promises: what an advisor said they would do, by when."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.cases import get_case
from consults.events import PromiseKept
from consults.history import add_line, by_advisor
from consults.models import Promise_
from jobs import publish
from kit.errors import AppError, NotFound


def add_promise(
    session: Session, *, shop_id: int, case_id: int, what: str, due_on: date, advisor_id: int, now: datetime
) -> Promise_:
    """Keep what was promised to the client of that case, for a day. Raises AppError when it says nothing."""
    what = " ".join(what.split())[:300]
    if not what:
        raise AppError("Say in a few words what was promised.")
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    row = Promise_(
        shop_id=shop_id, case_id=case_id, what=what, due_on=due_on, owner_advisor_id=advisor_id, created_at=now
    )
    session.add(row)
    session.flush()
    detail = f"for {due_on.isoformat()}"
    add_line(session, case, kind="promise.made", now=now, actor=by_advisor(advisor_id), detail=detail)
    return row


def keep_promise(
    session: Session, *, shop_id: int, case_id: int, promise_id: int, advisor_id: int, now: datetime
) -> Promise_:
    """It was done, and the client is told. Saying so again changes nothing. Raises NotFound."""
    mine = (Promise_.id == promise_id, Promise_.case_id == case_id, Promise_.shop_id == shop_id)
    promise = session.exec(select(Promise_).where(*mine)).first()
    if promise is None:
        raise NotFound("That promise is not known here.")
    kept = session.connection().execute(
        sa.update(Promise_).where(col(Promise_.id) == promise_id, col(Promise_.done_at).is_(None)).values(done_at=now)
    )
    if kept.rowcount == 1:
        session.refresh(promise)
        case = get_case(session, shop_id=shop_id, case_id=case_id)
        add_line(session, case, kind="promise.kept", now=now, actor=by_advisor(advisor_id))
        publish(session, PromiseKept(shop_id, case_id, case.return_gid, promise_id))
    return promise


def promises_of(session: Session, *, shop_id: int, case_id: int) -> list[Promise_]:
    """Promises of one case, the earliest day first."""
    query = select(Promise_).where(Promise_.shop_id == shop_id, Promise_.case_id == case_id)
    return list(session.exec(query.order_by(col(Promise_.due_on), col(Promise_.id))))


def promises_due(session: Session, *, shop_id: int, until: date, advisor_id: int | None = None) -> list[Promise_]:
    """Promises not kept yet whose day is `until` or earlier; of one advisor when given."""
    query = select(Promise_).where(
        Promise_.shop_id == shop_id, col(Promise_.done_at).is_(None), Promise_.due_on <= until
    )
    if advisor_id is not None:
        query = query.where(Promise_.owner_advisor_id == advisor_id)
    return list(session.exec(query.order_by(col(Promise_.due_on), col(Promise_.id))))
