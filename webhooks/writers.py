"""Who puts deliveries on disk, many in one commit; one that is there by the sender's own id is passed over."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy.engine import Engine

from webhooks.rows import Row
from webhooks.sqlite_rows import SqliteWriter


class Writer(Protocol):
    """Puts rows on disk in one transaction, over a connection of its own that stays open. Never two calls at once."""

    async def insert(self, rows: Sequence[Row]) -> None:
        """Insert `rows`; they are on disk when this returns. Raises the driver's errors."""

    def insert_at_once(self, rows: Sequence[Row]) -> bool:
        """The same on the event loop itself, where it needs no waiting; False, and nothing done, where it would."""


def make_writer(engine: Engine) -> Writer:
    """The way that is quickest for this kind of database."""
    if engine.dialect.name == "sqlite":
        return SqliteWriter(engine)
    from webhooks.postgres_rows import PostgresWriter  # its driver takes megabytes that SQLite has no use for

    return PostgresWriter(engine)
