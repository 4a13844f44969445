"""Amounts as people type them: "5,000", "5.000", "5 000,50", "5'000.50", "€ 5,000"."""

import re
from decimal import Decimal

from babel.numbers import get_currency_precision, get_currency_symbol

from kit.money import Money

BLANKS = re.compile(r"[\s'’ʼ`]")  # what groups thousands and never marks a fraction
UNCLEAR = "Write the amount in figures, for example 5000."
LARGEST = 10**15


def read_amount(text: str, currency: str) -> Money:
    """The one amount somebody can have meant, whichever way their country writes thousands and fractions.

    Three digits after a single point or comma are thousands where the currency has no such fraction: "5.000" typed in
    Zurich and "5,000" typed in Boston are both five thousand. Raises ValueError with the sentence to show: no figure at
    all, below zero, a fraction the currency has not, or two amounts it could be ("5,000" dinars).
    """
    plain = _without_currency(text, currency)
    if plain.startswith(("-", "−")):
        raise ValueError("An amount cannot be below zero.")
    digits = get_currency_precision(currency)
    whole, fraction = _halves(plain, digits)
    if not (whole + fraction).isascii() or not (whole + fraction).isdigit() or not whole or len(whole) > 40:
        raise ValueError(UNCLEAR)
    if len(fraction.rstrip("0")) > digits:
        near = Money.parse(f"{whole}.{fraction}", currency).amount
        raise ValueError(f"{currency} has no such fraction. Write {near}, for example.")
    money = Money(int(Decimal(f"{whole}.{fraction or '0'}").scaleb(digits)), currency)
    if money.cents >= LARGEST:
        raise ValueError("That amount is larger than any order.")
    return money


def _without_currency(text: str, currency: str) -> str:
    plain = BLANKS.sub("", text)
    for name in (currency, get_currency_symbol(currency, "en")):
        plain = plain.removeprefix(name).removesuffix(name)
    return plain


def _halves(plain: str, digits: int) -> tuple[str, str]:
    """Before and after the mark of the fraction, thousands put together. Raises ValueError where it can't be told."""
    marks = [letter for letter in plain if letter in ".,"]
    if not marks:
        return plain, ""
    if len(set(marks)) == 1 and (len(marks) > 1 or _are_thousands(plain, marks[0], digits)):
        return _together(plain.split(marks[0])), ""
    if marks.count(marks[-1]) > 1:
        raise ValueError(UNCLEAR)
    whole, _, fraction = plain.rpartition(marks[-1])
    return _together(whole.split(marks[0])) if len(marks) > 1 else whole or "0"[: len(fraction)], fraction


def _are_thousands(plain: str, mark: str, digits: int) -> bool:
    """Of the one mark there is."""
    before, _, after = plain.partition(mark)
    if len(after) != 3 or not 1 <= len(before) <= 3 or before.startswith("0"):
        return False
    if digits == 3 and mark == ",":
        raise ValueError(f"Write {before}{after} or {before}.{after}, so that it is clear which is meant.")
    return digits < 3


def _together(groups: list[str]) -> str:
    """Thousands come in threes: "1,48,000" is no amount we would dare to read."""
    first, *others = groups
    if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in others):
        raise ValueError(UNCLEAR)
    return "".join(groups)
