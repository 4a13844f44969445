"""Keeping a case's brief, and reading it."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.briefs.facts import Fact
from consults.briefs.models import Brief
from consults.models import Case, Consult
from consults.states import CaseState, ConsultState
from kit.db import insert_once

READY = timedelta(minutes=15)
"""So long before a conversation its brief is there."""
FRESH = timedelta(hours=1)
"""A brief older than this is made anew before a conversation."""


def keep_brief(
    session: Session, case: Case, facts: Sequence[Fact], *, image: str = "", owned: Sequence[str] = (), now: datetime
) -> None:
    """Put `facts` in the place of all that was known. An older look never replaces a newer one."""
    assert case.id is not None
    written = json.dumps([asdict(fact) for fact in facts], ensure_ascii=False)
    values: dict[str, Any] = {"facts": written, "image": image, "owned": list(owned), "made_at": now}
    if insert_once(session, Brief(case_id=case.id, shop_id=case.shop_id, **values)):
        return
    mine = (col(Brief.case_id) == case.id, col(Brief.made_at) <= now)
    session.connection().execute(sa.update(Brief).where(*mine).values(**values))


def find_brief(session: Session, case: Case) -> Brief | None:
    """The brief of that case, when one was made."""
    mine = (Brief.case_id == case.id, Brief.shop_id == case.shop_id)
    return session.exec(select(Brief).where(*mine).execution_options(populate_existing=True)).first()


def facts_in(brief: Brief | None) -> dict[str, Fact]:
    """The facts of a brief by their keys; none where there is no brief."""
    rows = json.loads(brief.facts) if brief else []
    return {row["key"]: Fact(row["key"], row["words"], tuple(row["sources"])) for row in rows}


def forget_brief(session: Session, *, shop_id: int, case_id: int) -> None:
    """Take away what was known of that case's client."""
    session.connection().execute(sa.delete(Brief).where(col(Brief.case_id) == case_id, col(Brief.shop_id) == shop_id))


def briefs_due(session: Session, *, now: datetime) -> list[tuple[int, int]]:
    """(shop, case) of conversations that begin soon and whose brief is missing or old, the next one first."""
    soon = now + READY + timedelta(minutes=15)
    query = (
        select(Case.shop_id, Case.id)
        .join(Consult, col(Consult.case_id) == col(Case.id))
        .outerjoin(Brief, col(Brief.case_id) == col(Case.id))
        .where(Case.state == CaseState.OPEN, Consult.state == ConsultState.BOOKED)
        .where(Consult.starts_at > now, Consult.starts_at <= soon)
        .where(sa.or_(col(Brief.made_at).is_(None), col(Brief.made_at) < now - FRESH))
        .order_by(col(Consult.starts_at))
    )
    return [(shop_id, case_id) for shop_id, case_id in session.exec(query.limit(500)) if case_id is not None]
