"""What pages say of the measures: read from the sums by day, never from the rows. A fixed number of queries.

Counts are of all closed returns; amounts are added in the shop's currency only, and how many were in another is said.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col

from measures.comparing import Ratio, Share
from measures.costs import costs_of
from measures.measured import SUMMED, CostInputs, MeasuredDay, Measuring, NextOrders
from measures.next_orders import WINDOWS, watched
from measures.survival import Curve, Point, curve
from measures.totals import limits
from measures.worth import HABITS, Costs, Each, Sums, Worth, each, with_habit, worth
from shops.models import Shop

VERSION = "4"
"""Of the definitions: it changes with them, and every export names it."""
MONTHS = (3, 6, 12, 24)
IN_WORTH = tuple(field_.name for field_ in fields(Sums))
BANDS = ("small", "mid", "dear")


@dataclass(frozen=True)
class Side:
    """One kind of return. `sums` by name, as in measured.Sums; amounts are of the shop's currency."""

    assisted: bool
    sums: Counter[str]
    curve: Curve
    costs: Costs
    bands: dict[str, Counter[str]] = field(default_factory=dict)
    days: tuple[Sums, ...] = ()

    @property
    def exchanges(self) -> Ratio:
        """Exchanges for each refund, by cases."""
        return Ratio(self.sums["exchanges"], self.sums["refunds"])

    @property
    def by_value(self) -> float | None:
        """The same by value."""
        refunded = self.sums["refunded_cents"]
        return self.sums["exchanged_cents"] / refunded if refunded else None

    @property
    def by_piece(self) -> Share:
        """Pieces exchanged, of those that came back."""
        return Share(self.sums["pieces_exchanged"], self.sums["pieces_back"])

    @property
    def unknown(self) -> int:
        """Returns of buyers nobody knows: whether they bought again cannot be said."""
        return self.sums["returns"] - self.sums["bought"] - self.sums["not_yet"]

    @property
    def windows(self) -> list[tuple[int, Point | None]]:
        """Bought again within 30, 60, 90, 180 days."""
        return [(days, self.curve.by(days)) for days in WINDOWS]

    @property
    def next_cents(self) -> int | None:
        """What the next order came to, on average, in the shop's currency."""
        return self.sums["next_cents"] // self.sums["bought_here"] if self.sums["bought_here"] else None

    @property
    def added(self) -> Sums:
        """As the arithmetic of worth takes them."""
        return _as_sums(self.sums)

    @property
    def each(self) -> Each | None:
        """Net relationship value of one return, with its interval; None of too few days."""
        return each(self.days, self.costs, assisted=self.assisted)

    @property
    def worth(self) -> Worth:
        """Net relationship value, term by term."""
        return worth(self.added, self.costs, assisted=self.assisted)

    @property
    def habits(self) -> list[tuple[int, int]]:
        """The total for each assumed habit, in per cent."""
        return [(percent, with_habit(self.worth, self.added, percent)) for percent in HABITS]


@dataclass(frozen=True)
class Month:
    """Exchanges for each refund of one month, of both kinds."""

    first: date
    assisted: Ratio
    alone: Ratio


@dataclass(frozen=True)
class View:
    """Both kinds side by side; never added together."""

    since: date
    until: date
    currency: str
    assisted: Side
    alone: Side
    months: list[Month]
    elsewhere: int
    state: Measuring | None
    said: CostInputs | None
    limits: tuple[Any, Any]

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.assisted, self.alone


