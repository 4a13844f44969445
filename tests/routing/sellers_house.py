"""A house with every kind of evidence in it, and orders that come by webhook: for tests of who sold a piece.

Bob and Inès sell in Paris, Colette left, Maud is the manager and the default. Each order of `Sale` is told by an
orders/create body, read again at its return, and routed with the adapters in the test's hands.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa
from sqlmodel import Session, select

import routing.jobs
from consults.kinds import StaffRole
from consults.models import Advisor, Boutique, Case, Consult
from consults.states import ConsultState
from kit.db import Database
from kit.money import Money
from logistics.reads import ClientRead, ReturnRead
from routing import books, chains, client_book, notes, selling
from routing.facts import LineRead, OrderRead, StaffRead
from routing.jobs import keep_evidence, route_return
from routing.models import Decision, LineEvidence, OrderEvidence
from routing.reads import OrderSignals, SignalKeys
from routing.seller_models import ClaimEvidence, SellerChoice, SellerNote
from routing.trying import Tried, try_order
from shops.models import Shop
from tests import cast
from tests.jobs_at_hand import Queue
from tests.logistics.stand_ins import FakeShopify
from webhooks.topics import TOPICS, Context

NOW = cast.NOW
SOLD_AT = datetime(2026, 10, 14, 15, tzinfo=UTC)
RING, SCARF = "gid://shopify/LineItem/421", "gid://shopify/LineItem/422"
PARIS = "gid://shopify/Location/71"
STAFF = {"Bob": 7, "Inès": 8, "Colette": 9, "Maud": 1}
RING_CENTS, SCARF_CENTS = 1_200_000, 280_000


def staff_gid(name: str) -> str:
    return f"gid://shopify/StaffMember/{STAFF[name]}"


@dataclass
class Sale:
    """One order as Shopify would tell of it. `staff`: line -> {name: pieces}; `codes`: line or "" -> code."""

    number: int = 1042
    staff: dict[str, dict[str, int]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    key: str = "_advisor_code"
    user: str | int | None = None
    location: str | None = None
    source: str = "pos"
    ring_quantity: int = 1
    today: OrderSignals = field(default_factory=OrderSignals)
    webhook: bool = True
    client: ClientRead = cast.CLEO_READ

    @property
    def gid(self) -> str:
        return f"gid://shopify/Order/{self.number}"

    def body(self) -> dict[str, Any]:
        """An orders/create body, as far as we read it."""
        return {
            "admin_graphql_api_id": self.gid,
            "name": f"#{self.number}",
            "source_name": self.source,
            "user_id": STAFF.get(self.user, self.user) if isinstance(self.user, str) else self.user,
            "location_id": self.location and self.location.rsplit("/", 1)[-1],
            "updated_at": SOLD_AT.isoformat(),
            "note_attributes": self._written(""),
            "line_items": [self._line(RING, self.ring_quantity), self._line(SCARF, 1)],
        }

    def _line(self, gid: str, quantity: int) -> dict[str, Any]:
        credits = [{"id": self._who(name), "quantity": n} for name, n in self.staff.get(gid, {}).items()]
        return {"admin_graphql_api_id": gid, "quantity": quantity, "attributed_staffs": credits,
                "properties": self._written(gid)}  # fmt: skip

    def _written(self, place: str) -> list[dict[str, str]]:
        return [{"name": self.key, "value": self.codes[place]}] if place in self.codes else []

    def _who(self, name: str) -> str:
        return staff_gid(name) if name in STAFF else f"gid://shopify/StaffMember/{name}"

    def read(self) -> OrderRead:
        lines = (
            LineRead(RING, "Meridian ring", "", "", self.ring_quantity, Money(RING_CENTS, "USD")),
            LineRead(SCARF, "Silk scarf", "", "", 1, Money(SCARF_CENTS, "USD")),
        )
        total = Money(RING_CENTS + SCARF_CENTS, "USD")
        return OrderRead(self.gid, f"#{self.number}", SOLD_AT, date(2026, 10, 16), self.source, total, None, lines)


@dataclass
class House(FakeShopify):
    """The house, and Shopify in the test's hands: fits ReturnsDoor, OrderReads, SignalReads and SellerNotes."""

    database: Database = None  # type: ignore[assignment]
    shop_id: int = 0
    people: dict[str, int] = field(default_factory=dict)
    sale: Sale = field(default_factory=Sale)
    written: dict[str, str] = field(default_factory=dict)
    asked: list[SignalKeys] = field(default_factory=list)

    def read(self, shop_id: int, return_gid: str) -> ReturnRead | None:
        found = cast.cleos_read(return_gid)
        ring = replace(found.lines[0], line_gid=RING, quantity=self.sale.ring_quantity)
        scarf = replace(found.lines[0], gid="gid://shopify/ReturnLineItem/2", line_gid=SCARF, quantity=1)
        return replace(found, order_gid=self.sale.gid, lines=(ring, scarf))

    def order(self, shop_id: int, order_gid: str) -> tuple[OrderRead, ClientRead] | None:
        return self.sale.read(), self.sale.client

    def staff(self, shop_id: int, order_gid: str) -> StaffRead:
        return StaffRead()

    def signals(self, shop_id: int, order_gid: str, keys: SignalKeys) -> OrderSignals:
        self.asked.append(keys)
        return replace(self.sale.today, sold_by=self.written.get(order_gid, self.sale.today.sold_by))

    def write(self, shop_id: int, order_gid: str, body: str) -> None:
        self.written[order_gid] = body

    def sell(self, sale: Sale) -> None:
        """The order comes by webhook, where it does."""
        self.sale = sale
        if not sale.webhook:
            return
        seen = TOPICS["orders/create"](sale.body(), Context(self.shop_id, "verdane.myshopify.com", ""))
        with self.database.begin() as session:
            keep_evidence(session, seen)

    def take_back(self, number: int = 1) -> Decision:
        """The return comes, and is routed."""
        return_gid = f"gid://shopify/Return/{number}"
        fake: Any = self
        with cast.clock(), patch.object(routing.jobs, "clock_now", lambda: NOW):
            route_return(
                self.database.begin,
                returns=fake,
                orders=fake,
                signals=fake,
                shop_id=self.shop_id,
                return_gid=return_gid,
            )
        with self.database.begin() as session:
            return session.exec(select(Decision).where(Decision.return_gid == return_gid)).one()

    def try_order(self) -> Tried:
        """The order through the rules in force, as the Routing page tries it."""
        with self.database.begin() as session:
            keys = chains.signal_keys(chains.chain_row(session, self.shop_id))
            book = books.in_force(session, self.shop_id)
        gid = self.sale.gid
        today = self.signals(self.shop_id, gid, keys)
        with self.database.begin() as session:
            return try_order(
                session, shop_id=self.shop_id, book=book, order=self.sale.read(), client=self.sale.client,
                staff=self.staff(self.shop_id, gid), today=today, now=NOW,
            )  # fmt: skip

    def case(self, number: int = 1) -> Case:
        with self.database.begin() as session:
            return session.exec(select(Case).where(Case.return_gid == f"gid://shopify/Return/{number}")).one()

    def name_of(self, advisor_id: int | None) -> str:
        return next((name for name, known in self.people.items() if known == advisor_id), "")

    def change(self, name: str, **values: Any) -> None:
        with self.database.begin() as session:
            advisor = session.get_one(Advisor, self.people[name])
            for column, value in values.items():
                setattr(advisor, column, value)
            session.add(advisor)

    def book(self, name: str) -> None:
        """Cleo is noted as that advisor's client."""
        with self.database.begin() as session:
            secret = client_book.secret_of(session, self.shop_id)
            keys = client_book.client_keys(secret, email=cast.CLEO_READ.email)
            client_book.put(
                session, shop_id=self.shop_id, keys=keys, advisor_id=self.people[name], since=date(2024, 3, 1),
                source=client_book.BY_FILE, now=NOW,
            )  # fmt: skip

    def choose(self, name: str, reason: str, *, number: int = 1, for_client: bool = False) -> None:
        """A person of the house puts that advisor in place of the one the chain named."""
        with self.database.begin() as session:
            selling.choose_advisor(
                session, shop_id=self.shop_id, case_id=cast.number(self.case(number).id),
                advisor_id=self.people[name], reason=reason, by="staff:7", for_client=for_client, now=NOW,
            )  # fmt: skip

    def write_back(self, queue: Queue) -> list[str]:
        """The worker writes our notes to Shopify."""
        fake: Any = self
        table = {"routing.write_back": partial(notes.write_back, notes=fake)}
        return queue.drain(self.database, table)

    def forget_evidence(self) -> None:
        """All our rows about the order are gone, as after an erasure; what is in Shopify stays."""
        with self.database.begin() as session:
            for kind in (ClaimEvidence, LineEvidence, OrderEvidence, SellerNote, SellerChoice):
                session.connection().execute(sa.delete(kind))

    def hand_over(self, leaving: str, taking: str) -> int:
        with self.database.begin() as session:
            return client_book.hand_over(session, self.shop_id, self.people[leaving], self.people[taking], now=NOW)

    def talk(self, name: str, days_before: int = 3) -> None:
        """Cleo spoke with that advisor before the sale, about something else."""
        ended = SOLD_AT - timedelta(days=days_before)
        with self.database.begin() as session:
            shop, advisor = session.get_one(Shop, self.shop_id), session.get_one(Advisor, self.people[name])
            gid = f"gid://shopify/Return/talk-{name}-{days_before}"
            case = cast.cleos_case(session, shop, advisor, return_gid=gid, now=ended)
            session.add(
                Consult(
                    shop_id=self.shop_id, case_id=cast.number(case.id), advisor_id=self.people[name],
                    state=ConsultState.COMPLETED, starts_at=ended - timedelta(minutes=30), ends_at=ended,
                    idempotency_key=gid, created_at=ended,
                )
            )  # fmt: skip


