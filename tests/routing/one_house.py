"""The house of answering_house.py, made once a process: each test works in it, and then nothing of that ever happened.

What a test commits is a savepoint; rows read in one transaction are strangers to the next, as they are at work.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session

from jobs.queue import use_events
from kit.db import Database
from shopify_app.wiring import EVENTS
from shops import crypt
from tests import cast
from tests.jobs_at_hand import Queue
from tests.routing.answering_house import House, make_house, with_shopify
from tests.routing.test_jobs import FakeOrders


class Undone(Database):
    """A database all of whose transactions are undone in the end."""

    def __init__(self, session: Session, url: str):
        self.session, self.url = session, url

    @contextmanager
    def begin(self) -> Iterator[Session]:
        with self.session.begin_nested():
            yield self.session
        self.session.expunge_all()


@pytest.fixture(scope="session")
def house_of_all(sqlite_template: Path, run_dir: Path) -> Iterator[House]:
    crypt.use_keys("a-key-for-tests")
    folder = Path(tempfile.mkdtemp(prefix="sqlite-", dir=run_dir))
    shutil.copyfile(sqlite_template, folder / "app.db")
    database = Database(f"sqlite:///{folder / 'app.db'}")
    yield make_house(database, Queue())
    database.close()
    shutil.rmtree(folder)


@pytest.fixture
def one_house(house_of_all: House, queue: Queue) -> Iterator[House]:
    """Bob who sold Cleo's ring, and Hugo beside him; SQLite."""
    crypt.use_keys("a-key-for-tests")
    use_events(EVENTS)
    kept, orders = house_of_all.database, FakeOrders(cast.PRICE)
    with Session(kept.engine, expire_on_commit=False) as session:
        session.connection().exec_driver_sql("BEGIN IMMEDIATE")
        mine = replace(house_of_all, database=Undone(session, kept.url), queue=queue, orders=orders)
        mine.table = with_shopify(house_of_all.table, orders)
        yield mine
        session.rollback()


@pytest.fixture
def session(one_house: House) -> Iterator[Session]:
    """One transaction in that house."""
    with one_house.database.begin() as session:
        yield session
