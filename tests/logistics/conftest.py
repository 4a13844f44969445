"""Cleo's return on a real database, with Shopify and the carrier as fakes that keep a record."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel

import jobs.queue
import logistics.cover_models
import logistics.models
import notifications.models
from kit import clock as kit_clock
from kit.db import Database
from kit.money import Money
from logistics import dispositions, reverse_deliveries, rmas, settlements
from logistics.models import LogisticsPolicy, Settlement
from logistics.reads import ReturnRead
from logistics.states import Finding
from shops import crypt
from tests import cast
from tests.logistics.stand_ins import Clock, FakeCarrier, FakeShopify, Line

assert logistics.models and logistics.cover_models and notifications.models  # their tables are wanted


@dataclass
class House:
    """What a test of the parcel line needs, and the steps people take in it."""

    database: Database
    shopify: FakeShopify
    carrier: FakeCarrier
    line: Line
    clock: Clock
    shop_id: int
    rma_id: int = 0
    return_gid: str = cast.RETURN_GID

    def open(self, read: ReturnRead | None = None, value: Money = cast.PRICE) -> int:
        read = read or cast.cleos_read(price=value)
        self.shopify.returns[read.return_gid] = read
        with self.database.begin() as session:
            rma, _ = rmas.open_rma(
                session,
                shop_id=self.shop_id,
                read=read,
                client=cast.CLEO_READ,
                value=value,
                assisted=True,
                now=self.clock(),
            )
            assert rma.id is not None
            self.rma_id, self.return_gid = rma.id, read.return_gid
        return self.rma_id

    def view(self) -> rmas.RmaView:
        with self.database.begin() as session:
            return rmas.view(session, shop_id=self.shop_id, rma_id=self.rma_id)

    def state(self) -> str:
        return str(self.view().rma.goods_state)

    def kinds(self) -> list[str]:
        return [step.kind for step in self.view().steps]

    def scan(self, status: str, event_id: str = "", parcel: int = 0, **ago: float) -> None:
        code = self.view().parcels[parcel].tracking_code or "none"
        at = Clock(self.clock())
        at.pass_by(**{unit: -span for unit, span in ago.items()})
        with self.database.begin() as session:
            reverse_deliveries.record_scan(
                session,
                tracking_code=code,
                status=status,
                at=at(),
                event_id=event_id or f"evt-{parcel}-{status}",
                now=self.clock(),
            )

    def receive(self) -> None:
        with self.database.begin() as session:
            reverse_deliveries.receive_by_hand(
                session, shop_id=self.shop_id, rma_id=self.rma_id, by="Bob", now=self.clock()
            )

    def inspect(self, finding: Finding = Finding.MATCH, restock: bool = True) -> None:
        with self.database.begin() as session:
            dispositions.inspect(
                session,
                shop_id=self.shop_id,
                rma_id=self.rma_id,
                finding=finding,
                note="",
                restock=restock,
                by="Bob",
                now=self.clock(),
            )

    def money(self) -> Settlement:
        return self.view().settlements[-1]

    def approve(self, settlement: Settlement | None = None) -> Settlement:
        with self.database.begin() as session:
            settlement_id = (settlement or self.money()).id
            assert settlement_id is not None
            return settlements.approve_payment(
                session,
                shop_id=self.shop_id,
                rma_id=self.rma_id,
                settlement_id=settlement_id,
                by="Alice",
                now=self.clock(),
            )

    def until_inspected(self, read: ReturnRead | None = None, value: Money = cast.PRICE) -> None:
        self.open(read, value)
        self.line.drain()
        self.receive()
        self.inspect()
        self.line.drain()

    def in_admin(self, **changes: Any) -> None:
        """Somebody changes the return in the Shopify admin, and the webhook for it comes."""
        self.shopify.returns[self.return_gid] = replace(self.shopify.returns[self.return_gid], **changes)
        self.line.waiting.append(("logistics.follow_return", {"shop_id": self.shop_id, "return_gid": self.return_gid}))


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with every table and no row: made once, and copied for each test."""
    path = tmp_path_factory.mktemp("logistics") / "empty.db"
    database = Database(f"sqlite:///{path}")
    SQLModel.metadata.create_all(database.engine)
    database.close()
    return path


@pytest.fixture
def database(tmp_path: Path, empty: Path) -> Iterator[Database]:
    crypt.use_keys("test-token-key")
    shutil.copy(empty, tmp_path / "app.db")
    database = Database(f"sqlite:///{tmp_path}/app.db")
    yield database
    database.close()


@pytest.fixture
def secured(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """Jobs that were secured, in order, as (name, arguments); none runs."""
    found: list[tuple[str, dict[str, Any]]] = []

    def put(_session: Any, name: str, payload: dict[str, Any], **_rest: Any) -> None:
        found.append((name, dict(payload["args"])))

    crypt.use_keys("test-token-key")
    monkeypatch.setattr(jobs.queue, "put", put)
    return found


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Events that were published, in order; nothing follows from any, whatever this process has wired."""
    found: list[Any] = []
    monkeypatch.setattr(jobs, "publish", lambda _session, event, **_rest: found.append(event))
    return found


@pytest.fixture
def house(database: Database, monkeypatch: pytest.MonkeyPatch) -> House:
    return make_house(database, monkeypatch)


def make_house(database: Database, monkeypatch: pytest.MonkeyPatch) -> House:
    crypt.use_keys("test-token-key")
    clock, shopify, carrier = Clock(), FakeShopify(), FakeCarrier()
    line = Line(database, clock, shopify, carrier)
    monkeypatch.setattr(jobs.queue, "put", line.put)
    monkeypatch.setattr(jobs.queue, "_events", {})  # what follows outside logistics is the wiring's
    monkeypatch.setattr(kit_clock, "now", clock)
    with database.begin() as session:
        shop_id = cast.number(cast.alice(session).id)
        session.add(
            LogisticsPolicy(
                shop_id=shop_id,
                receiving_name="R. Marchand",
                receiving_street1="8 rue du Louvre",
                receiving_city="Paris",
                receiving_postal_code="75001",
                receiving_country="FR",
                restock_location_gid="gid://shopify/Location/4",
            )
        )
        cast.cover_terms(session, shop_id)
    return House(database, shopify, carrier, line, clock, shop_id)
