"""What a client told us of their sizes and days: kept in their profile here, and read in the next brief."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs
from consults.aftercare.models import LearnedNote
from consults.briefs.seen import ClientSeen, Noted, Seen
from consults.history import add_line, by_advisor
from consults.models import Case
from kit.db import insert_once
from kit.errors import AppError

SIZES: Mapping[str, str] = {
    "ring_size": "Ring size",
    "bracelet_size": "Bracelet size",
    "necklace_size": "Necklace length",
    "strap_size": "Strap size",
}
DAYS: Mapping[str, str] = {"birthday": "Birthday", "anniversary": "Anniversary"}
KEYS: Mapping[str, str] = {**SIZES, **DAYS}
SOURCE = "desk:"
"""How a source begins that is our own row and not Shopify's."""


def learn(session: Session, case: Case, *, key: str, value: str, advisor_id: int, now: datetime) -> None:
    """Keep it for this client; the brief is made anew. Raises AppError for what is no size or day of somebody known."""
    value = " ".join(value.split())
    if not case.client_gid:
        raise AppError("The house has no record of this client to write it into.")
    if key not in KEYS or not 0 < len(value) <= 40:
        raise AppError("Choose what it is, and write it down.")
    if key in DAYS:
        value = _day(value)
    assert case.id is not None
    about: dict[str, Any] = {"value": value, "case_id": case.id, "learned_at": now, "learned_by": advisor_id}
    row = LearnedNote(shop_id=case.shop_id, client_gid=case.client_gid, key=key, **about)
    if not insert_once(session, row):
        mine = (col(LearnedNote.client_gid) == case.client_gid, col(LearnedNote.key) == key)
        session.connection().execute(
            sa.update(LearnedNote).where(col(LearnedNote.shop_id) == case.shop_id, *mine).values(**about)
        )
    add_line(session, case, kind="client.learned", now=now, actor=by_advisor(advisor_id), detail=key)
    jobs.enqueue(session, "consults.prepare_brief", shop_id=case.shop_id, case_id=case.id)


def notes_of(session: Session, *, shop_id: int, client_gid: str | None) -> list[LearnedNote]:
    """What is known of that client."""
    if not client_gid:
        return []
    mine = (LearnedNote.shop_id == shop_id, LearnedNote.client_gid == client_gid)
    query = select(LearnedNote).where(*mine).order_by(col(LearnedNote.key))
    return list(session.exec(query.execution_options(populate_existing=True)))


def as_values(session: Session, *, shop_id: int, client_gid: str | None) -> dict[str, str]:
    """The same by name, as plain values."""
    return {note.key: note.value for note in notes_of(session, shop_id=shop_id, client_gid=client_gid)}


def with_learned(seen: Seen, notes: Sequence[LearnedNote], *, client_gid: str | None) -> Seen:
    """What was read, with what was learned in the place of what Shopify says under the same name."""
    if not notes or not client_gid:
        return seen
    mine = tuple(Noted(n.key, n.value, f"{SOURCE}{n.id}#{n.learned_at.date().isoformat()}") for n in notes)
    known = {note.key for note in notes}
    client = seen.client or ClientSeen(gid=client_gid)
    others = tuple(n for n in client.notes if n.key.strip().lower().replace("-", "_").replace(" ", "_") not in known)
    return replace(seen, client=replace(client, notes=(*mine, *others)))


def move_client(session: Session, *, shop_id: int, from_gid: str, to_gid: str) -> None:
    """Two records became one: what was learned under the one that is gone is the other's, unless it knows better."""
    known = {note.key for note in notes_of(session, shop_id=shop_id, client_gid=to_gid)}
    for note in notes_of(session, shop_id=shop_id, client_gid=from_gid):
        if note.key in known:
            session.delete(note)
        else:
            note.client_gid = to_gid
            session.add(note)
    session.flush()


def forget(session: Session, *, shop_id: int, client_gid: str | None) -> None:
    """Nothing that was learned stays."""
    mine = (col(LearnedNote.shop_id) == shop_id, col(LearnedNote.client_gid) == client_gid)
    session.connection().execute(sa.delete(LearnedNote).where(*mine))


def _day(value: str) -> str:
    """However ISO 8601 lets one write it, it is kept as one reads it: "2026-12-12"."""
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise AppError("Name the day, for example 2026-12-12.") from None
