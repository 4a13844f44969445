"""One Admin for a whole file: for tests that look, or that send what must change nothing.

@pytest.fixture(scope="module")
def admin(sqlite_template, run_dir) -> Iterator[Admin]:
    with open_shared(sqlite_template, run_dir) as made:
        yield made

before = everything(admin.database)      every row of every table, to compare with what is there afterwards
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import SQLModel

from kit.db import Database
from tests.pages.admin_world import Admin, open_admin


@contextmanager
def open_shared(template: Path, run_dir: Path) -> Iterator[Admin]:
    """On a copy of the migrated database that lives as long as the file's tests."""
    folder = Path(tempfile.mkdtemp(prefix="shared-", dir=run_dir))
    shutil.copyfile(template, folder / "app.db")
    with open_admin(f"sqlite:///{folder / 'app.db'}") as made:
        yield made
    shutil.rmtree(folder)


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """The rows of each of our tables, by their own order."""
    with database.engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(sa.select(table))]
            for name, table in SQLModel.metadata.tables.items()
        }


def changed(before: dict[str, list[tuple[object, ...]]], after: dict[str, list[tuple[object, ...]]]) -> set[str]:
    """The tables in which something is another than it was."""
    return {name for name in before if before[name] != after[name]}
