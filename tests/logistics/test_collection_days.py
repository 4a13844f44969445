"""On which morning a carrier comes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.collection_days import next_window, zone_of

PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("now", "starts"),
    [
        ("2026-11-24T09:00+00:00", "2026-11-25T08:00+00:00"),  # Tuesday, so Wednesday
        ("2026-11-27T15:00+00:00", "2026-11-30T08:00+00:00"),  # Friday, so Monday
        ("2026-11-28T09:00+00:00", "2026-11-30T08:00+00:00"),  # Saturday
        ("2026-11-26T23:30+00:00", "2026-11-30T08:00+00:00"),  # Friday already in Paris
        ("2026-03-27T12:00+00:00", "2026-03-30T07:00+00:00"),  # the clocks went forward on Sunday
        ("2026-10-23T12:00+00:00", "2026-10-26T08:00+00:00"),  # and back
    ],
)
def test_the_next_working_morning_in_the_clients_own_zone(now: str, starts: str) -> None:
    window = next_window(datetime.fromisoformat(now), PARIS)
    assert window.starts_at == datetime.fromisoformat(starts)
    assert (window.ends_at - window.starts_at).total_seconds() == 3 * 3600


@given(
    st.integers(0, 2_100_000).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    st.sampled_from([PARIS, "America/New_York", "Asia/Tokyo", "Pacific/Auckland"]),
)
def test_it_is_always_to_come_within_four_days(now: datetime, zone: str) -> None:
    ahead = next_window(now, zone).starts_at - now
    assert 0 < ahead.total_seconds() <= 4 * 86_400


@pytest.mark.parametrize(
    ("country", "otherwise", "zone"),
    [
        ("FR", "America/New_York", PARIS),
        ("us", "America/Chicago", "America/Chicago"),
        ("", PARIS, PARIS),
        ("ZZ", PARIS, PARIS),
        ("JP", PARIS, "Asia/Tokyo"),
    ],
)
def test_a_country_with_one_zone_has_that_one(country: str, otherwise: str, zone: str) -> None:
    assert zone_of(country, otherwise) == zone
