"""The small words that go into messages, by language. Pure. Whole sentences are in notifications/templates.

A client whose language we do not write reads English, dates included.
"""

from collections.abc import Mapping

from consults.spoken import arabic, chinese, english, french, german, italian, japanese, spanish
from kit.languages import written_in

PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": english.PHRASES,
    "fr": french.PHRASES,
    "de": german.PHRASES,
    "it": italian.PHRASES,
    "es": spanish.PHRASES,
    "ja": japanese.PHRASES,
    "zh": chinese.PHRASES,
    "ar": arabic.PHRASES,
}

# By the country of a number, where it is all we know of somebody. Where several languages are spoken: English.
LANGUAGE_BY_NUMBER = {
    "fr": ("+33", "+377", "+352"),
    "de": ("+49", "+43", "+423"),
    "it": ("+39", "+378"),
    "es": ("+34", "+52", "+54", "+56", "+57", "+51", "+598", "+593", "+506", "+507"),
    "ja": ("+81",),
    "zh": ("+86",),
    "ar": ("+966", "+971", "+974", "+965", "+973", "+968", "+962", "+961", "+20"),
}


def phrase(key: str, locale: str, **values: str) -> str:
    """A phrase in the client's language."""
    return PHRASES[written_in(locale)][key].format(**values)


def language_by_number(number: str) -> str:
    """What somebody of whom we know nothing but their telephone number is most likely to read."""
    return next((code for code, begins in LANGUAGE_BY_NUMBER.items() if number.startswith(begins)), "en")
