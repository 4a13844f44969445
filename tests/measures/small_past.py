"""A past of a few lines, told as the night's reading tells it: orders, returns, what came back and the money."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from kit.money import Money
from measures import tallying, turns
from measures.keeping import Keeper
from measures.measured import SUMMED, MeasuredDay, MeasuredReturn, NextOrders
from measures.reads import OrderRecord, PieceRecord, RefundRecord, ReturnRecord, ReturnWord
from shops.models import Shop
from tests import cast
from tests.cast import number

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""Day 0 of every small past: a Sunday at noon."""


def day(days: float) -> datetime:
    return START + timedelta(days=days)


def gid(kind: str, name: str) -> str:
    return f"gid://shopify/{kind}/{name}"


def order(
    name: str, at: float, dollars: float = 100, *, client: str | None = "cleo", currency: str = "USD", **more: Any
) -> OrderRecord:
    """Placed on day `at`; of Cleo, by web."""
    told: dict[str, Any] = {
        "order_gid": gid("Order", name), "client_gid": client and gid("Customer", client), "email": "", "phone": "",
        "placed_at": day(at), "updated_at": day(at), "total": Money.parse(str(dollars), currency),
        "refunded": Money(0, currency), "channel": "web", "staff_gid": None, "location_gid": None, "cancelled": False,
    }  # fmt: skip
    return OrderRecord(**told | more)


def word(name: str, status: str, at: float, *, of: str) -> ReturnWord:
    """What a webhook says of a return."""
    return ReturnWord(gid("Return", name), gid("Order", of), status, day(at))


@dataclass
class Past:
    """One shop's."""

    session: Session
    shop: Shop

    @classmethod
    def of_alice(cls, session: Session, *, zone: str = "Europe/Paris") -> "Past":
        shop = cast.alice(session)
        shop.zone = zone
        session.flush()
        return cls(session, shop)

    @property
    def shop_id(self) -> int:
        return number(self.shop.id)

    def keep(self, *records: Any) -> None:
        """Kept, and counted as the night does it when it is over."""
        keeper = Keeper(self.session, self.shop_id, turns.made_row(self.session, self.shop_id).hash_key)
        keeper.keep([record for record in records if not isinstance(record, RefundRecord)])
        keeper.keep_refunds([record for record in records if isinstance(record, RefundRecord)])
        gids = {getattr(record, "order_gid", None) for record in records} - {None}
        tallying.refresh(self.session, shop_id=self.shop_id, order_gids=sorted(map(str, gids)))

    def came_back(
        self,
        name: str,
        of: str,
        closed: float | datetime | None,
        dollars: float = 100,
        *,
        new: float = 0,
        refunded: float | None = None,
        currency: str = "USD",
        line: str = "",
    ) -> None:
        """One piece of that order, on the day before the closing; refunded whole unless said otherwise."""
        at = closed if isinstance(closed, datetime | None) else day(closed)
        opened = (at or START) - timedelta(days=1)
        mine, back = gid("Return", name), Money.parse(str(dollars), currency)
        records: list[Any] = [
            ReturnRecord(mine, gid("Order", of), "CLOSED" if at else "OPEN", opened, at),
            PieceRecord(f"{mine}/back", mine, False, 1, back, line),
        ]
        if new:
            records.append(PieceRecord(f"{mine}/new", mine, True, 1, Money.parse(str(new), currency), f"{name}new"))
        paid = Money.parse(str(dollars if refunded is None else refunded), currency)
        if paid.cents:
            records.append(RefundRecord(f"{mine}/refund", gid("Order", of), mine, opened, paid))
        self.keep(*records)

    def counted(self, name: str) -> MeasuredReturn | None:
        """How that return is counted now; None where it is not."""
        found = tallying.measured(self.session, shop_id=self.shop_id, return_gid=gid("Return", name))
        if found is not None:
            self.session.expunge(found)  # so that it still says what it said when it was asked
        return found

    def stale(self) -> list[str]:
        """The returns that are not counted as counting anew would; none after any webhook."""
        orders = sorted({row.order_gid for row in self._rows()})
        should = {row["return_gid"]: row for row in self._reckoned(orders)}
        kept = {row.return_gid: row.model_dump() for row in self._rows()}
        return sorted(one.rpartition("/")[2] for one in {*should, *kept} if should.get(one) != kept.get(one))

    def sums(self) -> tuple[Counter[str], Counter[str]]:
        """All sums by day added up, and all returns: the same, whatever was told."""
        by_day: Counter[str] = Counter()
        for day_ in self.session.exec(select(MeasuredDay).where(MeasuredDay.shop_id == self.shop_id)):
            self.session.refresh(day_)
            by_day.update({name: getattr(day_, name) for name in SUMMED})
        by_return: Counter[str] = Counter()
        for row in self._rows():
            by_return.update({name: getattr(row, name) for name in SUMMED})
        return +by_day, +by_return

    def again(self) -> tuple[Counter[tuple[bool, int]], Counter[tuple[bool, int]]]:
        """How many bought again after how many days: as kept by month, and as the returns say."""
        kept = Counter[tuple[bool, int]]()
        for one in self.session.exec(select(NextOrders).where(NextOrders.shop_id == self.shop_id)):
            self.session.refresh(one)
            kept[(one.assisted, one.days)] += one.count
        said = Counter((row.assisted, row.next_days) for row in self._rows() if row.next_days is not None)
        return +kept, said

    def _rows(self) -> list[MeasuredReturn]:
        query = select(MeasuredReturn).where(MeasuredReturn.shop_id == self.shop_id)
        return list(self.session.exec(query.execution_options(populate_existing=True)))

    def _reckoned(self, orders: list[str]) -> list[dict[str, Any]]:
        return tallying.reckoned(self.session, shop_id=self.shop_id, order_gids=orders)
