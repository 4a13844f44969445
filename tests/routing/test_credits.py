"""The credit for a sale: stated by the merchant, pinned to a case, written once, told to the payroll month by month."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from consults.models import Advisor, Case
from kit.errors import AppError
from kit.money import Money
from routing import credits
from routing.commissions import Kind, Terms
from routing.credits import Month, RuleUnclear
from routing.ledgers import Credit
from shops.shops import get_shop
from tests import cast
from tests.cast import NOW, number
from tests.routing.answering_house import House
from tests.routing.one_house import session as session

ZONES = ["UTC", "Europe/Paris", "America/New_York", "Asia/Tokyo", "Pacific/Apia", "Asia/Amman", "Asia/Kathmandu"]


def state(session: Session, house: House, kind: str, percent: str = "", bonus: str = "") -> Terms | None:
    return credits.state_rule(session, shop_id=house.shop_id, kind=kind, percent=percent, bonus=bonus, now=NOW)


# --- the rule


def test_where_nothing_is_stated_there_is_no_rule_and_what_was_stated_can_be_taken_back(
    session: Session, one_house: House
) -> None:
    assert credits.rule(session, one_house.shop_id) is None and state(session, one_house, "") is None
    state(session, one_house, "keep")
    assert credits.rule(session, one_house.shop_id) == Terms(Kind.KEEP)
    state(session, one_house, "")
    session.flush()
    assert credits.rule(session, one_house.shop_id) is None


@pytest.mark.parametrize(
    ("kind", "percent", "bonus", "terms"),
    [
        pytest.param("share", " 1 ", "", Terms(Kind.SHARE, 1), id="a share of one in a hundred"),
        pytest.param("share", "100", "9", Terms(Kind.SHARE, 100), id="all of it; a bonus is no part of a share"),
        pytest.param("bonus", "30", "150.50", Terms(Kind.BONUS, 0, Money(15_050, "USD")), id="a bonus, and no share"),
        pytest.param("keep", "30", "150", Terms(Kind.KEEP), id="the seller keeps it, whatever else was typed"),
    ],
)
def test_a_rule_keeps_only_what_belongs_to_it(
    session: Session, one_house: House, kind: str, percent: str, bonus: str, terms: Terms
) -> None:
    assert state(session, one_house, kind, percent, bonus) == credits.rule(session, one_house.shop_id) == terms


@pytest.mark.parametrize(
    ("kind", "percent", "bonus", "field"),
    [
        ("gift", "", "", "kind"),
        ("share", "", "", "percent"),
        ("share", "0", "", "percent"),
        ("share", "101", "", "percent"),
        ("share", "-5", "", "percent"),
        ("share", "3.5", "", "percent"),
        ("share", "0030", "", "percent"),
        ("share", "٣٠", "", "percent"),
        ("bonus", "", "", "bonus"),
        ("bonus", "", "0", "bonus"),
        ("bonus", "", "-1", "bonus"),
        ("bonus", "", "much", "bonus"),
        ("bonus", "", "10000000000", "bonus"),
    ],
)
def test_what_cannot_be_stated_is_said_by_its_field_and_the_former_rule_stands(
    session: Session, one_house: House, kind: str, percent: str, bonus: str, field: str
) -> None:
    state(session, one_house, "share", "25")
    with pytest.raises(RuleUnclear) as unclear:
        state(session, one_house, kind, percent, bonus)
    assert unclear.value.field == field
    assert credits.rule(session, one_house.shop_id) == Terms(Kind.SHARE, 25)


def test_a_bonus_is_in_the_shops_currency_of_the_day_also_in_one_without_cents(
    session: Session, one_house: House
) -> None:
    get_shop(session, one_house.shop_id).currency = "JPY"
    assert state(session, one_house, "bonus", bonus="15000") == Terms(Kind.BONUS, 0, Money(15_000, "JPY"))


def test_another_shops_rule_is_its_own(session: Session, one_house: House) -> None:
    state(session, one_house, "share", "25")
    dana = cast.dana(session)
    assert credits.rule(session, dana.shop_id) is None
    credits.pin_terms(session, dana.case)
    assert credits.effect_on(session, dana.case) == "", "and nothing is said on her cases"


# --- months


@pytest.mark.parametrize(
    ("text", "zone", "first", "after"),
    [
        ("2026-11", "UTC", "2026-11-01T00:00", "2026-12-01T00:00"),
        ("2026-12", "UTC", "2026-12-01T00:00", "2027-01-01T00:00"),
        ("2028-02", "UTC", "2028-02-01T00:00", "2028-03-01T00:00"),
        ("2026-10", "Europe/Paris", "2026-09-30T22:00", "2026-10-31T23:00"),
        ("2026-03", "America/New_York", "2026-03-01T05:00", "2026-04-01T04:00"),
        ("2016-04", "Asia/Amman", "2016-03-31T22:00", "2016-04-30T21:00"),
    ],
)
def test_a_month_is_that_of_the_shops_own_calendar(text: str, zone: str, first: str, after: str) -> None:
    """The last begins in a night that has no midnight: its first instant is one o'clock."""
    span = Month.parse(text).span(zone)
    assert span == tuple(datetime.fromisoformat(at).replace(tzinfo=UTC) for at in (first, after))
    assert str(Month.parse(text)) == text


