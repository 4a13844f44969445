"""A column among many values, as one parameter: the statement is made once, whatever their number."""

import json
from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeDecorator


class Listed(TypeDecorator[Sequence[str]]):
    """Texts in one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        return dialect.type_descriptor(ARRAY(sa.Text()) if dialect.name == "postgresql" else sa.Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Any) -> Any:
        return list(value or ()) if dialect.name == "postgresql" else json.dumps(list(value or ()))


class among(sa.ColumnElement[bool]):
    """`column` is one of the texts given as the parameter `name`. An index of the column serves, as for `=`."""

    inherit_cache = True
    # What tells two of them apart in the cache of statements.
    _traverse_internals: ClassVar[list[tuple[str, InternalTraversal]]] = [  # type: ignore[misc]
        ("column", InternalTraversal.dp_clauseelement),
        ("values", InternalTraversal.dp_clauseelement),
    ]
    type = sa.Boolean()

    def __init__(self, column: Any, name: str):
        self.column: Any = sa.sql.coercions.expect(sa.sql.roles.ExpressionElementRole, column)
        self.values = sa.bindparam(name, type_=Listed())

    def self_group(self, against: Any = None) -> Any:
        return self  # else SQLite is asked whether it `= 1`, and then uses no index


@compiles(among, "sqlite")
def _as_json(element: among, compiler: Any, **options: Any) -> str:
    column, values = compiler.process(element.column, **options), compiler.process(element.values, **options)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - both are made by the compiler


@compiles(among, "postgresql")
def _as_array(element: among, compiler: Any, **options: Any) -> str:
    column, values = compiler.process(element.column, **options), compiler.process(element.values, **options)
    return f"{column} = ANY ({values})"
