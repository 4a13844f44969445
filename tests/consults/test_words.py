"""Names, zones, times in words, and the moves that states allow."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import configure_mappers

from consults.calendars import google_link, outlook_link
from consults.models import Consult
from consults.names import greeting, whose
from consults.phrases import PHRASES, language_by_number
from consults.states import CASE, CONSULT, CaseState, ConsultState, InvalidMove, move
from consults.zones import guess_zone, show_both, show_shortly, show_times
from kit.languages import HOUSE
from shopify_app import tables  # noqa: F401 (a row is made, so its relations have to be known)

AT = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "name", "locale", "said"),
    [
        ("Mrs", "Amara Whitlock", "en", "Mrs Whitlock"),
        ("", "Amara Whitlock", "en", "Amara Whitlock"),
        ("Mr", "Jan van der Berg", "nl", "Mr van der Berg"),
        ("Ms", "Raman", "en", "Ms Raman"),
        ("Mr", "田中 太郎", "ja-JP", "田中 太郎"),
        ("Mrs", "", "en", ""),
        ("Mrs", None, "en", ""),
    ],
)
def test_a_client_is_addressed_by_title_and_surname(title, name, locale, said):
    assert greeting(title, name, locale) == said


@pytest.mark.parametrize(("title", "word"), [("Mrs", "Her"), ("Mr.", "His"), ("Dr", "Their"), ("", "Their")])
def test_whose_page_it_is(title, word):
    assert whose(title) == word


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "Tuesday 24 November, 16:30"),
        ("en-US", "Tuesday 24 November, 4:30\u202fPM"),
        ("fr", "mardi 24 novembre, 16:30"),
        ("de", "Dienstag, 24. November, 16:30"),
        ("es", "martes, 24 de noviembre, 16:30"),
        ("ja", "11月24日火曜日 16:30"),
        ("zh-CN", "11月24日星期二 16:30"),
        ("ar", "الثلاثاء، 24 نوفمبر، 16:30"),
        ("it", "martedì 24 novembre, 16:30"),
        ("not a locale", "Tuesday 24 November, 16:30"),
    ],
)
def test_a_time_is_said_in_the_readers_language(locale, said):
    assert show_times(AT, "Europe/Paris", locale).replace(" PM", "\u202fPM") == said


def test_both_zones_are_said_and_another_date_is_named():
    assert show_both(AT, "Europe/Paris", "Europe/Madrid") == "Tuesday 24 November, 16:30, Paris (UTC+1)"
    assert show_both(AT, "Asia/Tokyo", "Europe/Paris") == (
        "Wednesday 25 November, 00:30, Tokyo (UTC+9). In Paris (UTC+1): Tuesday 24 November, 16:30"
    )


@pytest.mark.parametrize(
    ("locale", "said", "shortly"),
    [
        (
            "de",
            "Mittwoch, 25. November, 00:30, Tokio (UTC+9). In Paris (UTC+1): Dienstag, 24. November, 16:30",
            "Mi. 25. Nov., 00:30",
        ),
        ("ja", "11月25日水曜日 00:30（東京、UTC+9）。パリ（UTC+1）では11月24日火曜日 16:30です", "11月25日(水) 00:30"),
        ("zh", "11月25日星期三 00:30（东京，UTC+9）。巴黎（UTC+1）时间：11月24日星期二 16:30", "11月25日周三 00:30"),
        (
            "ar",
            "الأربعاء، 25 نوفمبر، 00:30، طوكيو (UTC+9). وفي باريس (UTC+1): الثلاثاء، 24 نوفمبر، 16:30",
            "الأربعاء، 25 نوفمبر، 00:30",
        ),
    ],
)
def test_both_zones_and_the_short_way_are_said_as_the_language_says_them(locale, said, shortly):
    assert show_both(AT, "Asia/Tokyo", "Europe/Paris", locale) == said
    assert show_shortly(AT, "Asia/Tokyo", locale) == shortly


@pytest.mark.parametrize(
    ("number", "code"), [("+33612344141", "fr"), ("+4366012345", "de"), ("+819012345678", "ja"), ("+14155550100", "en")]
)
def test_of_a_stranger_we_guess_the_language_by_their_number(number, code):
    assert language_by_number(number) == code


@pytest.mark.parametrize("code", HOUSE)
def test_every_language_has_every_phrase_with_the_same_values(code):
    gaps = {key: set(re.findall(r"{(\w+)}", text)) for key, text in PHRASES["en"].items()}
    assert {key: set(re.findall(r"{(\w+)}", text)) for key, text in PHRASES[code].items()} == gaps
    assert code == "en" or all(
        text != PHRASES["en"][key]
        for key, text in PHRASES[code].items()
        if key not in ("at", "here", "there", "the_piece")
    )


@pytest.mark.parametrize(
    ("country", "zone"),
    [("FR", "Europe/Paris"), ("us", "America/New_York"), ("ZZ", "UTC"), (None, "UTC"), ("FM", "UTC")],
)
def test_a_zone_is_guessed_only_where_a_country_says_enough(country, zone):
    assert guess_zone(country, "UTC") == zone


def test_links_add_the_same_hours_to_a_calendar():
    configure_mappers()  # a row is made without its class ever being called
    consult = Consult.model_construct(starts_at=AT, ends_at=AT.replace(hour=16, minute=0))
    assert "dates=20261124T153000Z%2F20261124T160000Z" in google_link(consult, summary="Bob, Verdane")
    assert "startdt=2026-11-24T15%3A30%3A00%2B00%3A00" in outlook_link(consult, summary="Bob, Verdane")


def test_what_is_over_goes_nowhere_and_a_closed_case_opens_only_again():
    assert CASE[CaseState.CLOSED] == {CaseState.OPEN}, "its return was opened again in Shopify"
    with pytest.raises(InvalidMove):
        move(CASE, CaseState.CLOSED, CaseState.CLOSED)
    for final in (ConsultState.CANCELLED, ConsultState.EXPIRED):
        assert CONSULT[final] == frozenset()
    assert set(CONSULT) == set(ConsultState) and set(CASE) == set(CaseState)
