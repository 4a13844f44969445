"""When a room is open, and who counts as present. Pure."""

from datetime import datetime, timedelta

PRESENT = timedelta(seconds=30)
"""Somebody whose page has not asked for this long is not there any more."""


def in_window(
    starts_at: datetime, ends_at: datetime, *, now: datetime, before_minutes: int = 10, after_minutes: int = 30
) -> bool:
    """Whether one may go in: from a little before the start to a while after the end, both included."""
    opens, closes = room_hours(starts_at, ends_at, before_minutes=before_minutes, after_minutes=after_minutes)
    return opens <= now <= closes


def room_hours(
    starts_at: datetime, ends_at: datetime, *, before_minutes: int = 10, after_minutes: int = 30
) -> tuple[datetime, datetime]:
    """When the room opens and closes."""
    return starts_at - timedelta(minutes=before_minutes), ends_at + timedelta(minutes=after_minutes)


def is_present(seen_at: datetime | None, left_at: datetime | None, *, now: datetime) -> bool:
    """Whether a person is in the room: seen lately, and has not left since."""
    return seen_at is not None and left_at is None and now - seen_at <= PRESENT
