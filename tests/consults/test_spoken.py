"""What is said and read: times and places, what an advisor's words do, a client's words without who they are."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consults.introductions import introduce
from consults.kinds import RootCause, WhyNot
from consults.practice.anonymous import GAP, without_names
from consults.practice.hearing import Said, hear
from consults.practice.scenes import Beat, Scene, Turn, is_over, play, scene_for, scenes
from consults.practice.scoring import A_PHRASE, A_STEP, PHRASES, score
from consults.unsaid.checking import Own, is_phrase, marks
from consults.zones import guess_zone, is_zone, offset, show_both, show_day, show_hour, show_shortly

AT = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
LEAP = datetime(2028, 2, 29, 12, 0, tzinfo=UTC)


# --- times and places


@pytest.mark.parametrize(
    ("zone", "at", "said"),
    [
        ("UTC", AT, "UTC+0"),
        ("Europe/London", AT, "UTC+0"),
        ("Europe/Paris", AT, "UTC+1"),
        ("Europe/Paris", datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "UTC+2"),
        ("America/St_Johns", AT, "UTC-3:30"),
        ("Asia/Kathmandu", AT, "UTC+5:45"),
        ("Pacific/Marquesas", AT, "UTC-9:30"),
        ("Pacific/Kiritimati", AT, "UTC+14"),
        ("Australia/Lord_Howe", LEAP, "UTC+11"),
    ],
)
def test_how_far_a_place_is_from_greenwich_is_said_to_the_minute(zone: str, at: datetime, said: str) -> None:
    assert offset(at.astimezone(ZoneInfo(zone))) == said


@pytest.mark.parametrize(
    ("locale", "day"),
    [
        ("en-GB", "Tuesday 29 February"),
        ("en-US", "Tuesday 29 February"),
        ("fr", "mardi 29 février"),
        ("de-CH", "Dienstag, 29. Februar"),
        ("it", "martedì 29 febbraio"),
        ("es-MX", "martes, 29 de febrero"),
        ("ja", "2月29日火曜日"),
        ("ko", "Tuesday 29 February"),
        ("zh-TW", "Tuesday 29 February"),
        ("fr-ZZ9", "mardi 29 février"),
    ],
)
def test_a_day_is_said_in_the_language_of_the_sentence_around_it_without_its_year(locale: str, day: str) -> None:
    assert show_day(LEAP, "Europe/Paris", locale) == day


@pytest.mark.parametrize(
    ("locale", "hour"),
    [
        ("en", "00:05"),
        ("en-US", "12:05 AM"),
        ("en-GB", "00:05"),
        ("fr-CA", "00:05"),
        ("ja-JP", "00:05"),
        ("ko", "00:05"),
    ],
)
def test_an_hour_is_said_as_in_the_readers_country_and_midnight_is_no_noon(locale: str, hour: str) -> None:
    midnight = datetime(2026, 11, 23, 23, 5, tzinfo=UTC)
    assert show_hour(midnight, "Europe/Paris", locale).replace("\u202f", " ") == hour


def test_two_places_with_the_same_clock_are_said_as_one_and_another_hour_of_the_same_day_without_its_day() -> None:
    assert show_both(AT, "Europe/Paris", "Africa/Algiers") == "Tuesday 24 November, 16:30, Paris (UTC+1)"
    assert show_both(AT, "Europe/Paris", "Asia/Kolkata").endswith("In Kolkata (UTC+5:30): 21:00")
    assert show_shortly(AT, "Europe/Paris", "de-AT") == "Di. 24. Nov., 16:30"


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("JP", "Asia/Tokyo"),
        ("gb", "Europe/London"),
        ("AR", "America/Argentina/Buenos_Aires"),
        ("", "UTC"),
        ("XX", "UTC"),
    ],
)
def test_a_country_of_one_zone_has_it_and_a_large_one_where_most_people_live(country: str, zone: str) -> None:
    assert guess_zone(country, "UTC") == zone and is_zone(zone)


@pytest.mark.parametrize("name", ["", "Paris", "europe/paris", "Mars/Olympus", "../etc/passwd", "Europe/Paris "])
def test_what_is_no_zone_is_none(name: str) -> None:
    assert not is_zone(name)


# --- what words do


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", set()),
        ("WHAT DID YOU HOPE FOR?", {Said.ASK}),
        ("What a pity.", set()),
        ("I\u2019ll ring you on Thursday.", {Said.PROMISE}),
        ("I'll ring you soon.", set()),
        ("We will have it back by 12 December.", {Said.PROMISE}),
        ("Our atelier could lower the setting.", {Said.OFFER}),
        ("The setting is lower.", set()),
        ("That is ours to put right.", {Said.OWN}),
        ("You will have your money back tomorrow.", {Said.REFUND, Said.PROMISE}),
        ("Tell me\nmore.", {Said.WELCOME, Said.ASK}),
    ],
)
def test_words_do_what_they_say_and_no_more(words: str, said: set[Said]) -> None:
    assert hear(words) == said


def test_somebody_is_included_only_by_a_word_that_makes_room_for_them() -> None:
    assert Said.INCLUDE in hear("Bring your sister along.", companions=["sister"])
    assert Said.INCLUDE not in hear("Your sister wrote to us.", companions=["sister"])
    assert Said.INCLUDE not in hear("Bring your sisterhood along.", companions=["sister"])
    assert Said.INCLUDE not in hear("Bring her along.", companions=["sister"])


SCENE = Scene(
    "k", "t", "s", "m", [], ["sister"], "open",
    {
        "open": Beat("It was a gift.", {"ask": "told", "welcome": "open"}, "gone"),
        "told": Beat("She chose it.", {"promise": "kept"}, "told", reveals=True),
        "kept": Beat("Thank you.", {}, ends=True),
        "gone": Beat("Never mind.", {}, ends=True),
    },
)  # fmt: skip
FIVE = (
    "Of course, thank you for telling me.",
    "What did you hope for?",
    "We could show you another piece, bring your sister along.",
    "I will ring you on Thursday.",
)


def played(*said: str, scene: Scene = SCENE) -> list[Turn]:
    turns: list[Turn] = []
    for words in said:
        turns.append(play(scene, turns, words))
    return turns


def test_a_scene_goes_where_the_script_says_by_the_first_thing_that_is_heard() -> None:
    turns = played(*FIVE)
    assert [turn.beat for turn in turns] == ["open", "told", "told", "kept"] and is_over(SCENE, turns)
    assert [turn.beat for turn in played("Hm.")] == ["gone"] and not is_over(SCENE, [])
    with pytest.raises(ValueError, match="over"):
        play(SCENE, turns, "And?")


def test_it_ends_after_sixteen_turns_however_kind_they_are() -> None:
    assert not is_over(SCENE, played(*["Of course."] * 15)) and is_over(SCENE, played(*["Of course."] * 16))


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        pytest.param(FIVE, "welcome elevate exclusive include close", id="all five"),
        pytest.param(FIVE[1:], "elevate exclusive include close", id="asked before it was received"),
        pytest.param((FIVE[0], FIVE[2], FIVE[1]), "welcome include", id="offered before asking, and not after"),
        pytest.param((FIVE[0], FIVE[1]), "welcome elevate", id="heard, and left there"),
        pytest.param(("I will ring you on Thursday.",), "", id="a day in the first words closes nothing"),
        pytest.param((), "", id="nothing said"),
    ],
)
def test_each_step_is_taken_in_its_order(said: tuple[str, ...], taken: str) -> None:
    scene = Scene(**{**vars(SCENE), "beats": {**SCENE.beats, "gone": Beat("…", {}, "gone")}})
    found = score(scene, played(*said, scene=scene))
    assert " ".join(found.taken) == taken
    assert found.points == A_STEP * len(found.taken) + (PHRASES if said else 0)


def test_each_phrase_better_left_unsaid_costs_five_of_twenty_and_never_more() -> None:
    turns = played("Of course. Unfortunately our policy says no.", "Unfortunately.")
    assert [score(SCENE, turns[:n]).points for n in (1, 2)] == [PHRASES - 2 * A_PHRASE, PHRASES - 3 * A_PHRASE]
    assert score(SCENE, [Turn("Unfortunately. " * 6, "open")]).points == 0
    own = [Own("never mind", "tell me")]
    assert [mark.phrase for mark in score(SCENE, played("Never mind."), own=own).unsaid] == ["never mind"]


def test_a_case_without_a_scene_of_its_own_has_the_first() -> None:
    first = next(iter(scenes().values()))
    assert scene_for(None) is first
    assert all(cause in scene_for(cause).causes for scene in scenes().values() for cause in scene.causes)
    assert all(isinstance(scene_for(cause), Scene) for cause in RootCause)


# --- a client's words without who they are


@pytest.mark.parametrize(
    ("words", "names", "kept"),
    [
        ("I bought it for Anna in Rome.", [], f"I bought it for {GAP} in {GAP}."),
        ("my anna loved it", ["Anna Whitlock"], f"my {GAP} loved it"),
        ("anna's ring", ["Anna"], f"{GAP} ring"),
        ("as o\u2019neil said", ["Tom O'Neil"], f"as {GAP} said"),
        ("an anna-like ring", ["Anna"], f"an {GAP} ring"),
        ("It cost $14,800, or 13 000 EUR.", [], f"It cost {GAP} or {GAP}."),
        ("Ring me: +33 6 12 34 41 41", [], f"{GAP} me: {GAP}"),
        ("Write to cleo@client.example or https://x.example/1", [], f"{GAP} to {GAP} or {GAP}"),
        ("Order #1042 of 24/11/2026", [], f"{GAP} of {GAP}"),
        ("Thank you. We loved it. Perhaps another time.", [], "Thank you. We loved it. Perhaps another time."),
        ("It was Jean-Pierre O'Neil's idea", [], f"It was {GAP} idea"),
        ("指輪が大きい", [], ""),
        ("kept with i", ["I"], "kept with i"),
        ("", ["Anna"], ""),
    ],
)
def test_whatever_names_somebody_is_a_gap(words: str, names: list[str], kept: str) -> None:
    assert without_names(words, names) == kept


@given(
    st.text(st.characters(codec="ascii"), max_size=60),
    st.lists(st.from_regex(r"[a-z]{3,8}", fullmatch=True), max_size=3),
)
def test_no_figure_and_no_name_is_ever_left(words: str, names: list[str]) -> None:
    kept = without_names(" ".join([words, *names]), names)
    assert not any(sign.isdigit() for sign in kept) and not set(kept.lower().split()) & set(names)


# --- a house's own phrases


@pytest.mark.parametrize(
    ("own", "text", "found"),
    [
        ("final call", "This is the FINAL\n call.", ["FINAL\n call"]),
        ("final call", "The finals called.", []),
        ("sparkl*", "Sparkling sparkles, a sparkl", ["Sparkling", "sparkles", "sparkl"]),
        ("idée reçue", "Une idee  recue", ["idee  recue"]),
        ("花火", "今夜花火です", ["花火"]),
        ("1+1", "It is 1+1 today", ["1+1"]),
        ("c'est tout", "C\u2019est tout", ["C\u2019est tout"]),
    ],
)
def test_a_houses_own_phrase_is_found_as_people_type_it(own: str, text: str, found: list[str]) -> None:
    made = [mark.words for mark in marks(text, own=[Own(own, "better")]) if mark.language == "own"]
    assert made == found


@pytest.mark.parametrize(("words", "is_one"), [("*", False), ("", False), (" .!", False), ("a", True), ("特", True)])
def test_signs_alone_are_no_phrase(words: str, is_one: bool) -> None:
    assert is_phrase(words) is is_one


@pytest.mark.parametrize("locale", ["en", "fr", "de", "it", "es", "ja", "zh", "ar"])
def test_of_who_takes_no_returns_any_more_nobody_is_told_that_they_left(locale: str) -> None:
    names: dict[str, Any] = {"owner": "Bob", "advisor": "Inès", "day": "", "locale": locale}
    here = introduce(WhyNot.LEFT, gone=False, **names)
    assert "Bob" not in here and "Inès" in here and "Bob" in introduce(WhyNot.LEFT, **names)
