"""Who is asked on a rung of the ladder."""

from datetime import datetime

from sqlmodel import Session, col, select

from consults.first_answers import rungs_of
from consults.kinds import StaffRole
from consults.models import Advisor, Case
from consults.opening import is_away
from consults.ports import Colleague
from consults.rungs import Rung


def stand_in(
    session: Session, case: Case, owner: Advisor, rung: Rung, *, colleague: Colleague, now: datetime
) -> Advisor | None:
    """Who stands in for `owner` on `rung`: nobody twice on one case, nobody who is away. None: the rung is empty."""
    assert case.id is not None
    rungs = rungs_of(session, shop_id=case.shop_id, case_id=case.id)
    passed_over = {row.advisor_id for row in rungs} | {case.advisor_id, owner.id}
    if rung is Rung.POOL:
        turn = colleague(session, case, passed_over=frozenset(i for i in passed_over if i is not None), now=now)
        return session.get(Advisor, turn) if turn is not None else None
    if rung is Rung.DEPUTY:
        wanted = select(Advisor).where(Advisor.id == owner.deputy_id)
    else:
        here = (col(Advisor.boutique_id).is_not(None), Advisor.boutique_id == owner.boutique_id)
        wanted = select(Advisor).where(*here, Advisor.role == StaffRole.MANAGER)
    mine = (Advisor.shop_id == case.shop_id, col(Advisor.active).is_(True), col(Advisor.texts_stopped_at).is_(None))
    people = session.exec(wanted.where(*mine).order_by(col(Advisor.id)))
    return next((p for p in people if p.id not in passed_over and not is_away(session, p, now=now)), None)
