"""Cleo at her order, with Shopify in the test's hands: a ring, two pendants, an engraved one, a gift card."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from flask.testing import FlaskClient

from kit.errors import OutsideError
from kit.money import Money
from logistics.reads import ClientRead
from routing.facts import LineRead, OrderRead, StaffRead
from routing.reads import LineToChoose, OrderSignals, Reason, ReturnablePiece, SignalKeys
from shopify_app.pages.portal.passes import Acting, OrderPass, Proof, write_order_pass
from tests import cast

ORDER = "gid://shopify/Order/1042"
RING, PENDANT, ENGRAVED = (f"gid://shopify/FulfillmentLineItem/{n}" for n in (1, 2, 3))
TOO_LARGE, STYLE, OTHER = (f"gid://shopify/ReturnReasonDefinition/{n}" for n in (1, 2, 9))
REASONS = (
    Reason(TOO_LARGE, "Too large", "too-large"),
    Reason(STYLE, "Style", "style"),
    Reason(OTHER, "Other", "other"),
)
PRICES = {RING: Money(1_364_000, "EUR"), PENDANT: Money(148_000, "EUR"), ENGRAVED: Money(152_000, "EUR")}
HERE, INSIDE = "/return/verdane", "/apps/assisted-returns"


def _line(n: int, title: str, cents: int, *, quantity: int = 1, marks: tuple[str, ...] = ()) -> LineRead:
    value = Money(cents * quantity, "USD")
    gid = f"gid://shopify/LineItem/{n}"
    return LineRead(
        gid, title, "Yellow gold", "", quantity, value, "Jewellery", Money(cents, "USD"), marks=marks, tags=()
    )


SOLD = OrderRead(
    ORDER,
    "#1042",
    datetime(2026, 10, 14, tzinfo=UTC),
    date(2026, 11, 12),
    "pos",
    Money(1_980_000, "USD"),
    None,
    (
        _line(1, "Meridian ring", 1_480_000),
        _line(2, "Alba pendant", 160_000, quantity=2),
        _line(3, "Alba pendant, engraved", 165_000, marks=("engraving",)),
        _line(4, "Gift card", 10_000),
        _line(5, "Solstice watch", 5_000),
    ),
    country="US",
)


@dataclass
class Shopify:
    """In place of both doors. `down` raises for everything; `calls` is what was asked."""

    order_read: OrderRead = SOLD
    client: ClientRead = field(default_factory=lambda: replace(cast.CLEO_READ, country="US"))
    titles: dict[str, str] = field(default_factory=dict)
    down: bool = False
    calls: list[str] = field(default_factory=list)

    def order(self, shop_id: int, order_gid: str) -> tuple[OrderRead, ClientRead] | None:
        self._call("order")
        return (self.order_read, self.client) if order_gid == ORDER else None

    def staff(self, shop_id: int, order_gid: str) -> StaffRead:
        self._call("staff")
        return StaffRead("gid://shopify/StaffMember/7")

    def signals(self, shop_id: int, order_gid: str, keys: SignalKeys) -> OrderSignals:
        self._call("signals")
        return OrderSignals()

    def pieces(self, shop_id: int, order_gid: str) -> tuple[ReturnablePiece, ...]:
        self._call("pieces")
        by_line = {line.line_gid: line for line in self.order_read.lines}
        found = []
        for n, gid in enumerate((RING, PENDANT, ENGRAVED), 1):
            line = by_line[f"gid://shopify/LineItem/{n}"]
            title = self.titles.get(gid, line.title)
            found.append(ReturnablePiece(gid, title, line.detail, "", line.quantity, line.line_gid))
        return tuple(found)

    def lines(self, shop_id: int, order_gid: str) -> tuple[LineToChoose, ...]:
        self._call("lines")
        return tuple(
            LineToChoose(line.line_gid, REASONS, int(line.title == "Solstice watch"), line.title == "Gift card")
            for line in self.order_read.lines
        )

    def worth(self, shop_id: int, order_gid: str, lines: Sequence[tuple[str, int]]) -> dict[str, Money]:
        self._call("worth")
        return {gid: Money(PRICES[gid].cents * quantity, "EUR") for gid, quantity in lines}

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.down:
            raise OutsideError("shopify", "does not answer")


def order_pass(world: cast.World, *, acting: Acting = Acting.BUYER, at: datetime = cast.NOW, shop_id: int = 0) -> str:
    who = OrderPass(shop_id or world.shop_id, ORDER, acting, Proof.CODE, "gid://shopify/Customer/9")
    return write_order_pass("test-secret-key", who, now=at)


def chosen(shown_pass: str, *pieces: str, **more: Any) -> dict[str, Any]:
    """A form as the pages carry it along: the ring with a reason and a note, unless `more` says otherwise."""
    given: dict[str, Any] = {"pass": shown_pass, "key": "k" * 32, "line": list(pieces or (RING,))}
    given |= {f"reason:{RING}": TOO_LARGE, f"note:{RING}": "It sits higher than I imagined."}
    return given | more


def post(visitor: FlaskClient, path: str, data: dict[str, Any]) -> Any:
    return visitor.post(f"{HERE}{path}", data=data)
