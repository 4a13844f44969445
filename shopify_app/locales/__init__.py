"""The languages the portal speaks: a catalogue of whole sentences each, in <language>/LC_MESSAGES/portal.po.

Which languages these are, and who reads which, is said in kit/languages.py, for letters too. English stands in
the pages themselves and has no catalogue. A catalogue is read when the first page asks for it and kept as
it was read: nothing compiled lies beside it that could be older than it.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from kit.languages import ENGLISH, FROM_RIGHT, LANGUAGES, asked_for, spoken_locale

__all__ = ["ENGLISH", "FROM_RIGHT", "SPOKEN", "TRANSLATED", "catalogue", "language_of", "path_of", "spoken_locale"]

FOLDER = Path(__file__).parent


def _named(code: str) -> str:
    """A catalogue says its script, as the attribute `lang` does: "zh_Hans"."""
    script = LANGUAGES[code].script
    return f"{code}_{script}" if script else code


SPOKEN = {_named(code): language.name for code, language in LANGUAGES.items()}
TRANSLATED = tuple(language for language in SPOKEN if language != ENGLISH)


def language_of(locale: str) -> str | None:
    """Which of SPOKEN a client of that locale reads ("de-CH": "de"); None for a language we do not speak."""
    code = asked_for(locale)
    return _named(code) if code else None


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
