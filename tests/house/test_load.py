"""How the benchmarks count: a quantile is a request that was really made, and a rate is over the whole time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.load import Result


def result(*latencies: float, seconds: float = 1.0) -> Result:
    made = Result(seconds=seconds)
    for latency in latencies:
        made.note(200, latency)
    return made


@pytest.mark.parametrize(
    ("share", "quantile"), [(0.0, 1.0), (0.25, 2.0), (0.5, 3.0), (0.74, 3.0), (0.75, 4.0), (0.99, 4.0), (1.0, 4.0)]
)
def test_the_latency_that_a_share_was_quicker_than(share: float, quantile: float) -> None:
    assert result(3.0, 1.0, 4.0, 2.0).quantile(share) == quantile


def test_of_a_hundred_the_slowest_is_the_ninety_ninth_per_cent() -> None:
    assert result(*(float(n) for n in range(1, 101))).quantile(0.99) == 100.0


def test_a_rate_is_requests_over_the_whole_time() -> None:
    assert result(*[0.01] * 50, seconds=2.0).per_second == 25.0


def test_answers_are_counted_by_status() -> None:
    made = Result()
    for status in (200, 503, 200, 401):
        made.note(status, 0.1)
    assert made.statuses == {200: 2, 503: 1, 401: 1}
    assert len(made.latencies) == 4


@given(st.lists(st.floats(0, 10), min_size=1), st.floats(0, 1))
def test_a_quantile_was_measured_and_no_more_than_its_share_are_slower(latencies: list[float], share: float) -> None:
    found = result(*latencies).quantile(share)
    assert found in latencies
    assert sum(latency < found for latency in latencies) <= share * len(latencies) + 1e-9 or share == 1.0
