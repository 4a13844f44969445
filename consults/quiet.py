"""Quiet hours of clients: no text in the night of where they are."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from consults.models import Case
from consults.policy import policy_of


def client_may_be_texted_at(session: Session, case: Case, *, now: datetime) -> datetime:
    """`now`, or the first minute after the quiet hours that are running where the client is."""
    policy = policy_of(session, shop_id=case.shop_id)
    return after_quiet(now, zone=case.client_zone, quiet=(policy.quiet_from_minute, policy.quiet_until_minute))


def after_quiet(now: datetime, *, zone: str, quiet: tuple[int, int]) -> datetime:
    """`quiet` are minutes from midnight there, past midnight when the second is the smaller; equal ones for never."""
    begins, ends = quiet
    if begins == ends:
        return now
    here = now.astimezone(ZoneInfo(zone))
    minute = here.hour * 60 + here.minute
    inside = begins <= minute < ends if begins < ends else minute >= begins or minute < ends
    if not inside:
        return now
    day = here.date() + timedelta(days=1 if minute >= ends else 0)
    wall = datetime.combine(day, time(ends // 60 % 24, ends % 60), tzinfo=ZoneInfo(zone))
    return wall.astimezone(now.tzinfo)