@given(year=st.integers(2000, 2198), month=st.integers(1, 12), zone=st.sampled_from(ZONES))
def test_months_follow_each_other_without_a_gap_and_without_sharing_an_instant(
    year: int, month: int, zone: str
) -> None:
    following = Month(year + month // 12, month % 12 + 1)
    first, after = Month(year, month).span(zone)
    assert after == following.span(zone)[0]
    assert timedelta(days=26) < after - first < timedelta(days=33)
    assert Month.parse(str(following)) == following


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "11-2026", "2026-11-01", "1999-12", "2200-01", "soon"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(AppError, match="Choose a month"):
        Month.parse(text)


# --- the file


def written(session: Session, house: House, case: Case, part: str, at: datetime, **given: Any) -> None:
    values: dict[str, Any] = {
        "advisor_id": house.bob, "kind": Kind.SHARE, "outcome": "kept", "credit_cents": 100_00, "currency": "USD",
        "bonus_cents": 0, "bonus_currency": "USD",
    }  # fmt: skip
    session.add(Credit(shop_id=case.shop_id, case_id=number(case.id), part=part, at=at, **(values | given)))
    session.flush()


def rows(session: Session, shop_id: int, month: str = "2026-11") -> list[dict[str, str]]:
    text = credits.payroll(session, shop_id=shop_id, month=Month.parse(month))
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def case(session: Session, one_house: House) -> Case:
    shop, bob = get_shop(session, one_house.shop_id), session.get_one(Advisor, one_house.bob)
    return cast.cleos_case(session, shop, bob)


def test_a_credit_is_of_the_month_in_which_it_was_settled_where_the_house_is(
    session: Session, one_house: House, case: Case
) -> None:
    """Paris: November begins at 23:00 UTC of 31 October."""
    for part, at in (
        ("sold", "2026-10-31T22:59:59"),
        ("answered", "2026-10-31T23:00:00"),
        ("x", "2026-11-30T23:00:00"),
    ):
        written(session, one_house, case, part, datetime.fromisoformat(at).replace(tzinfo=UTC))
    listed = [[row["Part"] for row in rows(session, one_house.shop_id, f"2026-{month}")] for month in (10, 11, 12)]
    assert [parts[:-1] for parts in listed] == [["sold"], ["answered"], ["x"]]
    (row, _) = rows(session, one_house.shop_id)
    assert row["Settled on"] == "2026-11-01", "in Paris it was tomorrow already"


def test_sums_are_by_currency_and_of_both_columns(session: Session, one_house: House, case: Case) -> None:
    at = NOW - timedelta(days=1)
    written(session, one_house, case, "a", at, credit_cents=100_01)
    written(session, one_house, case, "b", at, credit_cents=5_000, currency="JPY", bonus_cents=25_50)
    written(session, one_house, case, "c", at, credit_cents=0, bonus_cents=30, bonus_currency="JPY")
    totals = [row for row in rows(session, one_house.shop_id) if row["Order"] == "Total"]
    assert [list(row.values())[8:12] for row in totals] == [
        ["5000", "JPY", "30", "JPY"],
        ["100.01", "USD", "25.50", "USD"],
    ]


def test_a_name_that_a_spreadsheet_would_run_is_written_as_words(
    session: Session, one_house: House, case: Case
) -> None:
    case.order_name = "=HYPERLINK(1)"
    written(session, one_house, case, "sold", NOW - timedelta(days=1))
    assert not rows(session, one_house.shop_id)[0]["Order"].startswith("=")


def test_of_another_shops_credits_nothing_is_told(session: Session, one_house: House, case: Case) -> None:
    written(session, one_house, case, "sold", NOW - timedelta(days=1))
    other = number(cast.alice(session, "edda.myshopify.com").id)
    assert rows(session, other) == []
