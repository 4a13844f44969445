"""Arms, power, and what a pilot showed."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.arms import Arm, drawn, standing
from measures.comparing import Share, Verdict
from measures.endings import Kind
from measures.pilot_result import Enrolled, look_at, result, weeks
from measures.power import needed, smallest_found

START = datetime(2026, 9, 1, 8, tzinfo=UTC)


def pilots(count: int, *, a_side: int, invited: float, today: float, seed: int) -> Counter[Verdict]:
    """What so many simulated pilots said, each with `a_side` households in each arm."""
    chance, said = random.Random(seed), Counter[Verdict]()
    for _ in range(count):
        rows = []
        for arm, share in ((Arm.INVITED, invited), (Arm.TODAY, today)):
            for number in range(a_side):
                kind = Kind.EXCHANGE if chance.random() < share else Kind.REFUND
                rows.append(Enrolled(f"{arm}{number}", arm, START, kind))
        said[result(rows).difference.verdict] += 1
    return said


@pytest.mark.parametrize(("before", "after", "cases"), [(0.2, 0.4, 82), (0.2, 0.3, 294), (0.5, 0.6, 388)])
def test_how_many_are_needed(before: float, after: float, cases: int) -> None:
    assert needed(before, after) == cases


def test_what_so_many_would_find() -> None:
    found = smallest_found(0.2, 82)
    assert found is not None and found == pytest.approx(0.4, abs=0.005)
    assert smallest_found(0.2, 2) is None and smallest_found(1.0, 100) is None
    with pytest.raises(ValueError, match="different"):
        needed(0.3, 0.3)


@given(st.floats(0.02, 0.9), st.integers(10, 5_000))
def test_what_is_found_is_found_with_that_many(before: float, cases: int) -> None:
    found = smallest_found(before, cases)
    assert found is None or needed(before, found) <= cases


def test_a_household_counts_once_by_its_first_return_in_the_arm_it_was_given() -> None:
    day = timedelta(days=1)
    rows = [
        Enrolled("a", Arm.INVITED, START + day, Kind.EXCHANGE),
        Enrolled("a", Arm.INVITED, START, Kind.REFUND),
        Enrolled("b", Arm.TODAY, START, Kind.EXCHANGE),
        Enrolled("c", Arm.TODAY, START, None),
    ]
    found = result(rows)
    assert (found.invited.exchanged, found.today.exchanged) == (Share(0, 1), Share(1, 1))
    assert (found.today.households, found.today.open) == (2, 1)
    assert found.difference.verdict is Verdict.CANNOT_TELL and "cannot tell" in found.words


def test_each_week_shows_what_could_be_harm() -> None:
    rows = [
        Enrolled("a", Arm.INVITED, START, Kind.REFUND, 4),
        Enrolled("b", Arm.INVITED, START, Kind.REFUND, 9, complained=True),
        Enrolled("c", Arm.TODAY, START + timedelta(days=8), Kind.EXCHANGE),
    ]
    first, second = weeks(rows, begins_at=START)
    assert first.refunds[Arm.INVITED] == Share(2, 2) and first.refund_days[Arm.INVITED] == 6.5
    assert first.complaints == {Arm.INVITED: 1, Arm.TODAY: 0}
    assert second.number == 2 and second.returns[Arm.TODAY] == 1 and second.refund_days[Arm.TODAY] is None


def test_the_one_look_is_three_weeks_after_the_end() -> None:
    assert look_at(START) == START + timedelta(days=21)


@given(st.text(min_size=1), st.text(min_size=1))
def test_the_draw_is_the_same_each_time(salt: str, household: str) -> None:
    assert drawn(salt, household) is drawn(salt, household)
    assert standing(salt, household, [Arm.TODAY, Arm.INVITED]) is Arm.TODAY
    assert standing(salt, household, []) is drawn(salt, household)


def test_another_salt_draws_anew() -> None:
    same = sum(drawn("one", str(n)) is drawn("two", str(n)) for n in range(2_000))
    assert 880 < same < 1_120
