"""Giving an open case to another advisor, because a person of the house says so."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from consults.advisors import get_advisor
from consults.booking import cancel_consult, consults_of
from consults.cases import get_case
from consults.events import CaseGiven
from consults.history import add_line, by_advisor
from consults.models import Case
from consults.states import LIVE, CaseState, ConsultState, InvalidMove
from jobs import publish


def give_case(
    session: Session, *, shop_id: int, case_id: int, advisor_id: int, seller_words: str, actor: str, now: datetime
) -> Case:
    """The case, from now on `advisor_id`'s; they are told. A time reserved with the one before is called off.

    Raises InvalidMove for a closed case, while the two are talking, or when somebody else gave it away meanwhile.
    """
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    get_advisor(session, shop_id=shop_id, advisor_id=advisor_id)
    before = case.advisor_id
    live = [c for c in consults_of(session, shop_id=shop_id, case_id=case_id) if c.state in LIVE]
    if any(consult.state is ConsultState.IN_SESSION for consult in live):
        raise InvalidMove("They are talking just now. Choose again when the conversation is over.")
    mine = (col(Case.id) == case_id, col(Case.advisor_id) == before, col(Case.state) == CaseState.OPEN)
    # Not sold by the one it goes to, as far as a choice can tell: a text never says "you sold" on a guess.
    values = {"advisor_id": advisor_id, "seller_words": seller_words, "sold_by_advisor": False}
    if session.connection().execute(sa.update(Case).where(*mine).values(**values)).rowcount != 1:
        raise InvalidMove("This case is closed, or somebody changed it meanwhile. Look again.")
    session.refresh(case)
    detail = f"from {by_advisor(before)} to {by_advisor(advisor_id)}"
    add_line(session, case, kind="case.given", now=now, actor=actor[:40], detail=detail)
    for consult in live:
        assert consult.id is not None
        cancel_consult(session, shop_id=shop_id, consult_id=consult.id, by=actor[:40], now=now)
    publish(session, CaseGiven(shop_id, case_id, case.return_gid))
    return case
