"""A house beside every stand-in, a worker that can be killed at any call out, and a $14,800 ring on its way back."""

import json
import re
import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from sqlalchemy import event
from sqlmodel import Session, select

import jobs.attempts
import jobs.queue
from jobs.attempts import run_attempt
from jobs.models import JobTrouble
from kit.db import Database
from logistics import dispositions, rmas, settlements
from logistics.bookings import Booking, record_booking
from logistics.models import LogisticsPolicy, Parcel, Rma
from logistics.reverse_deliveries import receive_by_hand
from logistics.rmas import RmaView
from logistics.states import Finding
from logistics.ways import Way
from shopify_app.senders import make_sources
from shopify_app.wiring import jobs_table
from shops.models import Shop
from simulators.mail.sink import Sink
from tests import cast
from tests.journeys.edge_town import BASE, DOMAIN, Town
from tests.simulators.shopify_calls import Calls
from tests.simulators.town import Town as Carrier
from tests.simulators.town import living
from tests.webhooks.posting import nowhere, post
from webhooks.commits import Committer
from webhooks.doors import Doors
from webhooks.inbox import pump

RING = {"template": "meridian", "total": "14800.00", "deliver": True, "days_ago": 9, "delivered_days_ago": 5}
FRIDAY = BASE + timedelta(days=4)  # Friday 6 March 2026, ten in the morning in Paris
PAUSE = timedelta(seconds=5)
"""How soon a worker that was killed has a successor."""


class Killed(BaseException):
    """kill -9, as the code under test sees it: nothing catches it."""


