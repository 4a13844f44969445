"""How pieces are received, as a merchant writes it: two people, wear, and where the carrier comes to the door. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from kit.amounts import read_amount
from kit.countries import country_names

MOST_CENTS = 10**14
PERCENT = re.compile(r"[0-9]{1,3}")
FIELDS = ("two_people", "most_deducted_percent", "collects_in")


def read_receiving(form: Mapping[str, str], currency: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What the form holds, as columns of the policy, and a sentence for each field to correct.

    A form without these fields changes none of them: a page that was open since before they were there.
    """
    if not any(name in form for name in FIELDS):
        return {}, {}
    wrongs: dict[str, str] = {}
    above = _amount(form.get("two_people", ""), currency)
    if above is None:
        wrongs["two_people"] = "Write a value in figures, for example 100000. 0 means every piece."
    percent = form.get("most_deducted_percent", "").strip()
    if not PERCENT.fullmatch(percent) or int(percent) > 100:
        wrongs["most_deducted_percent"] = "Write a whole number from 0 to 100."
    codes = [code.strip().upper() for code in form.get("collects_in", "").split(",") if code.strip()]
    if unknown := next((code for code in codes if code not in country_names()), None):
        wrongs["collects_in"] = f"“{unknown[:20]}” is no country. Write two letters each, for example FR, CH."
    if wrongs or above is None:
        return {}, wrongs
    return {
        "two_people_cents": above,
        "most_deducted_percent": int(percent),
        "collects": "collects" in form,
        "collects_in": list(dict.fromkeys(codes)),
    }, {}


def countries_in_words(codes: Iterable[str]) -> str:
    """ "FR, CH" as it is typed in."""
    return ", ".join(codes)


def _amount(text: str, currency: str) -> int | None:
    try:
        cents = read_amount(text, currency).cents
    except ValueError:
        return None
    return cents if 0 <= cents < MOST_CENTS else None
