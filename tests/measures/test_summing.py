"""The sums by day and month: kept by differences, and made anew a month at a time; both ways the same."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from measures import summing, tallying
from measures.measured import MeasuredDay, MeasuredReturn, NextOrders
from tests import cast
from tests.measures.small_past import Past, gid, order


@pytest.fixture
def past(session: Session) -> Past:
    """Closed on 11 and 13 March (Ann's, who bought after it) and on 10 May."""
    past = Past.of_alice(session)
    past.keep(order("a", 0, client="ann"), order("b", 0, client="ben"), order("c", 0, client="cy"))
    past.keep(order("again", 40, client="ann"))
    past.came_back("ra", "a", 12)
    past.came_back("rb", "b", 10)
    past.came_back("rc", "c", 70)
    return past


def rows(session: Session, model: Any) -> list[dict[str, Any]]:
    """Those that are not all noughts, in a fixed order."""
    found = [row.model_dump() for row in session.exec(select(model).execution_options(populate_existing=True))]
    return sorted((row for row in found if row.get("returns", row.get("count"))), key=lambda row: str(row.values()))


def both(session: Session) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return rows(session, MeasuredDay), rows(session, NextOrders)


def remake(past: Past, month: date) -> None:
    summing.remake_month(past.session, shop_id=past.shop_id, month=month)


MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


def test_a_shop_without_closings_has_no_months(session: Session) -> None:
    assert summing.months_of(session, shop_id=Past.of_alice(session).shop_id) == []


def test_its_months_are_those_with_closings_and_all_between_them(past: Past) -> None:
    assert summing.months_of(past.session, shop_id=past.shop_id) == [MARCH, APRIL, MAY]


def test_a_month_of_which_only_a_wrong_sum_is_left_is_among_them(past: Past) -> None:
    """Else a rebuild would never come by it."""
    past.session.add(NextOrders(shop_id=past.shop_id, month=date(2025, 12, 1), assisted=True, days=3, count=1))
    past.session.add(
        MeasuredDay(shop_id=past.shop_id, closed_on=date(2026, 7, 31), assisted=True, band="mid", currency="USD")
    )
    past.session.flush()
    months = summing.months_of(past.session, shop_id=past.shop_id)
    assert (months[0], months[-1], len(months)) == (date(2025, 12, 1), date(2026, 7, 1), 8)


def test_each_month_made_anew_is_what_it_was_by_differences(past: Past) -> None:
    before = both(past.session)
    days = sorted((row["closed_on"], row["returns"], row["bought"]) for row in before[0])
    assert days == [(date(2026, 3, 11), 1, 0), (date(2026, 3, 13), 1, 1), (date(2026, 5, 10), 1, 0)]
    assert [(row["month"], row["days"], row["count"]) for row in before[1]] == [(MARCH, 28, 1)]
    for month in summing.months_of(past.session, shop_id=past.shop_id):
        remake(past, month)
    assert both(past.session) == before


def test_making_a_month_anew_mends_that_month_and_leaves_the_others(past: Past) -> None:
    before = both(past.session)
    past.session.connection().execute(sa.update(MeasuredDay).values(exchanges=9))
    past.session.connection().execute(sa.update(NextOrders).values(count=7))
    remake(past, MARCH)
    days, again = both(past.session)
    assert again == before[1]
    assert {row["closed_on"].month: row["exchanges"] for row in days} == {3: 0, 5: 9}


def test_making_a_month_anew_leaves_another_shops(past: Past) -> None:
    dana = Past(past.session, cast.alice(past.session, "dana.myshopify.com", "Dana"))
    dana.keep(order("a", 0))
    dana.came_back("ra", "a", 12)
    past.session.connection().execute(sa.update(MeasuredDay).values(exchanges=9))
    remake(past, MARCH)
    hers = [row["exchanges"] for row in rows(past.session, MeasuredDay) if row["shop_id"] == dana.shop_id]
    assert hers == [9]


def test_a_month_whose_returns_are_gone_has_no_rows_when_made_anew(past: Past) -> None:
    past.session.connection().execute(sa.delete(MeasuredReturn))
    remake(past, MARCH)
    days, again = both(past.session)
    assert [row["closed_on"].month for row in days] == [5] and again == []


@pytest.mark.parametrize("count", [1, summing.FEW, summing.FEW + 8])
def test_few_and_many_at_once_are_written_alike_and_the_same_again_changes_nothing(
    session: Session, count: int
) -> None:
    """A few rows travel together, many go another way."""
    past = Past.of_alice(session)
    for n in range(count):
        past.keep(order(f"o{n}", 0, client=f"c{n}"), order(f"later{n}", 50, client=f"c{n}"))
        past.came_back(f"r{n}", f"o{n}", 10 + n % 3)
    before = both(session)
    for model in (MeasuredReturn, MeasuredDay, NextOrders):
        session.connection().execute(sa.delete(model))
    gids = [gid("Order", f"o{n}") for n in range(count)]
    for _ in range(2):
        assert tallying.refresh(session, shop_id=past.shop_id, order_gids=gids) == count
        assert both(session) == before
    assert sum(row["returns"] for row in before[0]) == sum(row["count"] for row in before[1]) == count


def test_nothing_asked_for_is_nothing_done(past: Past) -> None:
    shop: dict[str, Any] = {"shop_id": past.shop_id}
    assert tallying.refresh(past.session, **shop, order_gids=[]) == 0
    assert tallying.follow_orders(past.session, **shop, order_gids=[]) == 0
    assert tallying.follow_returns(past.session, **shop, return_gids=[]) == 0
    assert tallying.reckoned(past.session, **shop, order_gids=[]) == []
    assert tallying.households_of(past.session, **shop, order_gids=[]) == set()


@pytest.mark.parametrize(
    ("orders", "count"),
    [(["a"], 1), (["again"], 1), (["a", "b", "c"], 3), (["unheard"], 0), (["a", "a"], 1)],
    ids=["its own return", "the one before it", "three", "an order nobody knows", "named twice"],
)
def test_it_says_how_many_cases_it_brought_up_to_date(past: Past, orders: list[str], count: int) -> None:
    gids = [gid("Order", name) for name in orders]
    assert tallying.follow_orders(past.session, shop_id=past.shop_id, order_gids=gids) == count


def test_a_return_followed_counts_itself_and_the_one_before_it(past: Past) -> None:
    past.came_back("second", "again", 60)
    gids = [gid("Return", "second")]
    assert tallying.follow_returns(past.session, shop_id=past.shop_id, return_gids=gids) == 2
    assert tallying.follow_returns(past.session, shop_id=past.shop_id, return_gids=[gid("Return", "none")]) == 0
