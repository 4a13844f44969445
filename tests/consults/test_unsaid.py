"""What is better left unsaid: where it stands in a text, what to say instead, and what is spared."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consults.unsaid.checking import LANGUAGES, marks
from consults.unsaid.statutory import PASSAGES

SAID = [line.split("\t") for line in Path(__file__).with_name("unsaid_sentences.txt").read_text().splitlines()]
INNOCENT = [line.split("\t")[1] for line in Path(__file__).with_name("innocent_sentences.txt").read_text().splitlines()]


def test_every_language_knows_the_same_phrases_each_with_a_better_line() -> None:
    assert len({frozenset(phrases) for phrases in LANGUAGES.values()}) == 1
    for phrases in LANGUAGES.values():
        assert all(better.strip() and not marks(better) for _, better in phrases.values())


@pytest.mark.parametrize("written", ["NFC", "NFD", "NFKC"])
def test_however_accents_are_typed_the_phrase_is_found(written) -> None:
    for language, phrase, sentence in SAID:
        found = marks(unicodedata.normalize(written, sentence))
        assert (language, phrase) in {(mark.language, mark.phrase) for mark in found}, sentence


def test_capitals_missing_accents_curly_apostrophes_and_line_ends_hide_nothing() -> None:
    for text in (
        "OUR  POLICY",
        "our\npolicy",
        "Vous auriez du le dire",
        "LEIDER",
        "Rueckgaberichtlinie",
        "Depechez-vous",
    ):
        assert marks(text), text
    assert marks("I\u2019m afraid we cannot") and marks("nos bons d\u2019achat")


def test_a_phrase_inside_a_longer_word_is_none() -> None:
    for text in ("policyholder", "Leiderdorp", "unfortunatelyness", "malheureusementx"):
        assert marks(text) == [], text


def test_two_phrases_are_two_marks_in_their_order() -> None:
    text = "Unfortunately it is final sale. Let me check with my manager."
    assert [text[mark.start : mark.end] for mark in marks(text)] == [
        "Unfortunately", "final sale", "check with my manager",
    ]  # fmt: skip


def test_a_passage_the_law_gives_is_spared_and_the_words_around_it_are_not() -> None:
    for passage in PASSAGES:
        assert marks(passage, exempt=PASSAGES) == [], passage
    marked = [passage for passage in PASSAGES if marks(passage)]
    assert len(marked) >= 2, "else sparing them would mean nothing"
    for passage in marked:
        found = marks(f"Leider. {passage} Our policy.", exempt=PASSAGES)
        assert [mark.words for mark in found] == ["Leider", "Our policy"]


@given(st.text(max_size=200))
def test_any_text_is_read_and_each_mark_is_where_it_says(text: str) -> None:
    end = 0
    for mark in marks(text):
        assert end <= mark.start < mark.end <= len(text)
        assert text[mark.start : mark.end] == mark.words
        end = mark.end


@given(st.sampled_from(SAID), st.sampled_from(INNOCENT), st.sampled_from(INNOCENT))
def test_a_phrase_is_found_wherever_in_a_letter_it_stands(said, before, after) -> None:
    language, phrase, sentence = said
    text = f"{before} {sentence} {after}"
    found = [mark for mark in marks(text) if (mark.language, mark.phrase) == (language, phrase)]
    assert found and all(mark.start >= len(before) and mark.end <= len(before) + 1 + len(sentence) for mark in found)
