"""A shop with a past."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

import jobs.queue
from kit.db import Database
from shops import crypt
from simulators.world import World, generate
from tests.jobs_at_hand import Queue
from tests.measures.past_town import BASE, PastTown, open_past_town


@pytest.fixture(scope="session")
def past_world() -> World:
    return generate(7, BASE, orders=120, clients=40)


@pytest.fixture
def past_town(database: Database, queue: Queue, past_world: World) -> Iterator[PastTown]:
    with open_past_town(database, queue, past_world) as town:
        yield town


@pytest.fixture(scope="session")
def one_database(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Made once for all tests that take `session`; nothing is ever committed in it."""
    path = tmp_path_factory.mktemp("measures") / "app.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def session(one_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session for rules that no database decides: on SQLite, and undone when the test is over. No job follows."""
    monkeypatch.setattr(jobs.queue, "_events", {})
    crypt.use_keys("a-key-for-tests")
    with one_database.engine.connect() as connection, connection.begin() as all_of_it:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        all_of_it.rollback()
