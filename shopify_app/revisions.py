"""Which migration the database is at, and which there is; without loading the tool that migrates."""

import re
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session

VERSIONS = Path(__file__).parent.parent / "migrations" / "versions"
REVISION = re.compile(r"""^(revision|down_revision) = (?:[\"']([^\"']+)[\"']|None)$""", re.MULTILINE)


def head_revision() -> str | None:
    """The newest migration there is: the one no other follows."""
    found = [dict(REVISION.findall(path.read_text())) for path in VERSIONS.glob("*.py")]
    followed = {entry.get("down_revision") for entry in found}
    heads = [entry["revision"] for entry in found if entry["revision"] not in followed]
    return heads[0] if len(heads) == 1 else None


def database_revision(session: Session) -> str | None:
    """The migration the database is at; None before the first."""
    if not sa.inspect(session.connection()).has_table("alembic_version"):
        return None
    return session.connection().execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
