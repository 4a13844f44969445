"""The silent leak: good clients refunded without an advisor who never came back. Counted by hand on a small past."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from kit.money import Money
from measures import exporting, privacy
from measures.leaks import Leak, leaks
from tests import cast
from tests.cast import number
from tests.measures.small_past import Past, day, gid, order

LAST = day(10 + 180).date()
"""The day on which who was refunded on day 10 has been watched for 180 days."""


@pytest.fixture
def past(session: Session) -> Past:
    """Cleo bought for 900 and 800 dollars; the first came back by itself and was refunded on day 10."""
    past = Past.of_alice(session)
    past.keep(order("one", 0, 900), order("two", 5, 800))
    past.came_back("first", "one", 10, 900)
    return past


def found(past: Past, *, today: date = LAST, **more: Any) -> list[Leak]:
    return leaks(past.session, shop_id=past.shop_id, today=today, **{"currency": "USD", **more})


def names(past: Past, **more: Any) -> list[str]:
    return [leak.client_gid.rpartition("/")[2] for leak in found(past, **more)]


def usd(dollars: int) -> Money:
    return Money(dollars * 100, "USD")


def test_who_was_refunded_and_bought_nothing_in_180_days_is_on_the_list_with_what_they_bought_before(
    past: Past,
) -> None:
    assert found(past) == [Leak(gid("Customer", "cleo"), date(2026, 3, 11), usd(900), orders=2, spent=usd(1_700))]


def test_before_the_180_days_are_over_nobody_is_on_it(past: Past) -> None:
    assert found(past, today=LAST - timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("records", "listed"),
    [
        pytest.param([order("three", 100)], [], id="who bought again is not"),
        pytest.param([order("three", 300)], [], id="nor who did so long after the horizon"),
        pytest.param([order("three", 100, currency="EUR")], [], id="nor who bought in other money"),
        pytest.param([order("three", 100, cancelled=True)], ["cleo"], id="a cancelled order is no return to the house"),
        pytest.param([order("three", 100, 0)], ["cleo"], id="nor is an order that is worth nothing"),
        pytest.param([order("three", 100, client="jonas")], ["cleo"], id="nor somebody else's"),
    ],
)
def test_an_order_after_the_closing_takes_a_household_off_the_list(
    past: Past, records: list[Any], listed: list[str]
) -> None:
    past.keep(*records)
    past.keep(order("one", 0, 900))  # as the night reads it again
    assert names(past, today=day(400).date()) == listed


@pytest.mark.parametrize(
    ("dollars", "returned", "listed"),
    [
        pytest.param(499.99, {}, [], id="a small piece is no good client's"),
        pytest.param(500, {}, ["jonas"], id="from a middling price on it is"),
        pytest.param(900, {"refunded": 0, "new": 900}, [], id="exchanged is not refunded"),
        pytest.param(900, {"refunded": 440, "new": 460}, [], id="mostly exchanged neither"),
        pytest.param(900, {"refunded": 460, "new": 440}, ["jonas"], id="mostly refunded is"),
        pytest.param(900, {"currency": "EUR"}, [], id="money of another currency is not set beside it"),
    ],
)
def test_whose_refund_counts(session: Session, dollars: float, returned: dict[str, Any], listed: list[str]) -> None:
    past = Past.of_alice(session)
    past.keep(order("j", 0, dollars, client="jonas", currency=returned.get("currency", "USD")))
    past.came_back("of jonas", "j", 10, dollars, **returned)
    assert names(past) == listed


def test_whom_an_advisor_looked_after_is_no_leak(past: Past) -> None:
    bob = cast.bob(past.session, past.shop)
    cast.cleos_case(past.session, past.shop, bob, return_gid=gid("Return", "first"))
    past.keep(order("one", 0, 900))
    assert found(past) == []


def test_a_household_is_one_line_however_many_of_its_pieces_were_refunded(past: Past) -> None:
    """By its dearest refund; the page counts lines as households."""
    past.keep(order("three", 1, 1_000))
    past.came_back("second", "three", 9, 1_000)
    past.came_back("third", "two", 12, 800)
    (only,) = found(past, today=day(400).date())
    assert (only.refunded, only.closed_on, only.orders, only.spent) == (usd(1_000), date(2026, 3, 10), 3, usd(2_700))


def test_orders_before_are_those_that_came_to_something_in_the_shops_money(past: Past) -> None:
    past.keep(order("void", 2, 50, cancelled=True), order("gift", 3, 0), order("abroad", 4, 60, currency="EUR"))
    (only,) = found(past)
    assert (only.orders, only.spent) == (2, usd(1_700))


def test_the_dearest_stand_first_and_no_more_than_asked_for(past: Past) -> None:
    for name, dollars in (("jonas", 950), ("mira", 600), ("ana", 7_000)):
        past.keep(order(name, 0, dollars, client=name))
        past.came_back(f"of {name}", name, 10, dollars)
    assert names(past) == ["ana", "jonas", "cleo", "mira"]
    assert names(past, most=2) == ["ana", "jonas"]


def test_a_guest_is_on_the_list_without_a_number(session: Session) -> None:
    past = Past.of_alice(session)
    past.keep(order("g", 0, 900, client=None, email="guest@example.com"))
    past.came_back("of a guest", "g", 10, 900)
    (only,) = found(past)
    assert (only.client_gid, only.orders, only.spent) == ("", 1, usd(900))


def test_whose_buyer_nobody_knows_or_who_was_erased_is_not_on_the_list(past: Past) -> None:
    past.keep(order("cash", 0, 900, client=None))
    past.came_back("of nobody", "cash", 10, 900)
    assert names(past) == ["cleo"]
    privacy.erase_client(
        past.session, shop_id=past.shop_id, client_gid=gid("Customer", "cleo"), order_gids=[], now=day(99)
    )
    assert found(past) == []


def test_another_shops_clients_are_not_on_the_list_and_their_orders_bring_nobody_back(past: Past) -> None:
    dana = Past(past.session, cast.alice(past.session, "dana.myshopify.com", "Dana"))
    dana.keep(order("three", 100))
    assert leaks(past.session, shop_id=number(dana.shop.id), currency="USD", today=LAST) == []
    assert [(leak.orders, leak.spent) for leak in found(past)] == [(2, usd(1_700))]


def test_the_file_says_the_same_in_plain_amounts_and_guests_by_no_number() -> None:
    cleo, yen = gid("Customer", "9"), Money(120_000, "JPY")
    some = [
        Leak(cleo, date(2026, 3, 11), usd(900), 2, usd(1_700)),
        Leak("", date(2024, 2, 29), yen, 1, Money(240_000, "JPY")),
    ]
    assert list(csv.DictReader(io.StringIO(exporting.leak_rows(some), newline=""))) == [
        {"client": cleo, "closed_on": "2026-03-11", "refunded": "900.00", "orders_before": "2",
         "spent_before": "1700.00", "currency": "USD"},
        {"client": "guest", "closed_on": "2024-02-29", "refunded": "120000", "orders_before": "1",
         "spent_before": "240000", "currency": "JPY"},
    ]  # fmt: skip


def test_a_list_of_nobody_is_its_heading() -> None:
    assert exporting.leak_rows([]) == "client,closed_on,refunded,orders_before,spent_before,currency\r\n"
