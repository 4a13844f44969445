"""What issue 9 must show of its arithmetic, a test a line."""

import math

from measures.arms import Arm, drawn
from measures.comparing import Verdict
from measures.endings import Kind
from measures.pilot_result import Enrolled, result
from tests.measures.test_pilot_result import START, pilots
from tests.measures.test_survival import biggest_difference


def test_kaplan_meier_is_equal_to_a_reference_librarys_within_1e_9_on_200_random_sets() -> None:
    assert biggest_difference(200, seed=9) < 1e-9


def test_a_thousand_pilots_of_two_arms_alike_declare_a_difference_in_at_most_six_per_cent() -> None:
    said = pilots(1_000, a_side=82, invited=0.3, today=0.3, seed=12)
    assert 10 <= said[Verdict.MORE] + said[Verdict.LESS] <= 60


def test_twenty_against_forty_per_cent_with_82_a_side_is_found_in_at_least_78_per_cent() -> None:
    said = pilots(1_000, a_side=82, invited=0.4, today=0.2, seed=13)
    assert said[Verdict.MORE] >= 780 and said[Verdict.LESS] == 0


def test_with_30_a_side_20_against_30_per_cent_the_report_says_cannot_tell() -> None:
    rows = [
        Enrolled(f"{arm}{number}", arm, START, Kind.EXCHANGE if number < exchanged else Kind.REFUND)
        for arm, exchanged in ((Arm.INVITED, 9), (Arm.TODAY, 6))
        for number in range(30)
    ]
    found = result(rows)
    assert found.difference.verdict is Verdict.CANNOT_TELL and "cannot tell" in found.words


def test_arms_are_fifty_fifty_within_chance_over_100_000_households() -> None:
    invited = sum(drawn("a-salt", f"gid://shopify/Customer/{number}") is Arm.INVITED for number in range(100_000))
    assert abs(invited - 50_000) < 3.3 * math.sqrt(100_000 * 0.25)
