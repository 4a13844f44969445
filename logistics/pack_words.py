"""Which entries of a pack a text speaks of: by whole words, in any script. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from logistics.pack_files import Pack

WORD = re.compile(r"[^\W_]+")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")  # kana and Chinese characters


def matches(pack: Pack, texts: list[str]) -> tuple[str, ...]:
    """Keys of the entries of which a word stands, whole, in one of `texts`. In the pack's order."""
    spaced = [_spaced(text) for text in texts if text]

    def holds(entry: Mapping[str, Any]) -> bool:
        return any(_stands_in(_spaced(word), text) for word in entry["words"] for text in spaced)

    return tuple(entry["key"] for entry in pack.entries if holds(entry))


def _spaced(text: str) -> str:
    """Its words with a space between and around, however they were joined and however their accents are stored."""
    return f" {' '.join(WORD.findall(unicodedata.normalize('NFKC', text).casefold()))} "


def _stands_in(word: str, text: str) -> bool:
    """Whole; but where a script writes its words without spaces, anywhere."""
    bare = word.strip()
    return bool(bare) and (word in text or (UNSPACED.search(bare) is not None and bare in text))
