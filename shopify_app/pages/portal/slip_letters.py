"""Which letters the slip's fonts can write. What none can is left out visibly, and the slip says where it stands.

The PDF's own fonts write Latin-1. Names in Polish, Greek, Cyrillic and their like are written with a font of ours; for
Chinese, Japanese and Korean it would have to be a hundred times as large, and letters that run from right to left want
shaping, so of these the slip points to the page, which the browser prints in any.
"""

import unicodedata
from functools import cache
from pathlib import Path

FONT = Path(__file__).parents[2] / "fonts" / "DejaVuSansCondensed.ttf"
LEFT_OUT = "[\u2026]"
# Latin-1 has no such dashes and marks, but something that reads the same.
PLAIN = str.maketrans("\u2013\u2014\u2018\u2019\u201c\u201d", "--''\"\"")
FROM_RIGHT = frozenset({"R", "AL", "AN"})


def printable(text: str) -> str:
    """As the slip can write it, on one line: letters that no font has are left out, with a mark in their place."""
    composed = unicodedata.normalize("NFC", text.translate(PLAIN))
    kept: list[str] = []
    is_open = False
    for letter in "".join(_simpler(letter) for letter in composed):
        if _is_written(letter):
            kept.append(letter)
            is_open = False
        elif letter.isspace():
            kept.append(" ")
        elif not _is_silent(letter) and not is_open:
            kept.append(f" {LEFT_OUT} ")
            is_open = True
    words = " ".join("".join(kept).split())
    return words.replace(f"{LEFT_OUT} {LEFT_OUT}", LEFT_OUT).replace(f"{LEFT_OUT} ,", f"{LEFT_OUT},")


def is_plain(text: str) -> bool:
    """Whether the PDF's own fonts write all of it."""
    return all(_is_latin(letter) for letter in text)


def is_whole(text: str) -> bool:
    """Whether nothing of it was left out."""
    return LEFT_OUT not in printable(text)


def _simpler(letter: str) -> str:
    """A letter of another width or form as the one it stands for, where that can be written."""
    same = unicodedata.normalize("NFKC", letter)
    return same if not _is_written(letter) and all(_is_written(part) for part in same) else letter


def _is_written(letter: str) -> bool:
    if _is_latin(letter):
        return True
    from_right = unicodedata.bidirectional(letter) in FROM_RIGHT
    return not letter.isspace() and not _is_silent(letter) and not from_right and ord(letter) in letters()


def _is_latin(letter: str) -> bool:
    return letter.encode("latin-1", "ignore") != b"" and letter.isprintable()


def _is_silent(letter: str) -> bool:
    """Marks that print nothing: controls, joiners, variation selectors, directions."""
    return unicodedata.category(letter) in ("Cc", "Cf", "Mn", "Me")


@cache
def letters() -> frozenset[int]:
    """The code points of our font."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # with the first slip that needs it

    with TTFont(FONT, lazy=True) as font:
        return frozenset(font.getBestCmap())
