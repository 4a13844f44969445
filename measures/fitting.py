"""Whether a conversation about a return is worth a shop's while, by what its orders come to: pure, with the reasons."""

from dataclasses import dataclass
from enum import StrEnum

from kit.money import Money
from measures.totals import limits

FITS = 100
"""Dollars, or about as much where money counts in other sizes: below that nobody has the time for a conversation."""


class Fit(StrEnum):
    """From the average order. Wording is for a merchant."""

    DECISIVE = "decisive"
    SWEET_SPOT = "sweet spot"
    FITS = "fits"
    NOT_YET = "not for you yet"


@dataclass(frozen=True)
class Fitting:
    """What was found, and why, as sentences."""

    fit: Fit
    reasons: tuple[str, ...]


def fitting(average: Money, *, plus: bool | None) -> Fitting:
    """By plan and average order of twelve months. `plus` is None where Shopify does not say the plan."""
    mid, dear = limits(average.currency)
    least = Money(mid.cents * FITS // 500, mid.currency)
    shown = average.show()
    if plus is False:
        return Fitting(Fit.NOT_YET, ("The app is made for shops on Shopify Plus.",))
    if average.cents >= dear.cents:
        return Fitting(Fit.DECISIVE, (f"An order comes to {shown}: each return of such a piece merits a person.",))
    if average.cents >= mid.cents:
        return Fitting(Fit.SWEET_SPOT, (f"An order comes to {shown}: many returns merit a person.",))
    if average.cents >= least.cents:
        return Fitting(Fit.FITS, (f"An order comes to {shown}: the dearer ones merit a person.",))
    return Fitting(
        Fit.NOT_YET, (f"An order comes to {shown}. Below {least.show()} a conversation costs more than it can bring.",)
    )