def view(session: Session, *, shop: Shop, months: int, now: datetime) -> View:
    """The last so many months, the present one included, by the day a return was closed."""
    assert shop.id is not None
    today = now.astimezone(ZoneInfo(shop.zone)).date()
    since = first_of(today, months)
    rows = _days(session, shop.id, since, today)
    costs, said = costs_of(session, shop_id=shop.id, currency=shop.currency)
    bought = _bought(session, shop.id, since)
    sides = []
    for assisted in (True, False):
        mine = [row for row in rows if row["assisted"] is assisted]
        not_yet: Counter[float] = Counter()
        for row in mine:
            not_yet[watched(row["closed_on"], today)] += row["not_yet"]
        bands = {band: _sums([r for r in mine if r["band"] == band], shop.currency) for band in BANDS}
        curve_ = curve(bought[assisted], not_yet)
        sides.append(Side(assisted, _sums(mine, shop.currency), curve_, costs, bands, _by_day(mine, shop.currency)))
    elsewhere = sum(row["returns"] for row in rows if row["currency"] != shop.currency)
    state = session.get(Measuring, shop.id, populate_existing=True)
    return View(
        since, today, shop.currency, sides[0], sides[1], _months(rows, since, today), elsewhere, state, said,
        limits(shop.currency),
    )  # fmt: skip


def first_of(today: date, months: int) -> date:
    """The first day of the month `months` - 1 before this one."""
    count = today.year * 12 + today.month - 1 - (months - 1)
    return date(count // 12, count % 12 + 1, 1)


def _days(session: Session, shop_id: int, since: date, until: date) -> list[Any]:
    table: Any = MeasuredDay.__table__  # type: ignore[attr-defined]
    names = ("closed_on", "assisted", "band", "currency", *SUMMED)
    query = sa.select(*(table.c[name] for name in names)).where(
        table.c.shop_id == shop_id, table.c.closed_on >= since, table.c.closed_on <= until
    )
    return list(session.connection().execute(query).mappings())


def _bought(session: Session, shop_id: int, since: date) -> dict[bool, dict[float, int]]:
    query = (
        sa.select(col(NextOrders.assisted), col(NextOrders.days), sa.func.sum(col(NextOrders.count)))
        .where(col(NextOrders.shop_id) == shop_id, col(NextOrders.month) >= since)
        .group_by(col(NextOrders.assisted), col(NextOrders.days))
    )
    found: dict[bool, dict[float, int]] = {True: {}, False: {}}
    for assisted, days, count in session.connection().execute(query):
        found[assisted][days] = int(count)
    return found


def _sums(rows: Iterable[Any], currency: str) -> Counter[str]:
    """By name; amounts of that currency only. `…_here` is the part of a count that is in it."""
    sums: Counter[str] = Counter()
    for row in rows:
        here = row["currency"] == currency
        for name in SUMMED:
            if here or not name.endswith("_cents"):
                sums[name] += row[name]
            if here:
                sums[f"{name}_here"] += row[name]
    return sums


def _by_day(rows: Iterable[Any], currency: str) -> tuple[Sums, ...]:
    """Sums of each day in that currency, the first first."""
    days: dict[date, Counter[str]] = {}
    for row in rows:
        if row["currency"] == currency:
            counts = days.setdefault(row["closed_on"], Counter())
            for name in IN_WORTH:
                counts[f"{name}_here"] += row[name]
    return tuple(_as_sums(days[day]) for day in sorted(days))


def _as_sums(counts: Counter[str]) -> Sums:
    return Sums(**{name: counts[f"{name}_here"] for name in IN_WORTH})


def _months(rows: Iterable[Any], since: date, until: date) -> list[Month]:
    counts: dict[tuple[date, bool], Counter[str]] = {}
    for row in rows:
        found = counts.setdefault((row["closed_on"].replace(day=1), row["assisted"]), Counter())
        found["exchanges"] += row["exchanges"]
        found["refunds"] += row["refunds"]
    months, first = [], since
    while first <= until:
        ratios = []
        for assisted in (True, False):
            count = counts.get((first, assisted), Counter())
            ratios.append(Ratio(count["exchanges"], count["refunds"]))
        months.append(Month(first, ratios[0], ratios[1]))
        first = (first + timedelta(days=32)).replace(day=1)
    return months
