"""Finding what is better left unsaid. Pure: text in, marks out, in whichever of the seven languages it is written.

Every text is looked at in all languages, because an advisor writes in the client's and quotes in the house's own.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from consults.unsaid import chinese, english, french, german, italian, japanese, spanish

LANGUAGES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "en": english.PHRASES,
    "fr": french.PHRASES,
    "it": italian.PHRASES,
    "de": german.PHRASES,
    "es": spanish.PHRASES,
    "ja": japanese.PHRASES,
    "zh": chinese.PHRASES,
}
OWN = "own"
UNSPACED = ("ja", "zh")
SAME = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‐": "-", "‑": "-", "–": "-", "ı": "i"})
TWO_LETTERS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "œ": "oe", "æ": "ae"}
MOST_SIGNS = 4000
_SIGN = re.compile(r"[\s\S][\u0300-\u036f\u3099\u309a]*")


@dataclass(frozen=True)
class Mark:
    """A phrase better left unsaid: [start, end) in the text as it was given, and a line to say instead."""

    start: int
    end: int
    words: str
    phrase: str
    language: str
    better: str


@dataclass(frozen=True)
class Own:
    """A house's own phrase, in plain words, and what to say instead. An asterisk at its end stands for any ending."""

    words: str
    better: str


@dataclass(frozen=True)
class _Folded:
    """A text with small letters and no accents, and where each of its signs stood."""

    text: str
    at: Sequence[int]


def marks(text: str, *, exempt: Iterable[str] = (), own: Iterable[Own] = ()) -> list[Mark]:
    """What is better left unsaid in `text`, in order, none over another. Inside a passage of `exempt` nothing counts.

    German is looked at with its umlauts as two letters, the others with plain ones.
    """
    text = text[:MOST_SIGNS]
    plain, german_ = _fold(text, {}), _fold(text, TWO_LETTERS)
    spared = [span for passage in exempt if passage.strip() for span in _spans(plain, passage)]
    found = [
        mark
        for language, phrases in _COMPILED.items()
        for phrase, (pattern, better) in phrases.items()
        for mark in _found(text, german_ if language == "de" else plain, pattern, (phrase, language, better))
        if not any(start <= mark.start and mark.end <= end for start, end in spared)
    ]
    for phrase in own:
        found += _found(text, plain, _own(phrase.words), (phrase.words, OWN, phrase.better))
    return _apart(sorted(found, key=lambda mark: (mark.start, mark.start - mark.end)))


def is_phrase(words: str) -> bool:
    """Whether there is something in it to look for."""
    return any(sign.isalnum() for sign in words)


@cache
def _own(words: str) -> re.Pattern[str]:
    """Its words as they stand, whatever is between them. A script without spaces knows no ends of words."""
    folded = _fold(words.rstrip("*"), {}).text.strip()
    pattern = r"\s+".join(map(re.escape, folded.split()))
    pattern += r"\w*" if words.endswith("*") else ""
    begins = r"(?<![\w'])" if folded[:1].isascii() else ""
    ends = r"(?!\w)" if folded[-1:].isascii() else ""
    return re.compile(f"{begins}(?:{pattern}){ends}")


def _found(text: str, folded: _Folded, pattern: re.Pattern[str], about: tuple[str, str, str]) -> Iterable[Mark]:
    for match in pattern.finditer(folded.text):
        start, end = folded.at[match.start()], folded.at[match.end() - 1] + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        yield Mark(start, end, text[start:end], *about)


def _spans(folded: _Folded, passage: str) -> Iterable[tuple[int, int]]:
    """Where a passage stands in the text, whatever its white space and its capitals."""
    words = _fold(passage, {}).text.split()
    for match in re.finditer(r"\s+".join(map(re.escape, words)), folded.text):
        yield folded.at[match.start()], folded.at[match.end() - 1] + 1


def _apart(found: Iterable[Mark]) -> list[Mark]:
    kept: list[Mark] = []
    for mark in found:
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


def _fold(text: str, letters: Mapping[str, str]) -> _Folded:
    signs: list[str] = []
    at: list[int] = []
    for match in _SIGN.finditer(text):
        for one in _plain(unicodedata.normalize("NFC", match.group()), letters):
            signs.append(one)
            at.append(match.start())
    return _Folded("".join(signs), at)


def _plain(sign: str, letters: Mapping[str, str]) -> str:
    """One sign with the marks typed after it, as the phrases are written: Latin letters bare, kana whole."""
    sign = sign.lower().translate(SAME)
    if sign in letters:
        return letters[sign]
    if sign.isspace():
        return " "
    base = unicodedata.normalize("NFKD", sign)
    return base[0] if base[:1].isascii() and base else sign[:1]


def _compile(language: str, phrases: Mapping[str, tuple[str, str]]) -> dict[str, tuple[re.Pattern[str], str]]:
    made = {}
    for name, (pattern, better) in phrases.items():
        if language not in UNSPACED:
            spaced = pattern.replace(" ", r"\s+")
            pattern = rf"(?<![\w'])(?:{spaced})(?!\w)"
        made[name] = (re.compile(pattern), better)
    return made


_COMPILED = {language: _compile(language, phrases) for language, phrases in LANGUAGES.items()}
