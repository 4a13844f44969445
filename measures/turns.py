"""The one row that says how far the reading of a shop's past is, and the one chain of jobs that moves it.

Each turn ends by moving the row and securing the next job in one transaction. A job of an earlier turn finds that the
row has moved on and does nothing: so a webhook, a poll and a worker that came back never read side by side.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

import jobs
from kit.db import insert_once
from measures import households
from measures.marks import Mark, plan
from measures.models import HistoryRead, ReadState
from shops.models import Shop

JOB = "measures.read_history"
AT_REST = (ReadState.IDLE, ReadState.STOPPED)
ASKING = timedelta(seconds=90)
"""Longer than one call to Shopify can take: who asked and did not write down what came of it has died."""


class Overtaken(Exception):
    """Somebody else moved the row meanwhile; what was about to be written is theirs to write."""


def row_of(session: Session, shop_id: int) -> HistoryRead | None:
    """As it is in the database now."""
    return session.get(HistoryRead, shop_id, populate_existing=True)


def made_row(session: Session, shop_id: int) -> HistoryRead:
    """The shop's row, made if there is none yet."""
    row = row_of(session, shop_id)
    if row is not None:
        return row
    insert_once(session, HistoryRead(shop_id=shop_id, hash_key=households.new_key()))
    return session.get_one(HistoryRead, shop_id, populate_existing=True)


def want(session: Session, shop: Shop, *, now: datetime) -> bool:
    """Begin a read if none is under way; one that is gets a nudge. True when it began."""
    assert shop.id is not None
    row = made_row(session, shop.id)
    wanted = plan(Mark(row.complete_at, row.current_until, row.read_rights, row.read_detail), shop.scopes, now=now)
    at_rest = (col(HistoryRead.shop_id) == shop.id, col(HistoryRead.state).in_(AT_REST))
    began = session.connection().execute(
        sa.update(HistoryRead)
        .where(*at_rest)
        .values(
            turn=col(HistoryRead.turn) + 1,
            since=wanted.since,
            changed_only=wanted.changed_only,
            detail=wanted.detail,
            rights=wanted.rights,
            lines_odd=0,
            attempts=0,
            started_at=now,
            finished_at=None,
            problem="",
            **afresh(),
        )
    )
    row = session.get_one(HistoryRead, shop.id, populate_existing=True)
    if began.rowcount == 1:
        _secure(session, row.shop_id, row.turn, None)
        return True
    jobs.enqueue(session, JOB, key=order_key(shop.id), shop_id=shop.id)
    return False


def afresh() -> dict[str, Any]:
    """Columns of a read that is still to be asked for."""
    return {
        "state": ReadState.WANTED,
        "marker": f"r{secrets.token_hex(8)}",
        "asked_at": None,
        "operation_gid": None,
        "is_part": False,
        "byte_offset": 0,
        "lines_read": 0,
        "lines_total": 0,
    }


def claim_asking(session: Session, row: HistoryRead, *, now: datetime) -> bool:
    """Whether this process may ask Shopify now; of many at once, one may."""
    nobody = sa.or_(col(HistoryRead.asked_at).is_(None), col(HistoryRead.asked_at) < now - ASKING)
    mine = (*_same_turn(row), col(HistoryRead.state) == ReadState.WANTED, nobody)
    return session.connection().execute(sa.update(HistoryRead).where(*mine).values(asked_at=now)).rowcount == 1


def give_back(session: Session, row: HistoryRead) -> None:
    """Nothing was begun, so that the next may ask at once."""
    session.connection().execute(sa.update(HistoryRead).where(*_same_turn(row)).values(asked_at=None))


def next_turn(session: Session, row: HistoryRead, *, at: datetime | None = None, **values: Any) -> None:
    """Move the row on and secure the job that goes on from there, `at` once or later. Raises Overtaken."""
    _move(session, row, turn=row.turn + 1, **values)
    _secure(session, row.shop_id, row.turn + 1, at)


def end(session: Session, row: HistoryRead, **values: Any) -> None:
    """Move the row to where nothing follows. Raises Overtaken."""
    _move(session, row, turn=row.turn + 1, **values)


def advance(session: Session, row: HistoryRead, *, to: int, lines: int, odd: int) -> None:
    """The lines up to byte `to` are written, in this transaction. Raises Overtaken when somebody wrote them."""
    _move(
        session,
        row,
        col(HistoryRead.byte_offset) == row.byte_offset,
        byte_offset=to,
        lines_read=row.lines_read + lines,
        lines_odd=row.lines_odd + odd,
    )


def order_key(shop_id: int) -> str:
    """Jobs about one shop's past run one at a time."""
    return f"history:{shop_id}"


def _move(session: Session, row: HistoryRead, *conditions: Any, **values: Any) -> None:
    moved = sa.update(HistoryRead).where(*_same_turn(row), *conditions).values(**values)
    if session.connection().execute(moved).rowcount != 1:
        raise Overtaken(f"shop {row.shop_id}, turn {row.turn}")


def _same_turn(row: HistoryRead) -> tuple[Any, ...]:
    same_read = col(HistoryRead.marker) == row.marker
    return col(HistoryRead.shop_id) == row.shop_id, col(HistoryRead.turn) == row.turn, same_read


def _secure(session: Session, shop_id: int, turn: int, at: datetime | None) -> None:
    job_id = f"history:{shop_id}:{turn}"
    jobs.enqueue(session, JOB, key=order_key(shop_id), at=at, job_id=job_id, shop_id=shop_id, turn=turn)
