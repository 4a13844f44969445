"""Reminders of a conversation: a job each, keyed to the number of the calendar entry, so that a move strikes them."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session

from consults.models import Consult
from consults.states import ConsultState
from consults.telling import EMAIL, SMS
from jobs import enqueue


class Name(StrEnum):
    DAY = "day"
    HOUR = "hour"


BEFORE = {Name.DAY: timedelta(hours=24), Name.HOUR: timedelta(hours=1)}
MESSAGES = {
    Name.DAY: (("client_reminded", EMAIL),),
    Name.HOUR: (("client_reminded", SMS), ("reminded_talk_advisor", SMS)),
}
EARLY = timedelta(minutes=1)
"""A job that comes sooner than this before its time was not meant to: clocks differ by seconds, not by more."""


def plan(session: Session, consult: Consult, *, now: datetime) -> None:
    """Secure those whose time is still to come; the same entry again secures nothing more."""
    for name, before in BEFORE.items():
        at = consult.starts_at - before
        if at > now:
            about = {"shop_id": consult.shop_id, "consult_id": consult.id, "sequence": consult.sequence}
            job_id = f"remind:{consult.id}:{consult.sequence}:{name.value}"
            enqueue(session, "consults.remind", at=at, job_id=job_id, which=name.value, **about)  # type: ignore[arg-type]


def is_wanted(consult: Consult, sequence: int, name: Name, *, now: datetime) -> bool:
    """Whether a reminder is still one: of this entry, in its time, of what has not begun."""
    due = consult.starts_at - BEFORE[name]
    return (
        consult.state is ConsultState.BOOKED and consult.sequence == sequence and due - EARLY <= now < consult.starts_at
    )
