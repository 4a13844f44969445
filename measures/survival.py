"""How soon something happens to people of whom some have not been watched for long: Kaplan and Meier's curve. Pure.

Who has not bought yet is "not yet", and never "no": they count among those at risk for as long as they were watched.
Days are whole; on one day those who bought are counted before those whose watching ends.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Point:
    """One day of the curve. `share`: how many have bought by then, 0 to 1, with its interval, of `at_risk`."""

    day: float
    at_risk: int
    bought: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Curve:
    """The points at which somebody was watched to the end or bought, earliest first."""

    points: tuple[Point, ...]
    people: int

    def by(self, day: float) -> Point | None:
        """The curve at that day; None where nobody was watched that long, and it therefore cannot be told."""
        if not self.points or (self.points[-1].day < day and self.points[-1].share < 1):
            return None
        begun = Point(0, self.people, 0, 0.0, 0.0, 0.0)
        return next((point for point in reversed(self.points) if point.day <= day), begun)


def curve(bought: Mapping[float, int], not_yet: Mapping[float, int], *, confidence: float = CONFIDENCE) -> Curve:
    """Of day -> how many bought then, and day -> how many were watched until then and have not.

    The interval is Greenwood's variance on the log-log scale, which stays between 0 and 1. Before the first purchase,
    and once all have bought, that scale has no width, and the interval is the point.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    people = at_risk = sum(bought.values()) + sum(not_yet.values())
    left, spread, points = 1.0, 0.0, []
    for day in sorted({day for counts in (bought, not_yet) for day, count in counts.items() if count}):
        events = bought.get(day, 0)
        left *= 1 - events / at_risk
        spread += events / (at_risk * (at_risk - events)) if at_risk > events else 0.0
        low, high = _log_log(left, spread, z)
        points.append(Point(day, at_risk, events, 1 - left, 1 - high, 1 - low))
        at_risk -= events + not_yet.get(day, 0)
    return Curve(tuple(points), people)


def _log_log(left: float, spread: float, z: float) -> tuple[float, float]:
    if not 0 < left < 1:
        return left, left
    width = z * math.sqrt(spread) / abs(math.log(left))
    return left ** math.exp(width), left ** math.exp(-width)
