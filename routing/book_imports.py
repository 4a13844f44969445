"""Taking over a file of the client book: read and shown first, then applied exactly as it was shown, or not at all."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.advisors import advisors
from kit.errors import Conflict, NotFound
from kit.log import get_logger
from routing import client_book
from routing.book_files import Accepted, Known, Rejected, judge, read_table
from routing.chains import codes_of
from routing.client_book import BY_FILE, CHUNK, client_keys, plain_phone, secret_of
from routing.seller_models import BookEntry, BookImport
from routing.signals import plain_code
from routing.states import ImportState

log = get_logger("routing")

NOT_ANY_MORE = "That file was applied or put aside already. Choose it again to see it anew."


@dataclass(frozen=True)
class Change:
    """One client of a file. `what`: "fresh", "changed" or "same"."""

    line: int
    keys: tuple[str, ...]
    advisor_id: int
    since: str | None
    what: str


def show_file(session: Session, *, shop_id: int, raw: bytes, by: str, now: datetime) -> BookImport:
    """Read the file and keep what it would change, for a person to look at. Nothing of the book changes.

    Raises AppError with a sentence for a file that cannot be read; then nothing is kept at all.
    """
    table = read_table(raw)
    accepted, rejected = judge(table, known_people(session, shop_id), plain_phone)
    changes = _changes(session, shop_id, accepted)
    rows = json.dumps([[c.line, c.keys, c.advisor_id, c.since, c.what] for c in changes])
    found = Counter(change.what for change in changes)
    _put_aside(session, shop_id)
    row = BookImport(
        shop_id=shop_id,
        digest=hashlib.sha256(rows.encode()).hexdigest(),
        columns=[name[:80] for name in table.header[:40]],
        rows=rows,
        rejected=json.dumps([[r.line, r.reason, r.cells] for r in rejected]),
        fresh=found["fresh"],
        changed=found["changed"],
        same=found["same"],
        refused=len(rejected),
        made_by=by,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row


def get_import(session: Session, *, shop_id: int, import_id: int) -> BookImport:
    """The shop's file with that id. Raises NotFound."""
    mine = (BookImport.id == import_id, BookImport.shop_id == shop_id)
    row = session.exec(select(BookImport).where(*mine).execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound("That file is not known here.")
    return row


def imports_of(session: Session, *, shop_id: int, limit: int = 5) -> list[BookImport]:
    """The newest files, applied or not."""
    query = select(BookImport).where(BookImport.shop_id == shop_id).order_by(col(BookImport.id).desc())
    return list(session.exec(query.limit(limit)))


def changes_of(row: BookImport) -> list[Change]:
    """What the file would change; empty when it was applied or put aside."""
    return [
        Change(line, tuple(keys), who, since, what) for line, keys, who, since, what in json.loads(row.rows or "[]")
    ]


def rejected_of(row: BookImport) -> list[Rejected]:
    """The rows that were not taken, with the reason of each."""
    return [Rejected(line, reason, tuple(cells)) for line, reason, cells in json.loads(row.rejected or "[]")]


def apply(session: Session, *, shop_id: int, import_id: int, digest: str, by: str, now: datetime) -> BookImport:
    """Write into the book what was shown under `digest`: all of it in this one transaction. Raises Conflict."""
    row = get_import(session, shop_id=shop_id, import_id=import_id)
    changes = [change for change in changes_of(row) if change.what != "same"]
    _settle(session, row, ImportState.APPLIED, digest=digest, applied_at=now)
    for start in range(0, len(changes), CHUNK // 3):
        _write(session, shop_id, changes[start : start + CHUNK // 3], now)
    log.info("book.imported", shop_id=shop_id, by=by, fresh=row.fresh, changed=row.changed, refused=row.refused)
    return get_import(session, shop_id=shop_id, import_id=import_id)


def drop(session: Session, *, shop_id: int, import_id: int) -> None:
    """Put a shown file aside; the book stays as it is."""
    row = get_import(session, shop_id=shop_id, import_id=import_id)
    _settle(session, row, ImportState.DROPPED, digest=row.digest, rejected=None)


def known_people(session: Session, shop_id: int) -> Known:
    """How a file may name the shop's advisors: by code, by name where only one has it, or by staff id."""
    people = advisors(session, shop_id=shop_id)
    names = Counter(plain_code(person.name) for person in people)
    words = {plain_code(p.name): p.id for p in people if p.id is not None}
    words |= {p.staff_gid.rsplit("/", 1)[-1]: p.id for p in people if p.staff_gid and p.id is not None}
    words |= {code.plain: code.advisor_id for code in codes_of(session, shop_id)}
    codes = {code.plain for code in codes_of(session, shop_id)}
    twice = frozenset(name for name, count in names.items() if count > 1 and name not in codes)
    left = {p.id: p.name for p in people if not p.active and p.id is not None}
    return Known({word: who for word, who in words.items() if who is not None}, twice, left)


def _changes(session: Session, shop_id: int, accepted: Sequence[Accepted]) -> list[Change]:
    secret = secret_of(session, shop_id)
    keyed = [(row, client_keys(secret, gid=row.gid, email=row.email, phone=f"+{row.phone}")) for row in accepted]
    every = [key for _, keys in keyed for key in keys]
    there = {e.client_key: e for e in client_book.entries_by_key(session, shop_id=shop_id, keys=every)}
    return [_change(row, keys, there) for row, keys in keyed]


def _change(row: Accepted, keys: list[str], there: Mapping[str, BookEntry]) -> Change:
    since = row.since.isoformat() if row.since else None
    held = [there[key] for key in keys if key in there]
    if not held:
        what = "fresh"
    elif len(held) == len(keys) and all(e.advisor_id == row.advisor_id and e.since == row.since for e in held):
        what = "same"
    else:
        what = "changed"
    return Change(row.line, tuple(keys), row.advisor_id, since, what)


def _settle(session: Session, row: BookImport, to: ImportState, *, digest: str, **values: Any) -> None:
    """Of two who press, one goes on; and only for what was shown to them."""
    shown = (col(BookImport.id) == row.id, col(BookImport.state) == ImportState.SHOWN, col(BookImport.digest) == digest)
    settled = sa.update(BookImport).where(*shown).values(state=to, rows=None, **values)
    if session.connection().execute(settled).rowcount != 1:
        raise Conflict(NOT_ANY_MORE)


def _put_aside(session: Session, shop_id: int) -> None:
    """A new file takes the place of one that was only looked at; lists of rejected rows do not pile up either."""
    mine = col(BookImport.shop_id) == shop_id
    connection = session.connection()
    waiting = col(BookImport.state) == ImportState.SHOWN
    connection.execute(sa.update(BookImport).where(mine, waiting).values(state=ImportState.DROPPED, rows=None))
    connection.execute(sa.update(BookImport).where(mine).values(rejected=None))


def _write(session: Session, shop_id: int, changes: Sequence[Change], now: datetime) -> None:
    keys = [key for change in changes for key in change.keys]
    connection = session.connection()
    mine = (col(BookEntry.shop_id) == shop_id, col(BookEntry.client_key).in_(keys))
    connection.execute(sa.delete(BookEntry).where(*mine))
    rows = [
        {
            "shop_id": shop_id,
            "client_key": key,
            "client": change.keys[0],
            "advisor_id": change.advisor_id,
            "since": date.fromisoformat(change.since) if change.since else None,
            "source": BY_FILE,
            "noted_at": now,
        }
        for change in changes
        for key in change.keys
    ]
    if rows:
        connection.execute(sa.insert(BookEntry), rows)
