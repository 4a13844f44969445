"""Everything sealed, under the newest key: every Sealed and SealedBytes column of every table.

In batches, each its own transaction; what is under the newest key already is passed over. So it may be killed and begun
again, run twice, and run while the application works. Rows written meanwhile by a process that still has the old keys
are found by running it once more: restart all processes with the new key in front first.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from kit.db import Database
from kit.log import get_logger
from shopify_app.tables import metadata
from shops import crypt
from shops.crypt import KeyMissing, Sealed, SealedBytes

log = get_logger("rotation")


@dataclass
class Rotated:
    """How many sealed values were looked at, renewed, and could be opened with no key of TOKEN_KEYS."""

    seen: int = 0
    renewed: int = 0
    unreadable: int = 0


def rotate_keys(database: Database, *, batch: int = 200) -> Rotated:
    """Renew all there is."""
    done = Rotated()
    for table, columns in sealed_columns():
        after: Any = None
        while True:
            with database.begin() as session:
                after = _renew_batch(session, table, columns, after, batch, done)
            if after is None:
                break
    log.info("keys.rotated", seen=done.seen, renewed=done.renewed, unreadable=done.unreadable)
    return done


def sealed_columns() -> list[tuple[sa.Table, list[sa.Column[Any]]]]:
    """Every table that holds something sealed, with those columns."""
    found = []
    for table in metadata.sorted_tables:
        columns = [c for c in table.columns if isinstance(c.type, Sealed | SealedBytes)]
        if columns:
            found.append((table, columns))
    return found


def _renew_batch(
    session: Session, table: sa.Table, columns: list[sa.Column[Any]], after: Any, batch: int, done: Rotated
) -> Any:
    """The last key looked at, or None when there are no more rows."""
    (key,) = table.primary_key.columns
    query = sa.select(key, *(sa.type_coerce(c, _stored(c)) for c in columns)).order_by(key).limit(batch)
    rows = session.connection().execute(query.where(key > after) if after is not None else query).all()
    for row in rows:
        for column, stored in zip(columns, row[1:], strict=True):
            if stored is not None:
                _renew(session, key, row[0], column, stored, done)
    return rows[-1][0] if rows else None


def _renew(session: Session, key: Any, value: Any, column: sa.Column[Any], stored: Any, done: Rotated) -> None:
    done.seen += 1
    try:
        fresh = _fresh(column, stored)
    except KeyMissing:
        done.unreadable += 1
        log.warning("keys.unreadable", table=column.table.name, row=value, column=column.name)
        return
    if fresh is None:
        return
    kind = _stored(column)
    unchanged = sa.type_coerce(column, kind) == sa.literal(stored, kind)  # somebody may have written meanwhile
    renewed = session.connection().execute(
        sa.update(column.table).where(key == value, unchanged).values({column.name: sa.literal(fresh, kind)})
    )
    done.renewed += renewed.rowcount


def _fresh(column: sa.Column[Any], stored: Any) -> Any:
    """The same under the newest key; None when it is already."""
    if isinstance(column.type, SealedBytes):
        return None if crypt.bytes_are_newest(stored) else crypt.seal_bytes(crypt.unseal_bytes(stored))
    return None if crypt.is_newest(stored) else crypt.reseal(stored)


def _stored(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    return sa.LargeBinary() if isinstance(column.type, SealedBytes) else sa.Text()
