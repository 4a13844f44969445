"""A client's traces in conversations, erased when Shopify says so. That they took place, and when, stays."""

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.kinds import Role
from consults.models import Case, Consult, Participant, Promise_, Signal


def erase_case(session: Session, case: Case) -> None:
    """Blank what is personal in `case`, in the rooms of its conversations and in its promises."""
    case.client_name = case.client_email = case.client_phone = case.client_gid = None
    case.client_words = case.client_quote = case.outcome_note = None
    case.client_title = ""
    session.add(case)
    session.flush()
    rooms = select(Consult.id).where(Consult.case_id == case.id)
    theirs = (col(Participant.consult_id).in_(rooms), col(Participant.role) != Role.ADVISOR)
    connection = session.connection()
    connection.execute(sa.delete(Signal).where(col(Signal.consult_id).in_(rooms)))
    connection.execute(sa.update(Participant).where(*theirs).values(name=""))
    connection.execute(sa.update(Promise_).where(col(Promise_.case_id) == case.id).values(what=""))
