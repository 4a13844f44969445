"""First answers in the admin: promises, opening hours, closed days and quiet hours, saved whole or not at all."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from consults.advisors import boutique_by_location, boutiques
from consults.models import Boutique, BoutiqueHours, ConsultPolicy, Holiday, PromiseTier
from consults.opening import USUAL, hours_of_boutique
from consults.slots import Rule
from consults.tiers import tiers
from kit.money import Money
from notifications.models import InboundText
from routing.models import FlowNote
from routing.states import FlowState
from shopify_app.pages.admin.opening_forms import (
    DAYS,
    day_words,
    read_holidays,
    read_quiet,
    read_tiers,
    read_week,
    week_words,
)
from tests import cast
from tests.pages.admin_caller import read
from tests.pages.admin_world import open_admin

WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday"), "10:00–19:00")
PLACE = {"name": "Paris", "location": "71122330001", "telephone": "+33 1 99 00 01 12"}
GOOD = {"usual": "120", "from_1": "25,000", "minutes_1": "30", "quiet_from": "21:00", "quiet_until": "8:00"}


@pytest.fixture
def admin(sqlite_url):
    with open_admin(sqlite_url) as made:
        yield made


def rows(admin, table):
    with admin.database.begin() as session:
        return list(session.exec(select(table)))


def paris(admin):
    return admin.world.boutique.id


def test_the_page_says_what_holds_without_anything_chosen(admin):
    words = read(admin.alice.open("/app/routing/promises")).text
    for part in ("First answers", "Every return with an advisor", "Paris", "Mon to Sat 10:00–19:00", "Closed days"):
        assert part in words, part
    page = admin.alice.open("/app/routing/promises").text
    assert 'value="120"' in page and 'value="25000.00"' in page and 'value="21:00"' in page


def test_both_routing_and_settings_lead_there(admin):
    for path in ("/app/routing", "/app/settings"):
        assert 'href="/app/routing/promises"' in admin.alice.open(path).text, path


def test_promises_and_quiet_hours_are_saved(admin):
    answer = admin.alice.send("/app/routing/promises", **GOOD | {"usual": "90", "from_2": "50000", "minutes_2": "15"})
    assert answer.status_code == 200, answer.text
    with admin.database.begin() as session:
        found = tiers(session, shop_id=admin.world.shop_id)
        assert found == [(Money(0, "USD"), 90), (Money(2_500_000, "USD"), 30), (Money(5_000_000, "USD"), 15)]
        policy = session.get(ConsultPolicy, admin.world.shop_id)
        assert (policy.quiet_from_minute, policy.quiet_until_minute) == (1260, 480)
        assert tiers(session, shop_id=admin.dana.shop_id)[0] == (Money(0, "USD"), 120)  # Dana's own


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"usual": ""}, "usual", "Write minutes in figures"),
        ({"usual": "0"}, "usual", "Write minutes in figures"),
        ({"usual": "2401"}, "usual", "Write minutes in figures"),
        ({"usual": "²"}, "usual", "Write minutes in figures"),
        ({"minutes_1": ""}, "minutes_1", "Write minutes in figures"),
        ({"from_1": "much"}, "from_1", "Write a value in figures"),
        ({"from_1": "0"}, "from_1", "above nothing"),
        ({"from_2": "25000", "minutes_2": "5"}, "from_2", "stands here twice"),
        ({"quiet_from": "25:00"}, "quiet_from", "Write a time of day"),
        ({"quiet_until": "24:00"}, "quiet_until", "Write a time of day"),
        ({"quiet_until": "late"}, "quiet_until", "Write a time of day"),
    ],
)
def test_a_promise_that_is_none_gets_a_sentence_and_nothing_is_saved(admin, changed, field, sentence):
    answer = admin.alice.send("/app/routing/promises", **GOOD | changed)
    assert answer.status_code == 422
    assert sentence in answer.json["error"]["fields"][field]
    assert rows(admin, PromiseTier) == [] and rows(admin, ConsultPolicy) == []


def test_a_boutiques_week_and_closed_days_are_saved_and_shown(admin):
    path = f"/app/routing/promises/boutiques/{paris(admin)}"
    holidays = "2026-12-25 Christmas\r\n\r\n2027-01-01\r\n"
    form = (
        PLACE | WEEK | {"tuesday": "9-12:30, 14:00-18:00", "sunday": "", "zone": "Europe/Paris", "holidays": holidays}
    )
    answer = admin.alice.send(path, **form)
    assert answer.json["redirect"] == "/app/routing/promises"
    page = admin.alice.open(path).text
    assert 'value="09:00–12:30, 14:00–18:00"' in page and "2026-12-25 Christmas" in page
    with admin.database.begin() as session:
        hours = hours_of_boutique(session, session.get(Boutique, paris(admin)))
        assert hours.holidays == {date(2026, 12, 25), date(2027, 1, 1)} and len(hours.week) == 7
    assert admin.alice.send(path, **PLACE, **WEEK, zone="Europe/Paris", holidays="").status_code == 200
    assert rows(admin, Holiday) == [] and len(rows(admin, BoutiqueHours)) == 6


def test_a_boutiques_address_is_kept_and_a_page_open_since_before_the_field_leaves_it(admin):
    path, form = f"/app/routing/promises/boutiques/{paris(admin)}", PLACE | WEEK | {"zone": "Europe/Paris"}
    written = " 12 place Vendôme,\r\n75001  Paris "
    assert admin.alice.send(path, **form, holidays="", address=written).status_code == 200
    assert admin.alice.send(path, **form, holidays="").status_code == 200
    assert 'value="12 place Vendôme, 75001 Paris"' in admin.alice.open(path).text
    assert admin.alice.send(path, **form, holidays="", address="").status_code == 200
    assert 'value="12 place' not in admin.alice.open(path).text


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"tuesday": "19:00–10:00"}, "tuesday", "Tuesday ends before it begins."),
        ({"tuesday": "10:00–10:00"}, "tuesday", "Tuesday ends before it begins."),
        ({"friday": "10:00–25:00"}, "friday", "are no hours"),
        ({"friday": "all day"}, "friday", "are no hours"),
        ({"friday": "10:00–14:00, 13:00–18:00"}, "friday", "two stretches overlap"),
        ({"holidays": "2026-12-25\n2027-02-30 Nothing"}, "holidays", "Line 2: “2027-02-30” is no date."),
        ({"holidays": "Christmas"}, "holidays", "Line 1: “Christmas” is no date."),
        ({"holidays": "20261225"}, "holidays", "is no date"),
        ({"holidays": "2026-12-25\n2026-12-25 again"}, "holidays", "stands here twice"),
        ({"zone": "Europe/Atlantis"}, "zone", "“Europe/Atlantis” is no time zone we know."),
        ({"zone": ""}, "zone", "is no time zone we know."),
        (dict.fromkeys(WEEK, ""), "monday", "Open on one day at least"),
        ({"name": "  "}, "name", "Write the name clients read."),
        ({"location": "Rue de la Paix"}, "location", "Write the number alone"),
        ({"telephone": "ring us"}, "telephone", "Write the number clients can ring"),
    ],
)
def test_bad_hours_days_and_zones_get_a_sentence_and_nothing_is_saved_half(admin, changed, field, sentence):
    path = f"/app/routing/promises/boutiques/{paris(admin)}"
    answer = admin.alice.send(path, **PLACE | WEEK | {"zone": "America/New_York", "holidays": "2026-12-25"} | changed)
    assert answer.status_code == 422 and sentence in answer.json["error"]["fields"][field]
    assert rows(admin, BoutiqueHours) == [] and rows(admin, Holiday) == []
    with admin.database.begin() as session:
        assert session.get(Boutique, paris(admin)).zone == "Europe/Paris"


def test_a_boutique_is_added_by_hand_and_what_is_bought_there_is_known_by_its_number(admin):
    page = admin.alice.open("/app/routing/promises/boutiques/new").text
    assert "Add this boutique" in page and 'value="10:00–19:00"' in page
    form = WEEK | {"name": " Ginza ", "location": "71122330003", "zone": "Asia/Tokyo", "holidays": "2027-01-01"}
    assert admin.alice.send("/app/routing/promises/boutiques", **form).json["redirect"] == "/app/routing/promises"
    with admin.database.begin() as session:
        about = {"shop_id": admin.world.shop_id, "location_gid": "gid://shopify/Location/71122330003"}
        place = boutique_by_location(session, **about)
        assert place is not None and (place.name, place.zone) == ("Ginza", "Asia/Tokyo")
        assert hours_of_boutique(session, place).holidays == {date(2027, 1, 1)}
    for changed, field, sentence in (
        ({"location": ""}, "name", "Ginza is among the boutiques already."),
        ({"name": "Osaka"}, "location", "That is the number of Ginza."),
        ({"name": "Osaka", "location": "", "zone": "Japan time"}, "zone", "is no time zone we know"),
    ):
        answer = admin.alice.send("/app/routing/promises/boutiques", **form | changed)
        assert answer.status_code == 422 and sentence in answer.json["error"]["fields"][field]
    assert len([place for place in rows(admin, Boutique) if place.shop_id == admin.world.shop_id]) == 2
    other = admin.stranger.send("/app/routing/promises/boutiques", **form)
    assert other.status_code == 200, "another house may be in the same street"


def test_dana_sees_and_changes_nothing_of_alices(admin):
    path = f"/app/routing/promises/boutiques/{paris(admin)}"
    assert admin.stranger.open(path).status_code == 404
    assert admin.stranger.send(path, **WEEK, zone="Asia/Tokyo", holidays="").status_code == 404
    admin.stranger.send("/app/routing/promises", **GOOD | {"usual": "5"})
    with admin.database.begin() as session:
        assert tiers(session, shop_id=admin.world.shop_id)[0][1] == 120
        assert [place.zone for place in boutiques(session, shop_id=admin.world.shop_id)] == ["Europe/Paris"]
    assert rows(admin, BoutiqueHours) == []
    assert f"boutiques/{paris(admin)}" not in admin.stranger.open("/app/routing/promises").text


def test_texts_that_came_in_and_words_with_flow_are_shown_to_their_own_shop_only(admin):
    with admin.database.begin() as session:
        text: dict[str, Any] = {"sender": "+15550001111", "at": cast.NOW, "meaning": "unknown"}
        session.add(InboundText(shop_id=admin.world.shop_id, provider_id="SM1", body="Is this Verdane?", **text))
        note: dict[str, Any] = {"handle": "route-return", "key": "run-1", "state": FlowState.REFUSED, "at": cast.NOW}
        session.add(FlowNote(shop_id=admin.world.shop_id, words="That return is closed.", **note))
    activity = read(admin.alice.open("/app/activity")).text
    promises = read(admin.alice.open("/app/routing/promises")).text
    assert "Is this Verdane?" in activity and "Nobody we know" in activity
    assert "That return is closed." in promises
    assert "Is this Verdane?" not in admin.stranger.open("/app/activity").text
    assert "That return is closed." not in admin.stranger.open("/app/routing/promises").text


def test_a_cases_page_shows_the_clock(admin):
    words = read(admin.alice.open(f"/app/cases/{admin.world.case.id}")).text
    assert "Promised within 2 h of opening time, by Tuesday 24 November, 12:00, Paris" in words
    assert "a time is reserved" in words


# --- the forms themselves


def test_hours_are_drawn_together_in_words():
    assert week_words(USUAL) == "Mon to Sat 10:00–19:00"
    assert week_words([Rule(0, 540, 720), Rule(0, 840, 1080), Rule(2, 600, 1440)]) == (
        "Mon 09:00–12:00, 14:00–18:00; Wed 10:00–24:00"
    )


hours = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda h: h[0] < h[1])


@given(st.dictionaries(st.integers(0, 6), hours, min_size=1))
def test_what_is_shown_can_be_read_back(days):
    week = [Rule(day, *span) for day, span in sorted(days.items())]
    form = {name.lower(): day_words(week, number) for number, name in enumerate(DAYS)}
    assert read_week(form) == (week, {})


@given(st.text(max_size=30), st.text(max_size=60))
def test_no_text_in_a_form_is_more_than_wrong(short, long):
    week, wrongs = read_week({"monday": short})
    assert bool(week) != bool(wrongs)
    read_holidays(long)
    read_quiet({"quiet_from": short, "quiet_until": long})
    read_tiers({"usual": short, "from_1": long, "minutes_1": short}, "JPY", 2)
