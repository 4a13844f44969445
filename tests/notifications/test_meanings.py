"""What a short text means, as telephones of every kind write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.meanings import HELP, NOT_TODAY, START, STOP, STOP_ELSEWHERE, TAKE, Meaning, read

WORDS = [
    *((word, Meaning.TAKE) for word in sorted(TAKE)),
    *((word, Meaning.NOT_TODAY) for word in sorted(NOT_TODAY)),
    *((word, Meaning.STOP) for word in sorted(STOP | STOP_ELSEWHERE)),
    *((word, Meaning.START) for word in sorted(START)),
    *((word, Meaning.HELP) for word in sorted(HELP)),
]


@pytest.mark.parametrize(
    ("body", "meaning"),
    [
        pytest.param("１", Meaning.TAKE, id="a full-width figure, as a Japanese keyboard writes it"),
        pytest.param("ＳＴＯＰ", Meaning.STOP, id="full-width letters"),
        pytest.param("arre\u0302t", Meaning.STOP, id="an accent that is a sign of its own"),
        pytest.param("停止。", Meaning.STOP, id="with the full stop of Japan and China"),
        pytest.param("« Stop »", Meaning.STOP, id="in French quotation marks"),
        pytest.param("“stop”…", Meaning.STOP, id="in curly ones, trailing off"),
        pytest.param("Stop 🙏", Meaning.STOP, id="with a sign of thanks"),
        pytest.param("¡Baja!", Meaning.STOP, id="between two exclamation marks"),
        pytest.param("إيقاف؟", Meaning.STOP, id="with an Arabic question mark"),
        pytest.param("\u200fتوقف", Meaning.STOP, id="behind a sign for the direction"),
        pytest.param("_take it_", Meaning.TAKE, id="underlined by hand"),
        pytest.param("Not\n today", Meaning.NOT_TODAY, id="over two lines"),
        pytest.param("Please stop", Meaning.UNCLEAR, id="a sentence is read by a person"),
        pytest.param("don't stop", Meaning.UNCLEAR, id="and so is its opposite"),
        pytest.param("1.5", Meaning.UNCLEAR, id="not every number that begins with one"),
        pytest.param("...", Meaning.UNCLEAR, id="signs alone"),
    ],
)
def test_a_word_is_known_in_whatever_dress_it_comes(body: str, meaning: Meaning) -> None:
    assert read(body) is meaning


@given(st.sampled_from(WORDS), st.sampled_from(["", " ", "!", "。", '"', "\n"]), st.booleans())
def test_each_word_means_the_same_in_capitals_and_between_signs(
    word: tuple[str, Meaning], around: str, capitals: bool
) -> None:
    said, meaning = word
    assert read(f"{around}{said.upper() if capitals else said}{around}") is meaning


@pytest.mark.parametrize(
    ("told", "meaning"),
    [
        ("STOP", Meaning.STOP),
        (" start ", Meaning.START),
        ("Help", Meaning.HELP),
        ("", Meaning.TAKE),
        ("?", Meaning.TAKE),
    ],
)
def test_what_the_network_made_of_it_counts_before_the_words(told: str, meaning: Meaning) -> None:
    assert read("1", told) is meaning
