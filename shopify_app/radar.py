"""What the radar is told of conversations: whose case it is, who owes an answer, who could give it today."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from consults.advisors import advisors
from consults.cases import open_cases
from consults.first_answers import waits
from consults.models import Case
from consults.pieces.holds import put_aside
from logistics.radar.looking import CaseSeen
from logistics.radar.ways import Colleague
from routing.hand_overs import who_could_now


def cases_seen(session: Session, shop_id: int, now: datetime) -> Sequence[CaseSeen]:
    """Every open case. Fits logistics.radar.looking.CasesSeen."""
    names = {person.id: person.name for person in advisors(session, shop_id=shop_id)}
    held = put_aside(session, shop_id=shop_id, now=now)
    cases = open_cases(session, shop_id=shop_id)
    return [_seen(session, case, names, held, now) for case in cases]


def _seen(
    session: Session, case: Case, names: Mapping[int | None, str], held: Mapping[int, set[str]], now: datetime
) -> CaseSeen:
    assert case.id is not None
    is_late = waits(case) and case.waits_since is None and case.first_answer_due_at < now
    # Only who is silent is relieved, and only by somebody who is there, qualified, and whose turn it would be.
    able = who_could_now(session, case, now=now) if is_late else None
    return CaseSeen(
        case_id=case.id,
        return_gid=case.return_gid,
        advisor_id=case.advisor_id,
        advisor_name=names.get(case.advisor_id, ""),
        answer_late=is_late,
        answer_due_at=case.first_answer_due_at,
        put_aside=frozenset(held.get(case.id, ())),
        colleagues=(Colleague(able, names.get(able, "")),) if able is not None else (),
    )
