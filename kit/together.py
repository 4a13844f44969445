"""Statements that travel together: on PostgreSQL a handful of them costs one journey to the server and back.

Each is a statement of its own, and sees what was committed until it began, as if asked one after the other; so the
first may wait for a lock that the others need. On SQLite, which is no journey away, that is what happens.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from kit.db import is_sqlite

Asked = tuple[Any, Mapping[str, Any]]
"""A statement, made once and used again, and its parameters."""
Change = Callable[[Any], Any]
PLANNED_ONCE = "SET LOCAL plan_cache_mode = force_generic_plan"
"""PostgreSQL else takes a list of unknown length for long, and plans anew every time: longer than it then looks."""


def together(session: Session, asked: Sequence[Asked]) -> list[Sequence[Any]]:
    """What each of these finds, in their order; nothing for one that finds no rows. Raises what executing it raises."""
    if is_sqlite(session) or len(asked) < 2:
        return [_alone(session, statement, values) for statement, values in asked]
    connection = session.connection()
    said = [_said(statement, connection.dialect, tuple(values)) for statement, values in asked]
    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline():
            driver.execute(PLANNED_ONCE, prepare=False)
            cursors = [
                driver.execute(one.text, one.bound(values), prepare=True)
                for one, (_, values) in zip(said, asked, strict=True)
            ]
        return [one.found(cursor) for one, cursor in zip(said, cursors, strict=True)]
    except connection.dialect.loaded_dbapi.Error as error:
        # As SQLAlchemy would say it: whoever catches a lost connection or a broken rule catches that of this too.
        kinds = connection.dialect.loaded_dbapi.Error
        raise sa.exc.DBAPIError.instance(None, None, error, kinds, hide_parameters=True) from error


def _alone(session: Session, statement: Any, values: Mapping[str, Any]) -> Sequence[Any]:
    result = session.connection().execute(statement, dict(values))
    return result.all() if result.returns_rows else ()


@dataclass(frozen=True)
class _Said:
    """A statement as the driver takes it."""

    text: str
    fixed: Mapping[str, Any]
    into: Mapping[str, Change]
    row: Any
    out_of: Sequence[tuple[int, Change]]

    def bound(self, values: Mapping[str, Any]) -> dict[str, Any]:
        bound = {**self.fixed, **values}
        return bound | {name: change(bound[name]) for name, change in self.into.items()}

    def found(self, cursor: Any) -> Sequence[Any]:
        if self.row is None:
            return ()
        rows = cursor.fetchall()
        if not self.out_of:
            return [self.row(*row) for row in rows]
        return [self.row(*self._changed(list(row))) for row in rows]

    def _changed(self, row: list[Any]) -> list[Any]:
        for place, change in self.out_of:
            row[place] = change(row[place])
        return row


@lru_cache(maxsize=256)
def _said(statement: Any, dialect: sa.Dialect, names: tuple[str, ...]) -> _Said:
    """Made once a statement and engine; it may hold no `in_()`, whose text changes with its values, but kit.among."""
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    changes = {name: bound.type.dialect_impl(dialect).bind_processor(dialect) for name, bound in compiled.binds.items()}
    fixed = {
        name: changes[name](value) if changes[name] else value
        for name, value in compiled.construct_params(dict.fromkeys(names)).items()
        if name not in names
    }
    into = {name: changes[name] for name in names if changes.get(name)}
    columns = list(statement.selected_columns) if statement.is_select else []
    row = namedtuple("Row", [column.key for column in columns]) if columns else None
    out = ((place, column.type.dialect_impl(dialect)) for place, column in enumerate(columns))
    found = ((place, kind.result_processor(dialect, None)) for place, kind in out)
    return _Said(str(compiled), fixed, into, row, [(place, change) for place, change in found if change])
