"""Migrations: ours by Alembic, then the job engine's own tables."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlmodel import Session

from jobs.engine import migrate_engine

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def config(database_url: str = "") -> Config:
    """Alembic's configuration, without a file."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.set_main_option("path_separator", "os")
    settings.attributes["database_url"] = database_url
    return settings


def upgrade(database_url: str) -> None:
    """Bring the database to head. May be repeated, and run by two processes at once."""
    command.upgrade(config(database_url), "head")
    migrate_engine(database_url)


def head_revision() -> str | None:
    """The newest migration there is."""
    return ScriptDirectory.from_config(config()).get_current_head()


def database_revision(session: Session) -> str | None:
    """The migration the database is at; None before the first."""
    if not sa.inspect(session.connection()).has_table("alembic_version"):
        return None
    return session.connection().execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
