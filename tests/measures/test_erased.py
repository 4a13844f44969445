"""A client who was erased: what happened stays counted, nobody is named, and nothing they do later names them again."""

from contextlib import nullcontext
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, select

from kit.money import Money
from measures import exporting, history, privacy, tying
from measures.measured import HouseholdMember, MeasuredReturn
from measures.models import HistoricOrder
from measures.reads import RefundRecord
from tests.measures.small_past import Past, day, gid, order, word

SHARED = "the.whitlocks@example.com"
CLOSED_AGAIN = word("first", "CLOSED", 90, of="one")
CLEO = gid("Customer", "cleo")


@pytest.fixture
def past(session: Session) -> Past:
    """Cleo and Jonas share an address, and so does somebody without an account. Each bought after Cleo's return."""
    past = Past.of_alice(session)
    past.keep(
        order("one", 0, 900, email=SHARED), order("hers", 40, 100, email=SHARED),
        order("his", 0, 500, client="jonas", email=SHARED), order("his later", 30, 250, client="jonas", email=SHARED),
        order("guest", 60, 70, client=None, email=SHARED),
    )  # fmt: skip
    past.came_back("first", "one", 10, 900)
    past.came_back("of jonas", "his", 20, 500)
    tying.tie_all(lambda: nullcontext(session), shop_id=past.shop_id, now=day(70))
    return past


def erase(past: Past, client: str = "cleo", *orders: str) -> None:
    gids = [gid("Order", name) for name in orders]
    about: dict[str, Any] = {"client_gid": gid("Customer", client), "order_gids": gids, "now": day(80)}
    privacy.erase_client(past.session, shop_id=past.shop_id, **about)


def later(past: Past, name: str) -> tuple[int | None, int, int, int]:
    found = past.counted(name)
    assert found is not None
    return found.next_days, found.bought + found.not_yet, found.later_orders, found.later_cents


def agree(past: Past) -> bool:
    (by_day, by_return), (kept, said) = past.sums(), past.again()
    return past.stale() == [] and by_day == by_return and kept == said


def test_before_it_all_three_are_one_household_and_what_they_bought_follows_the_last_return(past: Past) -> None:
    assert later(past, "first") == (20, 1, 0, 0), "Jonas's return ends what follows hers"
    assert later(past, "of jonas") == (10, 1, 3, 42_000)
    assert agree(past)


def test_what_was_returned_stays_counted_and_who_bought_next_is_known_of_nobody(past: Past) -> None:
    erase(past)
    found = past.counted("first")
    assert found is not None and (found.refunds, found.refunded_cents) == (1, 90_000)
    assert (found.household, later(past, "first")) == (f"r:{gid('Return', 'first')}", (None, 0, 0, 0))
    assert agree(past)


def test_whoever_shared_a_household_with_them_keeps_only_what_they_bought_themselves(past: Past) -> None:
    """The order without an account was at her address, and is erased with her."""
    erase(past)
    assert later(past, "of jonas") == (10, 1, 1, 25_000)
    assert agree(past)


def test_no_row_of_the_measures_and_no_file_has_their_number(past: Past) -> None:
    erase(past)
    rows = [
        *past.session.exec(select(HistoricOrder.household)), *past.session.exec(select(HistoricOrder.client_gid)),
        *past.session.exec(select(MeasuredReturn.household)), *past.session.exec(select(HouseholdMember.key)),
        *past.session.exec(select(HouseholdMember.household)),
    ]  # fmt: skip
    assert CLEO not in rows and gid("Customer", "jonas") in rows
    text = "".join(exporting.rows(past.session, shop_id=past.shop_id, since=date(2026, 1, 1)))
    assert "Customer" not in text


def test_two_pieces_of_an_erased_client_have_two_numbers_in_the_file(past: Past) -> None:
    """So that nobody can tell that both were of one person."""
    past.came_back("second", "hers", 50)
    erase(past)
    lines = "".join(exporting.rows(past.session, shop_id=past.shop_id, since=date(2026, 1, 1))).splitlines()[1:]
    numbers = {line.split(",")[1].rpartition("/")[2]: line.split(",")[3] for line in lines}
    assert len({numbers["first"], numbers["second"], numbers["of jonas"]}) == 3


@pytest.mark.parametrize(
    "tell",
    [
        pytest.param(
            lambda past, **shop: history.keep_order(
                past.session, **shop, order=order("one", 0, 900, email=SHARED, updated_at=day(90))
            ),
            id="an order of before, changed",
        ),
        pytest.param(
            lambda past, **shop: history.keep_order(past.session, **shop, order=order("new", 90, 80, email=SHARED)),
            id="an order of after",
        ),
        pytest.param(
            lambda past, **shop: history.keep_returns(past.session, **shop, words=[CLOSED_AGAIN]),
            id="a closing told again",
        ),
        pytest.param(
            lambda past, **shop: history.keep_refund(
                past.session, **shop,
                refund=RefundRecord("f/9", gid("Order", "one"), gid("Return", "first"), day(90), Money(1, "USD")),
            ),
            id="a refund",
        ),
    ],
)  # fmt: skip
def test_no_word_that_comes_later_names_them_again(past: Past, tell: Any) -> None:
    erase(past)
    tell(past, shop_id=past.shop_id)
    assert CLEO not in past.session.exec(select(HistoricOrder.client_gid)).all()
    assert later(past, "first") == (None, 0, 0, 0) and later(past, "of jonas") == (10, 1, 1, 25_000)
    assert agree(past)


def test_erased_twice_is_erased_once(past: Past) -> None:
    erase(past)
    before = past.sums()
    erase(past, "cleo", "one", "hers")
    assert past.sums() == before and agree(past)


def test_a_record_merged_into_theirs_before_is_erased_with_them(past: Past) -> None:
    shop: dict[str, Any] = {"shop_id": past.shop_id}
    privacy.move_client(past.session, **shop, from_gid=gid("Customer", "jonas"), to_gid=CLEO)
    assert agree(past)
    erase(past)
    assert later(past, "of jonas") == (None, 0, 0, 0) and agree(past)


def test_the_other_one_erased_leaves_her_with_what_she_bought(past: Past) -> None:
    erase(past, "jonas")
    assert later(past, "first") == (30, 1, 1, 10_000), "his closing ends nothing of hers any more"
    assert later(past, "of jonas") == (None, 0, 0, 0) and agree(past)
