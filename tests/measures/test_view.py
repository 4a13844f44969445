"""The page's figures from the sums: which months, in whose zone, in which money; both kinds never added together."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from measures import reading, summing
from measures.measured import Measuring
from measures.reading import View, first_of
from tests import cast
from tests.measures.small_past import Past, day, gid, order

# --- months


@pytest.mark.parametrize(
    ("today", "months", "first"),
    [
        (date(2026, 11, 24), 1, date(2026, 11, 1)),
        (date(2026, 11, 24), 3, date(2026, 9, 1)),
        (date(2026, 1, 31), 2, date(2025, 12, 1)),
        (date(2026, 12, 31), 12, date(2026, 1, 1)),
        (date(2026, 1, 1), 12, date(2025, 2, 1)),
        (date(2024, 2, 29), 24, date(2022, 3, 1)),
    ],
)
def test_so_many_months_are_counted_with_the_present_one(today: date, months: int, first: date) -> None:
    assert first_of(today, months) == first


DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@given(today=DAYS, months=st.integers(1, 60))
def test_from_its_first_so_many_months_on_is_this_month(today: date, months: int) -> None:
    """Walked one by one, over leap years and year's ends."""
    month = first_of(today, months)
    for _ in range(months - 1):
        month = summing.next_month(month)
    assert month == today.replace(day=1)


@given(on=DAYS)
def test_the_next_month_begins_after_every_day_of_this_one(on: date) -> None:
    after = summing.next_month(on)
    assert after.day == 1 and (after - timedelta(days=1)).month == on.month and after > on


# --- a view


@pytest.fixture
def past(session: Session) -> Past:
    """Five closings of self-service: two of March, one of May, one in euros, one of a buyer nobody knows."""
    past = Past.of_alice(session)
    for name, client in (("a", "ann"), ("b", "ben"), ("c", "cy"), ("d", None)):
        past.keep(order(name, 0, client=client))
    past.keep(order("e", 0, client="eve", currency="EUR"), order("again", 30, 400, client="ann"))
    past.came_back("ra", "a", 10)
    past.came_back("rb", "b", 12, refunded=0, new=100)
    past.came_back("rc", "c", 70, 5_000)
    past.came_back("rd", "d", 12)
    past.came_back("re", "e", 12, currency="EUR")
    return past


LOOKED_AT = day(80)


def view(past: Past, months: int = 12, now: datetime = LOOKED_AT) -> View:
    return reading.view(past.session, shop=past.shop, months=months, now=now)


def test_counts_are_of_all_money_and_amounts_of_the_shops(past: Past) -> None:
    found = view(past)
    assert (found.currency, found.elsewhere) == ("USD", 1)
    alone = found.alone
    assert (alone.sums["returns"], alone.sums["refunds"], alone.sums["exchanges"]) == (5, 4, 1)
    assert alone.sums["back_cents"] == 530_000 and alone.sums["returns_here"] == 4
    assert (alone.exchanges.value, alone.by_value) == (0.25, 10_000 / 520_000)
    assert (alone.by_piece.count, alone.by_piece.of) == (1, 5)
    assert found.sides == (found.assisted, found.alone) and found.assisted.sums["returns"] == 0


def test_who_bought_again_who_has_not_yet_and_of_whom_nobody_knows(past: Past) -> None:
    alone = view(past).alone
    assert (alone.sums["bought"], alone.sums["not_yet"], alone.unknown) == (1, 3, 1)
    assert alone.next_cents == 40_000, "of the one who did"
    windows = dict(alone.windows)
    assert windows[30] is not None and windows[30].bought == 1 and windows[90] is None


def test_bands_are_apart_and_together_all(past: Past) -> None:
    bands = view(past).alone.bands
    assert {name: sums["returns"] for name, sums in bands.items()} == {"small": 4, "mid": 0, "dear": 1}


