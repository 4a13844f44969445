"""The languages the house writes and speaks, and which of them a reader asks for. Pure.

One list and one rule: letters, texts, the telephone and the portal's pages all choose here, so that nobody reads a
page in one language and the letter about it in another.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from babel.core import Locale, UnknownLocaleError


class Language(NamedTuple):
    """`name` is its own, as somebody looks for it who reads no other; `script` is ours where it is written in two."""

    name: str
    script: str = ""
    is_from_right: bool = False


ENGLISH = "en"
LANGUAGES = {
    ENGLISH: Language("English"),
    "fr": Language("Français"),
    "de": Language("Deutsch"),
    "it": Language("Italiano"),
    "es": Language("Español"),
    "ja": Language("日本語"),
    "zh": Language("简体中文", script="Hans"),
    "ar": Language("العربية", is_from_right=True),
}
HOUSE = tuple(LANGUAGES)
FROM_RIGHT = frozenset(code for code, language in LANGUAGES.items() if language.is_from_right)
TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})


def language(locale: str) -> str:
    """ "fr" of "fr-CA". Letters only: a locale comes from outside, and names a folder."""
    return "".join(sign for sign in _parts(locale)[0] if sign.isascii() and sign.isalpha())


def asked_for(locale: str) -> str | None:
    """The language of HOUSE that a reader of that locale reads: "de" of "de-AT"; None for one we don't write.

    "zh" is Simplified Chinese. Who reads Traditional is not given it unasked: Unicode's own tables do not fall back
    from one to the other either.
    """
    code = language(locale)
    return code if code in HOUSE and not _is_traditional(locale) else None


def written_in(locale: str) -> str:
    """The language of HOUSE that reader is written to in; English for a language we don't write."""
    return asked_for(locale) or ENGLISH


@lru_cache(maxsize=512)
def spoken_locale(locale: str) -> str:
    """The locale for days and sums beside our sentences, "fr_CH": as in their country where we write its language.

    The language alone where nobody knows such a country; English where we don't write the language, dates included.
    """
    code = written_in(locale)
    try:
        return str(Locale.parse(locale.strip().replace("-", "_"))) if asked_for(locale) else code
    except (ValueError, UnknownLocaleError):
        return code


def first_asked_for(locales: Iterable[str]) -> str:
    """The first of a reader's locales, the dearest first, whose language we write; "" for none.

    A browser adds "zh" to "zh-TW" of itself: behind a locale of Traditional Chinese it is no wish for Simplified.
    """
    is_traditional = False
    for locale in locales:
        is_traditional = is_traditional or _is_traditional(locale)
        if asked_for(locale) and not (is_traditional and _parts(locale) == ["zh"]):
            return locale
    return ""


def _is_traditional(locale: str) -> bool:
    first, *rest = _parts(locale)
    return first == "zh" and "hans" not in rest and not TRADITIONAL.isdisjoint(rest)


def _parts(locale: str) -> list[str]:
    return locale.strip().lower().replace("_", "-").split("-")
