"""The interval of net relationship value: against a case worked by hand, a bootstrap, and its own promise."""

import random
import statistics

import pytest

from measures.worth import LEAST_DAYS, Costs, Sums, each, student, worth

COSTS = Costs(5_000, 4_000, 50, 10_000, 100, 0, 0, 0)
PLAIN = Costs(10_000, 0, 0, 0, 0, 0, 0, 0)


def day(later: int, returns: int = 1) -> Sums:
    return Sums(returns=returns, later_cents=later, parcels=returns)


def test_ten_days_of_one_return_worked_out_by_hand() -> None:
    """Of 0, 200, 400 ... 1800 the mean is 900 and the standard error sqrt(3666 2/3 * 100 / 10) = 191.485."""
    found = each([day(200 * n) for n in range(10)], PLAIN)
    assert found is not None and found.value == 900 and found.days == 10
    assert found.high - found.value == pytest.approx(2.262 * 191.485, rel=1e-3)
    assert found.value - found.low == pytest.approx(found.high - found.value)


def test_days_of_several_returns_are_weighed_by_their_returns() -> None:
    days = [day(1_000, 1)] * 5 + [day(4_000, 2)] * 5
    found = each(days, PLAIN)
    assert found is not None and found.value == pytest.approx(25_000 / 15)


def test_it_is_the_average_of_the_total_with_every_term() -> None:
    days = [
        Sums(n + 1, 100_000 * n, n, 40_000 * n, 7 * n, n + 1, n % 2, travelled_cents=90_000 * n, given_cents=50 * n)
        for n in range(12)
    ]
    added = Sums(*(sum(getattr(one, name) for one in days) for name in Sums.__dataclass_fields__))
    costs = Costs(5_000, 4_000, 50, 10_000, 100, 700, 300, 900)
    for assisted in (True, False):
        found = each(days, costs, assisted=assisted)
        assert found is not None
        assert found.value * added.returns == pytest.approx(worth(added, costs, assisted=assisted).total, abs=4)


@pytest.mark.parametrize("count", range(LEAST_DAYS))
def test_of_few_days_no_interval_is_given(count: int) -> None:
    assert each([day(1_000)] * count, COSTS) is None


def made(chance: random.Random) -> list[Sums]:
    """Sixty days: returns of a day share a mood, each buys again one time in three."""
    days = []
    for _ in range(60):
        returns, mood = chance.randint(1, 4), chance.uniform(0.7, 1.3)
        later = sum(chance.random() < 1 / 3 and int(mood * chance.uniform(20_000, 180_000)) for _ in range(returns))
        days.append(Sums(returns=returns, later_cents=later, parcels=returns))
    return days


def test_a_bootstrap_over_days_gives_about_the_same() -> None:
    chance = random.Random(21)
    days = made(chance)
    found = each(days, COSTS)
    assert found is not None
    again = []
    for _ in range(1_500):
        drawn = chance.choices(days, k=len(days))
        again.append(
            sum(one.later_cents / 2 - one.parcels * 4_000 for one in drawn) / sum(one.returns for one in drawn)
        )
    cuts = statistics.quantiles(again, n=40)
    assert found.low == pytest.approx(cuts[0], abs=0.12 * (found.high - found.low))
    assert found.high == pytest.approx(cuts[-1], abs=0.12 * (found.high - found.low))


def test_it_holds_the_truth_about_as_often_as_it_says() -> None:
    """The true average is 100,000 / 3 / 2 less a parcel; 95 of 100 are promised, and chance has 2.2 a side of 500."""
    chance, held = random.Random(22), 0
    for _ in range(500):
        found = each(made(chance), COSTS)
        assert found is not None
        held += found.low <= 100_000 / 6 - 4_000 <= found.high
    assert 0.925 <= held / 500 <= 0.98


def test_students_quantile_is_scipys() -> None:
    from scipy.stats import t  # type: ignore[import-untyped]

    assert max(abs(student(n) - t.ppf(0.975, n)) for n in range(LEAST_DAYS - 1, 800)) < 1e-3
