"""What the last year says of a pilot to come."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from sqlmodel import Session

from kit.db import Database
from kit.money import Money
from measures.measured import MeasuredReturn
from measures.pilot_past import Past, past
from measures.power import needed
from shops.models import Shop
from tests import cast

TODAY = date(2026, 11, 24)  # of cast.NOW, in Paris
FIVE_THOUSAND = Money(500_000, "USD")
NUMBERS = count(1)


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    cast.settings(sqlite_url)
    database = Database(sqlite_url)
    with database.begin() as session:
        yield session
    database.close()


@pytest.fixture
def shop(session: Session) -> Shop:
    return cast.alice(session)


def close(
    session: Session, shop: Shop, ago: int, dollars: int, exchanges: int = 0, currency: str = "USD", **other: Any
) -> None:
    """A return closed so many days ago."""
    on = TODAY - timedelta(days=ago)
    values: dict[str, Any] = {"order_gid": "o", "household": "h", "assisted": False, "band": "dear", "returns": 1}
    row = MeasuredReturn(
        shop_id=cast.number(shop.id), return_gid=f"gid://shopify/Return/{next(NUMBERS)}", closed_at=cast.NOW,
        closed_on=on, currency=currency, back_cents=dollars * 100, exchanges=exchanges, **values,
    )  # fmt: skip
    session.add(row)
    session.flush()


def looked(session: Session, shop: Shop, limit: Money = FIVE_THOUSAND) -> Past:
    return past(session, shop=shop, limit=limit, now=cast.NOW)


def test_only_what_the_plan_would_take_is_counted(session: Session, shop: Shop) -> None:
    for dollars, exchanges in ((4_999, 1), (5_000, 1), (20_000, 0), (300, 0)):
        close(session, shop, 10, dollars, exchanges)
    close(session, shop, 10, 9_000, 1, currency="EUR")
    found = looked(session, shop)
    assert (found.closed, found.exchanged, found.share) == (2, 1, 0.5)
    assert looked(session, shop, Money(0, "USD")).closed == 4
    assert looked(session, shop, Money(0, "EUR")).closed == 1


def test_of_the_last_twelve_months_and_of_this_shop(session: Session, shop: Shop) -> None:
    other = cast.alice(session, "dana.myshopify.com", "Dana")
    close(session, other, 5, 9_000, 1)
    assert looked(session, shop) == Past(FIVE_THOUSAND, 0, 0, 0)
    close(session, shop, 365, 9_000)
    assert looked(session, shop) == Past(FIVE_THOUSAND, 0, 0, 0)
    close(session, shop, 364, 9_000)
    assert looked(session, shop) == Past(FIVE_THOUSAND, 1, 0, 365)


def test_what_sixty_days_bring_is_counted_over_all_the_days_the_shop_has_returns_of(
    session: Session, shop: Shop
) -> None:
    """Large returns are rare: days without one count as much as days with one."""
    close(session, shop, 119, 100)
    for ago in range(0, 40):
        close(session, shop, ago, 6_000)
    found = looked(session, shop)
    assert (found.closed, found.days) == (40, 120)
    assert found.expected == 10  # 40 in 120 days are 20 in 60, half of them in each arm


def test_where_nothing_was_ever_exchanged_the_plan_names_a_size_all_the_same() -> None:
    found = Past(FIVE_THOUSAND, 80, 0, 365)
    assert (found.share, found.hoped) == (0.0, 10)
    assert found.needed == needed(0.0, 0.1) and found.needed > 0
    assert found.expected == 7 and found.found is not None and found.found > 0.1


@pytest.mark.parametrize(
    ("closed", "exchanged", "hoped"),
    [
        pytest.param(0, 0, None, id="nobody can say"),
        pytest.param(100, 12, 24, id="twice as many"),
        pytest.param(100, 60, 99, id="never all of them"),
        pytest.param(1000, 2, 10, id="a share that rounds to nothing"),
    ],
)
def test_what_the_form_begins_with(closed: int, exchanged: int, hoped: int | None) -> None:
    found = Past(FIVE_THOUSAND, closed, exchanged, 365)
    assert found.hoped == hoped
    assert (found.needed is None) == (hoped is None)


@pytest.mark.parametrize("closed", [0, 1])
def test_too_few_promise_nothing(closed: int) -> None:
    found = Past(FIVE_THOUSAND, closed, 0, 365 if closed else 0)
    assert found.expected is None and found.found is None


def test_where_all_is_exchanged_already_nothing_more_can_be_hoped_for() -> None:
    found = Past(FIVE_THOUSAND, 400, 400, 365)
    assert found.hoped == 99 and found.found is None and found.needed == needed(1.0, 0.99)
