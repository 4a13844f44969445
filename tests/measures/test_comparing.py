"""Shares and their intervals, and when a difference is claimed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.comparing import Ratio, Share, Verdict, compare

Shares = st.integers(0, 300).flatmap(lambda of: st.builds(Share, st.integers(0, of), st.just(of)))


@pytest.mark.parametrize(
    ("share", "low", "high"),
    [
        # Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29, by Wilson's method
        (Share(81, 263), 0.2553, 0.3662),
        (Share(15, 148), 0.0624, 0.1605),
        (Share(0, 20), 0.0000, 0.1611),
        (Share(1, 29), 0.0061, 0.1718),
    ],
)
def test_one_share_as_published(share: Share, low: float, high: float) -> None:
    assert share.interval() == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        # Newcombe 1998, table II, method 10
        (Share(56, 70), Share(48, 80), 0.0524, 0.3339),
        (Share(9, 10), Share(3, 10), 0.1705, 0.8090),
        (Share(5, 56), Share(0, 29), -0.0381, 0.1926),
        (Share(0, 10), Share(0, 20), -0.1611, 0.2775),
        (Share(10, 10), Share(0, 20), 0.6791, 1.0000),
    ],
)
def test_two_shares_as_published(one: Share, other: Share, low: float, high: float) -> None:
    found = compare(one, other)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_with_few_cases_it_cannot_be_told() -> None:
    assert compare(Share(9, 30), Share(6, 30)).verdict is Verdict.CANNOT_TELL
    assert compare(Share(0, 0), Share(6, 30)).verdict is Verdict.CANNOT_TELL
    assert compare(Share(40, 100), Share(20, 100)).verdict is Verdict.MORE
    assert compare(Share(20, 100), Share(40, 100)).verdict is Verdict.LESS


@given(Shares, Shares)
def test_the_other_way_round_it_says_the_opposite(one: Share, other: Share) -> None:
    there, back = compare(one, other), compare(other, one)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert -1 - 1e-9 <= there.low <= there.high <= 1 + 1e-9


@given(Shares)
def test_a_share_lies_in_its_interval(share: Share) -> None:
    low, high = share.interval()
    assert 0 <= low <= high <= 1
    if share.value is not None:
        assert low - 1e-9 <= share.value <= high + 1e-9


def test_exchanges_for_each_refund() -> None:
    found = Ratio(26, 15)
    assert found.value == pytest.approx(26 / 15)
    low, high = found.interval()
    share_low, share_high = Share(26, 41).interval()
    assert (low / (1 + low), high / (1 + high)) == pytest.approx((share_low, share_high))
    assert low < 1 < high, "41 cases cannot even say that there are more exchanges than refunds"
    assert Ratio(3, 0).value is None and Ratio(3, 0).interval()[1] == math.inf
