"""The files for an analyst: a row a case, exact to the cell; figures that any JSON reader takes; and nobody's name."""

import csv
import io
import json
from collections import Counter
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from kit.money import Money
from measures import exporting, pilot_showed, pilots, reading
from measures.arms import Arm
from measures.costs import say_costs
from measures.leaks import Leak
from measures.measured import SUMMED
from measures.pilot_models import Pilot, PilotMode, PilotReturn
from measures.reading import Side, View
from measures.survival import curve
from measures.worth import DEFAULTS, Sums
from tests import cast
from tests.cast import number
from tests.measures.small_past import Past, day, gid, order

SINCE = date(2026, 1, 1)


@pytest.fixture
def past(session: Session) -> Past:
    """Cleo's piece was refunded on day 10, and on day 30 she bought for 250; Jonas's was exchanged on day 12."""
    past = Past.of_alice(session)
    past.keep(order("one", 0, 900), order("two", 30, 250), order("j", 0, 400, client="jonas", currency="EUR"))
    past.came_back("first", "one", 10, 900)
    past.came_back("of jonas", "j", 12, 400, new=430, refunded=0, currency="EUR")
    return past


def file_of(past: Past, since: date = SINCE) -> list[dict[str, str]]:
    text = "".join(exporting.rows(past.session, shop_id=past.shop_id, since=since))
    return list(csv.DictReader(io.StringIO(text, newline="")))


def returns_in(past: Past, since: date = SINCE) -> list[str]:
    return [row["return"].rpartition("/")[2] for row in file_of(past, since)]


# --- a row a closed return


def test_each_cell_of_a_refund_that_was_followed_by_an_order(past: Past) -> None:
    row = file_of(past)[0]
    assert len(row.pop("household")) == 16
    filled = {name: cell for name, cell in row.items() if cell != "0"}
    assert filled == {
        "definitions": reading.VERSION, "return": gid("Return", "first"), "order": gid("Order", "one"),
        "closed_on": "2026-03-11", "band": "mid", "currency": "USD", "ended": "refund", "parts": "1",
        "next_days": "20", "returns": "1", "refunds": "1", "pieces_back": "1", "back_cents": "90000",
        "refunded_cents": "90000", "bought": "1", "next_cents": "25000", "later_orders": "1", "later_cents": "25000",
        "parcels": "1", "travelled_cents": "90000",
    }  # fmt: skip


def test_each_cell_of_an_exchange_for_more_in_other_money_that_nothing_followed(past: Past) -> None:
    row = file_of(past)[1]
    filled = {name: cell for name, cell in row.items() if cell != "0" and name != "household"}
    assert filled == {
        "definitions": reading.VERSION, "return": gid("Return", "of jonas"), "order": gid("Order", "j"),
        "closed_on": "2026-03-13", "band": "small", "currency": "EUR", "ended": "exchange", "parts": "1",
        "next_days": "", "returns": "1", "exchanges": "1", "upgrades": "1", "pieces_back": "1",
        "pieces_exchanged": "1", "back_cents": "40000", "exchanged_cents": "40000", "upgrade_cents": "40000",
        "not_yet": "1", "parcels": "1", "travelled_cents": "40000",
    }  # fmt: skip


def test_every_heading_is_a_measure_or_has_a_definition_or_says_itself() -> None:
    plain = {"definitions", "return", "order", "closed_on", "band", "currency", "parts"}
    assert set(exporting.COLUMNS) - set(SUMMED) - set(exporting.DEFINITIONS) == plain
    told = {"definitions", "return", "household", "enrolled_at", "closed_on", "currency", "complained"}
    amounts = {"back_cents", "exchanged_cents", "refunded_cents"}
    assert set(exporting.PILOT_COLUMNS) - set(exporting.PILOT_DEFINITIONS) == told | amounts


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
def test_rows_come_in_order_of_closing_each_once_however_many_are_read_at_a_time(past: Past, batch: int) -> None:
    for name, closed in (("b", 12.01), ("a", 12.02), ("z", 11)):
        past.keep(order(f"o{name}", 0, client=name))
        past.came_back(name, f"o{name}", closed)
    with patch.object(exporting, "BATCH", batch):
        assert returns_in(past) == ["first", "z", "a", "b", "of jonas"], "of one day by name"


