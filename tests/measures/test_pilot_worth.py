"""Net relationship value of two arms: against scipy's, by its words, and by how often it errs."""

import random

import pytest

from measures.arms import Arm
from measures.comparing import Difference, Verdict
from measures.endings import Kind
from measures.pilot_result import Enrolled, result
from measures.pilot_worth import LEAST, Compared, Mean, compare_worth
from tests.measures.test_pilot_result import START


def spent(chance: random.Random, count: int, *, more: float = 1.0) -> list[float]:
    """As people spend: two of three nothing, the others a little or very much; all of them cost a parcel."""
    return [more * (chance.lognormvariate(11, 1) if chance.random() < 1 / 3 else 0) - 4_500 for _ in range(count)]


def test_the_interval_is_welchs_as_scipy_has_it() -> None:
    from scipy.stats import ttest_ind  # type: ignore[import-untyped]

    chance = random.Random(31)
    for invited, today in ((30, 30), (41, 97), (200, 150)):
        one, other = spent(chance, invited), spent(chance, today, more=1.5)
        found = compare_worth(one, other)
        span = ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
        assert found.difference is not None and found.difference.value == pytest.approx(
            sum(one) / invited - sum(other) / today
        )
        wide = span.high - span.low
        assert (found.difference.low, found.difference.high) == pytest.approx((span.low, span.high), abs=0.002 * wide)


def test_of_fewer_than_thirty_households_an_arm_nothing_is_told() -> None:
    found = compare_worth([1_000.0] * LEAST, [0.0] * (LEAST - 1))
    assert found.difference is None and found.verdict(Verdict.MORE) is Verdict.CANNOT_TELL
    assert "We cannot tell" in found.words(Verdict.MORE) and "stays modelled" in found.words(Verdict.MORE)
    assert compare_worth([], []).invited == Mean(0, None)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (Difference(9, 1, 17), Verdict.MORE, Verdict.MORE),
        (Difference(9, 1, 17), Verdict.LESS, Verdict.MORE),
        (Difference(9, 1, 17), Verdict.CANNOT_TELL, Verdict.CANNOT_TELL),
        (Difference(9, -1, 19), Verdict.MORE, Verdict.CANNOT_TELL),
        (Difference(-9, -17, -1), Verdict.MORE, Verdict.LESS),
    ],
)
def test_it_is_answered_only_where_the_registered_question_is(
    first: Difference, second: Verdict, said: Verdict
) -> None:
    found = Compared(Mean(40, 9.0), Mean(40, 0.0), first)
    assert found.verdict(second) is said
    assert ("We cannot tell" in found.words(second)) is (said is Verdict.CANNOT_TELL)


def test_of_a_thousand_pilots_of_two_arms_alike_at_most_six_per_cent_declare_anything_of_either_question() -> None:
    chance, declared, alone = random.Random(33), 0, 0
    for _ in range(1_000):
        rows = [
            Enrolled(f"{arm}{n}", arm, START, Kind.EXCHANGE if chance.random() < 0.3 else Kind.REFUND)
            for arm in Arm
            for n in range(82)
        ]
        first = result(rows).difference.verdict
        second = compare_worth(spent(chance, 82), spent(chance, 82))
        assert second.difference is not None
        alone += second.difference.verdict is not Verdict.CANNOT_TELL
        declared += Verdict.CANNOT_TELL is not first or second.verdict(first) is not Verdict.CANNOT_TELL
    assert 10 <= declared <= 60 and 10 <= alone <= 60, "and the second by itself errs no more often"
