"""Alembic's environment: our tables, on SQLite (in batches, which it needs to alter anything) or PostgreSQL."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from kit.db import make_engine
from shopify_app.tables import metadata
from shops.crypt import Sealed, SealedBytes

LOCK = 7315003221  # any number, the same for every process that migrates


def ours(_object: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    """The job engine keeps its own tables in the same database; they are not ours to compare."""
    return kind != "table" or not reflected or name in metadata.tables


def plain(kind: str, thing: Any, _context: object) -> str | bool:
    """Write columns with SQLAlchemy's own types: a migration must not change when our types do."""
    if kind != "type":
        return False
    if isinstance(thing, Sealed):
        return "sa.Text()"
    if isinstance(thing, SealedBytes):
        return "sa.LargeBinary()"
    if isinstance(thing, sa.Enum):
        return f"sa.String(length={thing.length})"
    if isinstance(thing, AutoString):
        return f"sa.String(length={thing.length})" if thing.length else "sa.Text()"
    if isinstance(thing, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


url = context.config.attributes.get("database_url") or "sqlite:///var/app.db"
engine = make_engine(url, pool_size=1)
with engine.connect() as connection:
    if connection.dialect.name == "postgresql":
        # Two processes starting together migrate one after the other.
        connection.execute(sa.text("SELECT pg_advisory_lock(:n)"), {"n": LOCK})
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        include_object=ours,
        render_item=plain,
        compare_type=False,  # what is read back is never word for word what was written
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
