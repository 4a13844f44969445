"""Fakes of what logistics asks of the outside, each with its own record, and a line of jobs to run them with.

A fake can be told to stop: `shopify.stop("process", when="after")` raises once, after it has acted.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from kit.addresses import Addresses
from kit.db import Database
from kit.errors import OutsideError, Waiting
from kit.money import Money
from logistics import jobs as logistics_jobs
from logistics.reads import (
    BalanceRead,
    Bought,
    Collection,
    DraftRead,
    ProcessPlan,
    RefundRead,
    ReturnLineRead,
    ReturnRead,
    ReverseDeliveryRead,
    RfoLineRead,
    RfoRead,
    Shipment,
    SuggestedOutcome,
)
from tests.cast import NOW
from tests.faults import Weather, patience


class Killed(BaseException):
    """kill -9, as the code under test sees it: nothing catches it."""


def lost(ambiguous: bool = True) -> OutsideError:
    return OutsideError("fake", "no answer", ambiguous=ambiguous)


@dataclass
class Stoppable:
    """Counts calls and stops where it is told to, once. On a bad day also where it was not told to."""

    record: list[str] = field(default_factory=list)
    stops: dict[tuple[str, str], list[BaseException]] = field(default_factory=dict)
    weather: Weather = field(default_factory=Weather)

    def stop(self, call: str, *, when: str, error: BaseException | None = None) -> None:
        self.stops.setdefault((call, when), []).append(error or Killed())

    def maybe_stop(self, call: str, when: str) -> None:
        if waiting := self.stops.get((call, when)):
            raise waiting.pop(0)
        if not self.stops:  # a test that says what goes wrong is left to that
            self.weather.meet(when)

    def count(self, what: str) -> int:
        return self.record.count(what)


@dataclass
class FakeShopify(Stoppable):
    """Fits ports.ReturnsDoor. `returns` is what it holds; `suggestion` replaces what it would suggest."""

    returns: dict[str, ReturnRead] = field(default_factory=dict)
    suggestion: SuggestedOutcome | None = None
    plans: list[ProcessPlan] = field(default_factory=list)
    closes_by_itself: bool = False
    processes_silently: bool = False

    def read(self, shop_id: int, return_gid: str) -> ReturnRead | None:
        self.maybe_stop("read", "before")
        return self.returns.get(return_gid)

    def read_and_suggest(self, shop_id: int, return_gid: str, lines: Any, terms: Any = None) -> Any:
        self.maybe_stop("read_and_suggest", "before")
        read = self.returns.get(return_gid)
        fits = read and dict(lines).items() <= dict(read.unprocessed).items()
        return read and (read, self.suggestion or suggested(read, lines) if fits else None)

    def approve(self, shop_id: int, return_gid: str) -> ReturnRead:
        self.maybe_stop("approve", "before")
        read = self._found(return_gid)
        if read.status != "REQUESTED":
            return read
        self.record.append("approve")
        self.returns[return_gid] = opened(read)
        self.maybe_stop("approve", "after")
        return self.returns[return_gid]

    def attach_label(self, shop_id: int, *, rfo_gid: str, tracking_code: str, pdf: bytes, **rest: Any) -> str:
        self.maybe_stop("attach_label", "before")
        gid, read = next((g, r) for g, r in self.returns.items() if any(o.gid == rfo_gid for o in r.rfos))
        rfo = next(o for o in read.rfos if o.gid == rfo_gid)
        for delivery in rfo.deliveries if rest["look_first"] else ():
            if delivery.tracking_number == tracking_code:
                return delivery.gid
        assert (pdf.startswith(b"%PDF") or not pdf) and rest["notify"] is False
        self.record.append("attach_label")
        hung = ReverseDeliveryRead(f"{rfo_gid}/delivery", tracking_code, "https://cdn.example/label.pdf")
        fuller = replace(rfo, deliveries=(*rfo.deliveries, hung))
        self.returns[gid] = replace(read, rfos=tuple(fuller if o.gid == rfo_gid else o for o in read.rfos))
        self.maybe_stop("attach_label", "after")
        return hung.gid

    def update_delivery(self, shop_id: int, *, reverse_delivery_gid: str, tracking_code: str, **rest: Any) -> None:
        self.maybe_stop("update_delivery", "before")
        self.record.append(f"update {tracking_code}")
        self.maybe_stop("update_delivery", "after")

    def suggest_outcome(self, shop_id: int, return_gid: str, lines: Any, terms: Any = None) -> SuggestedOutcome:
        self.maybe_stop("suggest_outcome", "before")
        return self.suggestion or suggested(self.returns[return_gid], lines)

    def process(self, shop_id: int, return_gid: str, plan: ProcessPlan) -> ReturnRead:
        self.maybe_stop("process", "before")
        read = self.returns[return_gid]
        self.record.append("process")
        self.plans.append(plan)
        wanted = {line.return_line_gid: line.quantity for line in plan.lines}
        if any(wanted.get(line.gid, 0) > line.unprocessed for line in read.lines):
            raise OutsideError("fake", "GREATER_THAN", permanent=True)
        refunds = read.refunds
        if plan.refund and not self.processes_silently:
            total = Money(sum(m.cents for _, m in plan.refund), plan.refund[0][1].currency)
            refunds = (*refunds, RefundRead(f"gid://shopify/Refund/{len(refunds) + 1}", total))
        read = replace(read, lines=processed(read, wanted), refunds=refunds)
        if self.closes_by_itself and not read.unprocessed:
            read = replace(read, status="CLOSED")
        self.returns[return_gid] = read
        self.maybe_stop("process", "after")
        return read

    def store_credit(self, shop_id: int, client_gid: str) -> tuple[Money, ...]:
        return ()

    def balance(self, shop_id: int, order_gid: str) -> BalanceRead:
        return BalanceRead(Money(0, "USD"), "")

    def close(self, shop_id: int, return_gid: str) -> ReturnRead:
        self.maybe_stop("close", "before")
        if self._found(return_gid).has_ended:
            return self.returns[return_gid]
        self.record.append("close")
        self.returns[return_gid] = replace(self.returns[return_gid], status="CLOSED")
        self.maybe_stop("close", "after")
        return self.returns[return_gid]

    def _found(self, return_gid: str) -> ReturnRead:
        if return_gid not in self.returns:
            raise OutsideError("fake", "NOT_FOUND", permanent=True)
        return self.returns[return_gid]


@dataclass
class FakeCarrier(Stoppable):
    """Fits ports.Carrier. `limit_cents` is the most cover it confirms; buying twice is recorded, not refused."""

    shipments: dict[str, Shipment] = field(default_factory=dict)
    limit_cents: int = 10**12
    covers_asked: list[Money] = field(default_factory=list)
    comes: bool = True
    visits: dict[str, datetime] = field(default_factory=dict)
    collected: list[str] = field(default_factory=list)
    refunded: set[str] = field(default_factory=set)
    name: str = "harbour"

    def find(self, reference: str) -> Shipment | None:
        self.maybe_stop("find", "before")
        return self.shipments.get(reference)

    def create(self, *, reference: str, **rest: Any) -> Shipment:
        self.maybe_stop("create", "before")
        self.record.append("create")
        self.shipments[reference] = Shipment(f"shp_{len(self.shipments) + 1}", reference)
        self.maybe_stop("create", "after")
        return self.shipments[reference]

    def buy(self, shipment_id: str, cover: Money) -> Bought:
        self.maybe_stop("buy", "before")
        self.record.append("buy")
        self.covers_asked.append(cover)
        shipment = next(s for s in self.shipments.values() if s.shipment_id == shipment_id)
        bought = Bought(
            tracking_code=f"HX{shipment_id}",
            tracking_url="https://carrier.example/HX",
            label_pdf_url="https://carrier.example/label.pdf",
            cover=Money(min(cover.cents, self.limit_cents), cover.currency),
            carrier="Harbour",
        )
        self.shipments[shipment.reference] = replace(shipment, bought=bought)
        self.maybe_stop("buy", "after")
        return bought

    def check_address(self, address: Any) -> str:
        self.maybe_stop("check_address", "before")
        return "street1" if "Nowhere" in address.street1 else ""

    def plan_collection(self, *, reference: str, **rest: Any) -> Collection | None:
        self.maybe_stop("plan_collection", "before")
        if not self.comes:
            return None
        self.visits[f"pickup_{len(self.visits) + 1}"] = rest["starts_at"]
        return Collection(f"pickup_{len(self.visits)}")

    def book_collection(self, collection_id: str) -> Collection | None:
        self.maybe_stop("book_collection", "before")
        if collection_id not in self.collected:
            self.collected.append(collection_id)
        self.maybe_stop("book_collection", "after")
        return Collection(collection_id, "PU1")

    def cancel_collection(self, collection_id: str) -> None:
        self.maybe_stop("cancel_collection", "before")
        if collection_id in self.collected:
            self.collected.remove(collection_id)

    def raise_cover(self, cents: int) -> None:
        """Somebody rings the carrier and has the cover of everything bought raised."""
        for reference, shipment in self.shipments.items():
            if shipment.bought:
                cover = Money(cents, shipment.bought.cover.currency)
                self.shipments[reference] = replace(shipment, bought=replace(shipment.bought, cover=cover))

    def label_pdf(self, url: str) -> bytes:
        self.maybe_stop("label_pdf", "before")
        return b"%PDF-1.4 a label"

    def refund(self, shipment_id: str) -> None:
        """Asked again it changes nothing: the adapter reads first whether the postage is on its way back."""
        self.maybe_stop("refund", "before")
        if shipment_id not in self.refunded:
            self.refunded.add(shipment_id)
            self.record.append("refund")
        self.maybe_stop("refund", "after")


def opened(read: ReturnRead) -> ReturnRead:
    """The return once approved: a reverse fulfilment order for every line of another fulfilment."""
    rfos = tuple(
        RfoRead(
            f"gid://shopify/ReverseFulfillmentOrder/{n}",
            "OPEN",
            (
                RfoLineRead(
                    f"gid://shopify/ReverseFulfillmentOrderLineItem/{n}", line.fulfillment_line_gid, line.quantity
                ),
            ),
        )
        for n, line in enumerate(read.lines, 1)
    )
    return replace(read, status="OPEN", rfos=rfos)


def processed(read: ReturnRead, wanted: dict[str, int]) -> tuple[ReturnLineRead, ...]:
    return tuple(
        replace(
            line,
            processed=line.processed + wanted.get(line.gid, 0),
            unprocessed=line.unprocessed - wanted.get(line.gid, 0),
        )
        for line in read.lines
    )


def suggested(read: ReturnRead, lines: Any) -> SuggestedOutcome:
    prices = {line.gid: line.unit_total_presentment for line in read.lines}
    cents = sum(prices[gid].cents * quantity for gid, quantity in lines)
    amount = Money(cents, read.presentment_currency)
    return SuggestedOutcome(amount, (("gid://shopify/OrderTransaction/6", amount),) if cents else ())


@dataclass
class Clock:
    """The time of a test."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass
