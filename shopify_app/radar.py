"""What the radar is told of conversations: whose case it is, who owes an answer, who could give it today."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from consults.advisors import advisors
from consults.cases import open_cases
from consults.first_answers import waits
from consults.models import Advisor, Case
from consults.pieces.holds import put_aside
from logistics.radar.looking import CaseSeen
from logistics.radar.ways import Colleague


def cases_seen(session: Session, shop_id: int, now: datetime) -> Sequence[CaseSeen]:
    """Every open case. Fits logistics.radar.looking.CasesSeen."""
    people = advisors(session, shop_id=shop_id, active=True)
    names = {person.id: person.name for person in advisors(session, shop_id=shop_id)}
    held = put_aside(session, shop_id=shop_id, now=now)
    cases = open_cases(session, shop_id=shop_id)
    return [_seen(case, people, names.get(case.advisor_id, ""), held, now) for case in cases]


def _seen(case: Case, people: Sequence[Advisor], name: str, held: Mapping[int, set[str]], now: datetime) -> CaseSeen:
    assert case.id is not None
    others = [person for person in people if person.id != case.advisor_id and person.id is not None]
    others.sort(key=lambda person: person.boutique_id != case.boutique_id)  # who is in the same boutique first
    return CaseSeen(
        case_id=case.id,
        return_gid=case.return_gid,
        advisor_id=case.advisor_id,
        advisor_name=name,
        answer_late=waits(case) and case.waits_since is None and case.first_answer_due_at < now,
        answer_due_at=case.first_answer_due_at,
        put_aside=frozenset(held.get(case.id, ())),
        colleagues=tuple(Colleague(person.id, person.name) for person in others[:3] if person.id is not None),
    )