def test_only_what_was_closed_from_that_day_on(past: Past) -> None:
    assert returns_in(past, date(2026, 3, 11)) == ["first", "of jonas"]
    assert returns_in(past, date(2026, 3, 12)) == ["of jonas"]
    assert returns_in(past, date(2026, 3, 14)) == []


def test_a_household_has_one_number_in_every_file_of_a_shop_and_another_in_another_shop(past: Past) -> None:
    past.came_back("again", "two", 40)
    dana = Past(past.session, cast.alice(past.session, "dana.myshopify.com", "Dana"))
    dana.keep(order("one", 0, 900))
    dana.came_back("first", "one", 10, 900)
    (first, jonas, again), (danas,) = file_of(past), file_of(dana)
    assert first["household"] == again["household"] != jonas["household"]
    assert danas["household"] != first["household"], "nobody can follow a client from shop to shop"


def test_no_row_names_a_client(past: Past) -> None:
    past.keep(order("g", 0, client=None, email="Zoë@example.com"))
    past.came_back("of a guest", "g", 10)
    text = "".join(exporting.rows(past.session, shop_id=past.shop_id, since=SINCE))
    assert "Customer" not in text and "cleo" not in text and "e:" not in text and "Zo" not in text


def test_of_a_shop_without_returns_there_is_the_heading(session: Session) -> None:
    past = Past.of_alice(session)
    lines = list(exporting.rows(session, shop_id=past.shop_id, since=SINCE))
    assert lines == [",".join(exporting.COLUMNS) + "\r\n"]


# --- cells from outside


@pytest.mark.parametrize(
    ("told", "cell"),
    [
        pytest.param("=1+1", "'=1+1", id="a formula"),
        pytest.param("+33612", "'+33612", id="a plus"),
        pytest.param("-2", "'-2", id="a minus that is text"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="an at"),
        pytest.param("\t=1", "'\t=1", id="a tab"),
        pytest.param("＝1", "'＝1", id="a wide formula"),
        pytest.param('a,"b"\r\nc', 'a,"b"\r\nc', id="commas, quotes and lines are one cell"),
        pytest.param("ענבל 🌸 山", "ענבל 🌸 山", id="any script as it is"),
    ],
)
def test_a_cell_from_outside_is_one_cell_and_never_a_formula(told: str, cell: str) -> None:
    leak = Leak(told, date(2026, 3, 1), Money(100, "USD"), 1, Money(-200, "USD"))
    (row,) = csv.DictReader(io.StringIO(exporting.leak_rows([leak]), newline=""))
    assert row["client"] == cell and row["refunded"] == "1.00"


# --- figures


def strict(text: str) -> Any:
    def refuse(constant: str) -> Any:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


def view_of(past: Past, months: int = 12) -> View:
    return reading.view(past.session, shop=past.shop, months=months, now=day(60))


def test_the_figures_say_what_the_page_says_with_definitions_dates_and_inputs(past: Past) -> None:
    told = strict(exporting.figures(view_of(past)))
    assert (told["since"], told["until"], told["currency"], told["in_other_currencies"]) == (
        "2025-05-01", "2026-04-30", "USD", 1
    )  # fmt: skip
    assert told["definitions_version"] == reading.VERSION and told["definitions"] == exporting.DEFINITIONS
    assert told["cost_inputs"] | {"by": ""} == {"by": "", **vars(DEFAULTS)} and told["cost_inputs"]["by"] == "defaults"
    assert set(told["assisted"]["sums"].values()) == {0}, "nought, where nothing was closed, and not left out"
    assert set(told["assisted"]["sums"]) == set(told["self_service"]["sums"])
    side = told["self_service"]
    assert (side["sums"]["returns"], side["sums"]["exchanges"], side["sums"]["refunds"]) == (2, 1, 1)
    assert side["sums"]["back_cents"] == 90_000, "euros are not added to dollars"
    assert side["sums"]["returns_here"] == 1
    # By hand: half of 250.00 later, less one parcel at 45.00 and cover of 35 hundredths of a per cent of 900.00.
    worth = side["net_relationship_value"]
    assert (worth["later_margin"], worth["parcels"], worth["cover"], worth["total"]) == (12_500, -4_500, -315, 7_685)
    assert worth["how"] == "modelled" and side["net_value_of_one_return"] is None, "of too few days"
    assert side["if_clients_return_more"]["0"] == 7_685
    ratio, low, high = side["exchanges_for_each_refund"]
    assert ratio == 1 and 0 < low < 1 < high and low * high == pytest.approx(1), "one to one, both ways as unsure"


