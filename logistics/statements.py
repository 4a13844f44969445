"""What became of the withdrawals that clients stated on our page (stating.py), and from which day the law counts."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs
from kit.errors import AppError, Conflict, NotFound
from logistics.events import WithdrawalStated
from logistics.models import Rma
from logistics.reads import ReturnRead
from logistics.statement_models import StatementState, WithdrawalStatement


def get_statement(session: Session, *, shop_id: int, statement_id: int) -> WithdrawalStatement:
    """The shop's row with that id. Raises NotFound."""
    mine = (WithdrawalStatement.id == statement_id, WithdrawalStatement.shop_id == shop_id)
    row = session.exec(select(WithdrawalStatement).where(*mine)).first()
    if row is None:
        raise NotFound("That withdrawal is not known here.")
    return row


def statements(session: Session, *, shop_id: int) -> list[WithdrawalStatement]:
    """The newest hundred, those that wait for a person first."""
    needs_somebody = sa.case((col(WithdrawalStatement.state) == StatementState.PERSON, 0), else_=1)
    query = select(WithdrawalStatement).where(WithdrawalStatement.shop_id == shop_id)
    return list(session.exec(query.order_by(needs_somebody, col(WithdrawalStatement.id).desc()).limit(100)))


def waiting_for_a_person(session: Session, *, shop_id: int) -> int:
    """How many stand and are carried out by nobody yet."""
    waits = (WithdrawalStatement.shop_id == shop_id, WithdrawalStatement.state == StatementState.PERSON)
    return int(session.exec(select(sa.func.count()).select_from(WithdrawalStatement).where(*waits)).one())


def note_found(
    session: Session, row: WithdrawalStatement, state: StatementState, *, why: str = "", **found: Any
) -> None:
    """What carrying it out came to. Only a statement nobody has seen to yet is moved."""
    assert row.id is not None
    mine = (col(WithdrawalStatement.id) == row.id, col(WithdrawalStatement.state) == StatementState.RECEIVED)
    session.connection().execute(
        sa.update(WithdrawalStatement).where(*mine).values(state=state, why=why[:300], **found)
    )


def see_to(session: Session, *, shop_id: int, statement_id: int, by: str, now: datetime) -> WithdrawalStatement:
    """A person carried it out by hand. Raises NotFound; Conflict where that is not what it waits for."""
    row = get_statement(session, shop_id=shop_id, statement_id=statement_id)
    mine = (col(WithdrawalStatement.id) == row.id, col(WithdrawalStatement.state) == StatementState.PERSON)
    done = session.connection().execute(
        sa.update(WithdrawalStatement).where(*mine).values(state=StatementState.BY_HAND, seen_by=by, seen_at=now)
    )
    if done.rowcount != 1:
        raise Conflict("It does not wait for anybody any more. Look again.")
    session.refresh(row)
    return row


def try_again(session: Session, *, shop_id: int, statement_id: int, order_name: str) -> WithdrawalStatement:
    """A person knows which order is meant: carry it out once more, under that number. Raises NotFound, Conflict."""
    row = get_statement(session, shop_id=shop_id, statement_id=statement_id)
    if not order_name.strip():
        raise AppError("Write the order number, for example #1042.")
    mine = (col(WithdrawalStatement.id) == row.id, col(WithdrawalStatement.state) == StatementState.PERSON)
    values = {"state": StatementState.RECEIVED, "order_name": order_name.strip()[:60], "why": ""}
    if session.connection().execute(sa.update(WithdrawalStatement).where(*mine).values(**values)).rowcount != 1:
        raise Conflict("It does not wait for anybody any more. Look again.")
    session.refresh(row)
    jobs.publish(session, WithdrawalStated(shop_id, statement_id, is_vouched=True))
    return row


def statement_of(session: Session, *, shop_id: int, order_gid: str) -> WithdrawalStatement | None:
    """The first that was carried out for that order."""
    if not order_gid:
        return None
    mine = (WithdrawalStatement.shop_id == shop_id, WithdrawalStatement.order_gid == order_gid)
    return session.exec(select(WithdrawalStatement).where(*mine).order_by(col(WithdrawalStatement.id))).first()


def as_stated(session: Session, rma: Rma, read: ReturnRead) -> ReturnRead:
    """`read` as asked for on the day of the client's statement: the law counts from there, however late we carried
    it out."""
    row = statement_of(session, shop_id=rma.shop_id, order_gid=rma.order_gid)
    if row is None or (read.created_at is not None and read.created_at <= row.received_at):
        return read
    return replace(read, created_at=row.received_at)


# --- a client's data


def show_client(
    session: Session, *, shop_id: int, addresses: Collection[str], order_gids: Collection[str]
) -> list[dict[str, Any]]:
    """What was stated from those addresses or of those orders, as plain JSON values."""
    return [
        {
            "order": row.order_name,
            "name": row.name,
            "email": row.email,
            "part": row.part,
            "received_at": row.received_at.isoformat(),
        }
        for row in _of(session, shop_id, addresses, order_gids)
    ]


def erase_client(session: Session, *, shop_id: int, addresses: Collection[str], order_gids: Collection[str]) -> None:
    """Blank who it was; that and when an order was withdrawn from stays."""
    for row in _of(session, shop_id, addresses, order_gids):
        row.name = row.email = row.part = ""
        session.add(row)


def _of(
    session: Session, shop_id: int, addresses: Collection[str], order_gids: Collection[str]
) -> list[WithdrawalStatement]:
    wanted = {address.casefold() for address in addresses}
    rows = session.exec(select(WithdrawalStatement).where(WithdrawalStatement.shop_id == shop_id))
    # Addresses are sealed: only reading tells.
    return [row for row in rows if row.order_gid in order_gids or row.email.casefold() in wanted]