class FakeSales(Stoppable):
    """Fits ports.SalesDoor. `drafts` by id: the tag, what is in it, until when. Finds what was made by its tag."""

    drafts: dict[str, tuple[str, list[tuple[str, int]], datetime]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    made: int = 0

    def find_draft(self, shop_id: int, tag: str) -> DraftRead | None:
        self.maybe_stop("find", "before")
        self.record.append("find")
        return next((_draft(gid) for gid, (known, *_) in self.drafts.items() if known == tag), None)

    def make_draft(
        self, shop_id: int, *, pieces: Any, tag: str, note: str, held_until: datetime, **of: Any
    ) -> DraftRead:
        self.maybe_stop("make", "before")
        self.made += 1
        gid = f"gid://shopify/DraftOrder/{self.made}"
        self.drafts[gid] = (tag, list(pieces), held_until)
        self.notes.append(note)
        self.record.append("make")
        self.maybe_stop("make", "after")
        return _draft(gid)

    def drop_draft(self, shop_id: int, gid: str) -> None:
        self.maybe_stop("drop", "before")
        self.drafts.pop(gid, None)
        self.record.append("drop")
        self.maybe_stop("drop", "after")

    def held(self) -> list[list[tuple[str, int]]]:
        return [pieces for _, pieces, _ in self.drafts.values()]


def _draft(gid: str) -> DraftRead:
    return DraftRead(gid, f"#D{gid.rsplit('/', 1)[-1]}", "", Money(0, "USD"))


@dataclass
class Line:
    """Jobs that were secured, in order. A killed job stays first; one that has to wait goes last."""

    database: Database
    clock: Clock
    shopify: FakeShopify
    carrier: FakeCarrier
    sales: FakeSales = field(default_factory=FakeSales)
    waiting: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    troubles: list[Exception] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def put(self, session: Session, name: str, payload: dict[str, Any], **rest: Any) -> None:
        """In place of jobs.queue.put: secured when, and only when, the transaction commits."""
        event.listen(session, "after_commit", lambda _s: self.waiting.append((name, dict(payload["args"]))), once=True)

    def names(self) -> list[str]:
        return [name for name, _ in self.waiting]

    def drain(self, rounds: int = 6) -> None:
        """Run jobs until none is left, or only such as wait. Time passes between rounds."""
        for _ in range(rounds * patience()):
            again = []
            while self.waiting:
                job = self.waiting[0]
                if not self._run(*job):
                    again.append(job)
                self.waiting.remove(job)
            self.waiting = again
            if not again:
                return
            self.clock.pass_by(minutes=1)

    def _run(self, name: str, args: dict[str, Any]) -> bool:
        if not name.startswith("logistics."):
            self.done.append(name)
            return True
        function: Callable[..., None] = getattr(logistics_jobs, name.removeprefix("logistics."))
        adapters = {
            "returns": self.shopify,
            "carrier": self.carrier,
            "sales": self.sales,
            "addresses": Addresses("https://returns.example"),
            "in_use": lambda *_: None,
        }
        names = function.__code__.co_varnames[: function.__code__.co_kwonlyargcount + 1]
        wanted = {k: v for k, v in adapters.items() if k in names and k not in args}
        try:
            function(self.database.begin, **wanted, **args)
        except Waiting as waiting:
            self.troubles.append(waiting)
            return False
        except OutsideError as error:
            self.troubles.append(error)
            return error.permanent
        self.done.append(name)
        return True
