"""Countries, and the groups of them a rule may name. Pure. Membership as of November 2026, by each group's own list."""

from babel.core import Locale

COUNTRY_NAMES: dict[str, str] = {
    code: name
    for code, name in Locale.parse("en").territories.items()
    if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "QO", "ZZ", "XA", "XB")
}
EU = frozenset(
    {
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    }
)
MARKETS: dict[str, frozenset[str]] = {
    "European Union": EU,
    "European Economic Area": EU | {"IS", "LI", "NO"},
    "United Kingdom": frozenset({"GB"}),
    "United States": frozenset({"US"}),
    "North America": frozenset({"US", "CA", "MX"}),
    "Gulf": frozenset({"AE", "BH", "KW", "OM", "QA", "SA"}),
    "Greater China": frozenset({"CN", "HK", "MO", "TW"}),
    "Japan": frozenset({"JP"}),
}
