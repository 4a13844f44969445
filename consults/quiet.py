"""Quiet hours of clients: no text in the night of where they are."""

from datetime import datetime

from sqlmodel import Session

from consults.models import Case
from consults.policy import policy_of
from notifications.quiet_hours import QuietHours
from notifications.quiet_hours import after_quiet as after_quiet


def quiet_of_client(session: Session, case: Case) -> QuietHours:
    """The house's quiet hours, by the clock where the client is."""
    policy = policy_of(session, shop_id=case.shop_id)
    return QuietHours(policy.quiet_from_minute, policy.quiet_until_minute, case.client_zone)


def client_may_be_texted_at(session: Session, case: Case, *, now: datetime) -> datetime:
    """`now`, or the first minute after the quiet hours that are running where the client is."""
    return quiet_of_client(session, case).after(now)