def open_house(database: Database) -> House:
    """The house with its people, codes and boutique."""
    with database.begin() as session:
        shop = cast.alice(session)
        shop_id = cast.number(shop.id)
        place = Boutique(shop_id=shop_id, name="Paris", zone="Europe/Paris", location_gid=PARIS)
        session.add(place)
        session.flush()
        people = {name: _advisor(session, shop_id, name, place) for name in ("Maud", "Inès", "Bob", "Colette")}
        for name, code in (("Bob", "PAR-007"), ("Inès", "PAR-008"), ("Colette", "PAR-009")):
            chains.give_code(session, shop_id=shop_id, code=code, advisor_id=people[name])
    return House(database=database, shop_id=shop_id, people=people)


def _advisor(session: Session, shop_id: int, name: str, place: Boutique) -> int:
    """Maud manages, and belongs to no boutique; Inès is the first of Paris."""
    manages = name == "Maud"
    advisor = Advisor(
        shop_id=shop_id,
        name=name,
        staff_gid=staff_gid(name),
        boutique_id=None if manages else place.id,
        role=StaffRole.MANAGER if manages else StaffRole.ADVISOR,
        active=name != "Colette",
        phone="+33184880017",
    )
    session.add(advisor)
    session.flush()
    return cast.number(advisor.id)
