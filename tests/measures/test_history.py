"""What is said of a shop's past as far as it was read, and of households that bought again."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from kit.money import Money
from measures import figures, history, turns
from measures.events import HistoryReady
from measures.models import HistoricRefund, HistoryRead, ReadState
from measures.reads import Detail, RefundRecord
from shops.figures import say_visits
from tests import cast
from tests.cast import number
from tests.measures.small_past import Past, day, order, word

YEAR = timedelta(days=365)


@pytest.fixture
def past(session: Session) -> Past:
    return Past.of_alice(session)


def read(past: Past, **columns: Any) -> history.HistoryProgress:
    past.session.add(HistoryRead(shop_id=past.shop_id, hash_key="k", **columns))
    past.session.flush()
    found = history.progress(past.session, shop_id=past.shop_id)
    assert found is not None
    return found


# --- progress


def test_before_it_began_there_is_no_progress(past: Past) -> None:
    assert history.progress(past.session, shop_id=past.shop_id) is None


@pytest.mark.parametrize(
    ("state", "lines", "total", "share"),
    [
        pytest.param(ReadState.READING, 50, 200, 0.25, id="a quarter of the lines"),
        pytest.param(ReadState.READING, 0, 200, 0.0, id="none yet"),
        pytest.param(ReadState.READING, 230, 200, 1.0, id="never more than all"),
        pytest.param(ReadState.READING, 50, 0, None, id="of nobody knows how many"),
        pytest.param(ReadState.WORKING, 0, 200, None, id="while Shopify still collects"),
        pytest.param(ReadState.IDLE, 200, 200, None, id="when it is over"),
    ],
)
def test_a_share_is_told_while_lines_are_read(
    past: Past, state: ReadState, lines: int, total: int, share: float | None
) -> None:
    found = read(past, state=state, lines_read=lines, lines_total=total)
    assert (found.state, found.read, found.total, found.share) == (state, lines, total, share)


@pytest.mark.parametrize(
    ("columns", "all_orders", "staff", "contacts"),
    [
        pytest.param({"rights": "read_all_orders,read_users", "detail": Detail.STAFF}, True, True, True, id="all"),
        pytest.param({"rights": "", "detail": Detail.CONTACTS}, False, False, True, id="sixty days, and no staff"),
        pytest.param({"rights": "", "detail": Detail.LEAST}, False, False, False, id="nobody's address either"),
        pytest.param(
            {"rights": "read_all_orders", "detail": Detail.STAFF, "complete_at": day(0), "read_rights": "",
             "read_detail": Detail.CONTACTS}, False, False, True, id="a new right counts once it was read with",
        ),
        pytest.param({"rights": "read_all_orders_of_another_kind"}, False, True, True, id="a right by its whole name"),
    ],
)  # fmt: skip
def test_what_it_was_allowed_to_see_is_said(
    past: Past, columns: dict[str, Any], all_orders: bool, staff: bool, contacts: bool
) -> None:
    found = read(past, **columns)
    assert (found.all_orders, found.with_staff, found.with_contacts) == (all_orders, staff, contacts)
    assert found.first is ("complete_at" not in columns)


def test_what_went_wrong_is_said(past: Past) -> None:
    found = read(past, state=ReadState.STOPPED, problem="It was cancelled.", lines_odd=3, finished_at=day(2))
    assert (found.problem, found.odd, found.finished_at, found.back_to) == ("It was cancelled.", 3, day(2), None)


def test_the_word_that_a_read_is_over_waits_its_turn_among_the_jobs_of_that_read() -> None:
    assert HistoryReady(7, "gid://shopify/BulkOperation/1").order_key == turns.order_key(7) != turns.order_key(8)


# --- who bought again


def twice(past: Past, since: float = 0, now: float = 400) -> tuple[tuple[int, int], tuple[int, int]]:
    """(households, of them twice) of those with a return, and of the others."""
    found = history.bought_twice(past.session, shop_id=past.shop_id, since=day(since), now=day(now))
    returners, others = ((one.households, one.twice) for one in found)
    return returners, others


def test_households_with_a_return_are_told_from_the_others_and_who_bought_twice_from_who_did_not(past: Past) -> None:
    """Cleo returned and bought again, Jonas returned only; Mira bought twice, Ana once, and nobody knows the last."""
    for name, client in (("a", "cleo"), ("b", "cleo"), ("c", "jonas"), ("d", "mira"), ("e", "mira"), ("f", "ana")):
        past.keep(order(name, 1, client=client))
    past.keep(order("g", 1, client=None))
    past.came_back("r1", "a", 10)
    past.came_back("r2", "c", None)
    assert twice(past) == ((2, 1), (2, 1))


@pytest.mark.parametrize("status", ["DECLINED", "CANCELED"])
def test_a_return_that_came_to_nothing_makes_nobody_a_returner(past: Past, status: str) -> None:
    past.keep(order("a", 1))
    history.keep_returns(past.session, shop_id=past.shop_id, words=[word("r", status, 5, of="a")])
    assert twice(past) == ((0, 0), (1, 0))


@pytest.mark.parametrize(
    ("second", "found"),
    [
        pytest.param(order("b", 20), ((0, 0), (1, 1)), id="in any other order"),
        pytest.param(order("b", 20, currency="EUR"), ((0, 0), (1, 1)), id="in other money too"),
        pytest.param(order("b", 20, 0), ((0, 0), (1, 0)), id="not one worth nothing"),
        pytest.param(order("b", 20, cancelled=True), ((0, 0), (1, 0)), id="nor a cancelled one"),
        pytest.param(order("b", -1), ((0, 0), (1, 0)), id="nor one before the window"),
        pytest.param(order("b", 400), ((0, 0), (1, 0)), id="nor one at its end"),
    ],
)
def test_twice_is_two_orders_that_count(past: Past, second: Any, found: Any) -> None:
    past.keep(order("a", 1), second)
    assert twice(past) == found


def test_of_an_empty_past_nothing_is_said_and_no_average_is_made_up(past: Past) -> None:
    assert twice(past) == ((0, 0), (0, 0))
    counted = figures.count(past.session, shop_id=past.shop_id, now=day(9))
    assert (counted.orders, counted.currency, counted.average_order_cents, counted.staff_orders) == (0, "", None, None)
    assert (counted.since, counted.counted_at) == (day(9) - YEAR, day(9))


# --- the figures of twelve months


def test_the_figures_are_of_the_money_most_orders_are_in(past: Past) -> None:
    """Three in yen, whose 75,000 are of a middling price and 750,000 dear; two larger ones in dollars."""
    past.keep(*(order(f"y{n}", 1, yen, currency="JPY") for n, yen in enumerate((75_000, 750_000, 74_999))))
    past.keep(*(order(f"d{n}", 1, 90_000) for n in range(2)))
    found = figures.count(past.session, shop_id=past.shop_id, now=day(9))
    assert (found.currency, found.orders, found.total_cents, found.average_order_cents) == ("JPY", 3, 899_999, 299_999)
    assert (found.mid_cents, found.mid_orders, found.dear_cents, found.dear_orders) == (75_000, 2, 750_000, 1)


def test_of_two_currencies_alike_the_first_by_name(past: Past) -> None:
    past.keep(order("a", 1, 10, currency="USD"), order("b", 1, 20, currency="EUR"))
    assert figures.count(past.session, shop_id=past.shop_id, now=day(9)).currency == "EUR"


@pytest.mark.parametrize(("detail", "shown"), [(Detail.STAFF, 1), (Detail.CONTACTS, None)])
def test_who_sold_it_is_counted_only_where_it_was_allowed_to_be_read(
    past: Past, detail: Detail, shown: int | None
) -> None:
    past.keep(order("a", 1, staff_gid="s/7"), order("b", 1))
    row = turns.made_row(past.session, past.shop_id)
    row.detail = detail
    past.session.flush()
    assert figures.count(past.session, shop_id=past.shop_id, now=day(9)).staff_orders == shown


@pytest.mark.parametrize(
    ("back_to", "since"), [(-9, day(-9)), (-999, day(9) - YEAR)], ids=["as far as it was read", "twelve months at most"]
)
def test_the_figures_begin_where_what_is_known_begins(past: Past, back_to: float, since: Any) -> None:
    turns.made_row(past.session, past.shop_id).reaches_back_to = day(back_to)
    past.session.flush()
    assert figures.count(past.session, shop_id=past.shop_id, now=day(9)).since == since


def test_counting_again_keeps_what_the_merchant_said_and_counts_what_came_since(past: Past) -> None:
    past.keep(order("a", 1, 80), order("b", 2, client="jonas"))
    past.came_back("r", "a", 3)
    figures.count(past.session, shop_id=past.shop_id, now=day(9))
    assert say_visits(past.session, shop_id=past.shop_id, visits=1_200)
    past.keep(order("c", 4))
    found = figures.count(past.session, shop_id=past.shop_id, now=day(9))
    kept = past.session.get(type(found), past.shop_id)
    assert kept is not None and (kept.orders, kept.monthly_visits) == (3, 1_200)
    assert (kept.returned_orders, kept.returns, kept.returners, kept.returners_again) == (1, 1, 1, 1)
    assert (kept.others, kept.others_again) == (1, 0)


# --- words from webhooks


def test_a_refund_of_an_order_nobody_knows_or_in_other_money_is_left_to_the_nights_reading(past: Past) -> None:
    dana = number(cast.alice(past.session, "dana.myshopify.com", "Dana").id)
    told = order("a", 1)
    past.keep(told)
    refund = RefundRecord("f/1", told.order_gid, None, day(2), Money(500, "USD"))
    in_euros = RefundRecord("f/2", told.order_gid, None, day(2), Money(500, "EUR"))
    unknown = RefundRecord("f/3", "gid://shopify/Order/none", None, day(2), Money(500, "USD"))
    for one in (refund, in_euros, unknown):
        history.keep_refund(past.session, shop_id=past.shop_id, refund=one)
    history.keep_refund(past.session, shop_id=dana, refund=refund)
    kept = past.session.connection().execute(HistoricRefund.__table__.select()).all()  # type: ignore[attr-defined]
    assert [(row.shop_id, row.refund_gid, row.cents) for row in kept] == [(past.shop_id, "f/1", 500)]
