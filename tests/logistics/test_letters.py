"""What the client reads, against the words the house does not use."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from consults.zones import show_hour
from logistics.in_words import day_in_words, window_in_words
from logistics.telling import greeting, working_day
from notifications.rendering import render

WORDS = json.loads((Path(__file__).parents[1] / "words.json").read_text())["client"]
VALUES = {
    "way": "label",
    "collection": "",
    "house": "Verdane",
    "greeting": "Dear Mrs Whitlock",
    "piece": "Meridian ring",
    "link": "https://returns.example/r/abc",
    "telephone": "+33 1 84 88 00 00",
    "boxes": 1,
    "covered": True,
    "amount": "$14,800",
    "by": "Friday 4 December",
    "other": "Alba pendant",
    "words": "Our parcel is stuck, and that is ours to mend.",
    "ways": ["A call today. Your advisor rings today.", "The money today. It is paid back today."],
}


@pytest.mark.parametrize("boxes", [1, 2])
@pytest.mark.parametrize("telephone", ["", "+33 1 84 88 00 00"])
@pytest.mark.parametrize(
    "name",
    [
        "label_ready",
        "collection_changed",
        "piece_arrived",
        "money_on_its_way",
        "balance_to_pay",
        "sale_to_pay",
        "make_right",
    ],
)
def test_a_letter_has_one_link_no_sum_in_its_subject_and_only_plain_words(
    name: str, telephone: str, boxes: int
) -> None:
    subject, body = render(name, "email", {**VALUES, "telephone": telephone, "boxes": boxes})
    assert body.count("https://") == 1
    assert "$" not in subject
    assert "\n\n\n" not in body
    for pattern, instead in WORDS:
        assert not re.search(pattern, f"{subject}\n{body}", re.IGNORECASE), instead


def test_cover_is_only_spoken_of_where_it_was_confirmed() -> None:
    assert "covered for its full value" in render("label_ready", "email", VALUES)[1]
    assert "cover" not in render("label_ready", "email", {**VALUES, "covered": False})[1]


@pytest.mark.parametrize(("day", "kept"), [(4, 4), (5, 7), (6, 7), (7, 7)])
def test_nobody_opens_a_parcel_at_the_weekend(day: int, kept: int) -> None:
    assert working_day(datetime(2026, 12, day, 9, tzinfo=UTC), "Europe/Paris").day == kept


def test_the_amount_goes_back_to_where_it_came_from_by_a_day() -> None:
    _, body = render("money_on_its_way", "email", VALUES)
    assert "$14,800 for Meridian ring is on its way to the card or account you paid with" in body
    assert "by Friday 4 December" in body


@pytest.mark.parametrize(
    ("zone", "locale", "words"),
    [
        ("Europe/Paris", "en", "Friday 4 December"),
        ("Pacific/Auckland", "en", "Saturday 5 December"),
        ("Europe/Paris", "fr_CA", "vendredi 4 décembre 2026"),
    ],
)
def test_the_day_is_the_houses_day_in_the_clients_language(zone: str, locale: str, words: str) -> None:
    assert day_in_words(datetime(2026, 12, 4, 14, tzinfo=UTC), zone, locale) == words


@pytest.mark.parametrize(
    ("title", "name", "words"),
    [("Mrs", "Cleo Whitlock", "Dear Mrs Whitlock"), ("", "Cleo Whitlock", "Dear Cleo Whitlock"), ("", "", "Good day")],
)
def test_people_are_greeted_by_title_and_surname_where_known(title: str, name: str, words: str) -> None:
    assert greeting(title, name) == words


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "Wednesday 25 November, 09:00–12:00"),
        ("en_GB", "Wednesday 25 November, 09:00–12:00"),
        ("en_US", "Wednesday 25 November, 9:00 AM–12:00 PM"),
        ("de", "Mittwoch, 25. November 2026, 09:00–12:00"),
        ("ja", "2026年11月25日水曜日 09:00–12:00"),
    ],
)
def test_when_somebody_comes_is_written_by_the_clock_the_reader_uses_and_as_on_their_page(
    locale: str, words: str
) -> None:
    starts, ends = (datetime(2026, 11, 25, hour, tzinfo=UTC) for hour in (8, 11))
    said = window_in_words(starts, ends, "Europe/Paris", locale)
    assert " ".join(said.split()) == words
    assert show_hour(starts, "Europe/Paris", locale) in said