def test_bought_again_is_told_for_each_window_and_null_where_nobody_was_watched_so_long(past: Past) -> None:
    """One bought after 20 days; the other was watched for 48: of two, then of nobody any more."""
    windows = strict(exporting.figures(view_of(past)))["self_service"]["bought_again"]
    assert set(windows) == {"30", "60", "90", "180"}
    share, low, high, at_risk = windows["30"]
    assert (share, at_risk) == (0.5, 2) and 0 < low < 0.5 < high < 1
    assert windows["60"] is windows["90"] is windows["180"] is None


def test_inputs_the_merchant_gave_are_told_as_theirs(past: Past) -> None:
    say_costs(past.session, shop_id=past.shop_id, costs=DEFAULTS, by="alice", now=day(1))
    assert strict(exporting.figures(view_of(past)))["cost_inputs"]["by"] == "merchant"


COUNTS = st.fixed_dictionaries({name: st.integers(0, 10**12) for name in SUMMED})
DAYS = st.dictionaries(st.integers(0, 180), st.integers(0, 5), max_size=6)


@settings(max_examples=60, deadline=None)
@given(sums=COUNTS, bought=DAYS, not_yet=DAYS, days=st.lists(st.builds(Sums, returns=st.integers(0, 3)), max_size=12))
def test_whatever_was_counted_the_figures_are_json_that_any_reader_takes(
    sums: dict[str, int], bought: dict[float, int], not_yet: dict[float, int], days: list[Sums]
) -> None:
    """No infinity where nothing was refunded, and no undefined share where nobody bought."""
    here = Counter(sums | {f"{name}_here": count for name, count in sums.items()})
    sides = [Side(assisted, here, curve(bought, not_yet), DEFAULTS, {}, tuple(days)) for assisted in (True, False)]
    limits: tuple[Any, Any] = (None, None)
    view = View(SINCE, SINCE, "USD", sides[0], sides[1], [], 0, None, None, limits)
    told = strict(exporting.figures(view))
    assert told["assisted"]["sums"] == told["self_service"]["sums"] == dict(here)
    ratio, low, high = told["assisted"]["exchanges_for_each_refund"]
    assert (ratio is None) == (high is None) == (sums["refunds"] == 0) and low is not None


# --- the rows of a pilot


@pytest.fixture
def pilot(past: Past) -> Pilot:
    """Cleo's return and her second one, Jonas's in euros, and one of Mira that is still open."""
    plan: dict[str, Any] = {"before_share": 20, "hoped_share": 40, "expected": 10, "by": "staff:7"}
    made = pilots.register(
        past.session, shop_id=past.shop_id, mode=PilotMode.COMPARE, limit=Money(0, "USD"), now=day(1), **plan
    )
    past.keep(order("m", 0, client="mira"))
    past.came_back("again", "two", 33, 250)
    past.came_back("of mira", "m", None)
    drawn = (("first", "cleo", Arm.INVITED), ("of jonas", "jonas", Arm.TODAY), ("again", "cleo", Arm.INVITED),
             ("of mira", "mira", Arm.TODAY))  # fmt: skip
    for n, (name, client, arm) in enumerate(drawn):
        key = gid("Customer", client)
        past.session.add(
            PilotReturn(
                shop_id=past.shop_id, pilot_id=number(made.id), return_gid=gid("Return", name), key=key, household=key,
                arm=arm, at=day(9 + n), complained_at=day(50) if client == "mira" else None,
            )
        )  # fmt: skip
    past.session.flush()
    return made


