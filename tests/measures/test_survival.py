"""Kaplan and Meier's curve, beside a library that is believed."""

import random
import warnings
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.survival import Curve, curve

Counts = st.dictionaries(st.integers(0, 180), st.integers(0, 9), max_size=30)


def test_a_curve_worked_out_by_hand() -> None:
    """Ten households: one buys on day 10; two were watched until day 20 only; one of the seven left buys on day 30."""
    found = curve({10: 1, 30: 1}, {20: 2, 40: 6})
    assert [(p.day, p.at_risk, p.bought) for p in found.points] == [(10, 10, 1), (20, 9, 0), (30, 7, 1), (40, 6, 0)]
    assert found.people == 10
    point = found.by(35)
    assert point is not None and point.share == pytest.approx(1 - 0.9 * 6 / 7)
    assert point.low < point.share < point.high


def test_who_has_not_bought_yet_is_no_no() -> None:
    """Half of twenty were watched ten days only. Counting them as a no would say 5 of 20."""
    found = curve({60: 5}, {10: 10, 90: 5}).by(90)
    assert found is not None and found.share == 0.5


def test_what_nobody_was_watched_for_cannot_be_told() -> None:
    found = curve({5: 1}, {20: 3})
    assert found.by(20) is not None and found.by(21) is None
    assert Curve((), 0).by(30) is None
    everybody = curve({5: 3}, {}).by(100)
    assert everybody is not None and everybody.share == 1, "all have bought: watching longer changes nothing"


def test_before_anybody_bought_nobody_had() -> None:
    found = curve({50: 1}, {90: 3}).by(30)
    assert found is not None and (found.share, found.at_risk) == (0, 4)


@given(Counts, Counts)
def test_the_share_only_grows_and_lies_in_its_interval(bought: dict[float, int], not_yet: dict[float, int]) -> None:
    points = curve(bought, not_yet).points
    assert all(a.share <= b.share + 1e-12 for a, b in pairwise(points))
    assert all(0 <= p.low <= p.share + 1e-12 and p.share <= p.high + 1e-12 <= 1 + 1e-11 for p in points)


def test_without_censoring_it_is_the_plain_share() -> None:
    found = curve({1: 2, 2: 3, 9: 5}, {}).by(2)
    assert found is not None and found.share == pytest.approx(0.5)


def sets(count: int, seed: int) -> list[tuple[Counter[float], Counter[float]]]:
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        size, often, last = chance.randint(2, 400), chance.random(), chance.choice((5, 40, 180))
        bought, not_yet = Counter[float](), Counter[float]()
        for _ in range(size):
            (bought if chance.random() < often else not_yet)[chance.randint(1, last)] += 1
        made.append((bought, not_yet))
    return made


def biggest_difference(count: int, seed: int) -> float:
    """Between ours and scipy's, of curve and interval, over so many random sets."""
    from scipy.stats import CensoredData, ecdf  # type: ignore[import-untyped]

    most = 0.0
    for bought, not_yet in sets(count, seed):
        theirs = ecdf(CensoredData(uncensored=list(bought.elements()), right=list(not_yet.elements()))).sf
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # where the log-log scale has no width
            span = theirs.confidence_interval(confidence_level=0.95, method="log-log")
        ours = curve(bought, not_yet).points
        assert [p.day for p in ours] == list(theirs.quantiles)
        for point, left, low, high in zip(
            ours, theirs.probabilities, span.low.probabilities, span.high.probabilities, strict=True
        ):
            most = max(most, abs(1 - point.share - left))
            if 0 < left < 1 and low == low and high == high:  # scipy says nan where the scale has no width
                most = max(most, abs(1 - point.high - low), abs(1 - point.low - high))
    return most


def test_a_library_says_the_same() -> None:
    assert biggest_difference(40, seed=1) < 1e-9
