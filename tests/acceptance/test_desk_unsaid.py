"""Issue 7, the phrase check: each phrase in seven languages, with inflections, and none in 200 innocent sentences."""

from pathlib import Path

import pytest

from consults.unsaid.checking import LANGUAGES, marks

KEPT = Path(__file__).parents[1] / "consults"
SAID = [line.split("\t") for line in (KEPT / "unsaid_sentences.txt").read_text().splitlines()]
INNOCENT = [line.split("\t") for line in (KEPT / "innocent_sentences.txt").read_text().splitlines()]


@pytest.mark.parametrize("language", ["en", "fr", "it", "de", "es", "ja", "zh"])
def test_each_phrase_is_found_with_its_inflections(language: str) -> None:
    mine = [(phrase, sentence) for spoken, phrase, sentence in SAID if spoken == language]
    assert {phrase for phrase, _ in mine} == set(LANGUAGES[language]), "a sentence at least for each phrase"
    for phrase, sentence in mine:
        assert (language, phrase) in {(mark.language, mark.phrase) for mark in marks(sentence)}, sentence


def test_none_is_found_in_200_innocent_sentences() -> None:
    assert len(INNOCENT) >= 200 and len({sentence for _, sentence in INNOCENT}) == len(INNOCENT)
    assert {language for language, _ in INNOCENT} == set(LANGUAGES)
    found = {sentence: [mark.words for mark in marks(sentence)] for _, sentence in INNOCENT}
    assert {sentence: words for sentence, words in found.items() if words} == {}
