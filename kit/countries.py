"""Which codes are countries."""

from functools import cache

from babel.core import Locale

NO_COUNTRIES = ("EU", "EZ", "UN", "QO", "ZZ", "XA", "XB")


@cache
def country_names() -> dict[str, str]:
    """English names by ISO 3166 code. Read when first asked for: the tables behind it take four megabytes."""
    territories = Locale.parse("en").territories.items()
    return {code: name for code, name in territories if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES}
