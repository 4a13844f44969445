"""Looking after cases whose owner is away or back. Periodic; every step may run twice and on two workers."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

import jobs
from consults.advisors import get_advisor
from consults.booking import consults_of
from consults.cases import get_case
from consults.hands import Hands
from consults.history import SYSTEM
from consults.hours import is_free_at
from consults.kinds import WhyNot
from consults.models import Advisor, Case, Consult, TimeOff
from consults.policy import policy_of
from consults.states import CaseState, ConsultState
from kit import clock
from kit.db import Begin
from kit.errors import Conflict
from kit.log import get_logger
from routing import hand_overs
from routing.answering import Candidate, back_at, why_not
from routing.rerouting import may_move
from routing.rosters import candidate
from routing.timelines import covers

log = get_logger("routing")

EVERY_SECONDS = 300
SOON = timedelta(hours=48)
"""A conversation so near is held by whoever the client expects."""
A_LONG_TIME = timedelta(days=3)
"""Away for less, an advisor keeps what they have taken in hand."""


def look_after(begin: Begin) -> None:
    """Every few minutes: give cases back to owners who returned, and route those of people who are away or left."""
    now = clock.now()
    with begin() as session:
        returned = [(case.shop_id, case.id) for case in _stood_in(session) if case.id is not None]
        absent = [(case.shop_id, case.id) for case in _of_absent(session, now) if case.id is not None]
    for shop_id, case_id in returned:
        try:
            with begin() as session:
                give_back(session, shop_id=shop_id, case_id=case_id, now=now)
        except Conflict as moved:
            log.info("case.not_given_back", case=case_id, reason=moved.message)
    for shop_id, case_id in absent:
        with begin() as session:
            ask_again(session, get_case(session, shop_id=shop_id, case_id=case_id), why="away or left", now=now)


def give_back(session: Session, *, shop_id: int, case_id: int, now: datetime) -> bool:
    """Give a case back to its owner, who is at work again; False while it stays with who stands in.

    It stays while they have a conversation within two days, or had one, and where the owner is not free at a later one.
    """
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    if not _is_stood_in(case):
        return False
    owner = get_advisor(session, shop_id=shop_id, advisor_id=hand_overs.owner_of(case))
    second = int(now.timestamp())
    if why_not(candidate(session, owner, now=now), now=second, answer_by=second) or _keeps(session, case, owner, now):
        return False
    assert owner.id is not None
    to = Hands(advisor_id=owner.id, owner_id=owner.id, sold=hand_overs.sold(session, case, owner.id))
    words = f"{owner.name} is back, and it is theirs again."
    hand_overs.hand_over(session, case, to, why="the owner is back", words=words, now=now)
    log.info("case.given_back", case=case_id)
    return True


def ask_again(session: Session, case: Case, *, why: str, by: str = SYSTEM, now: datetime) -> None:
    """Have the case routed again by the full rules; at most once a day for the same hands and reason."""
    job_id = f"routing.again:{case.id}:{case.handed_over}:{why}:{now:%Y-%m-%d}"
    about: dict[str, Any] = {"shop_id": case.shop_id, "case_id": case.id, "held_by": case.advisor_id}
    key = f"return:{case.shop_id}:{case.return_gid}"
    jobs.enqueue(session, "routing.route_again", key=key, job_id=job_id, why=why, by=by, **about)


def _is_stood_in(case: Case) -> bool:
    """Whether a return of the owner would change something: not where the case was just late, or is decided."""
    taken_while_full = case.why_not is WhyNot.FULL and case.taken_at is not None
    return (
        case.state is CaseState.OPEN
        and case.is_stood_in
        and case.why_not is not None
        and case.outcome_at is None
        and not taken_while_full
    )


def _keeps(session: Session, case: Case, owner: Advisor, now: datetime) -> bool:
    """Whether a conversation keeps the case with who stands in."""
    assert case.id is not None
    talks = consults_of(session, shop_id=case.shop_id, case_id=case.id)
    theirs = [talk for talk in talks if talk.advisor_id == case.advisor_id]
    if any(talk.state in (ConsultState.IN_SESSION, ConsultState.COMPLETED) for talk in theirs):
        return True
    return any(talk.state is ConsultState.BOOKED and _cannot_pass(session, talk, owner, now) for talk in theirs)


def _cannot_pass(session: Session, talk: Consult, owner: Advisor, now: datetime) -> bool:
    policy = policy_of(session, shop_id=talk.shop_id)
    return talk.starts_at < now + SOON or not is_free_at(session, owner, policy, talk.starts_at, talk.ends_at, now=now)


def _stood_in(session: Session) -> list[Case]:
    waiting = (Case.state == CaseState.OPEN, col(Case.owner_id) != col(Case.advisor_id), col(Case.why_not).is_not(None))
    return [case for case in session.exec(select(Case).where(*waiting).order_by(col(Case.id))) if _is_stood_in(case)]


def _of_absent(session: Session, now: datetime) -> Iterable[Case]:
    """Open cases of people who left, or who are away for long, or past the day the first answer is due."""
    away = select(TimeOff.advisor_id).where(TimeOff.starts_at <= now, TimeOff.ends_at > now)
    gone = select(Advisor.id).where(col(Advisor.active).is_(False) | col(Advisor.id).in_(away))
    query = select(Case).where(Case.state == CaseState.OPEN, col(Case.outcome_at).is_(None))
    query = query.where(col(Case.advisor_id).in_(gone))
    people: dict[int, tuple[Advisor, Candidate]] = {}
    for case in session.exec(query.order_by(col(Case.id))).all():
        if case.advisor_id not in people:
            advisor = get_advisor(session, shop_id=case.shop_id, advisor_id=case.advisor_id)
            people[case.advisor_id] = advisor, candidate(session, advisor, now=now)
        advisor, drawn = people[case.advisor_id]
        if _is_left_alone(case, advisor, drawn, now) and may_move(session, case):
            yield case


def _is_left_alone(case: Case, advisor: Advisor, drawn: Candidate, now: datetime) -> bool:
    if not advisor.active:
        return True
    if not covers(drawn.away, int(now.timestamp())):
        return False
    back = back_at(drawn, now=int(now.timestamp())) or now
    if case.taken_at is not None:
        return back - now > A_LONG_TIME
    return back > max(case.first_answer_due_at, now)
