"""Cases: one for each assisted return, opened once, closed when the outcome is written down and the parcel is done."""

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs
from consults.advisors import get_advisor
from consults.aftercare import learned
from consults.events import CaseClosed, CaseOpened, OutcomeRecorded
from consults.facts import CaseFacts
from consults.first_answers import note_answer, start_clock
from consults.history import SYSTEM, add_line, by_advisor, move_case
from consults.kinds import Outcome, RootCause
from consults.marketing import letters
from consults.models import Case
from consults.simple_returns import came_to
from consults.states import CaseState, InvalidMove
from consults.zones import guess_zone
from jobs import publish
from kit.db import insert_once
from kit.errors import AppError, NotFound
from kit.money import Money


def open_case(session: Session, *, shop_id: int, facts: CaseFacts, advisor_id: int, now: datetime) -> tuple[Case, bool]:
    """The case of that return, and whether it was opened now. However often a return arrives, it has one case."""
    advisor = get_advisor(session, shop_id=shop_id, advisor_id=advisor_id)
    values = asdict(facts)
    del values["client_country"]
    # Until the client says otherwise: the advisor who sold it is seldom far from where they live.
    values["client_zone"] = facts.client_zone or guess_zone(facts.client_country, advisor.zone)
    values |= start_clock(
        session, shop_id=shop_id, advisor=advisor, value=Money(facts.value_cents, facts.currency), now=now
    )
    row = Case(shop_id=shop_id, advisor_id=advisor_id, opened_at=now, **values)
    opened = insert_once(session, row)
    case = find_case(session, shop_id=shop_id, return_gid=facts.return_gid)
    assert case is not None and case.id is not None
    if opened:
        add_line(session, case, kind="case.opened", now=now, detail=f"for {by_advisor(advisor_id)}")
        publish(session, CaseOpened(shop_id, case.id, case.return_gid))
    return case, opened


def get_case(session: Session, *, shop_id: int, case_id: int) -> Case:
    """The shop's case with that id. Raises NotFound."""
    case = session.exec(select(Case).where(Case.id == case_id, Case.shop_id == shop_id)).first()
    if case is None:
        raise NotFound("That page is not known here.")
    return case


def find_case(session: Session, *, shop_id: int, return_gid: str) -> Case | None:
    """The case of that return, if it has one."""
    return session.exec(select(Case).where(Case.shop_id == shop_id, Case.return_gid == return_gid)).first()


def cases_of(
    session: Session,
    *,
    shop_id: int,
    state: CaseState | None = None,
    advisor_id: int | None = None,
    limit: int = 50,
) -> list[Case]:
    """Cases of the shop, newest first; of one state or one advisor when given."""
    query = select(Case).where(Case.shop_id == shop_id)
    if state is not None:
        query = query.where(Case.state == state)
    if advisor_id is not None:
        query = query.where(Case.advisor_id == advisor_id)
    return list(session.exec(query.order_by(col(Case.opened_at).desc(), col(Case.id).desc()).limit(limit)))


def open_cases(session: Session, *, shop_id: int, advisor_id: int | None = None) -> list[Case]:
    """Open cases, the first answer due soonest first."""
    found = cases_of(session, shop_id=shop_id, state=CaseState.OPEN, advisor_id=advisor_id, limit=500)
    return sorted(found, key=lambda case: (case.taken_at is not None, case.first_answer_due_at))


def take_case(session: Session, *, shop_id: int, case_id: int, advisor_id: int, now: datetime) -> Case:
    """The advisor has opened it: the first answer is given. Only the first time counts."""
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    taken = session.connection().execute(
        sa.update(Case).where(col(Case.id) == case_id, col(Case.taken_at).is_(None)).values(taken_at=now)
    )
    if taken.rowcount == 1:
        session.refresh(case)
        add_line(session, case, kind="case.taken", now=now, actor=by_advisor(advisor_id))
        note_answer(session, case, how="took", actor=by_advisor(advisor_id), now=now)
    return case


