"""The rules of refund_dates: a country's law from the shop's pack of countries, the house's own days and the days on
which no bank pays from packs/refund_dates.json. Dated, with their source. Pure but for reading the file.
"""

import json
from calendar import monthrange
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from logistics.pack_files import Pack, law_in
from logistics.refund_dates import SATURDAY, RefundRule, Starts

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PACK = Path(__file__).parent / "packs" / "refund_dates.json"
EURO_BANKS = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DK",
        "EE",
        "FI",
        "FR",
        "DE",
        "GR",
        "HU",
        "IE",
        "IT",
        "LV",
        "LT",
        "LU",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SK",
        "SI",
        "ES",
        "SE",
        "IS",
        "LI",
        "NO",
    ]
)
"""Where the days of T2, by which banks settle in euro, are not paid on."""


@cache
def pack() -> dict[str, Any]:
    """The file as it is."""
    found = json.loads(PACK.read_text())
    assert isinstance(found, dict)
    return found


def rule_of(country: str, laws: Pack, *, house_days: int | None = None) -> RefundRule:
    """The rule of a country, ISO 3166 alpha-2; the house's own where no law is known. `house_days` replaces ours."""
    about, days = pack(), house_days or int(pack()["house_days"])
    law = law_in(laws, country)
    if law is None or law["refund_days"] is None:
        return RefundRule(country=country, house_days=days, source=about["house_source"], dated=about["dated"])
    return RefundRule(
        country=country,
        house_days=days,
        statutory_days=law["refund_days"],
        starts=Starts.RECEIPT if law["from_receipt"] else Starts.NOTICE,
        may_wait=law["may_wait"],
        source=law["source"],
        dated=law["dated"],
    )


@cache
def holidays_of(country: str, year: int) -> frozenset[date]:
    """Days of that year and the next on which no bank there pays."""
    named = pack()["holidays"]
    days = named.get(country) or (named["EU"] if country in EURO_BANKS else [])
    found = {_day(words, y) for y in (year, year + 1) for words in days}
    moved = pack()["kept_later"].get(country, [])
    for day in sorted(found):
        if day.weekday() in moved:
            found.add(_next_free(day, found))
    return frozenset(found)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the anonymous algorithm (Nature, 20 April 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _day(words: str, year: int) -> date:
    if words.startswith("easter"):
        return easter(year) + timedelta(days=int(words.removeprefix("easter")))
    month, day = words.split("-", 1)
    if day[:3] in WEEKDAYS:
        return _nth(year, int(month), WEEKDAYS.index(day[:3]), int(day[3:]))
    return date(year, int(month), int(day))


def _nth(year: int, month: int, weekday: int, n: int) -> date:
    """The nth such weekday of a month; -1 is the last."""
    days = [date(year, month, 1) + timedelta(days=d) for d in range(monthrange(year, month)[1])]
    fitting = [day for day in days if day.weekday() == weekday]
    return fitting[n - 1] if n > 0 else fitting[n]


def _next_free(day: date, taken: set[date]) -> date:
    while day.weekday() >= SATURDAY or day in taken:
        day += timedelta(days=1)
    return day