def test_nothing_to_divide_by_is_not_nought(session: Session) -> None:
    side = view(Past.of_alice(session)).assisted
    assert (side.exchanges.value, side.by_value, side.by_piece.value, side.next_cents, side.each) == (None,) * 5
    assert side.worth.total == 0 and side.unknown == 0


def test_each_month_has_its_own_ratio_also_one_in_which_nothing_was_closed(past: Past) -> None:
    months = view(past, 3).months
    assert [month.first for month in months] == [date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)]
    assert [(month.alone.count, month.alone.other) for month in months] == [(1, 3), (0, 0), (0, 1)]
    assert all((month.assisted.count, month.assisted.other) == (0, 0) for month in months)


@pytest.mark.parametrize(("months", "returns", "bought"), [(3, 5, 1), (2, 1, 0), (1, 1, 0)])
def test_what_was_closed_before_the_months_asked_for_is_in_no_figure(
    past: Past, months: int, returns: int, bought: int
) -> None:
    side = view(past, months).alone
    assert (side.sums["returns"], side.sums["bought"], side.curve.people) == (returns, bought, returns - (months > 2))


@pytest.mark.parametrize(
    ("zone", "months", "until"),
    [
        pytest.param("Pacific/Auckland", [(2027, 1)], date(2027, 1, 1), id="the new year has begun"),
        pytest.param("America/New_York", [(2026, 12)], date(2026, 12, 31), id="it is still the old one"),
    ],
)
def test_this_month_is_the_shops_own(session: Session, zone: str, months: list[tuple[int, int]], until: date) -> None:
    """Closed and looked at within the same hour, at 22:30 UTC on the last of December."""
    past = Past.of_alice(session, zone=zone)
    at = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)
    past.keep(order("a", 0))
    past.came_back("ra", "a", at)
    found = view(past, 1, at + timedelta(minutes=30))
    assert found.until == until and [(one.first.year, one.first.month) for one in found.months] == months
    assert found.alone.sums["returns"] == 1 and found.months[0].alone.other == 1


def test_assisted_and_self_service_are_apart_in_every_figure(past: Past) -> None:
    bob = cast.bob(past.session, past.shop)
    cast.cleos_case(past.session, past.shop, bob, return_gid=gid("Return", "ra"))
    past.keep(order("a", 0, client="ann"))
    found = view(past, 3)
    assert (found.assisted.sums["returns"], found.alone.sums["returns"]) == (1, 4)
    assert (found.assisted.sums["bought"], found.alone.sums["bought"]) == (1, 0)
    assert [(one.assisted.other, one.alone.other) for one in found.months] == [(1, 2), (0, 0), (0, 1)]
    assert (found.assisted.curve.people, found.alone.curve.people) == (1, 3)


def test_an_interval_of_net_value_needs_ten_days_of_closings_in_the_shops_money(session: Session) -> None:
    past = Past.of_alice(session)
    for n in range(10):
        name = f"{n}"
        past.keep(order(name, 0, client=name))
        past.came_back(f"r{n}", name, 10 + n, currency="EUR" if n == 9 else "USD")
    assert view(past).alone.each is None, "nine days, and one of euros"
    past.keep(order("last", 0, client="last"))
    past.came_back("rlast", "last", 25)
    found = view(past).alone.each
    # Each cost a parcel at 45.00 and cover of 0.35 of a hundred of 100.00, and nothing followed: all alike.
    assert found is not None and found.days == 10
    assert found.value == found.low == found.high == pytest.approx(-4_535)


def test_another_shops_closings_and_state_are_not_in_it(past: Past) -> None:
    dana = Past(past.session, cast.alice(past.session, "dana.myshopify.com", "Dana"))
    past.session.add(Measuring(shop_id=past.shop_id, differences=3))
    past.session.flush()
    found, own = view(dana), view(past)
    assert (found.alone.sums["returns"], found.elsewhere, found.state, found.alone.curve.people) == (0, 0, None, 0)
    assert own.state is not None and own.state.differences == 3
    about: Any = own.limits
    assert [limit.amount for limit in about] == ["500.00", "5000.00"]
