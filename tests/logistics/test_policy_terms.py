"""A line of the house's policy, as a form has it: every field read, or told what is wrong with it; nothing guessed."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.db import Database
from kit.errors import NotFound
from logistics.cover import Payer
from logistics.policy_terms import TermsUnclear, get_terms, read_terms, switch_terms, terms_of, write_terms
from logistics.ways import Way
from tests import cast

KINDS = frozenset({"jewellery", "watches", "loose stones"})
FORM = {
    "way": "label",
    "payer": "house",
    "carrier": " Harbour ",
    "insurer": "Harbour Mutual",
    "policy_number": "HM-77",
    "limit": "25000",
    "day": "",
    "address": "",
    "vehicle": "",
    "lanes": "",
    "excluded": "",
    "valid_from": "2026-01-01",
    "valid_until": "",
}


def read(currency: str = "USD", **changes: str) -> dict[str, Any]:
    return read_terms(FORM | changes, currency=currency, kinds=KINDS)


def wrong(currency: str = "USD", **changes: str) -> dict[str, str]:
    with pytest.raises(TermsUnclear) as refused:
        read(currency, **changes)
    assert refused.value.status == 422 and str(refused.value) == " ".join(refused.value.fields.values())
    return refused.value.fields


def test_a_whole_form_is_read_as_it_stands() -> None:
    assert read() == {
        "way": Way.LABEL,
        "payer": Payer.HOUSE,
        "carrier": "Harbour",
        "insurer": "Harbour Mutual",
        "policy_number": "HM-77",
        "limit_cents": 2_500_000,
        "day_cents": None,
        "address_cents": None,
        "vehicle_cents": None,
        "lanes": [],
        "excluded": [],
        "valid_from": date(2026, 1, 1),
        "valid_until": None,
        "currency": "USD",
    }


@pytest.mark.parametrize(
    ("text", "currency", "cents"),
    [
        ("25000", "USD", 2_500_000),
        ("25,000", "USD", 2_500_000),
        (" 1,234,567.89 ", "USD", 123_456_789),
        ("0.01", "USD", 1),
        ("25000.5", "EUR", 2_500_050),
        ("2,500,000", "JPY", 2_500_000),
        ("100.125", "KWD", 100_125),
        ("25.000", "USD", 2_500_000),  # as it is written in Zurich
        ("25.000,00", "EUR", 2_500_000),
        ("25,50", "EUR", 2_550),
        ("100000000000", "USD", 10**13),
    ],
)
def test_an_amount_is_read_in_the_currencys_own_places(text: str, currency: str, cents: int) -> None:
    assert read(currency, limit=text)["limit_cents"] == cents
    assert read(currency, day=text)["day_cents"] == cents


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        pytest.param("0", "USD", id="nothing"),
        pytest.param("-5", "USD", id="less than nothing"),
        pytest.param("25,000", "KWD", id="twenty-five thousand dinars, or twenty-five"),
        pytest.param("1,23,456", "USD", id="commas anywhere"),
        pytest.param("0.001", "USD", id="less than a cent"),
        pytest.param("1.5", "JPY", id="half a yen"),
        pytest.param("1e9", "USD", id="a figure of a computer's"),
        pytest.param("Infinity", "USD", id="no end"),
        pytest.param("NaN", "USD", id="no number"),
        pytest.param("２５０００", "USD", id="full-width digits"),
        pytest.param("100000000000.01", "USD", id="a cent above the most"),
    ],
)
def test_what_may_mean_two_things_is_no_limit_of_cover(text: str, currency: str) -> None:
    sentence = f"Write an amount in {currency}, for example 25000."
    assert wrong(currency, limit=text) == {"limit": sentence}
    assert wrong(currency, vehicle=text) == {"vehicle": sentence}


def test_a_limit_is_wanted_and_the_sums_are_not() -> None:
    assert list(wrong(limit="")) == ["limit"] and read(day="", address="", vehicle="")["day_cents"] is None


@pytest.mark.parametrize(
    ("text", "lanes"),
    [
        ("FR-FR", [["FR", "FR"]]),
        ("fr - us", [["FR", "US"]]),
        ("FR-FR, *-US,", [["FR", "FR"], ["", "US"]]),
        ("*-*", [["", ""]]),
        (" , ", []),
    ],
)
def test_lanes_are_pairs_of_countries_with_a_star_for_any(text: str, lanes: list[list[str]]) -> None:
    assert read(lanes=text)["lanes"] == lanes


@pytest.mark.parametrize("text", ["FR", "FRA-FR", "FR-", "FR>US", "FR-US-DE", "F1-US", "法-美"])
def test_a_lane_that_is_none_is_quoted_and_not_left_out(text: str) -> None:
    said = wrong(lanes=f"FR-FR, {text}")["lanes"]
    assert said.startswith(f"{text.upper()} is not a way between two countries. Write FR-US")


def test_kinds_are_those_of_the_house_written_in_any_case_and_once() -> None:
    assert read(excluded="Watches, loose STONES, watches")["excluded"] == ["watches", "loose stones"]
    assert wrong(excluded="watches, handbags") == {
        "excluded": "handbags is not a kind of piece here. There are: jewellery, loose stones, watches."
    }


@pytest.mark.parametrize(
    ("first", "last", "fields"),
    [
        ("2026-01-01", "2026-12-31", []),
        ("2026-06-01", "2026-06-01", []),
        ("2026-06-02", "2026-06-01", ["valid_until"]),
        ("2028-02-29", "", []),
        ("2026-02-29", "", ["valid_from"]),
        ("01/06/2026", "", ["valid_from"]),
        ("", "", ["valid_from"]),
        ("2026-01-01", "soon", ["valid_until"]),
    ],
)
def test_days_are_days_and_the_last_is_not_before_the_first(first: str, last: str, fields: list[str]) -> None:
    if not fields:
        assert read(valid_from=first, valid_until=last)["valid_from"] == date.fromisoformat(first)
    else:
        assert list(wrong(valid_from=first, valid_until=last)) == fields


def test_every_field_that_is_wrong_is_told_at_once() -> None:
    about = {"insurer": "", "policy_number": " ", "way": "by pigeon", "payer": "", "carrier": "x" * 61, "limit": "?"}
    assert wrong(**about) == {
        "carrier": "At most 60 letters fit here.",
        "insurer": "Write who insures it.",
        "policy_number": "Write the number of the policy, by which the cover can be proved.",
        "way": "Choose how the piece travels.",
        "payer": "Choose who covers.",
        "limit": "Write an amount in USD, for example 25000.",
    }


def test_a_form_with_nothing_in_it_is_told_what_is_wanted() -> None:
    with pytest.raises(TermsUnclear) as refused:
        read_terms({}, currency="USD", kinds=KINDS)
    assert set(refused.value.fields) == {"insurer", "policy_number", "way", "payer", "limit", "valid_from"}


@given(st.integers(1, 10**13), st.sampled_from(["USD", "JPY", "KWD"]))
def test_whatever_amount_we_show_we_read_back(cents: int, currency: str) -> None:
    places = {"USD": 2, "JPY": 0, "KWD": 3}[currency]
    whole, part = divmod(cents, 10**places)
    text = f"{whole:,}" + (f".{part:0{places}d}" if places else "")
    assert read(currency, limit=text)["limit_cents"] == cents


# --- the rows


@pytest.fixture
def shops(database: Database) -> Any:
    with database.begin() as session:
        yield (
            session,
            cast.number(cast.alice(session).id),
            cast.number(cast.alice(session, "dana.myshopify.com", "Dana").id),
        )


def write(shops: Any, term_id: int | None = None, **changes: str) -> int:
    session, shop_id, _ = shops
    about: dict[str, Any] = {"currency": "USD", "kinds": KINDS, "by": "Alice", "now": cast.NOW}
    return cast.number(write_terms(session, shop_id=shop_id, term_id=term_id, given=FORM | changes, **about).id)


def test_a_line_is_written_changed_and_switched_and_says_who_did_it_when(shops: Any) -> None:
    session, shop_id, _ = shops
    first, second = write(shops), write(shops, insurer="Lloyd's")
    write(shops, first, limit="10,000")
    later = cast.NOW + timedelta(days=1)
    off = switch_terms(session, shop_id=shop_id, term_id=second, on=False, by="Bob", now=later)
    assert (off.is_on, off.changed_by, off.changed_at) == (False, "Bob", later)
    assert [(row.id, row.limit_cents, row.is_on) for row in terms_of(session, shop_id=shop_id)] == [
        (first, 1_000_000, True),
        (second, 2_500_000, False),
    ]


def test_a_wrong_change_leaves_the_line_as_it_was(shops: Any) -> None:
    session, shop_id, _ = shops
    term_id = write(shops)
    with pytest.raises(TermsUnclear):
        write(shops, term_id, limit="much")
    assert get_terms(session, shop_id=shop_id, term_id=term_id).limit_cents == 2_500_000


def test_dana_finds_no_line_of_alices(shops: Any) -> None:
    session, _, danas = shops
    term_id = write(shops)
    assert terms_of(session, shop_id=danas) == []
    with pytest.raises(NotFound, match="That line of the policy is not here"):
        switch_terms(session, shop_id=danas, term_id=term_id, on=False, by="Dana", now=cast.NOW)
    assert get_terms(session, shop_id=shops[1], term_id=term_id).is_on
