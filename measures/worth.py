"""What looking after a return is worth: margin on what follows, less what the return cost. Pure.

It is modelled from the merchant's own cost inputs, and says nothing about what would have happened otherwise.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from statistics import NormalDist

from measures.comparing import CONFIDENCE

HABITS = (0, 5, 10, 20)
"""Per cent of later orders that come back beyond those that did, because returning was made pleasant."""


@dataclass(frozen=True)
class Costs:
    """The merchant's inputs. Amounts in the smallest unit, shares in hundredths of a per cent."""

    margin_share: int = 5_000
    parcel_cents: int = 4_500
    cover_share: int = 35
    bench_cents: int = 12_000
    minute_cents: int = 100
    gesture_cents: int = 0
    markdown_share: int = 0
    referral_cents: int = 0


DEFAULTS = Costs()


@dataclass(frozen=True)
class Sums:
    """Of closed returns of one kind, added up. `given_cents`: gestures and ways of the catalogue, as written down."""

    returns: int = 0
    back_cents: int = 0
    later_orders: int = 0
    later_cents: int = 0
    minutes: int = 0
    parcels: int = 0
    reworks: int = 0
    travelled_cents: int = 0
    given_cents: int = 0


@dataclass(frozen=True)
class Worth:
    """Each term on its own; costs are negative. The total is their sum."""

    later_margin: int
    referral: int
    parcels: int
    cover: int
    bench: int
    minutes: int
    gestures: int
    markdown: int

    @property
    def total(self) -> int:
        """Net relationship value."""
        return sum(getattr(self, field.name) for field in fields(self))

    @property
    def cost(self) -> int:
        """What the returns cost, as a positive amount."""
        return self.later_margin + self.referral - self.total


def worth(sums: Sums, costs: Costs = DEFAULTS, *, assisted: bool = True) -> Worth:
    """Gestures are those written down; besides them and for referrals, the merchant's averages for an assisted case."""
    cases = sums.returns if assisted else 0
    return Worth(
        later_margin=_part(sums.later_cents, costs.margin_share),
        referral=cases * costs.referral_cents,
        parcels=-sums.parcels * costs.parcel_cents,
        cover=-_part(sums.travelled_cents, costs.cover_share),
        bench=-sums.reworks * costs.bench_cents,
        minutes=-sums.minutes * costs.minute_cents,
        gestures=-sums.given_cents - cases * costs.gesture_cents,
        markdown=-_part(sums.back_cents, costs.markdown_share),
    )


LEAST_DAYS = 10
"""Days with closings without which no interval is given."""


@dataclass(frozen=True)
class Each:
    """Net value of one return on average, with its interval, in the smallest unit; of so many days."""

    value: float
    low: float
    high: float
    days: int


def each(days: Sequence[Sums], costs: Costs = DEFAULTS, *, assisted: bool = True) -> Each | None:
    """The average of one return, from the sums of each day of closing; None of fewer than LEAST_DAYS such days.

    A day is a cluster: returns that close together are alike, and their days differ by chance. The variance is the
    usual one of a ratio of two totals, the interval Student's with days less one.
    """
    those = [day for day in days if day.returns]
    count, cases = len(those), sum(day.returns for day in those)
    if count < LEAST_DAYS:
        return None
    nets = [net(day, costs, assisted=assisted) for day in those]
    mean = sum(nets) / cases
    spread = sum((value - mean * day.returns) ** 2 for value, day in zip(nets, those, strict=True))
    width = student(count - 1) * math.sqrt(count / (count - 1) * spread) / cases
    return Each(mean, mean - width, mean + width, count)


def net(sums: Sums, costs: Costs, *, assisted: bool) -> float:
    """What `worth` adds up, unrounded."""
    shares = sums.later_cents * costs.margin_share - sums.back_cents * costs.markdown_share
    shares -= sums.travelled_cents * costs.cover_share
    apiece = sums.returns * (costs.referral_cents - costs.gesture_cents) if assisted else 0
    work = sums.parcels * costs.parcel_cents + sums.reworks * costs.bench_cents + sums.minutes * costs.minute_cents
    return shares / 10_000 + apiece - work - sums.given_cents


def student(freedom: int, confidence: float = CONFIDENCE) -> float:
    """Student's quantile, both tails, by Cornish and Fisher's series: within 0.001 from nine degrees of freedom on."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def with_habit(found: Worth, sums: Sums, percent: int) -> int:
    """The total if `percent` of later orders came back besides, each at the cost of a return of now."""
    if not sums.returns:
        return 0
    lost = _part(found.later_margin, percent * 100)
    more = Decimal(sums.later_orders * percent) / 100 * Decimal(found.cost) / sums.returns
    return found.total - lost - int(more.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _part(cents: int, share: int) -> int:
    return int((Decimal(cents) * share / 10_000).quantize(Decimal(1), rounding=ROUND_HALF_UP))
