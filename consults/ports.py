"""What consults wants of others."""

from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from consults.ics import Busy
from consults.models import Case


class ReturnPages(Protocol):
    """The client's page of a return, which belongs to the parcel side."""

    def fresh_link(self, session: Session, *, shop_id: int, return_gid: str) -> str | None:
        """A new address of that page, made in the caller's transaction; None when the return has none."""
        ...


class Colleague(Protocol):
    """Whose turn it is to answer in somebody's place: qualified, and nobody of `passed_over`; None: nobody's.

    Their place is taken in the caller's transaction, which gives them the case or is undone.
    """

    def __call__(self, session: Session, case: Case, *, passed_over: frozenset[int], now: datetime) -> int | None: ...


class BusyCalendar(Protocol):
    """Who reads a calendar: an ICS address today; free-busy by CalDAV, Google or Microsoft fits the same shape."""

    name: str

    def busy(self, address: str, *, zone: str, since: datetime, until: datetime) -> Busy:
        """When its owner is busy. `zone` is where times without one are meant. Raises feed_words.FeedUnreadable."""
        ...
