"""A closed case in figures: bands by currency, splits and steps, days and what followed; by hand."""

from typing import Any

import pytest
from sqlmodel import Session

from kit.money import Money
from measures import history
from measures.measured import SUMMED
from measures.reckoning import band_of
from tests import cast
from tests.measures.small_past import Past, gid, order, word


@pytest.mark.parametrize(
    ("dollars", "currency", "band"),
    [
        ("499.99", "USD", "small"), ("500", "USD", "mid"), ("4999.99", "USD", "mid"), ("5000", "USD", "dear"),
        ("74999", "JPY", "small"), ("75000", "JPY", "mid"), ("750000", "JPY", "dear"),
        ("4999.99", "SEK", "small"), ("5000", "SEK", "mid"), ("50000", "SEK", "dear"),
        ("0", "USD", "small"), ("-900", "USD", "small"),
    ],
)  # fmt: skip
def test_a_band_is_said_in_dollars_and_about_as_much_elsewhere(dollars: str, currency: str, band: str) -> None:
    assert band_of(Money.parse(dollars, currency)) == band


@pytest.fixture
def past(session: Session) -> Past:
    past = Past.of_alice(session)
    past.keep(order("one", 0, 900), order("two", 30, 250))
    return past


def figures(past: Past, name: str = "first") -> dict[str, Any]:
    """What is not nought in a case."""
    found = past.counted(name)
    assert found is not None
    return {measure: getattr(found, measure) for measure in SUMMED if getattr(found, measure)}


@pytest.mark.parametrize(
    ("about", "figures_"),
    [
        pytest.param({}, {"refunds": 1, "refunded_cents": 90_000}, id="refunded"),
        pytest.param(
            {"refunded": 0, "new": 900},
            {"exchanges": 1, "evens": 1, "pieces_exchanged": 1, "exchanged_cents": 90_000, "even_cents": 90_000},
            id="exchanged for as much",
        ),
        pytest.param(
            {"refunded": 0, "new": 1_500},
            {"exchanges": 1, "upgrades": 1, "pieces_exchanged": 1, "exchanged_cents": 90_000, "upgrade_cents": 90_000},
            id="for more: what came back is exchanged, and no more",
        ),
        pytest.param(
            {"refunded": 300, "new": 600},
            {"exchanges": 1, "downs": 1, "pieces_exchanged": 1, "exchanged_cents": 60_000, "down_cents": 60_000,
             "refunded_cents": 30_000},
            id="for less, and the difference in money",
        ),
        pytest.param(
            {"refunded": 600, "new": 300},
            {"refunds": 1, "pieces_exchanged": 1, "exchanged_cents": 30_000, "down_cents": 30_000,
             "refunded_cents": 60_000},
            id="mostly refunded: the step's value is kept, and no case is a step",
        ),
        pytest.param({"refunded": 0}, {"others": 1, "other_cents": 90_000}, id="neither"),
    ],
)  # fmt: skip
def test_a_case_is_one_kind_and_its_value_is_split(past: Past, about: dict[str, Any], figures_: dict[str, Any]) -> None:
    past.came_back("first", "one", 40, 900, **about)
    always = {
        "returns": 1,
        "pieces_back": 1,
        "back_cents": 90_000,
        "not_yet": 1,
        "parcels": 1,
        "travelled_cents": 90_000,
    }
    assert figures(past) == always | figures_


def test_what_followed_is_net_of_what_went_back_and_the_next_order_is_whole(past: Past) -> None:
    """250 with 40 back, 100 that went back whole and more; the first of them is the next order."""
    past.keep(order("two", 30, 250, refunded=Money(4_000, "USD")), order("three", 31, refunded=Money(10_500, "USD")))
    past.came_back("first", "one", 10, 900)
    found = figures(past)
    assert (found["bought"], found["next_cents"]) == (1, 25_000)
    assert (found["later_orders"], found["later_cents"]) == (2, 21_000)


def test_a_case_with_an_advisor_has_the_cost_of_looking_after_it_and_is_assisted_as_a_whole(past: Past) -> None:
    """The second return goes on with the first, and only that one had an advisor: the case is assisted."""
    bob = cast.bob(past.session, past.shop)
    past.came_back("first", "one", 10, 900, refunded=0, new=900)
    cast.cleos_case(past.session, past.shop, bob, return_gid=gid("Return", "again"))
    past.came_back("again", "one", 20, 900, line="firstnew")
    found = past.counted("first")
    assert found is not None and past.counted("again") is None
    assert (found.assisted, found.parts, found.parcels, found.back_cents) == (True, 2, 2, 90_000)
    assert (found.refunds, found.refunded_cents, found.exchanges) == (1, 90_000, 0)
    assert (found.next_days, found.later_cents) == (20, 25_000), "its own second closing ends nothing"


def test_a_return_that_turns_out_to_go_on_with_another_is_counted_by_itself_no_more(past: Past) -> None:
    """The second was closed first; when the first is closed too, both are one case."""
    past.came_back("first", "one", None, 900, refunded=0, new=900)
    past.came_back("again", "one", 20, 900, line="firstnew")
    assert past.counted("first") is None and past.counted("again") is not None
    history.keep_returns(past.session, shop_id=past.shop_id, words=[word("first", "CLOSED", 21, of="one")])
    (first, again) = past.counted("first"), past.counted("again")
    assert first is not None and first.parts == 2 and again is None
    by_day, by_return = past.sums()
    assert by_day == by_return and by_day["returns"] == 1


def test_amounts_beyond_four_bytes_are_whole(past: Past) -> None:
    """Forty million dollars, and sixty thousand million rupiah."""
    past.keep(order("big", 0, 40_000_000), order("rp", 0, 60_000_000_000, currency="IDR"))
    past.came_back("dear", "big", 10, 40_000_000)
    past.came_back("idr", "rp", 10, 60_000_000_000, currency="IDR")
    dear, rupiah = past.counted("dear"), past.counted("idr")
    assert dear is not None and (dear.refunded_cents, dear.band) == (4_000_000_000, "dear")
    assert rupiah is not None and (rupiah.refunded_cents, rupiah.currency) == (6_000_000_000_000, "IDR")
