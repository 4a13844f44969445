"""One database, two dialects: SQLite by default, PostgreSQL by setting. Sessions, transactions, column types."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine, ScalarResult, make_url
from sqlmodel import Session, SQLModel
from sqlmodel.sql.expression import SelectOfScalar

from kit import turns

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING
# Rows are never validated by pydantic, so its validator of each table is not built either: two megabytes a process.
SQLModel.model_config["defer_build"] = True

T = TypeVar("T")
Begin: TypeAlias = Callable[[], AbstractContextManager[Session]]
"""Opens a transaction: committed when the block ends, rolled back when it raises."""


class Database:
    """An engine and the way to open transactions on it."""

    def __init__(self, url: str, *, pool_size: int = 10):
        self.url = url
        self.engine = make_engine(url, pool_size=pool_size)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A session whose transaction commits at the end of the block. Rows stay readable after it."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine set up for many threads. SQLite: WAL, every commit synced, writers queue instead of failing."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(
            url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, hide_parameters=True
        )
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    # IMMEDIATE: pysqlite's default takes the write lock in the middle of a transaction and two such deadlock.
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,  # an error in a log would carry what was being written
        connect_args={
            "timeout": 0,  # see kit/turns.py
            "factory": turns.Connection,
            "isolation_level": "IMMEDIATE",
            "check_same_thread": False,
        },
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "checkout", _set_immediate)
    return engine


def _set_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    # WAL with FULL: an answer 200 means the row survives a power cut. secure_delete: erased means erased from the file.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _set_immediate(connection: Any, _record: Any, _proxy: Any) -> None:
    # SQLAlchemy resets the level to deferred after an execution option; deferred BEGINs deadlock on read-then-write.
    connection.isolation_level = "IMMEDIATE"


def word(enum: type[StrEnum]) -> Any:
    """Column type for an enum kept as its text, so that a new value needs no migration."""
    return sa.Enum(
        enum, native_enum=False, length=40, values_callable=lambda e: [m.value for m in e], create_constraint=False
    )


def is_sqlite(session: Session) -> bool:
    """Which dialect `session` speaks, for the few statements that differ."""
    return session.get_bind().dialect.name == "sqlite"


def locked(session: Session, query: SelectOfScalar[T]) -> ScalarResult[T]:
    """The rows of `query` as they are now, nobody else's to change until the transaction ends.

    SELECT FOR UPDATE means nothing to SQLite, where a transaction only begins with a write: there the turn to write is
    taken first, for the whole file.
    """
    if is_sqlite(session):
        connection = session.connection()
        if not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    return session.exec(query.with_for_update().execution_options(populate_existing=True))


def insert_once(session: Session, row: SQLModel) -> bool:
    """Insert `row` unless a unique constraint already holds its like; True when it went in.

    The row is not attached to the session: read it back where it is needed.
    """
    table = row.__class__.__table__  # type: ignore[attr-defined]
    values = {c.key: getattr(row, c.key) for c in table.columns if not (c.primary_key and getattr(row, c.key) is None)}
    statement = inserting(session)(table).values(**values).on_conflict_do_nothing()
    # Without being asked to, SQLAlchemy does not keep the row count of an INSERT on PostgreSQL: it says -1.
    result = session.connection().execute(statement, execution_options={"preserve_rowcount": True})
    return result.rowcount == 1


def inserting(session: Session) -> Callable[[Any], Any]:
    """The INSERT of the dialect `session` speaks, which has ON CONFLICT."""
    return sqlite.insert if is_sqlite(session) else postgresql.insert


def hold(session: Session, name: str, *, shared: bool = False) -> None:
    """Keep `name` until the transaction ends: alone, or beside all others who share it. Waits for who keeps it.

    For what a row cannot be locked for, because it is not there yet. On SQLite a transaction that has written, as the
    caller's must have, keeps everybody else from writing anyway.
    """
    for statement, values in holding(session, name, shared=shared):
        session.connection().execute(statement, values)


def holding(session: Session, name: str, *, shared: bool = False) -> list[tuple[Any, dict[str, Any]]]:
    """What `hold` asks, for whoever sends it along with more (kit.together); nothing on SQLite."""
    return [] if is_sqlite(session) else [(HOLDS[shared], {"name": name})]


NAMED = sa.func.hashtextextended(sa.bindparam("name", type_=sa.String()), 0)
HOLDS = {
    False: sa.select(sa.func.pg_advisory_xact_lock(NAMED).label("held")),
    True: sa.select(sa.func.pg_advisory_xact_lock_shared(NAMED).label("held")),
}


def scrub_freed_space(engine: Engine, tables: Sequence[str]) -> bool:
    """Make what was erased from `tables` leave the disk, as far as a running database lets it; False if not yet.

    SQLite overwrites freed space by itself (secure_delete); what remains is in the write-ahead log, which is emptied.
    PostgreSQL keeps old versions of rows until VACUUM, which is run; its own write-ahead log and backups age out later.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=30000")  # for readers that still need the log
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
        return not busy
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        quote = connection.dialect.identifier_preparer.quote
        for table in tables:
            connection.exec_driver_sql(f"VACUUM {quote(table)}")
    return True
