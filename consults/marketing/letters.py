"""Whose letters rest, the house's key, and forgetting both."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.marketing.models import LettersPolicy, LettersRest
from consults.models import Case
from consults.states import CaseState
from kit.db import insert_once
from kit.errors import AppError


def is_resting(session: Session, *, shop_id: int, client_gid: str) -> bool:
    """Whether any return of that client is open."""
    mine = (Case.shop_id == shop_id, Case.client_gid == client_gid, Case.state == CaseState.OPEN)
    return session.exec(select(Case.id).where(*mine).limit(1)).first() is not None


def rest_of(session: Session, *, shop_id: int, client_gid: str, now: datetime) -> LettersRest:
    """What was told of them; the row is there from the first time on."""
    insert_once(session, LettersRest(shop_id=shop_id, client_gid=client_gid, changed_at=now))
    mine = (LettersRest.shop_id == shop_id, LettersRest.client_gid == client_gid)
    return session.exec(select(LettersRest).where(*mine).execution_options(populate_existing=True)).one()


def key_of(session: Session, shop_id: int) -> str:
    """The house's key at Klaviyo, "" without one."""
    row = session.exec(select(LettersPolicy).where(LettersPolicy.shop_id == shop_id)).first()
    return (row.klaviyo_key or "") if row else ""


def set_key(session: Session, *, shop_id: int, key: str, by: str, now: datetime) -> None:
    """Keep it sealed; "" takes it away. Raises AppError for what is no private key."""
    key = key.strip()
    if key and not (key.startswith("pk_") and key.isascii() and key.replace("_", "").isalnum() and len(key) <= 200):
        raise AppError("A private key of Klaviyo begins with pk_.", status=422, code="klaviyo_key")
    row = session.exec(select(LettersPolicy).where(LettersPolicy.shop_id == shop_id)).first()
    row = row or LettersPolicy(shop_id=shop_id, changed_at=now)
    row.klaviyo_key, row.changed_at, row.changed_by = key or None, now, by
    session.add(row)
    session.flush()


def move_client(session: Session, *, shop_id: int, from_gid: str, to_gid: str) -> None:
    """Two records became one: what was told of the one that is gone says nothing of the other."""
    forget(session, shop_id=shop_id, client_gid=from_gid)


def forget(session: Session, *, shop_id: int, client_gid: str | None) -> None:
    """Nothing of them stays here."""
    mine = (col(LettersRest.shop_id) == shop_id, col(LettersRest.client_gid) == client_gid)
    session.connection().execute(sa.delete(LettersRest).where(*mine))
