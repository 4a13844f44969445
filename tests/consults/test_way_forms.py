"""A row of the catalogue as a merchant types it."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consults.catalogue.kinds import WORDS, Fit, WayKind, ready_on, week_of
from consults.catalogue.ways import MOST_CENTS, WayUnclear, read_way

RESIZE = {"title": "Resize", "kind": "resize", "cost": "", "from": "", "per_week": "3", "lead_days": "14"}


def read(currency: str = "USD", **typed: Any) -> dict[str, Any]:
    return read_way(RESIZE | typed, currency=currency)


def wrongs(currency: str = "USD", **typed: Any) -> set[str]:
    with pytest.raises(WayUnclear) as refused:
        read(currency, **typed)
    return set(refused.value.fields)


def test_a_row_is_read_as_it_is_kept() -> None:
    typed: dict[str, Any] = {
        "title": "  Resize   it ", "words": " In our own  atelier. ", "cost": "120.50", "from": "5,000",
        "kinds": "Ring, band ,RING,, ", "in_budget": "on", "boutique_ids": (3, 4),
    }  # fmt: skip
    assert read(**typed) == {
        "title": "Resize it", "words": "In our own atelier.", "kind": WayKind.RESIZE, "currency": "USD",
        "cost_cents": 12_050, "from_cents": 500_000, "per_week": 3, "lead_days": 14, "kinds": ["band", "ring"],
        "in_budget": True, "boutique_ids": [3, 4],
    }  # fmt: skip


def test_what_is_left_empty_costs_nothing_is_for_everybody_and_beyond_the_budget() -> None:
    row = read()
    assert (row["cost_cents"], row["from_cents"], row["kinds"], row["boutique_ids"]) == (0, 0, [], [])
    assert row["words"] == "" and row["in_budget"] is False


@pytest.mark.parametrize(
    ("currency", "typed", "cents"),
    [
        ("USD", "1,250.00", 125_000),
        ("EUR", "1 250,00", 125_000),
        ("EUR", "12,50", 1_250),
        ("EUR", "12.5", 1_250),
        ("EUR", "1\u202f250", 125_000),
        ("JPY", "150,000", 150_000),
        ("KWD", "12.345", 12_345),
        ("USD", "1,25,000", None),
        ("USD", "-1", None),
        ("USD", "1e3", None),
        ("USD", "NaN", None),
        ("USD", "$12", 1_200),
        ("USD", "free", None),
        ("USD", str(MOST_CENTS // 100), MOST_CENTS // 100 * 100),
        ("USD", str(MOST_CENTS // 100 + 1), None),
        ("USD", "9" * 400, None),
    ],
)
def test_an_amount_is_read_as_it_is_meant_or_asked_for_again(currency: str, typed: str, cents: int | None) -> None:
    for name in ("cost", "from"):
        if cents is None:
            assert wrongs(currency, **{name: typed}) == {name}
        else:
            assert read(currency, **{name: typed})[f"{name}_cents"] == cents


@pytest.mark.parametrize(
    ("name", "taken", "refused"),
    [
        ("per_week", ["1", "500", " 7 "], ["0", "501", "", "-1", "1.5", "٣", "1_0", "000001"]),
        ("lead_days", ["0", "730"], ["731", "", "soon"]),
        ("title", ["x" * 80, "指輪のお直し"], ["x" * 81, "", "   "]),
        ("words", ["", "x" * 200], ["x" * 201]),
        ("kind", [kind.value for kind in WayKind], ["", "Resize", "refund"]),
    ],
)
def test_each_field_has_its_bounds(name: str, taken: list[str], refused: list[str]) -> None:
    for typed in taken:
        read(**{name: typed})
    for typed in refused:
        assert wrongs(**{name: typed}) == {name}, typed


def test_everything_that_is_wrong_is_said_at_once() -> None:
    given_ = {"title": "", "words": "x" * 201, "cost": "x", "from": "x", "per_week": "x", "lead_days": "x", "kind": "x"}
    assert wrongs(**given_) == set(given_)


def test_of_too_many_kinds_forty_are_kept_each_cut_to_its_column() -> None:
    kinds = read(kinds=",".join(f"{n:03}{'x' * 50}" for n in range(60)))["kinds"]
    assert len(kinds) == 40 and {len(kind) for kind in kinds} == {40}


# --- whom it fits, and when it is ready


@pytest.mark.parametrize(
    ("fit", "value", "currency", "takes"),
    [
        (Fit(from_cents=500_000, currency="USD"), 500_000, "USD", True),
        (Fit(from_cents=500_000, currency="USD"), 499_999, "USD", False),
        (Fit(from_cents=500_000, currency="USD"), 900_000, "EUR", False),
        (Fit(from_cents=0, currency="USD"), 0, "EUR", True),
    ],
    ids=["just worth it", "a cent less", "in money that cannot be compared", "no floor needs no money"],
)
def test_a_floor_is_of_one_currency_and_included(fit: Fit, value: int, currency: str, takes: bool) -> None:
    assert fit.takes(kind="ring", value_cents=value, currency=currency) is takes


@pytest.mark.parametrize(
    ("places", "of_case", "takes"),
    [((), (), True), ((), (None,), True), ((1, 2), (2, None), True), ((1,), (None,), False), ((1,), (2, 3), False)],
)
def test_what_a_boutique_offers_is_for_what_belongs_to_it(
    places: tuple[int, ...], of_case: tuple[int | None, ...], takes: bool
) -> None:
    fit = Fit(boutique_ids=places)
    assert fit.takes(kind="ring", value_cents=1, currency="USD", boutique_ids=of_case) is takes


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        ("2026-11-23", "2026-11-23"),
        ("2026-11-29", "2026-11-23"),
        ("2027-01-01", "2026-12-28"),
        ("2028-02-29", "2028-02-28"),
    ],
)
def test_a_week_begins_on_monday_over_the_end_of_a_year_too(day: str, monday: str) -> None:
    assert week_of(date.fromisoformat(day)) == date.fromisoformat(monday)


@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)), lead=st.integers(0, 730))
def test_what_is_begun_this_week_is_counted_from_today_and_later_from_its_monday(day: date, lead: int) -> None:
    this, following = week_of(day), week_of(day) + timedelta(days=7)
    assert ready_on(this, today=day, lead_days=lead) == day + timedelta(days=lead)
    assert ready_on(following, today=day, lead_days=lead) == following + timedelta(days=lead)


def test_every_kind_has_its_words() -> None:
    assert set(WORDS) == set(WayKind)
