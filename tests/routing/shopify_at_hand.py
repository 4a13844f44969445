"""Shopify as routing sees it, in a test's hands: orders, their returns, and what may go wrong with a call."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from kit.clock import parse_instant
from kit.errors import OutsideError
from kit.money import Money
from logistics.reads import ClientRead, ReturnRead
from routing.facts import LineRead, OrderRead, StaffRead
from routing.reads import (
    LineToChoose,
    OrderReturn,
    OrderToReturn,
    Reason,
    ReturnablePiece,
    SweptPage,
    SweptReturn,
    WantedLine,
)
from tests import cast
from tests.faults import Weather

BOB = "gid://shopify/StaffMember/7"
ORDER = "gid://shopify/Order/1042"


def lost() -> OutsideError:
    return OutsideError("shopify", "ReadTimeout", ambiguous=True)


def gid(n: int) -> str:
    return f"gid://shopify/Return/{n}"


@dataclass
class FakeShopify:
    """Fits logistics.ports.ReturnsDoor as far as it is read, and routing.ports: OrderReads, Sweeps, Openings.

    `fails` are errors to raise, one a call, keyed by the method's name; `loses` the same, raised after it has acted.
    """

    total: Money = cast.PRICE
    found: dict[str, ReturnRead] = field(default_factory=dict)
    changed: dict[str, datetime] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    queries: list[tuple[str, str | None]] = field(default_factory=list)
    page_size: int = 2
    fails: dict[str, list[Exception]] = field(default_factory=dict)
    loses: dict[str, list[Exception]] = field(default_factory=dict)
    next_number: int = 900
    wanted: tuple[WantedLine, ...] = ()
    weather: Weather = field(default_factory=Weather)

    def put(self, n: int, status: str = "REQUESTED", *, at: datetime = cast.NOW, order: str = ORDER) -> str:
        """A return exists, and nobody was told."""
        read = cast.cleos_read(gid(n), price=self.total, status=status)
        self.found[gid(n)] = replace(read, created_at=at, order_gid=order)
        self.changed[gid(n)] = at
        return gid(n)

    def move(self, return_gid: str, status: str, *, at: datetime) -> None:
        """Somebody did something in the admin."""
        was = self.found[return_gid]
        opened = cast.cleos_read(return_gid, price=self.total, status="OPEN").rfos
        rfos = opened if status == "OPEN" else was.rfos
        self.found[return_gid] = replace(was, status=status, rfos=rfos)
        self.changed[return_gid] = at

    def read(self, shop_id: int, return_gid: str) -> ReturnRead | None:
        self._act("read")
        return self.found.get(return_gid)

    def approve(self, shop_id: int, return_gid: str) -> ReturnRead:
        self._act("approve")
        if self.found[return_gid].status != "REQUESTED":
            return self.found[return_gid]
        self.move(return_gid, "OPEN", at=self.changed[return_gid])
        return self.found[return_gid]

    def order(self, shop_id: int, order_gid: str) -> tuple[OrderRead, ClientRead] | None:
        self._act("order")
        lines = tuple(
            LineRead(line.line_gid, "Meridian ring", "Platinum", "", 1, self.total)
            for read in self.found.values()
            for line in read.lines
        )
        placed = datetime(2026, 10, 1, tzinfo=UTC)
        order = OrderRead(order_gid, "#1042", placed, date(2026, 10, 3), "pos", self.total, None, lines)
        return order, cast.CLEO_READ

    def staff(self, shop_id: int, order_gid: str) -> StaffRead:
        return StaffRead(BOB)

    def page(self, shop_id: int, query: str, after: str | None) -> SweptPage:
        self.queries.append((query, after))
        self._act("page")
        matching = sorted(self._matching(query), key=lambda r: self.changed[r.return_gid])
        start = int(after or 0)
        page = matching[start : start + self.page_size]
        more = start + self.page_size < len(matching)
        self._after("page")
        return SweptPage(tuple(map(_swept, page)), str(start + self.page_size) if more else None)

    def returns_of(self, shop_id: int, order_gid: str) -> tuple[OrderReturn, ...]:
        self._act("returns_of")
        mine = [r for r in self.found.values() if r.order_gid == order_gid]
        return tuple(_listed(r) for r in mine)

    def find_order(self, shop_id: int, name: str) -> OrderToReturn | None:
        raise AssertionError("nothing here looks an order up to open a return")

    def reasons(self, shop_id: int) -> tuple[Reason, ...]:
        raise AssertionError("nothing here looks an order up to open a return")

    def create(
        self,
        shop_id: int,
        *,
        order_gid: str,
        lines: Sequence[tuple[str, int]],
        reason_gid: str,
        requested_at: datetime,
        exchanges: Sequence[tuple[str, int]] = (),
    ) -> str:
        return self._make("create", "OPEN", order_gid, lines)

    def pieces(self, shop_id: int, order_gid: str) -> tuple[ReturnablePiece, ...]:
        raise AssertionError("nothing here looks an order up to open a return")

    def lines(self, shop_id: int, order_gid: str) -> tuple[LineToChoose, ...]:
        raise AssertionError("nothing here looks an order up to open a return")

    def worth(self, shop_id: int, order_gid: str, lines: Sequence[tuple[str, int]]) -> dict[str, Money]:
        raise AssertionError("nothing here looks an order up to open a return")

    def request(self, shop_id: int, *, order_gid: str, lines: Sequence[WantedLine]) -> str:
        self.wanted = tuple(lines)
        return self._make(
            "request", "REQUESTED", order_gid, [(line.fulfillment_line_gid, line.quantity) for line in lines]
        )

    def _make(self, call: str, status: str, order_gid: str, lines: Sequence[tuple[str, int]]) -> str:
        self._act(call)
        self.next_number += 1
        made = self.put(self.next_number, status, order=order_gid)
        read = self.found[made]
        own = tuple(
            replace(
                read.lines[0],
                gid=f"{read.lines[0].gid}{'-' * n}",
                fulfillment_line_gid=line,
                quantity=quantity,
                unprocessed=quantity,
            )
            for n, (line, quantity) in enumerate(lines)
        )
        self.found[made] = replace(read, lines=own)
        self._after(call)
        return made

    def _act(self, call: str) -> None:
        self.calls.append(call)
        if self.fails.get(call):
            raise self.fails[call].pop(0)
        self._have_luck("before")

    def _after(self, call: str) -> None:
        if self.loses.get(call):
            raise self.loses[call].pop(0)
        self._have_luck("after")

    def _have_luck(self, when: str) -> None:
        if not self.fails and not self.loses:  # a test that says what goes wrong is left to that
            self.weather.meet(when)

    def _matching(self, query: str) -> list[ReturnRead]:
        status = {"return_status:return_requested": "REQUESTED", "return_status:in_progress": "OPEN"}.get(query)
        if status:
            return [r for r in self.found.values() if r.status == status]
        since = parse_instant(query.split("'")[1])
        assert query.endswith(" AND -return_status:no_return"), query
        return [r for r in self.found.values() if self.changed[r.return_gid] >= since]


def _swept(read: ReturnRead) -> SweptReturn:
    assert read.created_at is not None
    return SweptReturn(read.return_gid, read.order_gid, read.status, read.created_at)


def _listed(read: ReturnRead) -> OrderReturn:
    assert read.created_at is not None
    lines = tuple(sorted((line.fulfillment_line_gid, line.quantity) for line in read.lines))
    return OrderReturn(read.return_gid, read.status, read.created_at, lines)
