"""Net relationship value, term by term."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from measures.worth import Costs, Sums, with_habit, worth

SUMS = Sums(
    returns=4, back_cents=1_000_000, later_orders=3, later_cents=600_000, minutes=90, parcels=4, reworks=1,
    travelled_cents=800_000, given_cents=3_000,
)  # fmt: skip
COSTS = Costs(5_000, 4_000, 50, 10_000, 100, 500, 200, 1_000)


def test_the_terms_worked_out_by_hand() -> None:
    found = worth(SUMS, COSTS)
    assert found.later_margin == 300_000
    assert (found.referral, found.gestures) == (4_000, -5_000), "3,000 written down and 500 a case besides"
    assert (found.parcels, found.cover, found.bench) == (-16_000, -4_000, -10_000), "one was brought: not covered"
    assert (found.minutes, found.markdown) == (-9_000, -20_000)
    assert found.total == 240_000 and found.cost == 64_000


def test_self_service_has_neither_gestures_nor_referrals() -> None:
    found = worth(replace(SUMS, given_cents=0), COSTS, assisted=False)
    assert (found.referral, found.gestures) == (0, 0)


def test_the_habit_of_returning_takes_from_it() -> None:
    """Ten per cent of three orders more come back: 30,000 of margin, and 0.3 returns at 16,000 each."""
    found = worth(SUMS, COSTS)
    assert with_habit(found, SUMS, 10) == 240_000 - 30_000 - 4_800
    assert with_habit(found, SUMS, 0) == found.total
    assert with_habit(worth(Sums(), COSTS), Sums(), 10) == 0


@given(st.integers(0, 10**10), st.integers(0, 10**10))
def test_more_bought_later_is_never_worth_less(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert worth(replace(SUMS, later_cents=low), COSTS).total <= worth(replace(SUMS, later_cents=high), COSTS).total
