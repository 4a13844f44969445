"""Days on which an advisor works otherwise than every week."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from consults.advisors import get_advisor
from consults.time_models import DateOverride
from kit.errors import NotFound


def set_day(
    session: Session, *, shop_id: int, advisor_id: int, day: date, ranges: Sequence[tuple[int, int]]
) -> DateOverride:
    """Work in these ranges of minutes on `day`, none for not at all. ValueError if backwards."""
    if any(not 0 <= start < 1440 or not start < end <= 2880 for start, end in ranges):
        raise ValueError(f"not hours of a day: {ranges!r}")
    get_advisor(session, shop_id=shop_id, advisor_id=advisor_id)
    mine = (DateOverride.shop_id == shop_id, DateOverride.advisor_id == advisor_id, DateOverride.day == day)
    row = session.exec(select(DateOverride).where(*mine)).first()
    row = row or DateOverride(shop_id=shop_id, advisor_id=advisor_id, day=day)
    row.ranges = [[start, end] for start, end in sorted(ranges)]
    session.add(row)
    session.flush()
    return row


def drop_day(session: Session, *, shop_id: int, advisor_id: int, override_id: int) -> None:
    """That day is like every week again. Raises NotFound."""
    mine = (DateOverride.id == override_id, DateOverride.shop_id == shop_id, DateOverride.advisor_id == advisor_id)
    row = session.exec(select(DateOverride).where(*mine)).first()
    if row is None:
        raise NotFound("That day is not noted.")
    session.delete(row)


def days_otherwise(session: Session, *, shop_id: int, advisor_id: int, since: date) -> list[DateOverride]:
    """The advisor's days from `since` on, earliest first."""
    mine = (DateOverride.shop_id == shop_id, DateOverride.advisor_id == advisor_id, DateOverride.day >= since)
    return list(session.exec(select(DateOverride).where(*mine).order_by(col(DateOverride.day))))
