"""A client whose advisor is away: they would rather wait, or after all not."""

from datetime import datetime

from sqlmodel import Session

from consults.advisors import get_advisor
from consults.cases import get_case
from consults.first_answers import start_again, stop_clock
from consults.hands import Hands
from consults.models import Case
from consults.states import CaseState
from routing import hand_overs


def wait_for_owner(session: Session, *, shop_id: int, case_id: int, by: str, now: datetime) -> Case:
    """The client would rather wait: the case is its owner's again, and stays theirs while they are away.

    Nothing changes when the owner left, or has it already.
    """
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    owner = get_advisor(session, shop_id=shop_id, advisor_id=hand_overs.owner_of(case))
    if case.state is CaseState.CLOSED or not owner.active or not case.is_stood_in:
        return case
    assert owner.id is not None
    to = Hands(
        advisor_id=owner.id,
        owner_id=owner.id,
        why_not=case.why_not,
        owner_back_at=case.owner_back_at,
        waits=True,
        sold=hand_overs.sold(session, case, owner.id),
    )
    words = f"The client would rather wait for {owner.name}."
    hand_overs.hand_over(session, case, to, why="the client waits for the owner", words=words, by=by, now=now)
    stop_clock(session, case)
    return case


def see_somebody_sooner(session: Session, *, shop_id: int, case_id: int, by: str, now: datetime) -> Case:
    """The client who waited would rather see a colleague after all; where nobody is there, it stays as it is."""
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    if case.state is CaseState.CLOSED or case.waits_since is None:
        return case
    owner_id = hand_overs.owner_of(case)
    about = hand_overs.about_case(case, now)
    answer = hand_overs.who_answers(session, shop_id=shop_id, owner_id=owner_id, about=about, now=now)
    if answer.advisor_id not in (None, case.advisor_id):
        to = hand_overs.settle(answer, owner_id=owner_id)
        why = "the client asked for a colleague"
        hand_overs.hand_over(session, case, to, why=why, words=answer.words, by=by, now=now)
        new = get_advisor(session, shop_id=shop_id, advisor_id=case.advisor_id)
        start_again(session, case, advisor=new, now=now)
    return case