class Outside:
    """Counts the calls our jobs make to a stand-in. Right after the one it is told to, the worker is dead."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.kill_at = 0
        self.thread = 0  # the worker's, while it is at work: the stand-ins' own calls to us do not count

    @contextmanager
    def watched(self) -> Iterator[None]:
        send, data = HTTPAdapter.send, smtplib.SMTP.data
        outside = self

        def counted_send(adapter: HTTPAdapter, request: Any, **options: Any) -> Any:
            answer = send(adapter, request, **options)
            if threading.get_ident() == outside.thread:
                _ = answer.content  # the whole answer is here
                outside._note(_named(request))
            return answer

        def counted_data(server: smtplib.SMTP, message: Any) -> Any:
            answer = data(server, message)
            if threading.get_ident() == outside.thread:
                outside._note("SMTP DATA")
            return answer

        with patch.object(HTTPAdapter, "send", counted_send), patch.object(smtplib.SMTP, "data", counted_data):
            yield

    def _note(self, name: str) -> None:
        self.calls.append(name)
        if len(self.calls) == self.kill_at:
            raise Killed(name)


def _named(request: Any) -> str:
    path = urlsplit(request.url).path
    if path.endswith("graphql.json"):
        found = re.search(r"^(?:query|mutation) \w+", json.loads(request.body)["query"], re.MULTILINE)
        return found.group() if found else "graphql"
    return f"{request.method} {path}"


@dataclass
class Work:
    """Jobs secured by committed transactions, run in order as a worker runs them; a delayed one when it is due."""

    house: "ParcelHouse"
    waiting: list[tuple[datetime, str, dict[str, Any]]] = field(default_factory=list)
    table: dict[str, Any] = field(default_factory=dict)
    kills: int = 0

    def put(
        self, session: Session, name: str, payload: dict[str, Any], *, at: datetime | None = None, **_: Any
    ) -> None:
        due = at or self.house.now

        def committed(_session: Any) -> None:
            self.waiting.append((due, name, payload))

        event.listen(session, "after_commit", committed, once=True)

    def start_worker(self) -> None:
        """A new process: nothing is in its memory."""
        self.table = dict(jobs_table(self.house.town.settings, self.house.town.database))

    def run_for(self, **span: float) -> None:
        """What falls due in that time."""
        self.run(until=self.house.now + timedelta(**span))

    def run_until(self, name: str) -> None:
        """Up to a job of that name, which is left waiting."""
        self.run(before=name)

    def run(self, *, until: datetime | None = None, before: str = "") -> None:
        """Until nothing is left. A killed job is taken up first by the next worker, as the engine does."""
        for _ in range(500):
            entry = min(self.waiting, key=lambda e: e[0], default=None)  # of two due at once the earlier secured
            if entry is None or entry[1] == before or (until is not None and entry[0] > until):
                return
            self.house.now = max(self.house.now, entry[0])
            self.house.outside.thread = threading.get_ident()
            try:
                run_attempt(self.house.town.database.begin, self.table, entry[1], entry[2])
            except Killed:
                self.kills += 1
                self.house.now += PAUSE
                self.start_worker()
                continue
            finally:
                self.house.outside.thread = 0
            self.waiting.remove(entry)
        raise AssertionError(f"no end of work: {[name for _, name, _ in self.waiting]}, {self.house.troubles()}")


@dataclass
class ParcelHouse:
    """`town` is Shopify and our database, `carrier` the carrier, `letters` what the mail server took."""

    town: Town
    carrier: Carrier
    letters: list[bytes]
    outside: Outside
    sink: Sink
    work: Work = field(init=False)

    @property
    def now(self) -> datetime:
        return self.town.times["now"]

    @now.setter
    def now(self, at: datetime) -> None:
        self.town.times["now"] = at

    @property
    def shop_id(self) -> int:
        return self.town.shop_id

    def rows(self, build: Callable[[Session], Any]) -> Any:
        with self.town.database.begin() as session:
            return build(session)

    # --- what people and carriers do

    def order(self) -> str:
        """Another ring of $14,800, sold and delivered; the order's name."""
        client = self.town.control("GET", "order/1042")["customer"]["id"]
        return str(self.town.control("POST", "orders", {**RING, "customer": client})["name"])

    def ask_return(self, order: str = "#1042") -> str:
        """The client asks for the return at Shopify, and its webhook comes; the return's gid."""
        made = self.town.control("POST", "returns", {"order_name": order.lstrip("#"), "as": "request"})
        self.rows(
            lambda session: jobs.enqueue(
                session, "routing.route_return", shop_id=self.shop_id, return_gid=made["id"], order_gid=None
            )
        )
        return str(made["id"])

    def view(self, return_gid: str) -> RmaView:
        def build(session: Session) -> RmaView:
            rma = session.exec(select(Rma).where(Rma.return_gid == return_gid)).one()
            assert rma.id is not None
            return rmas.view(session, shop_id=self.shop_id, rma_id=rma.id)

        return self.rows(build)

    def scan(self, return_gid: str, status: str) -> None:
        """The carrier scans the parcel and posts what it signs to our door."""
        code = str(self.view(return_gid).parcels[0].tracking_code)
        self.move(code, status)
        callbacks = self.carrier.parts.callbacks.by_subject()[code]
        assert self.post_tracker(callbacks[-1]["body"].encode(), callbacks[-1]["headers"]) == 200

    def move(self, code: str, status: str) -> None:
        url = f"{self.carrier.base}/control/carrier/parcels/{code}/move"
        requests.post(url, json={"status": status}, timeout=60).raise_for_status()

    def post_tracker(self, body: bytes, headers: dict[str, str]) -> int:
        doors = Doors(nowhere, make_sources(self.town.settings), Committer(self.town.database.engine))
        lower = {name.lower(): value for name, value in headers.items()}
        status = int(post(doors, "/webhooks/easypost", body, lower).status)
        while pump(self.town.database.begin):
            pass
        self.work.run()
        return status

    def inspect(self, return_gid: str, finding: Finding = Finding.MATCH) -> None:
        rma_id = self.view(return_gid).rma.id
        assert rma_id is not None
        about: dict[str, Any] = {"shop_id": self.shop_id, "rma_id": rma_id, "by": "Bob", "now": self.now}
        self.rows(lambda s: dispositions.inspect(s, finding=finding, note="", restock=True, **about))

    def _box(self, session: Session, return_gid: str) -> tuple[Rma, Parcel]:
        rma = session.exec(select(Rma).where(Rma.return_gid == return_gid)).one()
        return rma, session.exec(select(Parcel).where(Parcel.rma_id == rma.id)).one()

    def travels_by(self, return_gid: str, way: Way) -> None:
        """Its box travels in that way, decided before anything is bought."""

        def decide(session: Session) -> None:
            self._box(session, return_gid)[1].way = way
            policy = session.get_one(LogisticsPolicy, self.shop_id)
            policy.courier_name, policy.courier_email = "Northgate Secure", "desk@northgate.example"

        self.rows(decide)

    def book(self, return_gid: str, reference: str) -> None:
        """A person types in what the courier answered."""

        def write(session: Session) -> None:
            rma, box = self._box(session, return_gid)
            assert rma.id is not None and box.id is not None
            day = self.now + timedelta(days=1)
            booking = Booking("Northgate Secure", reference, box.need, day, day + timedelta(hours=3))
            about: dict[str, Any] = {"shop_id": self.shop_id, "rma_id": rma.id, "parcel_id": box.id}
            record_booking(session, booking=booking, by="Alice", now=self.now, **about)

        self.rows(write)

    def receive(self, return_gid: str) -> None:
        def write(session: Session) -> None:
            rma, _ = self._box(session, return_gid)
            assert rma.id is not None
            receive_by_hand(session, shop_id=self.shop_id, rma_id=rma.id, by="Bob", now=self.now)

        self.rows(write)

    def pay(self, return_gid: str) -> None:
        """The one click."""
        batch = self.view(return_gid).settlements[-1]
        about: dict[str, Any] = {"shop_id": self.shop_id, "rma_id": batch.rma_id, "settlement_id": batch.id}
        self.rows(lambda s: settlements.approve_payment(s, by="Alice", now=self.now, **about))

    def whole_life(self, return_gid: str) -> None:
        """From approval to the refund, with nobody but the carrier and the two people who inspect and pay."""
        self.work.run()
        self.scan(return_gid, "in_transit")
        self.scan(return_gid, "delivered")
        self.inspect(return_gid)
        self.work.run()
        self.pay(return_gid)
        self.work.run()

    # --- what the stand-ins have

    def bought(self, return_gid: str) -> list[dict[str, Any]]:
        return [entry for entry in self._carrier_record(return_gid) if entry["what"] == "buy"]

    def collections(self, return_gid: str) -> list[dict[str, Any]]:
        return [entry for entry in self._carrier_record(return_gid) if entry["what"] == "collect"]

    def _carrier_record(self, return_gid: str) -> list[dict[str, Any]]:
        references = {parcel.reference for parcel in self.view(return_gid).parcels}
        record = requests.get(f"{self.carrier.base}/control/carrier/shipments", timeout=60).json()["record"]
        return [entry for entry in record if entry["reference"] in references]

    def in_shopify(self, return_gid: str) -> dict[str, Any]:
        found = self.town.control("GET", "returns")
        return next(dict(entry) for entry in found if entry["id"] == return_gid)

    def dispositions(self, return_gid: str) -> list[dict[str, Any]]:
        orders = self.in_shopify(return_gid)["reverseFulfillmentOrders"]
        return [d for rfo in orders for line in rfo["lines"] for d in line["dispositions"]]

    def troubles(self) -> list[str]:
        return self.rows(lambda s: [f"{row.name}: {row.reason}" for row in s.exec(select(JobTrouble))])


