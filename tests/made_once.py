"""What every test's own application and database would work out anew, worked out once a process.

Half of a page test went into it: each application compiled the same templates and addresses, each engine the same SQL.
Only what is derived from text is shared, never a row, a setting or an answer.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import flask
import jinja2
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule


def share_all() -> None:
    """Called once, before any application or engine is made."""
    flask.Flask.jinja_options = {**flask.Flask.jinja_options, "bytecode_cache": Templates()}
    Rule._compile_builder = _builders(Rule._compile_builder)  # type: ignore[method-assign]
    sa.create_engine = _with_shared_statements(sa.create_engine)


class Templates(jinja2.BytecodeCache):
    """Compiled templates by name and text."""

    def __init__(self) -> None:
        self.code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        bucket.code = self.code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        self.code[bucket.key, bucket.checksum] = bucket.code


def _builders(compile_builder: Callable[..., Any]) -> Callable[..., Any]:
    """An address's builder is a plain function of its rule; it gets the rule itself as an argument."""
    made: dict[Any, Any] = {}

    @wraps(compile_builder)
    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in made:
            made[key] = compile_builder(rule, append_unknown)
        return made[key]

    return compile_once


def _with_shared_statements(create_engine: Callable[..., Engine]) -> Callable[..., Engine]:
    """Engines of one kind are alike here: the same driver, the same server, no options of their own."""
    statements: dict[type, LRUCache[Any, Any]] = {}
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        statements[dialect] = LRUCache(4000)
        dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
        dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]

    @wraps(create_engine)
    def create(*args: Any, **options: Any) -> Engine:
        engine = create_engine(*args, **options)
        if type(engine.dialect) in statements:
            engine._compiled_cache = statements[type(engine.dialect)]
        return engine

    return create
