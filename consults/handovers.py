"""A case goes from one advisor to another."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from consults.advisors import get_advisor
from consults.booking import next_consult
from consults.cases import get_case
from consults.events import CaseHandedOver
from consults.history import SYSTEM, add_line, by_advisor
from consults.models import Case
from consults.states import CaseState
from jobs import publish
from kit.errors import AppError, Conflict


class InTheSameMoment(AppError):
    """A time was reserved while the case was being given away: leave the transaction, and look again.

    No Conflict, so that nobody who shows those as a sentence keeps half of it.
    """

    status, code = 409, "conflict"


def reassign(
    session: Session,
    *,
    shop_id: int,
    case_id: int,
    advisor_id: int,
    why: str,
    words: str = "",
    sold: bool = False,
    by: str = SYSTEM,
    now: datetime,
) -> Case:
    """Give the case to `advisor_id`; to the one who has it already, nothing changes.

    `why` is kept in the history; `words` tell the advisor why it is theirs, and `sold` that they sold the piece.
    Raises NotFound, and Conflict when the case is closed, has a time with the other, or went elsewhere in this moment.
    """
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    advisor = get_advisor(session, shop_id=shop_id, advisor_id=advisor_id)
    if case.advisor_id == advisor_id:
        return case
    if not advisor.active:
        raise Conflict(f"{advisor.name} does not take returns now.")
    if case.state is CaseState.CLOSED:
        raise Conflict("This return is closed.")
    _must_be_free(session, case, Conflict)
    before = case.advisor_id
    _give(session, case, before, advisor_id=advisor_id, seller_words=words or case.seller_words, sold_by_advisor=sold)
    # Again, now that the row is ours: a booking changes the same row, so of two at once the later sees the other.
    _must_be_free(session, case, InTheSameMoment)
    detail = f"{by_advisor(before)} to {by_advisor(advisor_id)}: {why}"
    add_line(session, case, kind="case.handed_over", now=now, actor=by, detail=detail[:500])
    publish(session, CaseHandedOver(shop_id, case_id, case.return_gid, before, advisor_id))
    return case


def _must_be_free(session: Session, case: Case, refusal: type[AppError]) -> None:
    assert case.id is not None
    if next_consult(session, shop_id=case.shop_id, case_id=case.id) is not None:
        raise refusal("The client has a time reserved with the advisor it is with now. Move that first.")


def _give(session: Session, case: Case, before: int, **values: object) -> None:
    session.flush()
    mine = (col(Case.id) == case.id, col(Case.advisor_id) == before, col(Case.state) == CaseState.OPEN)
    if session.connection().execute(sa.update(Case).where(*mine).values(**values)).rowcount != 1:
        raise Conflict("Somebody changed it meanwhile. Look again.")
    session.refresh(case)