@contextmanager
def parcel_house(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[ParcelHouse]:
    """Everything set up: carrier, mail, the address parcels come back to. It is Friday."""
    letters: list[bytes] = []
    with ExitStack() as stack:
        sink = Sink(lambda _sender, _to, raw: letters.append(raw)).start()
        stack.callback(sink.server_close)
        stack.callback(sink.shutdown)
        carrier = stack.enter_context(living(clock=lambda: town.times["now"]))
        config = carrier.parts.config
        town.settings = replace(
            town.settings,
            easypost_api_key=config.easypost_api_key,
            easypost_webhook_secret=config.easypost_webhook_secret,
            easypost_api_base=f"{carrier.base}/easypost",
            smtp_url=f"smtp://127.0.0.1:{sink.port}",
            mail_from="Verdane <care@verdane.example>",
        )
        house = ParcelHouse(town, carrier, letters, Outside(), sink)
        house.now = FRIDAY
        house.work = Work(house)
        monkeypatch.setattr(jobs.queue, "put", house.work.put)
        monkeypatch.setattr(jobs.attempts, "put", house.work.put)
        monkeypatch.setattr(jobs.attempts, "clock_now", lambda: house.now)
        _sign_in_again(house)
        house.rows(lambda session: session.merge(LogisticsPolicy(shop_id=house.shop_id, **RECEIVING)))
        house.rows(lambda session: cast.cover_terms(session, house.shop_id))
        house.work.start_worker()
        stack.enter_context(house.outside.watched())
        yield house


def _sign_in_again(house: ParcelHouse) -> None:
    """The token of Monday has run out by Friday."""
    token = str(Calls(house.town.shopify, DOMAIN).exchange().json()["access_token"])

    def keep(session: Session) -> None:
        session.get_one(Shop, house.shop_id).access_token = token

    house.rows(keep)


RECEIVING: dict[str, Any] = {
    "receiving_name": "R. Marchand",
    "receiving_street1": "8 rue du Louvre",
    "receiving_city": "Paris",
    "receiving_postal_code": "75001",
    "receiving_country": "FR",
    "restock_location_gid": "",
}


def elapsed(begun: float) -> float:
    return time.monotonic() - begun


def database_of(house: ParcelHouse) -> Database:
    return house.town.database
