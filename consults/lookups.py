"""What other packages ask of conversations."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from consults.models import Case, Consult
from consults.states import ConsultState


def talks_before(
    session: Session, *, shop_id: int, client_gid: str, before: datetime, days: int
) -> list[tuple[int, datetime]]:
    """(advisor id, when it ended) of conversations with that client that took place in the `days` until `before`."""
    query = (
        select(Consult)
        .join(Case, col(Case.id) == col(Consult.case_id))
        .where(Consult.shop_id == shop_id, Case.shop_id == shop_id, Case.client_gid == client_gid)
        .where(Consult.state == ConsultState.COMPLETED)
        .where(Consult.ends_at <= before, Consult.ends_at >= before - timedelta(days=days))
        .order_by(col(Consult.ends_at).desc(), col(Consult.id))
    )
    return [(consult.advisor_id, consult.ends_at) for consult in session.exec(query.limit(20))]
