"""Quiet hours of clients."""

from datetime import UTC, datetime

import pytest

from consults.quiet import after_quiet

NIGHT = (21 * 60, 8 * 60)


@pytest.mark.parametrize(
    ("now", "zone", "quiet", "then"),
    [
        ("2026-11-24T12:00", "Europe/Paris", NIGHT, "2026-11-24T12:00"),
        ("2026-11-24T19:59", "Europe/Paris", NIGHT, "2026-11-24T19:59"),
        ("2026-11-24T20:00", "Europe/Paris", NIGHT, "2026-11-25T07:00"),
        ("2026-11-24T03:00", "Europe/Paris", NIGHT, "2026-11-24T07:00"),
        ("2026-11-24T07:00", "Europe/Paris", NIGHT, "2026-11-24T07:00"),
        ("2026-11-24T15:00", "Asia/Tokyo", NIGHT, "2026-11-24T23:00"),
        # over the night the clocks change, eight is eight there
        ("2027-03-27T22:00", "Europe/Paris", NIGHT, "2027-03-28T06:00"),
        ("2026-11-24T12:00", "UTC", (11 * 60, 14 * 60), "2026-11-24T14:00"),
        ("2026-11-24T12:00", "UTC", (600, 600), "2026-11-24T12:00"),
    ],
)
def test_a_text_waits_for_the_morning_of_where_the_client_is(
    now: str, zone: str, quiet: tuple[int, int], then: str
) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert after_quiet(at, zone=zone, quiet=quiet) == datetime.fromisoformat(then).replace(tzinfo=UTC)
