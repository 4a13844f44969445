"""Shares with their intervals, and whether one is more than another: pure.

Wilson's interval for one share, Newcombe's hybrid of two for their difference: both keep their word with few cases.
A difference is only claimed where the interval leaves nothing out on one side of zero.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

CONFIDENCE = 0.95


class Verdict(StrEnum):
    """What two shares show."""

    MORE = "more"
    LESS = "less"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class Share:
    """`count` of `of`."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """0 to 1; None of nobody."""
        return self.count / self.of if self.of else None

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Wilson's; all of 0 to 1 where nobody was seen."""
        if not self.of:
            return 0.0, 1.0
        z = _z(confidence)
        share, base = self.count / self.of, 1 + z * z / self.of
        middle = share + z * z / (2 * self.of)
        width = z * math.sqrt(share * (1 - share) / self.of + z * z / (4 * self.of * self.of))
        return max(0.0, (middle - width) / base), min(1.0, (middle + width) / base)


@dataclass(frozen=True)
class Difference:
    """`value` is the first share less the second, None where one of them has nobody."""

    value: float | None
    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        """Whether the first is more, less, or it cannot be told."""
        if self.low > 0:
            return Verdict.MORE
        return Verdict.LESS if self.high < 0 else Verdict.CANNOT_TELL


def compare(one: Share, other: Share, *, confidence: float = CONFIDENCE) -> Difference:
    """The first share less the second, with Newcombe's interval (1998, method 10)."""
    p, q = one.value, other.value
    if p is None or q is None:
        return Difference(None, -1.0, 1.0)
    (p_low, p_high), (q_low, q_high) = one.interval(confidence), other.interval(confidence)
    low = p - q - math.hypot(p - p_low, q_high - q)
    high = p - q + math.hypot(p_high - p, q - q_low)
    return Difference(p - q, low, high)


@dataclass(frozen=True)
class Ratio:
    """`count` for each of `other`, as exchanges for each refund."""

    count: int
    other: int

    @property
    def value(self) -> float | None:
        """None where there is nothing to divide by."""
        return self.count / self.other if self.other else None

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """From the share's interval; up to infinity where there is nothing to divide by."""
        low, high = Share(self.count, self.count + self.other).interval(confidence)
        return _odds(low), _odds(high) if self.other else math.inf


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else math.inf


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)