def test_each_return_of_a_pilot_in_the_arm_it_was_given_and_only_the_first_of_a_household_counts(
    past: Past, pilot: Pilot
) -> None:
    text = exporting.pilot_rows(past.session, pilot)
    first, jonas, again, mira = csv.DictReader(io.StringIO(text, newline=""))
    assert [row["arm"] for row in (first, jonas, again, mira)] == ["invited", "today", "invited", "today"]
    assert [row["first_of_household"] for row in (first, jonas, again, mira)] == ["1", "1", "0", "1"]
    assert first["household"] == again["household"] and "Customer" not in text
    assert first["household"] == file_of(past)[0]["household"], "the number of the other file"
    assert (first["ended"], first["closed_on"], first["refund_days"], first["enrolled_at"]) == (
        "refund", "2026-03-11", "1", day(9).isoformat()
    )  # fmt: skip
    assert (first["back_cents"], first["exchanged_cents"], first["refunded_cents"]) == ("90000", "0", "90000")
    assert (jonas["ended"], jonas["exchanged_cents"], jonas["refund_days"], jonas["currency"]) == (
        "exchange", "40000", "", "EUR"
    )  # fmt: skip
    nothing = ("closed_on", "ended", "currency", "back_cents", "exchanged_cents", "refunded_cents", "refund_days")
    assert {mira[name] for name in nothing} == {""}, "it is open"
    assert [row["complained"] for row in (first, jonas, again, mira)] == ["0", "0", "0", "1"]


def test_net_value_of_a_pilots_return_is_in_its_currency_and_empty_where_it_cannot_be_told(
    past: Past, pilot: Pilot
) -> None:
    """By hand: 125.00 of later margin less 45.00 and 3.15; the second return less 45.00 and 0.87 1/2 of cover."""
    rows = list(csv.DictReader(io.StringIO(exporting.pilot_rows(past.session, pilot), newline="")))
    assert [row["net_cents"] for row in rows] == ["7685", "", "-4588", ""], "a minus, and no apostrophe: it is a number"


def test_the_report_as_json_says_both_arms_the_difference_and_the_words(past: Past, pilot: Pilot) -> None:
    found = pilot_showed.result_of(past.session, pilot, now=pilot.ends_at + timedelta(days=365))
    assert found is not None
    told = strict(exporting.pilot_figures(pilot, found, pilot_showed.worth_of(past.session, pilot)))
    assert (told["definitions_version"], told["definitions"]) == (reading.VERSION, exporting.PILOT_DEFINITIONS)
    assert (told["registered_at"], told["needed_in_each_arm"]) == (day(1).isoformat(), 82), "20 against 40 per cent"
    assert told["difference"]["low"] == told["difference"]["value"] == -1.0 and 0 < told["difference"]["high"] < 1
    assert (told["begins_at"], told["ends_at"]) == (pilot.begins_at.isoformat(), pilot.ends_at.isoformat())
    invited, today = told["arms"]["invited"], told["arms"]["today"]
    assert (invited["households"], invited["exchanged"], invited["closed"], invited["open"]) == (1, 0, 1, 0)
    assert (today["households"], today["exchanged"], today["closed"], today["open"]) == (2, 1, 1, 1)
    assert (invited["ended"]["refund"], today["ended"]["exchange"]) == (1, 1)
    assert told["verdict"] == "cannot tell" and told["words"].startswith("We cannot tell")
    value = told["net_relationship_value"]
    assert (value["currency"], value["difference"], value["verdict"]) == ("USD", None, "cannot tell")
    assert value["invited"] == {"households": 1, "value": pytest.approx(7_685 - 4_587.5)}
    assert value["today"] == {"households": 0, "value": None}, "Jonas's is in euros and Mira's is open"
    assert value["words"].startswith("We cannot tell what that was worth: fewer than 30 households")


def test_another_shops_pilot_has_none_of_these_rows(past: Past, pilot: Pilot) -> None:
    dana = Past(past.session, cast.alice(past.session, "dana.myshopify.com", "Dana"))
    plan: dict[str, Any] = {"before_share": 20, "hoped_share": 40, "expected": 10, "by": "staff:8"}
    hers = pilots.register(
        past.session, shop_id=dana.shop_id, mode=PilotMode.COMPARE, limit=Money(0, "USD"), now=day(1), **plan
    )
    assert exporting.pilot_rows(past.session, hers) == ",".join(exporting.PILOT_COLUMNS) + "\r\n"
