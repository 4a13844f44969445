"""What of an order goes on to the case and the parcel of its return, and what that is worth."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from logistics.reads import Address, ReturnRead
from routing.decide import Decided
from routing.facts import Back, LineRead, OrderRead
from routing.handed_on import back_of, case_facts, category_of, cover_value, dearest, returned_value
from routing.rules import Outcome
from routing.sellers import Level
from tests import cast

RINGS, SCARF, GIFT = (f"gid://shopify/LineItem/{n}" for n in (1, 2, 3))


def line(gid: str, cents: int, quantity: int = 1, **more: Any) -> LineRead:
    return LineRead(gid, "Ring", "Platinum", "https://cdn/ring.jpg", quantity, Money(cents, "USD"), **more)


ORDER = OrderRead(
    "gid://shopify/Order/1042",
    "#1042",
    datetime(2026, 10, 14, 23, 30, tzinfo=UTC),
    date(2026, 10, 16),
    "pos",
    Money(1_000_000, "USD"),
    None,
    (line(RINGS, 900_001, 2), line(SCARF, 99_999), line(GIFT, 0)),
)


def read_of(*lines: tuple[str | None, int], **more: Any) -> ReturnRead:
    read = cast.cleos_read()
    told: list[dict[str, Any]] = [{"line_gid": gid, "quantity": quantity, **more} for gid, quantity in lines]
    return replace(read, lines=tuple(replace(read.lines[0], **values) for values in told))


# --- what it is worth


@pytest.mark.parametrize(
    ("back", "cents"),
    [
        pytest.param([(RINGS, 2)], 900_001, id="a whole line"),
        pytest.param([(RINGS, 1)], 450_001, id="half of an odd amount, rounded up: it decides the cover"),
        pytest.param([(RINGS, 1), (SCARF, 1)], 550_000, id="several lines together"),
        pytest.param([(RINGS, 1), (RINGS, 1)], 900_002, id="one line told twice"),
        pytest.param([("gone", 1)], 1_000_000, id="a line the order does not have: all of the order"),
        pytest.param([("gone", 1), (SCARF, 1)], 1_000_000, id="one of two that cannot be matched: all, not the half"),
        pytest.param([(None, 1)], 1_000_000, id="a line Shopify does not name"),
        pytest.param([], 1_000_000, id="nothing named"),
        pytest.param([(GIFT, 1)], 0, id="a piece given along costs nothing, and is not the whole order"),
        pytest.param([(GIFT, 1), (SCARF, 1)], 99_999, id="and adds nothing"),
    ],
)
def test_pieces_are_worth_their_share_of_what_was_paid(back: Back, cents: int) -> None:
    assert returned_value(ORDER, back) == Money(cents, "USD")


@pytest.mark.parametrize(
    ("back", "cents"),
    [
        pytest.param([(SCARF, 1)], 99_999, id="what was paid for it"),
        pytest.param([(GIFT, 1)], 1_000_000, id="for a piece given along, as the order: it is worth something"),
        pytest.param([], 1_000_000, id="nothing named"),
    ],
)
def test_a_parcel_is_never_covered_for_nothing(back: Back, cents: int) -> None:
    assert cover_value(ORDER, back) == Money(cents, "USD")


def test_a_currency_without_cents_is_shared_in_whole_units() -> None:
    three = replace(
        ORDER, total=Money(1000, "JPY"), lines=(replace(line(RINGS, 0), quantity=3, value=Money(1000, "JPY")),)
    )
    assert [returned_value(three, [(RINGS, n)]) for n in (1, 2, 3)] == [Money(n, "JPY") for n in (334, 667, 1000)]


@given(
    lines=st.lists(st.tuples(st.integers(0, 10**12), st.integers(1, 9)), min_size=1, max_size=5),
    data=st.data(),
)
def test_parts_never_come_to_less_than_the_whole_nor_to_a_unit_a_piece_more(
    lines: list[tuple[int, int]], data: st.DataObject
) -> None:
    order = replace(ORDER, lines=tuple(line(str(n), cents, quantity) for n, (cents, quantity) in enumerate(lines)))
    whole = sum(cents for cents, _ in lines)
    parts = 0
    for n, (_, quantity) in enumerate(lines):
        first = data.draw(st.integers(1, quantity))
        for some in filter(None, (first, quantity - first)):
            parts += returned_value(order, [(str(n), some)]).cents
    assert returned_value(order, [(str(n), q) for n, (_, q) in enumerate(lines)]).cents == whole
    assert whole <= parts <= whole + sum(quantity for _, quantity in lines)


# --- "the piece"


def test_the_piece_is_the_returned_line_of_most_value() -> None:
    found = dearest(ORDER, [(SCARF, 1), (GIFT, 1)])
    assert found is not None and found.line_gid == SCARF, "not the rings, which the client keeps"
    assert dearest(ORDER, [("gone", 1), (None, 1)]) is None
    twins = replace(ORDER, lines=(line("a", 5), line("b", 5)))
    first = dearest(twins, [("b", 1), ("a", 1)])
    assert first is not None and first.line_gid == "a", "of two alike, the one that stands first on the order"


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        pytest.param(" Rings ", "rings", id="small letters and no spaces around it"),
        pytest.param("", "", id="none said"),
        pytest.param("R" * 120, "r" * 100, id="no longer than its column"),
        pytest.param("חגורות", "חגורות", id="in any script"),
    ],
)
def test_the_kind_of_piece_is_compared_in_small_letters(given: str, kind: str) -> None:
    assert category_of(line(RINGS, 1, product_type=given)) == kind


def test_of_no_piece_no_kind_is_known() -> None:
    assert category_of(None) == ""


# --- the case


DECIDED = Decided(Outcome.ASSISTED, 7, Level.ORDER, "Bob sold the piece.")


def facts_of(read: ReturnRead, order: OrderRead = ORDER, **changed: Any) -> Any:
    client = replace(cast.CLEO_READ, **changed.pop("client", {}))
    return case_facts(read, order, client, replace(DECIDED, **changed), zone="Asia/Tokyo")


def test_a_case_is_about_the_dearest_piece_and_worth_all_that_comes_back() -> None:
    order = replace(ORDER, lines=(line(RINGS, 900_001, 2, product_type="Rings"), line(SCARF, 99_999)))
    facts = facts_of(read_of((SCARF, 1), (RINGS, 1)), order)
    assert (facts.piece_title, facts.piece_detail, facts.piece_image) == ("Ring", "Platinum", "https://cdn/ring.jpg")
    assert (facts.value_cents, facts.currency, facts.category) == (550_000, "USD", "rings")
    assert (facts.bought_on, facts.delivered_on) == (date(2026, 10, 14), date(2026, 10, 16))
    assert (facts.order_name, facts.seller_words) == ("#1042", "Bob sold the piece.")


def test_of_pieces_nobody_can_match_the_case_speaks_of_a_piece() -> None:
    facts = facts_of(read_of(("gone", 1)))
    assert (facts.piece_title, facts.piece_detail, facts.piece_image, facts.category) == ("piece", "", "", "")
    assert facts.value_cents == 1_000_000


def test_the_clients_words_and_reason_are_the_first_that_were_given() -> None:
    read = read_of((RINGS, 1), (SCARF, 1), (GIFT, 1))
    said = [("", "The size"), ("It sits too high.", ""), ("Nor the scarf.", "Colour")]
    lines = [
        replace(one, customer_note=note, reason_label=why) for one, (note, why) in zip(read.lines, said, strict=True)
    ]
    facts = facts_of(replace(read, lines=tuple(lines)))
    assert (facts.client_words, facts.reason_label) == ("It sits too high.", "The size")


def test_who_says_nothing_has_no_words_and_who_is_not_shown_is_nobody() -> None:
    silent = facts_of(
        read_of((RINGS, 1), customer_note="", reason_label=""), client={"gid": "", "name": "", "email": "", "phone": ""}
    )
    assert (silent.client_words, silent.reason_label) == (None, "")
    assert (silent.client_gid, silent.client_name, silent.client_email, silent.client_phone) == (None,) * 4


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        pytest.param("FR", "Europe/Paris", id="the client's country, where it has one"),
        pytest.param("ZZ", "Asia/Tokyo", id="the shop's, for a country that is none"),
        pytest.param("", "Asia/Tokyo", id="the shop's, where no country is known"),
    ],
)
def test_the_clients_zone_is_guessed_by_their_country(country: str, zone: str) -> None:
    assert facts_of(read_of((RINGS, 1)), client={"country": country}).client_zone == zone


@pytest.mark.parametrize(
    ("country", "region", "zone"),
    [
        ("US", "CA", "America/Los_Angeles"),
        ("US", "NY", "America/New_York"),
        ("US", "", "America/New_York"),
        ("CA", "BC", "America/Vancouver"),
        ("AU", "WA", "Australia/Perth"),
        ("JP", "JP-13", "Asia/Tokyo"),
    ],
)
def test_and_by_their_state_where_a_country_has_several_clocks(country: str, region: str, zone: str) -> None:
    """Nobody in Los Angeles is texted at five in the morning because New York is up."""
    client = {"country": country, "address": Address(country=country, region=region)}
    assert facts_of(read_of((RINGS, 1)), client=client).client_zone == zone


@pytest.mark.parametrize("outcome", [Outcome.ASSISTED, Outcome.BOTH])
def test_side_by_side_is_told_with_the_case(outcome: Outcome) -> None:
    assert facts_of(read_of((RINGS, 1)), outcome=outcome).side_by_side is (outcome is Outcome.BOTH)


def test_what_comes_back_is_told_line_by_line_as_shopify_tells_it() -> None:
    assert back_of(read_of((RINGS, 2), (None, 1), (RINGS, 1))) == [(RINGS, 2), (None, 1), (RINGS, 1)]
