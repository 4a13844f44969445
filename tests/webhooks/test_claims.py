"""A delivery judged at the very moment its shop installs is handed on, whichever of the two is quicker."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlmodel import Session

from kit.db import Database
from shopify_app.admin_api.grants import Grant
from shopify_app.installs import install
from shops.models import ShopState
from tests.cast import NOW
from tests.jobs_at_hand import Queue
from tests.webhooks.test_inbox import SHOP, Clock, deliver, installed, state
from tests.webhooks.test_inbox import clock as clock
from tests.webhooks.test_inbox import events as events
from webhooks.inbox import hand_on, pump
from webhooks.models import DeliveryState

GRANT = Grant("shpat_1", "read_returns", None, None, None)
LONG = 30.0
A_WHILE = 0.4
"""Given to the second transaction to go ahead where nothing holds it back; what is asserted does not hang on it."""


class Held(threading.Thread):
    """A transaction that has done its work and is kept from committing."""

    def __init__(self, database: Database, work: Callable[[Session], object]):
        super().__init__(daemon=True)
        self.transaction: AbstractContextManager[Session] = database.begin()
        self.work, self.worked, self.go = work, threading.Event(), threading.Event()
        self.start()

    def run(self) -> None:
        with self.transaction as session:
            self.work(session)
            session.flush()
            self.worked.set()
            self.go.wait(LONG)

    def ends(self) -> None:
        self.go.set()
        self.join(LONG)
        assert self.worked.is_set() and not self.is_alive()


def comes(session: Session) -> object:
    return install(session, SHOP, GRANT, now=NOW)


@pytest.fixture(params=["never met", "left before"])
def before(request: pytest.FixtureRequest, database: Database) -> None:
    if request.param == "left before":
        installed(database, ShopState.UNINSTALLED)


def test_one_judged_before_the_shop_was_there_and_committed_after_it_came_is_handed_on(
    database: Database, before: None, queue: Queue, clock: Clock
) -> None:
    delivery = deliver(database)
    pumping = Held(database, lambda session: hand_on(session, delivery, now=NOW))
    assert pumping.worked.wait(LONG)
    installing = Held(database, comes)
    installing.go.set()
    installing.join(A_WHILE)
    pumping.ends()
    installing.ends()
    pump(database.begin)
    assert state(database, delivery) is DeliveryState.HANDLED
    assert queue.names().count("routing.route_return") == 1


def test_one_judged_while_the_installation_is_not_committed_yet_is_handed_on(
    database: Database, before: None, queue: Queue, clock: Clock
) -> None:
    delivery = deliver(database)
    installing = Held(database, comes)
    assert installing.worked.wait(LONG)
    pumping = Held(database, lambda session: hand_on(session, delivery, now=NOW))
    pumping.go.set()
    pumping.join(A_WHILE)
    installing.ends()
    pumping.ends()
    pump(database.begin)
    assert state(database, delivery) is DeliveryState.HANDLED
    assert queue.names().count("routing.route_return") == 1
