"""Alice's house with Bob's colleagues: Hugo beside him, Léna in another boutique, Aiko who speaks no French."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from sqlmodel import select

from consults.absences import note_away
from consults.advisors import set_hours
from consults.models import Advisor, Boutique, Case
from jobs.queue import use_events
from kit.db import Database
from logistics.models import Rma
from routing.jobs import route_return
from routing.ledgers import Held, PoolLoad, Rerouting
from routing.rerouting import route_again
from shopify_app.wiring import EVENTS, jobs_table
from tests import cast
from tests.jobs_at_hand import Queue
from tests.routing.test_jobs import FakeOrders, FakeReturns, route

FRENCH = "fr-FR"
DAY = timedelta(days=1)


@dataclass
class House:
    """What a test of answering asks for."""

    database: Database
    queue: Queue
    shop_id: int
    bob: int
    hugo: int
    boutique: int
    orders: FakeOrders
    table: dict[str, Any] = field(default_factory=dict)

    def change(self, advisor_id: int, **values: Any) -> None:
        """Columns of an advisor."""
        with self.database.begin() as session:
            row = session.get_one(Advisor, advisor_id)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)

    def away(self, advisor_id: int, days: float = 7, since: datetime = cast.NOW) -> None:
        """They are away from `since` on."""
        with self.database.begin() as session:
            note_away(session, shop_id=self.shop_id, advisor_id=advisor_id, starts_at=since, ends_at=since + days * DAY)

    def colleague(self, name: str, **values: Any) -> int:
        """Another advisor of Bob's boutique, at work when he is."""
        with self.database.begin() as session:
            about: dict[str, Any] = {
                "boutique_id": self.boutique,
                "zone": "Europe/Paris",
                "languages": "fr,en",
                "phone": "+33184880020",
                "email": f"{name.split()[0].lower()}@verdane.example",
            }
            row = Advisor(shop_id=self.shop_id, name=name, **(about | values))
            session.add(row)
            session.flush()
            advisor_id = cast.number(row.id)
            set_hours(session, shop_id=self.shop_id, advisor_id=advisor_id, hours=cast.EVERY_DAY)
            return advisor_id

    def route(self) -> Case:
        """Cleo's return comes in; her case."""
        self.arrive()
        return self.case()

    def arrive(self) -> None:
        """Cleo's return comes in at cast.NOW."""
        with patch("routing.jobs.clock_now", lambda: cast.NOW):
            route(self.database, self.shop_id, orders=self.orders, returns=FakeReturns(found=cast.cleos_read()))

    def case(self) -> Case:
        """Cleo's case as it is now."""
        with self.database.begin() as session:
            return session.exec(select(Case).where(Case.shop_id == self.shop_id)).one()

    def rma(self) -> Rma:
        """Cleo's return as it is now."""
        with self.database.begin() as session:
            return session.exec(select(Rma).where(Rma.shop_id == self.shop_id)).one()

    def run(self, at: datetime = cast.NOW, only: set[str] | None = None) -> list[str]:
        """Run what waits, with Shopify at hand."""
        with cast.clock(at):
            return self.queue.drain(self.database, self.table, only=only)

    def look_after(self, at: datetime) -> None:
        """The periodic look, and what it brings."""
        with cast.clock(at):
            self.table["routing.look_after"](self.database.begin)
        self.run(at)

    def loads(self) -> dict[int, int]:
        """Open cases of the pool by advisor, where there are any."""
        with self.database.begin() as session:
            return {row.advisor_id: row.open_cases for row in session.exec(select(PoolLoad)) if row.open_cases}

    def held(self) -> list[tuple[int, str, bool]]:
        """Every entry of the ledgers: (advisor, ledger, whether it is over)."""
        with self.database.begin() as session:
            rows = session.exec(select(Held).order_by(Held.id)).all()  # type: ignore[arg-type]
            return [(row.advisor_id, row.ledger.value, row.ended_at is not None) for row in rows]

    def reroutings(self) -> list[Rerouting]:
        """What was routed again, oldest first."""
        with self.database.begin() as session:
            return list(session.exec(select(Rerouting).order_by(Rerouting.id)))  # type: ignore[arg-type]


@pytest.fixture
def house(database: Database, queue: Queue) -> Iterator[House]:
    yield make_house(database, queue)


def make_house(database: Database, queue: Queue) -> House:
    """Bob sold Cleo's ring in Paris; Hugo is his colleague."""
    config = cast.settings(database.url)
    use_events(EVENTS)
    with database.begin() as session:
        shop = cast.alice(session)
        bob = cast.bob(session, shop)
        place = session.get_one(Boutique, bob.boutique_id)
        made = House(
            database,
            queue,
            cast.number(shop.id),
            cast.number(bob.id),
            0,
            cast.number(place.id),
            FakeOrders(cast.PRICE),
        )
    made.hugo = made.colleague("Hugo Marchand")
    # What calls out, to carriers and providers, is not of these tests.
    outside = ("routing.write_back", "routing.tell_flow", "consults.prepare_brief")
    table = {
        name: job
        for name, job in jobs_table(config, database).items()
        if name.startswith(("routing.", "consults.")) and not name.startswith(outside)
    }
    made.table = with_shopify(table, made.orders)
    return made


def with_shopify(table: dict[str, Any], orders: FakeOrders) -> dict[str, Any]:
    """`table` with Cleo's return, and `orders`, in the place of Shopify."""
    returns = FakeReturns(found=cast.cleos_read())
    ours: dict[str, Any] = {"routing.route_again": route_again, "routing.route_return": route_return}
    return table | {name: partial(job, returns=returns, orders=orders) for name, job in ours.items()}
