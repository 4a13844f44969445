"""Money in minor units with its currency. Amounts travel as strings and are never floats."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision

LETTERS_BEFORE_FIGURES = re.compile(r"(?<=[A-Za-z])(?=\d)")


@dataclass(frozen=True, order=True)
class Money:
    """`cents` counts the currency's smallest unit: yen for JPY, cents for USD. `currency` is ISO 4217."""

    cents: int
    currency: str

    @classmethod
    def parse(cls, amount: str, currency: str) -> "Money":
        """From a provider's decimal string, "14800.00". Raises ValueError when it is not a number."""
        try:
            value = Decimal(amount)
            scaled = value.scaleb(get_currency_precision(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
            return cls(int(scaled), currency)
        except (InvalidOperation, TypeError, ValueError, OverflowError):
            raise ValueError(f"not an amount: {amount!r}") from None

    @property
    def amount(self) -> str:
        """The decimal string providers expect, "14800.00"."""
        digits = get_currency_precision(self.currency)
        return f"{Decimal(self.cents).scaleb(-digits):.{digits}f}"

    def show(self, locale: str = "en") -> str:
        """For a reader: "$14,800", with the fraction only where there is one. A locale nobody knows reads English."""
        value, known = Decimal(self.amount), _known(locale)
        if value != value.to_integral_value():
            return spaced(format_currency(value, self.currency, locale=known))
        pattern = known.currency_formats["standard"].pattern.replace(".00", "")
        return spaced(format_currency(value, self.currency, format=pattern, locale=known, currency_digits=False))

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return Money(self.cents + other.cents, self.currency)


def spaced(shown: str) -> str:
    """ "CHF 5,000" for "CHF5,000": CLDR puts a blank between letters and figures, which Babel leaves out."""
    return LETTERS_BEFORE_FIGURES.sub("\xa0", shown)


def _known(locale: str) -> Locale:
    try:
        return Locale.parse(locale.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale.parse("en")