def record_outcome(
    session: Session,
    *,
    shop_id: int,
    case_id: int,
    advisor_id: int,
    outcome: Outcome | str,
    root_cause: RootCause | str,
    quote: str = "",
    note: str = "",
    now: datetime,
) -> Case:
    """Write down what the client decided and why, in their own words where there are some.

    It may be corrected while the case is open. Raises AppError for a word we do not know, InvalidMove when closed.
    """
    try:
        decided, cause = Outcome(outcome), RootCause(root_cause)
    except ValueError:
        raise AppError("Choose what they decided, and what it was really about.") from None
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    note_answer(session, case, how="decided", actor=by_advisor(advisor_id), now=now)
    same = (case.outcome, case.root_cause) == (decided, cause)
    _set_while_open(
        session,
        case,
        outcome=decided,
        root_cause=cause,
        client_quote=quote or None,
        outcome_note=note or None,
        outcome_at=case.outcome_at or now,
    )
    if not same:
        detail = f"{decided.value}, {cause.value}"
        add_line(session, case, kind="case.outcome", now=now, actor=by_advisor(advisor_id), detail=detail)
        publish(session, OutcomeRecorded(shop_id, case_id, case.return_gid, decided.value))
    _close_when_done(session, case, now=now, actor=by_advisor(advisor_id))
    return case


def note_parcel_done(
    session: Session, *, shop_id: int, return_gid: str, how: str = "settled", now: datetime
) -> Case | None:
    """The parcel side is done: money settled, or the return ended. None when that return has no case.

    Of a client who would rather not talk nobody writes down what they decided: it is what became of the return.
    """
    case = find_case(session, shop_id=shop_id, return_gid=return_gid)
    if case is None:
        return None
    done = session.connection().execute(
        sa.update(Case).where(col(Case.id) == case.id, col(Case.parcel_done_at).is_(None)).values(parcel_done_at=now)
    )
    session.refresh(case)
    if done.rowcount == 1:
        add_line(session, case, kind="case.parcel_done", now=now, detail=how)
    outcome = came_to(session, case, how) if case.outcome_at is None and case.state is CaseState.OPEN else None
    if outcome is not None:
        cause = RootCause.CLIENT_DECLINED
        _set_while_open(session, case, outcome=outcome, root_cause=cause, outcome_at=now)
        add_line(session, case, kind="case.outcome", now=now, detail=f"{outcome.value}, {cause.value}")
    _close_when_done(session, case, now=now, actor=SYSTEM)
    return case


def reopen_case(session: Session, *, shop_id: int, return_gid: str, now: datetime) -> Case | None:
    """The return was opened again: its parcel side is not done any more, and a closed case is open. None without one.

    What was decided stays, and may be corrected; the case closes again when the parcel side is done.
    """
    case = find_case(session, shop_id=shop_id, return_gid=return_gid)
    if case is None or case.parcel_done_at is None:
        return case
    case.parcel_done_at = None
    session.add(case)
    session.flush()
    if case.state is CaseState.CLOSED:
        move_case(session, case, CaseState.OPEN, now=now, kind="case.reopened", closed_at=None)
        jobs.enqueue(session, "consults.follow_letters", shop_id=shop_id, case_id=case.id)
    return case


def move_client(session: Session, *, shop_id: int, from_gid: str, to_gid: str) -> None:
    """Two records of a client became one: the cases of the one that is gone are the other's."""
    theirs = (col(Case.shop_id) == shop_id, col(Case.client_gid) == from_gid)
    session.connection().execute(sa.update(Case).where(*theirs).values(client_gid=to_gid))
    for package in (learned, letters):
        package.move_client(session, shop_id=shop_id, from_gid=from_gid, to_gid=to_gid)


def _set_while_open(session: Session, case: Case, **values: object) -> None:
    session.flush()
    statement = sa.update(Case).where(col(Case.id) == case.id, col(Case.state) == CaseState.OPEN).values(**values)
    if session.connection().execute(statement).rowcount != 1:
        raise InvalidMove("This return is closed. What was decided stays as it was written down.")
    session.refresh(case)


def _close_when_done(session: Session, case: Case, *, now: datetime, actor: str) -> None:
    if case.state is CaseState.CLOSED or case.outcome_at is None or case.parcel_done_at is None:
        return
    move_case(session, case, CaseState.CLOSED, now=now, actor=actor, closed_at=now, next_rung=None, next_rung_at=None)
    assert case.id is not None
    publish(session, CaseClosed(case.shop_id, case.id, case.return_gid))
