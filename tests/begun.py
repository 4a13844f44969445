"""A world that many tests begin with is written once a process; the others begin with a copy of its file.

    worlds = begun(database, "alice and dana", lambda session: (cast.everyone(session), cast.dana(session)))

SQLite only, on a database nobody wrote into; elsewhere, and with a queue in the test's own hands, it is written anew.
"""

import dataclasses
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy.engine import make_url
from sqlmodel import Session, SQLModel

import jobs.queue
from kit.db import Database

T = TypeVar("T")
PUT = jobs.queue.put
KEPT: dict[str, tuple[bytes, Any]] = {}


def begun(database: Database, name: str, build: Callable[[Session], T]) -> T:
    """What `build` returns, its rows as this database has them; `name` stands for all that it writes."""
    path = Path(make_url(database.url).database or "")
    copied = path.suffix == ".db" and jobs.queue.put is PUT
    if not copied or name not in KEPT:
        with database.begin() as session:
            made = build(session)
        if not copied:
            return made
        with closing(sqlite3.connect(path)) as connection:
            KEPT[name] = connection.serialize(), made
    image, made = KEPT[name]
    database.close()  # what was opened to prepare it looks into the file that goes
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    path.write_bytes(image)
    with database.begin() as session:
        return cast(T, _again(session, made))


def _again(session: Session, made: Any) -> Any:
    """The same rows, read from this database: a test may change its own."""
    if isinstance(made, SQLModel):
        return session.get(type(made), made.id)  # type: ignore[attr-defined]
    if isinstance(made, tuple):
        return tuple(_again(session, one) for one in made)
    if dataclasses.is_dataclass(made) and not isinstance(made, type):
        kept = {field.name: getattr(made, field.name) for field in dataclasses.fields(made)}
        return dataclasses.replace(made, **{name: _again(session, one) for name, one in kept.items()})
    return made
