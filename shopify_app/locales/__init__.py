"""The languages the portal speaks: a catalogue of whole sentences each, in <language>/LC_MESSAGES/portal.po.

English stands in the pages themselves and has no catalogue. A catalogue is read when the first page asks for it and
kept as it was read: nothing compiled lies beside it that could be older than it.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.core import Locale, UnknownLocaleError

FOLDER = Path(__file__).parent
ENGLISH = "en"
# By its own name, as somebody looks for it who reads no other.
SPOKEN = {
    "en": "English",
    "fr": "Français",
    "de": "Deutsch",
    "it": "Italiano",
    "es": "Español",
    "ja": "日本語",
    "zh_Hans": "简体中文",
    "ar": "العربية",
}
TRANSLATED = tuple(language for language in SPOKEN if language != ENGLISH)
FROM_RIGHT = frozenset({"ar"})


def language_of(locale: str) -> str | None:
    """Which of SPOKEN a client of that locale reads ("de-CH": "de"); None for a language we do not speak."""
    first = locale.replace("_", "-").split("-")[0].strip().lower()
    return next((language for language in SPOKEN if language.split("_")[0] == first), None)


def spoken_locale(locale: str) -> str:
    """The locale for days and amounts beside our sentences: their own, so that hours are written as in their country.

    English where we do not speak their language. Traditional Chinese reads our simplified sentences, dates included.
    """
    language = language_of(locale)
    if language is None:
        return ENGLISH
    try:
        known = Locale.parse(locale.strip().replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return language
    return language if known.script == "Hant" else str(known)


def path_of(language: str) -> Path:
    """Where the sentences of a language stand."""
    return FOLDER / language / "LC_MESSAGES" / "portal.po"


@cache
def catalogue(language: str) -> NullTranslations:
    """The sentences of one of SPOKEN."""
    if language == ENGLISH:
        return NullTranslations()
    # With the first page in another language: an installation whose clients all read English never loads it.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with path_of(language).open("rb") as written:
        write_mo(compiled, read_po(written, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
