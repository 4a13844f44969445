"""What a shop sells, in totals: pure. The database makes the same sums over its rows; this says what they mean."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from kit.money import Money

MONTHS = 12
MID, DEAR = 50_000, 500_000
# What is dear is said in dollars; where money counts in other sizes, about as much of it.
SIZES = {
    "AED": 4, "BRL": 5, "CLP": 950, "CNY": 7, "COP": 4_000, "CZK": 23, "DKK": 7, "EGP": 50, "HKD": 8, "HUF": 360,
    "IDR": 16_000, "ILS": 4, "INR": 85, "ISK": 140, "JPY": 150, "KRW": 1_400, "MXN": 18, "MYR": 4, "NOK": 10, "PHP": 57,
    "PLN": 4, "QAR": 4, "SAR": 4, "SEK": 10, "THB": 35, "TRY": 40, "TWD": 32, "VND": 25_000, "ZAR": 18,
}  # fmt: skip


@dataclass(frozen=True)
class Sold:
    """One order as far as totals go. `returned`: some of it came back, or was to; `by_staff`: somebody is credited."""

    placed_at: datetime
    total: Money
    cancelled: bool = False
    by_staff: bool = False
    returned: bool = False


@dataclass(frozen=True)
class Totals:
    """Orders that count: in the shop's currency, not cancelled, worth something, placed within the window."""

    currency: str
    orders: int = 0
    cents: int = 0
    mid: int = 0
    dear: int = 0
    by_staff: int = 0
    returned: int = 0

    @property
    def average(self) -> Money | None:
        """What an order comes to, rounded down to the smallest unit; None without orders."""
        return Money(self.cents // self.orders, self.currency) if self.orders else None

    def share(self, count: int) -> float | None:
        """`count` of all orders, 0 to 1; None without orders."""
        return count / self.orders if self.orders else None


@lru_cache(maxsize=200)
def limits(currency: str) -> tuple[Money, Money]:
    """From where on an order is of a middling price, and from where on dear: 500 and 5,000 dollars or about."""
    return sized(MID, currency), sized(DEAR, currency)


def sized(cents: int, currency: str) -> Money:
    """So many hundredths of a dollar, or about as much where money counts in other sizes."""
    return Money.parse(f"{cents * SIZES.get(currency, 1)}e-2", currency)


def add_up(orders: Iterable[Sold], *, currency: str, since: datetime, now: datetime) -> Totals:
    """Totals of the orders placed from `since` on and before `now`."""
    mid, dear = limits(currency)
    counted = [
        o
        for o in orders
        if not o.cancelled and o.total.cents > 0 and o.total.currency == currency and since <= o.placed_at < now
    ]
    return Totals(
        currency=currency,
        orders=len(counted),
        cents=sum(o.total.cents for o in counted),
        mid=sum(o.total.cents >= mid.cents for o in counted),
        dear=sum(o.total.cents >= dear.cents for o in counted),
        by_staff=sum(o.by_staff for o in counted),
        returned=sum(o.returned for o in counted),
    )
