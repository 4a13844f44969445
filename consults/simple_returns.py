"""Clients who would rather not talk: that they said so, and what their return comes to then."""

from collections.abc import Mapping

from sqlmodel import Session, col, select

from consults.kinds import Outcome
from consults.models import Case, CaseEvent, Consult
from consults.states import ConsultState

SIMPLE = "case.simple_return"
TALKED = (ConsultState.BOOKED, ConsultState.IN_SESSION, ConsultState.COMPLETED)
CAME_TO: Mapping[str, Outcome] = {
    "settled": Outcome.REFUND,
    "exchanged": Outcome.EXCHANGE,
    "closed": Outcome.REFUND,
    "canceled": Outcome.KEPT,
    "declined": Outcome.OTHER,
}
"""How a return ended -> what its client decided, where nobody spoke with them."""


def prefers_simple_return(session: Session, *, shop_id: int, case_id: int) -> bool:
    """Whether the client said they would rather not talk."""
    query = select(CaseEvent.id).where(
        CaseEvent.shop_id == shop_id, CaseEvent.case_id == case_id, CaseEvent.kind == SIMPLE
    )
    return session.exec(query.limit(1)).first() is not None


def came_to(session: Session, case: Case, how: str) -> Outcome | None:
    """What a return that ended `how` came to; None where an advisor has to say it, because they spoke or may yet."""
    assert case.id is not None
    mine = {"shop_id": case.shop_id, "case_id": case.id}
    talks = select(Consult.id).where(Consult.case_id == case.id, col(Consult.state).in_(TALKED))
    if not prefers_simple_return(session, **mine) or session.exec(talks.limit(1)).first() is not None:
        return None
    return CAME_TO.get(how, Outcome.OTHER)
