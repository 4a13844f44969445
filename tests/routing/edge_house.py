"""Alice's shop at Shopify's edge: the worker's own tables of events and jobs, with Shopify in the test's hands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from sqlmodel import select

import jobs.queue
import routing.jobs
from consults.models import Case
from jobs.attempts import Job
from jobs.queue import use_events
from kit import clock as kit_clock
from kit.db import Database
from logistics.jobs import authorise
from logistics.models import Rma
from routing import jobs as routing_jobs
from routing import openings, sweeps
from routing.models import Decision, OpenedReturn, Sweep
from shopify_app.wiring import AT_ONCE, EVENTS
from tests import cast, faults
from tests.jobs_at_hand import Queue
from tests.routing.shopify_at_hand import FakeShopify


@dataclass
class Edge:
    database: Database
    queue: Queue
    shop_id: int
    bob_id: int
    shopify: FakeShopify = field(default_factory=FakeShopify)
    at: datetime = cast.NOW

    def jobs(self) -> dict[str, Job]:
        """What a worker would run, as far as Shopify's edge goes."""
        fake: Any = self.shopify
        return {
            "routing.route_return": partial(routing_jobs.route_return, returns=fake, orders=fake),
            "routing.follow_return": partial(routing_jobs.follow_return, returns=fake, orders=fake),
            "routing.open_return": partial(openings.open_return, openings=fake),
            "reconcile.sweep_shops": sweeps.sweep_shops,
            "reconcile.sweep_shop": partial(sweeps.sweep_shop, sweeps=fake),
            "logistics.authorise": partial(authorise, returns=fake),
        }

    def work(self, *, only: set[str] | None = None) -> list[str]:
        return self.queue.drain(self.database, self.jobs(), only=only)

    def pass_by(self, **span: float) -> None:
        self.at += timedelta(**span)

    def sweep(self, *, wide: bool = False) -> sweeps.Swept | None:
        """The sweep that gets to its end: on a bad day the next one goes on where the last one failed."""
        for _ in range(faults.MOST_ATTEMPTS if faults.are_on() else 1):
            swept = sweeps.look_through(self.database.begin, sweeps=self.shopify, shop_id=self.shop_id, wide=wide)
            if swept is None or "a bad day" not in swept.problem:
                return swept
        return swept

    def mark(self) -> Sweep:
        with self.database.begin() as session:
            return session.get_one(Sweep, self.shop_id)

    def tell(self, event: object) -> None:
        """As a delivery that is handed on does."""
        with self.database.begin() as session:
            jobs.queue.publish(session, event)

    def made(self) -> tuple[list[Decision], list[Case], list[Rma]]:
        with self.database.begin() as session:
            return tuple(list(session.exec(select(kind))) for kind in (Decision, Case, Rma))  # type: ignore[return-value]

    def made_of(self, return_gid: str) -> tuple[list[Decision], list[Case], list[Rma]]:
        return tuple([row for row in rows if row.return_gid == return_gid] for rows in self.made())  # type: ignore

    def ask(
        self, key: str = "k-1", *, advisor_id: int | None = -1, line: str = "gid://shopify/FulfillmentLineItem/1"
    ) -> int:
        with self.database.begin() as session:
            row = openings.ask(
                session,
                shop_id=self.shop_id,
                key=key,
                order_gid="gid://shopify/Order/1042",
                order_name="#1042",
                lines=[(line, 1)],
                reason_gid="gid://shopify/ReturnReasonDefinition/1",
                advisor_id=self.bob_id if advisor_id == -1 else advisor_id,
                now=self.at,
            )
            return cast.number(row.id)

    def opened(self, opened_id: int) -> OpenedReturn:
        with self.database.begin() as session:
            return openings.get_opened(session, shop_id=self.shop_id, opened_id=opened_id)


@pytest.fixture
def edge(database: Database, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edge]:
    """The shop, its advisor, an empty Shopify, and the time standing at cast.NOW until `pass_by`."""
    monkeypatch.setattr(jobs.queue, "_events", {})
    monkeypatch.setattr(jobs.queue, "_at_once", {})
    use_events(EVENTS, AT_ONCE)
    with database.begin() as session:
        shop = cast.alice(session)
        bob = cast.bob(session, shop)
        house = Edge(database, queue, cast.number(shop.id), cast.number(bob.id))
        queue.pass_by = lambda seconds: house.pass_by(seconds=seconds)
    with patch.object(kit_clock, "now", lambda: house.at), patch.object(routing.jobs, "clock_now", lambda: house.at):
        yield house
