"""Net relationship value compared by chance: of a household invited, less of one with today's flow. Pure.

Asked second, and answered only where the registered question is: so both together err no more often than the first
alone. Until it is answered, net relationship value is modelled.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, variance

from measures.comparing import Difference, Verdict
from measures.worth import student

LEAST = 30
"""Households in each arm below which an average of what people spend says nothing: one watch moves it."""


@dataclass(frozen=True)
class Mean:
    """What a household of one arm was worth on average, in the smallest unit; None of nobody."""

    households: int
    value: float | None


@dataclass(frozen=True)
class Compared:
    """Both arms and their difference with its interval; None where there are too few for one."""

    invited: Mean
    today: Mean
    difference: Difference | None

    def verdict(self, first: Verdict) -> Verdict:
        """What it shows, where the registered question was answered by `first`."""
        if first is Verdict.CANNOT_TELL or self.difference is None:
            return Verdict.CANNOT_TELL
        return self.difference.verdict

    def words(self, first: Verdict) -> str:
        """The sentence of the report."""
        if self.difference is None:
            return (
                f"We cannot tell what that was worth: fewer than {LEAST} households of an arm are closed. "
                "Net relationship value stays modelled."
            )
        match self.verdict(first):
            case Verdict.MORE:
                return "Inviting clients to talk led to a higher net relationship value than today's flow did."
            case Verdict.LESS:
                return "Inviting clients to talk led to a lower net relationship value than today's flow did."
        if self.difference.verdict is not Verdict.CANNOT_TELL:
            return (
                "We cannot tell what that was worth: this second question is answered only where the registered one "
                "is. Net relationship value stays modelled."
            )
        return (
            "We cannot tell what that was worth: the difference may as well be chance. "
            "Net relationship value stays modelled."
        )


def compare_worth(invited: Sequence[float], today: Sequence[float]) -> Compared:
    """Welch's interval for the difference of two averages: the arms may differ in how much households differ."""
    means = [Mean(len(nets), fmean(nets) if nets else None) for nets in (invited, today)]
    if min(len(invited), len(today)) < LEAST:
        return Compared(means[0], means[1], None)
    errors = [variance(nets) / len(nets) for nets in (invited, today)]
    value, error = fmean(invited) - fmean(today), sum(errors)
    if not error:
        return Compared(means[0], means[1], Difference(value, value, value))
    apart = sum(one * one / (len(nets) - 1) for one, nets in zip(errors, (invited, today), strict=True))
    width = student(math.floor(error * error / apart)) * math.sqrt(error)
    return Compared(means[0], means[1], Difference(value, value - width, value + width))
