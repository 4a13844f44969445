"""Groups of countries a rule may name. Pure. Membership as of November 2026, by each group's own list."""

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
