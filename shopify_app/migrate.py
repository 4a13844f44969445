"""Migrations: ours by Alembic, then the job engine's own tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config

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
