"""What comes late, twice or in another order than it happened: every return is counted as counting anew would."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from kit.money import Money
from measures import history
from measures.reads import RefundRecord
from tests.measures.small_past import Past, day, gid, order, word


@pytest.fixture
def past(session: Session) -> Past:
    """Cleo's two orders; a piece of the first came back and was closed on day 10."""
    past = Past.of_alice(session)
    past.keep(order("one", 0), order("two", 5))
    past.came_back("first", "one", 10)
    return past


def told(past: Past, *records: Any) -> None:
    for record in records:
        history.keep_order(past.session, shop_id=past.shop_id, order=record)


def said(past: Past, *words: Any) -> None:
    for one in words:
        history.keep_returns(past.session, shop_id=past.shop_id, words=[one])


def later(past: Past, name: str) -> tuple[int | None, int, int]:
    found = past.counted(name)
    assert found is not None
    return found.next_days, found.later_orders, found.later_cents


def test_an_order_follows_the_last_closing_before_it(past: Past) -> None:
    past.came_back("second", "two", 20)
    told(past, order("three", 30, 250))
    assert later(past, "first") == (20, 0, 0), "20 days to the next order, whose worth the second closing has"
    assert later(past, "second") == (10, 1, 25_000)
    assert past.stale() == []


def test_a_closing_told_after_the_order_that_followed_it_takes_that_orders_worth_along(past: Past) -> None:
    past.came_back("second", "two", None)
    told(past, order("three", 30, 250))
    assert later(past, "first") == (20, 1, 25_000), "nothing is known of a second closing yet"
    said(past, word("second", "CLOSED", 20, of="two"))
    assert later(past, "first") == (20, 0, 0)
    assert later(past, "second") == (10, 1, 25_000)
    assert past.stale() == []


def test_a_closing_taken_back_gives_what_followed_to_the_one_before(past: Past) -> None:
    past.came_back("second", "two", 20)
    told(past, order("three", 30, 250))
    said(past, word("second", "OPEN", 40, of="two"))
    assert past.counted("second") is None
    assert later(past, "first") == (20, 1, 25_000)
    assert past.stale() == []


def test_a_return_of_an_order_nobody_knows_yet_is_counted_without_a_household(past: Past) -> None:
    past.came_back("stray", "unheard", 20)
    found = past.counted("stray")
    assert found is not None and found.household == f"r:{gid('Return', 'stray')}"
    assert (found.next_days, found.bought, found.not_yet) == (None, 0, 0), "nobody can say"
    said(past, word("stray", "CLOSED", 21, of="unheard"))
    assert past.stale() == []
    told(past, order("unheard", -5), order("three", 30))
    assert later(past, "stray") == (10, 1, 10_000)
    assert past.stale() == []


def test_two_returns_closed_in_the_same_instant_share_nothing(past: Past) -> None:
    """A flow closes both in one second: what Cleo buys next follows one of them, the second by name."""
    past.came_back("second", "two", 10)
    told(past, order("three", 30, 250))
    assert sorted([later(past, "first"), later(past, "second")]) == [(20, 0, 0), (20, 1, 25_000)]
    assert past.stale() == []


def test_the_same_words_twice_and_backwards_count_once(past: Past) -> None:
    past.came_back("second", "two", None)
    orders = [order("three", 30, 250), order("four", 40, 60)]
    words = [word("second", "CLOSED", 20, of="two"), word("first", "CLOSED", 10, of="one")]
    said(past, *words, *words)
    told(past, *reversed(orders), *orders)
    assert later(past, "second") == (10, 2, 31_000)
    assert past.stale() == []


def test_an_order_that_turns_out_to_be_of_another_client_leaves_the_first_ones_figures(past: Past) -> None:
    told(past, order("three", 30, 250))
    told(past, order("three", 30, 250, client="jonas", updated_at=day(31)))
    found = past.counted("first")
    assert found is not None and (found.not_yet, found.next_days, found.later_cents) == (1, None, 0)
    assert past.stale() == []


@pytest.mark.parametrize(("updated", "counts"), [(29, 25_000), (31, 0)], ids=["told late of before", "told of after"])
def test_an_older_word_about_an_order_changes_nothing(past: Past, updated: float, counts: int) -> None:
    told(past, order("three", 30, 250), order("three", 30, 250, cancelled=True, updated_at=day(updated)))
    assert later(past, "first")[2] == counts
    assert past.stale() == []


