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
    Rule.compile = _compiled(Rule.compile)  # type: ignore[assignment, method-assign]
    sa.create_engine = _with_shared_statements(sa.create_engine)


class Templates(jinja2.BytecodeCache):
    """Compiled templates by name and text."""

    def __init__(self) -> None:
        self.code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        bucket.code = self.code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        self.code[bucket.key, bucket.checksum] = bucket.code


def _compiled(compile_rule: Callable[[Rule], None]) -> Callable[[Rule], None]:
    """An address's parts, and the functions that build it; these get the rule itself as an argument."""
    made: dict[Any, dict[str, Any]] = {}

    @wraps(compile_rule)
    def compile_once(rule: Rule) -> None:
        if rule.defaults or rule.subdomain or rule.host:
            return compile_rule(rule)
        key = (rule.rule, rule.merge_slashes, *rule.map.converters.values())
        if key in made:
            found = made[key]
            rule._parts, rule._trace, rule._converters = found["parts"], found["trace"], found["converters"]
            rule.arguments |= found["arguments"]
            rule._build = found["build"].__get__(rule, None)
            rule._build_unknown = found["build_unknown"].__get__(rule, None)
            return None
        compile_rule(rule)
        made[key] = {
            "parts": rule._parts,
            "trace": rule._trace,
            "converters": rule._converters,
            "arguments": set(rule.arguments),
            "build": rule._build.__func__,  # type: ignore[attr-defined]
            "build_unknown": rule._build_unknown.__func__,  # type: ignore[attr-defined]
        }
        return None

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
