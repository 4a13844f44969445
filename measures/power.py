"""How many cases a comparison needs before it can tell: pure, the usual formula for two shares."""

import math
from statistics import NormalDist

ALPHA = 0.05
POWER = 0.8
MOST = 1_000_000


def needed(before: float, after: float, *, alpha: float = ALPHA, power: float = POWER) -> int:
    """Cases in each arm, so that a change from `before` to `after` (0 to 1) is found in `power` of all pilots.

    Raises ValueError for shares that are the same, or are none.
    """
    if not (0 <= before <= 1 and 0 <= after <= 1) or before == after:
        raise ValueError("Two different shares between 0 and 1 are needed.")
    z, z_power = NormalDist().inv_cdf(1 - alpha / 2), NormalDist().inv_cdf(power)
    both = (before + after) / 2
    apart = math.sqrt(before * (1 - before) + after * (1 - after))
    root = z * math.sqrt(2 * both * (1 - both)) + z_power * apart
    return math.ceil((root / (after - before)) ** 2)


def smallest_found(before: float, cases: int) -> float | None:
    """The smallest share above `before` that `cases` in each arm would find; None where not even all would be."""
    low, high = before, 1.0
    if before >= 1 or cases < 1 or needed(before, 1.0) > cases:
        return None
    for _ in range(40):
        middle = (low + high) / 2
        if middle > before and needed(before, middle) <= cases:
            high = middle
        else:
            low = middle
    return high
