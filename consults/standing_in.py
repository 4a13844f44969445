"""Who is asked on a rung of the ladder."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.first_answers import rungs_of
from consults.kinds import StaffRole
from consults.models import Advisor, Case
from consults.opening import is_away
from consults.rungs import Rung
from consults.states import CaseState


def stand_in(session: Session, case: Case, owner: Advisor, rung: Rung, *, now: datetime) -> Advisor | None:
    """Who stands in for `owner` on `rung`: nobody twice on one case, nobody who is away. None: the rung is empty."""
    assert case.id is not None
    asked = {row.advisor_id for row in rungs_of(session, shop_id=case.shop_id, case_id=case.id)} | {case.advisor_id}
    people = [
        person
        for person in session.exec(
            select(Advisor)
            .where(Advisor.shop_id == case.shop_id, col(Advisor.active).is_(True))
            .order_by(col(Advisor.id))
        )
        if person.id not in asked and person.id != owner.id and not is_away(session, person, now=now)
    ]
    if rung is Rung.DEPUTY:
        return next((person for person in people if person.id == getattr(owner, "deputy_id", None)), None)
    here = [person for person in people if owner.boutique_id and person.boutique_id == owner.boutique_id]
    if rung is Rung.MANAGER:
        return next((person for person in here if person.role is StaffRole.MANAGER), None)
    waiting = _waiting(session, case.shop_id)
    language = case.client_locale.replace("_", "-").split("-")[0].lower()
    return min(
        people,
        key=lambda person: (
            person not in here,
            language not in {code.strip().lower().split("-")[0] for code in person.languages.split(",")},
            waiting.get(person.id or 0, 0),
            person.id or 0,
        ),
        default=None,
    )


def _waiting(session: Session, shop_id: int) -> dict[int, int]:
    """How many clients wait for each advisor's first answer."""
    query = (
        select(Case.advisor_id, sa.func.count())
        .where(Case.shop_id == shop_id, Case.state == CaseState.OPEN)
        .where(col(Case.first_answer_at).is_(None), col(Case.taken_at).is_(None))
        .group_by(col(Case.advisor_id))
    )
    return {advisor_id: int(count) for advisor_id, count in session.exec(query)}
