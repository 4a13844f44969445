"""Who of the house looked at a client's personal data, and when (protected customer data, level 2)."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from shops.models import AccessLog

KEPT = timedelta(days=365)

CASE, RETURN, EXPORT, ERASURE = "case", "return", "export", "erasure"


def note_access(session: Session, *, shop_id: int, who: str, what: str, subject: str, now: datetime) -> None:
    """Write down that `who` ("staff:7", "advisor:3") saw `what` of `subject` ("case:12"). Names no client."""
    session.add(AccessLog(shop_id=shop_id, who=who[:120], what=what, subject=subject[:60], at=now))


def latest_accesses(session: Session, *, shop_id: int, most: int = 200) -> list[AccessLog]:
    """Newest first."""
    query = select(AccessLog).where(AccessLog.shop_id == shop_id).order_by(col(AccessLog.id).desc())
    return list(session.exec(query.limit(most)))
