"""The languages the house writes in, and which of them a reader's locale asks for. Pure."""

HOUSE = ("en", "fr", "de", "it", "es", "ja", "zh", "ar")
FROM_RIGHT = frozenset({"ar"})
TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})


def language(locale: str) -> str:
    """ "fr" of "fr-CA". Letters only: a locale comes from outside, and names a folder."""
    return "".join(sign for sign in _parts(locale)[0] if sign.isascii() and sign.isalpha())


def written_in(locale: str) -> str:
    """The language of HOUSE that reader is written to in: "de" of "de-AT"; English for a language we don't write.

    "zh" is Simplified Chinese. Who reads Traditional is not given it unasked, and is written to in English.
    """
    first, *rest = _parts(locale)
    if first == "zh" and "hans" not in rest and not TRADITIONAL.isdisjoint(rest):
        return "en"
    code = language(locale)
    return code if code in HOUSE else "en"


def spoken_locale(locale: str) -> str:
    """Their own locale where we write its language, so that days and sums are as in their country; else English."""
    return locale if written_in(locale) == language(locale) else "en"


def _parts(locale: str) -> list[str]:
    return locale.strip().lower().replace("_", "-").split("-")
