"""The measures as a merchant sees them: counts, intervals, cases, files, inputs, and no claim of cause."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from flask import Flask
from sqlmodel import select

from kit.db import Database
from measures import behind, reading
from measures.arms import Arm
from measures.costs import say_costs
from measures.measured import HouseholdTie, MeasuredReturn
from measures.pilot_models import Pilot, PilotReturn
from measures.worth import DEFAULTS, Costs, Sums, worth
from shopify_app.app import create_app
from shopify_app.pages.admin import figure_words
from shops.models import Shop
from tests import cast
from tests.cast import NOW
from tests.jobs_at_hand import Queue
from tests.measures.forty import Forty, forty
from tests.pages import words
from tests.pages.admin_caller import ALICE, DANA, Caller

PAGES = (
    "/app", "/app/measures", "/app/measures?months=3", "/app/measures/how", "/app/measures/cases?term=exchanges",
    "/app/measures/cases?term=nothing&kind=self", "/app/measures/households", "/app/pilot",
)  # fmt: skip
CAUSE = r"\b(because of|leads? to|led to|results? in|thanks to|improves?|effect of|makes? clients|pays off)\b"


@dataclass
class Place:
    database: Database
    town: Forty
    app: Flask
    alice: Caller
    stranger: Caller

    def shown(self, path: str) -> str:
        answer = self.alice.open(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return words.text(answer.text)


@pytest.fixture
def place(sqlite_url: str, queue: Queue) -> Iterator[Place]:
    database = Database(sqlite_url)
    config = cast.settings(sqlite_url, shopify_api_secret="a-test-secret-of-a-real-ones-length")
    with cast.clock(NOW):
        town = forty(database)
        with database.begin() as session:
            cast.dana(session)
        app = create_app(config, database)
        yield Place(database, town, app, Caller(app, config, ALICE), Caller(app, config, DANA, "99"))
    database.close()


def test_each_figure_stands_with_its_count_its_interval_and_both_kinds_apart(place: Place) -> None:
    shown = place.shown("/app/measures")
    for figure in ("1.0 between 0.4 and 2.7", "7 to 7", "0.1 between 0.0 and 0.4", "2 to 21", "+$768", "+$605"):
        assert figure in shown, figure
    for figure in ("54% between 30% and 81%", "7 of 15 so far", "30% between 15% and 52%", "7 of 24 so far"):
        assert figure in shown, figure
    assert "1 of these returns are in another currency than USD" in shown
    assert "8 have not bought yet, and of 1 nobody knows who bought" in shown
    assert "we cannot tell the two kinds apart" in shown and "as a description, not an effect" in shown


def test_home_shows_the_same_with_a_chart_and_when_it_was_counted(place: Place) -> None:
    home = place.alice.open("/app").text
    assert "What returners did next" in home
    assert '<title id="c1">Exchanges for each refund by month. June: 0.5' in home
    assert "How each measure is counted" in home and "All counted Tue 24 November" in home


def test_no_page_but_the_pilots_report_claims_a_cause(place: Place) -> None:
    for path in PAGES:
        shown = place.shown(path)
        assert words.findings("merchant", shown) == [], path
        assert not re.search(CAUSE, shown, re.I), (path, re.search(CAUSE, shown, re.I))


def test_each_term_opens_its_cases(place: Place) -> None:
    html = place.alice.open("/app/measures").text
    links = set(re.findall(r'href="(/app/measures/cases[^"]+)"', html))
    assert len(links) > 20
    for link in sorted(links):
        assert place.alice.open(link.replace("&amp;", "&")).status_code == 200, link
    shown = place.shown("/app/measures/cases?term=exchanges&kind=assisted&months=12")
    assert "7 closed since" in place.alice.open("/app/measures/cases?term=exchanges&kind=assisted").text
    assert "$2,000" in shown and "after 60 days" in shown
    gifts = place.shown("/app/measures/cases?term=given_cents&here=1&kind=assisted")
    assert "Given" in gifts and "$80" in gifts and "$200" in gifts


@pytest.mark.parametrize("costs", [DEFAULTS, Costs(4_000, 3_000, 50, 9_000, 200, 1_000, 100, 500)])
def test_what_a_term_opens_are_the_cases_its_money_comes_from_and_no_others(place: Place, costs: Costs) -> None:
    with place.database.begin() as session:
        say_costs(session, shop_id=place.town.shop_id, costs=costs, by="alice", now=NOW)
        view = reading.view(session, shop=session.get_one(Shop, place.town.shop_id), months=12, now=NOW)
    rows = {row.name: row for row in figure_words.worth_rows(view)}
    assert rows["Gestures"].path != rows["Referrals"].path or costs.gesture_cents
    for name, words_ in figure_words.TERMS.items():
        for side, cell in zip(view.sides, rows[words_].cells, strict=True):
            wanted = getattr(side.worth, name)
            found = opened(place, rows[words_].path, assisted=side.assisted, since=view.since) if cell.opens else []
            half_cents = 1 + len(found) / 2
            assert sum(amount_of(row, name, costs) for row in found) == pytest.approx(wanted, abs=half_cents), name
            assert all(amount_of(row, name, costs) for row in found), name


def opened(place: Place, path: str, *, assisted: bool, since: date) -> list[MeasuredReturn]:
    asked = parse_qs(path.partition("?")[2])
    about: dict[str, Any] = {"currency": "USD" if "here" in asked else "", "assisted": assisted, "since": since}
    with place.database.begin() as session:
        found, count = behind.cases_of(session, shop_id=place.town.shop_id, term=asked["term"][0], **about)
    assert count == len(found)
    return [one.row for one in found]


def amount_of(row: MeasuredReturn, name: str, costs: Costs) -> float:
    sums = Sums(**{field: getattr(row, field) for field in Sums.__dataclass_fields__})
    return float(getattr(worth(sums, costs, assisted=row.assisted), name))


def test_costs_are_ours_until_the_merchant_says_theirs(place: Place) -> None:
    assert "Defaults of ours" in place.alice.open("/app/measures").text
    form = {
        "margin_share": "40", "parcel_cents": "30", "cover_share": "0", "bench_cents": "0", "minute_cents": "0",
        "gesture_cents": "10", "markdown_share": "0", "referral_cents": "0",
    }  # fmt: skip
    refused = place.alice.send("/app/measures/costs", **{**form, "margin_share": "140", "bench_cents": "much"})
    assert refused.status_code == 422
    assert set(refused.json["error"]["fields"]) == {"margin_share", "bench_cents"}  # type: ignore[index]
    assert place.alice.send("/app/measures/costs", **form).status_code == 200
    shown = place.shown("/app/measures")
    assert "As you said" in place.alice.open("/app/measures").text
    assert "+$720" in shown, "1600 - 450 - 150 - 280"
    assert "Margin on an order: 40%" in place.shown("/app/measures/how")


def file(place: Place, query: str, caller: Caller | None = None) -> Any:
    told = (caller or place.alice).send(f"/app/measures/file?{query}")
    assert told.status_code == 200
    return place.app.test_client().get(told.json["open"])  # type: ignore[index]


def test_an_analyst_can_reproduce_the_page_from_the_files(place: Place) -> None:
    text = file(place, "kind=csv&months=12").get_data(as_text=True).removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 40 and {row["definitions"] for row in rows} == {reading.VERSION}
    assisted = [row for row in rows if row["assisted"] == "1"]
    assert [sum(row["ended"] == kind for row in assisted) for kind in ("exchange", "refund")] == [7, 7]
    assert sum(int(row["back_cents"]) for row in assisted if row["currency"] == "USD") == 2_560_000
    assert "gid://shopify/Customer" not in text, "households are numbers that name nobody"
    told = json.loads(file(place, "kind=json&months=12").get_data(as_text=True))
    assert told["assisted"]["exchanges_for_each_refund"][0] == 1.0 and told["cost_inputs"]["by"] == "defaults"
    assert told["self_service"]["bought_again"]["90"][0] == pytest.approx(0.296296296)
    assert "exchanged_cents" in told["definitions"]


def test_a_tie_is_undone_from_its_page(place: Place) -> None:
    shown = place.shown("/app/measures/households")
    assert "Client A11" in shown and "the same e-mail address" in shown and "Undone" in shown
    with place.database.begin() as session:
        tie = session.exec(select(HouseholdTie).where(HouseholdTie.one.endswith("A11"))).one()
    assert place.stranger.send(f"/app/measures/households/{tie.id}/undo").status_code == 404
    assert place.alice.send(f"/app/measures/households/{tie.id}/undo").status_code == 200
    assert "46% between" in place.shown("/app/measures"), "one of fifteen fewer bought again"


def test_dana_of_another_shop_sees_nothing_of_it(place: Place) -> None:
    for path in PAGES:
        answer = place.stranger.open(path)
        assert answer.status_code == 200
        assert "A11" not in answer.text and "7 to 7" not in answer.text, path
    text = file(place, "kind=csv", place.stranger).get_data(as_text=True)
    assert len(text.splitlines()) == 1


def test_a_pilot_is_planned_switched_off_and_reported_on_its_day(place: Place) -> None:
    page = place.shown("/app/pilot")
    assert "In 60 days about" in page and "households are needed in each arm" in page
    plan = {"mode": "compare", "limit": "500", "before": "20", "hoped": "40"}
    assert place.alice.send("/app/pilot", **{**plan, "hoped": "20"}).status_code == 422
    assert place.alice.send("/app/pilot", **{**plan, "hoped": "x", "limit": "y"}).status_code == 422
    assert place.alice.send("/app/pilot", **plan).status_code == 200
    assert place.alice.send("/app/pilot", **plan).status_code == 409
    page = place.shown("/app/pilot")
    assert "82 households in each arm" in page and "looked at once, on" in page
    assert "Switch off now" in place.alice.open("/app/pilot").text
    with place.database.begin() as session:
        pilot = session.exec(select(Pilot)).one()
        row = PilotReturn(
            shop_id=place.town.shop_id, pilot_id=cast.number(pilot.id), return_gid="gid://shopify/Return/A01",
            key="a", household="a", arm=Arm.INVITED, at=NOW,
        )  # fmt: skip
        session.add(row)
        session.flush()
        number = row.id
    assert place.stranger.send(f"/app/pilot/returns/{number}/complaint").status_code == 404
    assert place.alice.send(f"/app/pilot/returns/{number}/complaint").status_code == 200
    assert place.stranger.send(f"/app/measures/file?kind=pilot&pilot={pilot.id}").status_code == 404
    assert place.stranger.send("/app/pilot/off").status_code == 404
    assert place.alice.send("/app/pilot/off").status_code == 200
    assert "Switched off" in place.alice.open("/app/pilot").text
    assert place.alice.send("/app/pilot/end").status_code == 200
    with cast.clock(NOW + timedelta(days=82)):
        report = place.shown("/app/pilot")
    assert "We cannot tell: with this many households" in report and "1 of 1" in report
    asked = f"kind=pilot&pilot={pilot.id}"
    assert file(place, asked).status_code == 404, "no peeking: the rows come with the result"
    with cast.clock(NOW + timedelta(days=82)):
        rows = file(place, asked).get_data(as_text=True).splitlines()
    # Half of the 400 bought later, less a parcel, its cover and thirty minutes: 200 - 45 - 3.50 - 30.
    assert rows[1].split(",")[3] == "invited" and rows[1].endswith(",exchange,USD,100000,100000,0,,1,12150")


def test_good_clients_who_did_not_come_back_are_a_list_and_nobody_is_written_to(place: Place) -> None:
    """By hand: refunded alone, 500 or more, not yet after 180 days, nor later: S01 to S10 and S15; S23 came back."""
    shown = place.shown("/app/measures/quiet")
    named = re.findall(r"Client (S\d+)", shown)
    assert named == ["S15", *(f"S{n:02}" for n in range(1, 11))]
    text = file(place, "kind=quiet").get_data(as_text=True)
    assert len(text.splitlines()) == 12 and "gid://shopify/Customer/S15,2026-05-01,900.00,1,1000.00,USD" in text
    assert len(file(place, "kind=quiet", place.stranger).get_data(as_text=True).splitlines()) == 1
