"""Places in the pool, claimed by the database, and the two ledgers' entries of who has which case."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.kinds import Ledger
from consults.models import Advisor, Case
from kit.db import insert_once
from routing.ledgers import Held, PoolLoad


def claim(session: Session, *, shop_id: int, advisor_id: int) -> bool:
    """Take one of the advisor's places in the pool; False when there is none, or they left meanwhile."""
    insert_once(session, PoolLoad(advisor_id=advisor_id, shop_id=shop_id))
    limit = (
        sa.select(col(Advisor.limit_pool))
        .where(col(Advisor.id) == advisor_id, col(Advisor.shop_id) == shop_id, col(Advisor.active).is_(True))
        .scalar_subquery()
    )
    mine = (col(PoolLoad.advisor_id) == advisor_id, col(PoolLoad.open_cases) < limit)
    taken = sa.update(PoolLoad).where(*mine).values(open_cases=PoolLoad.open_cases + 1)
    return session.connection().execute(taken).rowcount == 1


def count(session: Session, shop_id: int, advisor_id: int) -> None:
    """One more in the pool's ledger, asked or not: a person's word is not stopped by a limit."""
    insert_once(session, PoolLoad(advisor_id=advisor_id, shop_id=shop_id))
    more = sa.update(PoolLoad).where(col(PoolLoad.advisor_id) == advisor_id)
    session.connection().execute(more.values(open_cases=PoolLoad.open_cases + 1))


def uncount(session: Session, advisor_id: int) -> None:
    """One less in the pool's ledger."""
    less = sa.update(PoolLoad).where(col(PoolLoad.advisor_id) == advisor_id, col(PoolLoad.open_cases) > 0)
    session.connection().execute(less.values(open_cases=PoolLoad.open_cases - 1))


def hold(
    session: Session, case: Case, now: datetime, *, advisor_id: int | None = None, ledger: Ledger | None = None
) -> None:
    """Enter the case in the ledger of whoever has it, or of `advisor_id`, who is about to be given it."""
    assert case.id is not None
    who, ledger = advisor_id or case.advisor_id, ledger or case.ledger
    session.add(Held(shop_id=case.shop_id, case_id=case.id, advisor_id=who, ledger=ledger, begun_at=now))
    session.flush()


def let_go(session: Session, case_id: int, now: datetime) -> None:
    """End the entry of whoever has the case, and with it their place in the pool, once."""
    session.flush()
    open_entry = (col(Held.case_id) == case_id, col(Held.ended_at).is_(None))
    held = session.exec(select(Held).where(*open_entry)).first()
    if held is None:
        return
    ended = session.connection().execute(sa.update(Held).where(*open_entry).values(ended_at=now))
    if ended.rowcount == 1 and held.ledger is Ledger.POOL:
        uncount(session, held.advisor_id)
    session.refresh(held)