def test_a_refund_keeps_the_return_it_named_when_a_later_word_does_not_name_it(past: Past) -> None:
    """refunds/create says which return it was for; the order's own list of refunds may not."""
    past.came_back("again", "one", 20, refunded=0)
    refund = RefundRecord(gid("Refund", "1"), gid("Order", "one"), gid("Return", "first"), day(21), Money(700, "USD"))
    history.keep_refund(past.session, shop_id=past.shop_id, refund=refund)
    listed = RefundRecord(refund.refund_gid, refund.order_gid, None, refund.at, refund.amount)
    told(past, order("one", 0, refunded=Money(700, "USD"), refunds=(listed,), updated_at=day(22)))
    found = past.counted("again")
    assert found is not None and found.refunded_cents == 0, "else it would go with the last return opened before it"
    assert past.stale() == []


def test_an_order_in_other_money_is_the_next_one_and_its_amount_is_added_to_nothing(past: Past) -> None:
    told(past, order("three", 30, 250, currency="EUR"), order("four", 40, 60))
    found = past.counted("first")
    assert found is not None and (found.next_days, found.next_cents) == (20, 0)
    assert (found.later_orders, found.later_cents) == (1, 6_000)
    assert past.stale() == []


def test_an_order_on_the_last_day_of_the_horizon_counts_and_the_day_after_does_not(past: Past) -> None:
    told(past, order("three", 10 + 181))
    assert later(past, "first") == (None, 0, 0)
    told(past, order("four", 10 + 180))
    assert later(past, "first") == (180, 1, 10_000)
    assert past.stale() == []


ORDER_TOLD = st.tuples(
    st.just("order"), st.sampled_from("abc"), st.sampled_from(["cleo", "jonas"]), st.integers(0, 400), st.booleans()
)
CLOSING = st.tuples(
    st.just("return"), st.sampled_from(["first", "second"]), st.sampled_from(["CLOSED", "OPEN"]), st.integers(11, 40)
)
REFUND = st.tuples(
    st.just("refund"), st.sampled_from(["one", "two"]), st.integers(1, 9), st.sampled_from([None, "first", "second"])
)
PLACED = {"a": 8, "b": 15, "c": 30}
OF = {"first": "one", "second": "two"}


def tell(past: Past, what: tuple[Any, ...]) -> None:
    match what:
        case "order", name, client, dollars, cancelled:
            told(past, order(name, PLACED[name], dollars, client=client, cancelled=cancelled))
        case "return", name, status, at:
            said(past, word(name, status, at, of=OF[name]))
        case "refund", of, dollars, named:
            gid_, named = gid("Refund", f"{of}{dollars}"), named and gid("Return", named)
            refund = RefundRecord(gid_, gid("Order", of), named, day(12), Money(dollars * 100, "USD"))
            history.keep_refund(past.session, shop_id=past.shop_id, refund=refund)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.one_of(ORDER_TOLD, CLOSING, REFUND), min_size=2, max_size=7))
def test_whatever_is_told_in_whatever_order_returns_sums_and_months_agree(
    past: Past, words: list[tuple[Any, ...]]
) -> None:
    with past.session.begin_nested() as undone:
        past.came_back("second", "two", None)
        for what in words:
            tell(past, what)
        assert past.stale() == []
        by_day, by_return = past.sums()
        assert by_day == by_return
        kept, said_ = past.again()
        assert kept == said_
        undone.rollback()


def test_days_are_the_shops_own_over_the_night_the_clocks_go_forward(session: Session) -> None:
    """Paris, 28 to 29 March 2026, when 02:30 was never: closed at 23:30, bought at 00:30 is one day, of one hour."""
    past = Past.of_alice(session, zone="Europe/Paris")
    past.keep(order("one", 0))
    closing = day(27) + timedelta(hours=10, minutes=30)  # 22:30 UTC
    past.came_back("first", "one", closing)
    told(past, order("two", 27, placed_at=closing + timedelta(hours=1)))
    found = past.counted("first")
    assert found is not None and (found.closed_on.isoformat(), found.next_days) == ("2026-03-28", 1)


@pytest.mark.parametrize(
    ("zone", "on"),
    [
        pytest.param("Pacific/Auckland", "2026-04-01", id="April has begun in Auckland"),
        pytest.param("Europe/Paris", "2026-04-01", id="and in Paris, by half an hour"),
        pytest.param("Europe/London", "2026-03-31", id="not in London"),
        pytest.param("America/Los_Angeles", "2026-03-31", id="nor in Los Angeles"),
    ],
)
def test_a_return_belongs_to_the_month_of_its_closing_in_the_shops_zone(session: Session, zone: str, on: str) -> None:
    past = Past.of_alice(session, zone=zone)
    past.keep(order("one", 0))
    past.came_back("first", "one", day(30) + timedelta(hours=10, minutes=30))  # 31 March, 22:30 UTC
    found = past.counted("first")
    assert found is not None and found.closed_on.isoformat() == on
