"""The demo's database: an SQLite file of its own, or the PostgreSQL that DATABASE_URL names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url


@contextmanager
def database_for(folder: Path, *, keep: bool) -> Iterator[str]:
    """A database URL. A script must not meet an earlier run's rows: the store's ids are the same every time.

    So, without `keep`, a PostgreSQL database that holds anything is left alone, and one beside it is used and dropped.
    """
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgresql"):
        folder.mkdir(parents=True, exist_ok=True)
        yield f"sqlite:///{folder / 'app.db'}"
        return
    if keep or _is_empty(url):
        yield url
        return
    name = f"{make_url(url).database}_script_{os.getpid()}"
    _run(url, f'CREATE DATABASE "{name}"')
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        _run(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _is_empty(url: str) -> bool:
    engine = sa.create_engine(url)
    try:
        return not sa.inspect(engine).get_table_names()
    finally:
        engine.dispose()


def _run(url: str, statement: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(sa.text(statement))
    finally:
        engine.dispose()
