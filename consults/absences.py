"""When advisors are away."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from consults.advisors import get_advisor
from consults.models import TimeOff
from kit.errors import NotFound


def time_off(session: Session, *, shop_id: int, advisor_id: int, now: datetime) -> list[TimeOff]:
    """The advisor's time away that is not over, earliest first."""
    mine = (TimeOff.shop_id == shop_id, TimeOff.advisor_id == advisor_id, TimeOff.ends_at > now)
    return list(session.exec(select(TimeOff).where(*mine).order_by(col(TimeOff.starts_at), col(TimeOff.id))))


def away_now(session: Session, *, shop_id: int, now: datetime) -> set[int]:
    """Ids of the advisors who are away at `now`."""
    here = (TimeOff.shop_id == shop_id, TimeOff.starts_at <= now, TimeOff.ends_at > now)
    return set(session.exec(select(TimeOff.advisor_id).where(*here)))


def note_away(session: Session, *, shop_id: int, advisor_id: int, starts_at: datetime, ends_at: datetime) -> TimeOff:
    """The advisor is away, [starts_at, ends_at). Noted again, the same stretch is the same row."""
    get_advisor(session, shop_id=shop_id, advisor_id=advisor_id)
    about: dict[str, Any] = {"shop_id": shop_id, "advisor_id": advisor_id, "starts_at": starts_at, "ends_at": ends_at}
    same = [getattr(TimeOff, name) == value for name, value in about.items()]
    row = session.exec(select(TimeOff).where(*same)).first() or TimeOff(**about)
    session.add(row)
    session.flush()
    return row


def not_away(session: Session, *, shop_id: int, advisor_id: int, time_off_id: int) -> None:
    """Strike a stretch of time away. Raises NotFound."""
    mine = (TimeOff.id == time_off_id, TimeOff.shop_id == shop_id, TimeOff.advisor_id == advisor_id)
    row = session.exec(select(TimeOff).where(*mine)).first()
    if row is None:
        raise NotFound("Those days are not noted.")
    session.delete(row)
