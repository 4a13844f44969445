"""Figures of a pilot's second question as a reader sees them, on the page and in the PDF alike. Pure but for money."""

from measures.pilot_worth import Compared, Mean
from shopify_app.pages.admin.figure_words import Cell, signed


def mean(found: Mean, currency: str) -> Cell:
    """What a household of one arm was worth on average."""
    count = f"{found.households:,} household{'' if found.households == 1 else 's'}"
    return Cell("No figure yet" if found.value is None else signed(round(found.value), currency), count)


def apart(found: Compared, currency: str) -> str:
    """The difference with its interval: "+$120, between −$40 and +$280 in 95 of 100 such pilots"."""
    if found.difference is None or found.difference.value is None:
        return "no figure: too few households are closed"
    value, low, high = (
        signed(round(one), currency) for one in (found.difference.value, found.difference.low, found.difference.high)
    )
    return f"{value}, between {low} and {high} in 95 of 100 such pilots"
