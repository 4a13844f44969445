"""What a household bought after a return, of the rows of one query: an order counts once, however often joined."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from measures.buyers import PAID_WITHIN, Buyer, buyers
from measures.next_orders import Bought

SINCE = datetime(2026, 6, 1, 12, tzinfo=UTC)
NONE: dict[str, Any] = {"return_gid": None, "status": None, "closed_at": None, "asked_at": None, "amount_cents": None}


def row(order: str = "o1", days: float = 1, household: str = "cleo", cents: int = 100_000, **more: Any) -> Any:
    """One row of FOLLOWED: an order `days` after SINCE, with a return and a piece sold beside it, or with none."""
    placed = SINCE + timedelta(days=days)
    told = {"currency": "USD", "refunded_cents": 0, "cancelled": False, **NONE, **more}
    return SimpleNamespace(order_gid=order, household=household, placed_at=placed, total_cents=cents, **told)


def closed(days: float, gid: str = "r1", status: str = "CLOSED") -> dict[str, Any]:
    return {"return_gid": gid, "status": status, "closed_at": SINCE + timedelta(days=days)}


def sold(days: float, cents: int) -> dict[str, Any]:
    return {"asked_at": SINCE + timedelta(days=days), "amount_cents": cents}


def bought(days: float, cents: int = 100_000, **more: Any) -> Bought:
    return Bought(SINCE + timedelta(days=days), cents, "USD", **more)


def test_each_household_has_its_own_orders() -> None:
    found = buyers([row(), row("o2", 3), row("o3", 5, "jonas")], SINCE)
    assert found["cleo"].orders == [bought(1), bought(3)]
    assert found["jonas"].orders == [bought(5)]


def test_an_order_with_two_returns_is_one_order_and_both_closings_count() -> None:
    found = buyers([row(**closed(10, "r1")), row(**closed(12, "r2"))], SINCE)["cleo"]
    assert found.orders == [bought(1)]
    assert found.closings == [(SINCE + timedelta(days=10), "r1"), (SINCE + timedelta(days=12), "r2")]


@pytest.mark.parametrize(
    ("days", "counts"), [(-1, False), (0, False), (0.00001, True)], ids=["before", "at the very instant", "after"]
)
def test_only_what_came_after_the_instant_is_told(days: float, counts: bool) -> None:
    assert bool(buyers([row(days=days)], SINCE)["cleo"].orders) is counts


@pytest.mark.parametrize(
    ("days", "counts"), [(-0.00001, False), (0, True), (1, True)], ids=["before", "at the very instant", "after"]
)
def test_only_closings_from_the_instant_on_are_told(days: float, counts: bool) -> None:
    assert bool(buyers([row(**closed(days))], SINCE)["cleo"].closings) is counts


@pytest.mark.parametrize(
    ("closings", "own", "days"),
    [
        pytest.param([], (), None, id="none was closed"),
        pytest.param([(0, "b")], (), None, id="none but itself"),
        pytest.param([(9, "c"), (4, "d"), (-4, "e")], (), 4, id="the earliest of those after it"),
        pytest.param([(4, "d"), (9, "c")], ("d",), 9, id="one that is part of its own case is passed over"),
        pytest.param([(0, "c")], (), 0, id="in the same instant: the later name comes after"),
        pytest.param([(0, "a")], (), None, id="and the earlier one before"),
    ],
)
def test_the_next_closing_is_of_another_case_and_one_of_two_in_an_instant_comes_first(
    closings: list[tuple[float, str]], own: tuple[str, ...], days: float | None
) -> None:
    buyer = Buyer(closings=[(SINCE + timedelta(days=at), gid) for at, gid in closings])
    wanted = None if days is None else SINCE + timedelta(days=days)
    assert buyer.next_closing(SINCE, "b", ("b", *own)) == wanted


def test_an_old_order_whose_return_was_closed_since_gives_its_closing_and_no_purchase() -> None:
    found = buyers([row(days=-30, **closed(2))], SINCE)["cleo"]
    assert (found.orders, len(found.closings)) == ([], 1)


@pytest.mark.parametrize("status", ["OPEN", "REQUESTED", "CANCELED", "DECLINED", None])
def test_a_return_that_is_not_closed_is_no_closing(status: str | None) -> None:
    assert buyers([row(**closed(2) | {"status": status})], SINCE)["cleo"].closings == []


def test_closed_without_a_day_is_no_closing() -> None:
    assert buyers([row(return_gid="r1", status="CLOSED")], SINCE)["cleo"].closings == []


@pytest.mark.parametrize(
    ("asked", "placed", "cents", "beside"),
    [
        pytest.param(1, 1, 100_000, True, id="paid the moment it was asked"),
        pytest.param(1, 5, 100_000, True, id="paid days after"),
        pytest.param(1, 15, 100_000, True, id="on the last day"),
        pytest.param(1, 15.00001, 100_000, False, id="a moment after the last day"),
        pytest.param(5, 4, 100_000, False, id="placed before it was asked"),
        pytest.param(1, 5, 99_999, False, id="of another amount"),
    ],
)
def test_a_piece_sold_beside_a_return_is_no_next_order(asked: float, placed: float, cents: int, beside: bool) -> None:
    assert timedelta(days=14) == PAID_WITHIN
    found = buyers([row("old", -20, cents=1, **sold(asked, 100_000)), row("new", placed, cents=cents)], SINCE)
    assert found["cleo"].orders == [bought(placed, cents, in_exchange=beside)]


def test_what_was_sold_to_another_household_excuses_nothing() -> None:
    found = buyers([row("old", -20, "jonas", **sold(1, 100_000)), row("new", 5)], SINCE)
    assert found["cleo"].orders == [bought(5)]


def test_cancelled_orders_and_refunds_are_told_as_they_are() -> None:
    found = buyers([row(cancelled=True), row("o2", 2, refunded_cents=40_000)], SINCE)["cleo"]
    assert found.orders == [bought(1, cancelled=True), bought(2, refunded=40_000)]


def test_nothing_found_is_nobody() -> None:
    assert buyers([], SINCE) == {}
