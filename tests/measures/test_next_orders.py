"""What a household buys after a return is closed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from measures.next_orders import HORIZON, After, Bought, after, watched

PARIS = ZoneInfo("Europe/Paris")
CLOSED = datetime(2026, 5, 4, 12, tzinfo=UTC)
ORDER = Bought(CLOSED + timedelta(days=10), 50_000, "USD")


def test_the_next_order_and_what_stayed_of_those_that_followed() -> None:
    second = Bought(CLOSED + timedelta(days=40), 30_000, "USD", refunded=30_000)
    assert after(CLOSED, [second, ORDER], currency="USD", zone=PARIS) == After(10, 50_000, 2, 50_000)


@pytest.mark.parametrize(
    "order",
    [
        replace(ORDER, in_exchange=True),
        replace(ORDER, cancelled=True),
        replace(ORDER, cents=0),
        replace(ORDER, placed_at=CLOSED),
        replace(ORDER, placed_at=CLOSED - timedelta(days=3)),
        replace(ORDER, placed_at=CLOSED + timedelta(days=HORIZON + 1)),
    ],
)
def test_what_is_no_next_order(order: Bought) -> None:
    assert after(CLOSED, [order], currency="USD", zone=PARIS) == After(None, 0, 0, 0)


def test_an_order_follows_the_last_closing_before_it() -> None:
    found = after(CLOSED, [ORDER], currency="USD", zone=PARIS, until=CLOSED + timedelta(days=5))
    assert found == After(10, 50_000, 0, 0), "both closings have a next order; its worth is counted once"


def test_an_order_in_other_money_is_a_next_order_whose_amount_is_added_to_nothing() -> None:
    """Of a shop that changed its money: euros are no dollars, and yen no cents."""
    yen = Bought(CLOSED + timedelta(days=5), 90_000, "JPY")
    assert after(CLOSED, [yen, ORDER], currency="USD", zone=PARIS) == After(5, 0, 1, 50_000)
    assert after(CLOSED, [yen, ORDER], currency="JPY", zone=PARIS) == After(5, 90_000, 1, 90_000)


def test_days_are_those_of_the_shop() -> None:
    late = datetime(2026, 5, 4, 21, 59, tzinfo=UTC)  # 23:59 in Paris
    assert after(CLOSED, [Bought(late, 1, "USD")], currency="USD", zone=PARIS).next_days == 0
    assert after(CLOSED, [Bought(late + timedelta(minutes=1), 1, "USD")], currency="USD", zone=PARIS).next_days == 1


@pytest.mark.parametrize(("today", "days"), [(date(2026, 5, 4), 0), (date(2026, 5, 14), 10), (date(2027, 5, 4), 180)])
def test_how_long_a_household_was_watched(today: date, days: int) -> None:
    assert watched(date(2026, 5, 4), today) == days
