"""Climbing the ladder of the first answer: each rung once, whoever looks and however many look at once."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.cases import get_case, take_case
from consults.events import AnswerHalfDue, FirstAnswerLate
from consults.first_answers import owner_id, owner_rung, rungs_of, waits
from consults.hands import Hands, give
from consults.history import SYSTEM, add_line, by_advisor
from consults.kinds import Ledger
from consults.models import Advisor, Case, FirstAnswerRung
from consults.opening import due_at, hours_of
from consults.ports import Colleague
from consults.reservations import advisor_of
from consults.rungs import Rung, after, half
from consults.standing_in import stand_in
from consults.states import CaseState
from jobs import publish
from kit.db import insert_once
from kit.errors import Conflict

LATE, NOT_TODAY = "late", "not_today"
MOST = 200
WORDS = {
    Rung.DEPUTY: "You stand in for {owner}, whose client it is.",
    Rung.MANAGER: "A client of {owner} who still waits for a word; you manage the boutique.",
    Rung.POOL: "A client of {owner} who still waits for a word; you may have a moment.",
}


def due_cases(session: Session, *, now: datetime) -> list[tuple[int, int]]:
    """(shop_id, case_id) of cases on which a rung is due, the longest overdue first; a batch of them."""
    query = (
        select(Case.shop_id, Case.id)
        .where(col(Case.next_rung_at) <= now, Case.state == CaseState.OPEN, col(Case.first_answer_at).is_(None))
        .order_by(col(Case.next_rung_at), col(Case.id))
    )
    return [(shop_id, case_id) for shop_id, case_id in session.exec(query.limit(MOST)) if case_id is not None]


def fire_due(session: Session, *, shop_id: int, case_id: int, colleague: Colleague, now: datetime) -> list[Rung]:
    """Climb what is due on one case, and say which rungs. Those nobody stands on are passed in the same step."""
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    if not waits(case) or case.next_rung is None or case.next_rung_at is None or case.next_rung_at > now:
        return []
    return _climb(session, case, why=LATE, colleague=colleague, now=now)


def not_today(
    session: Session, *, shop_id: int, case_id: int, advisor_id: int, colleague: Colleague, now: datetime
) -> Advisor | None:
    """The advisor can't today: whoever comes next is asked at once, and returned; None when there is nobody.

    Raises Conflict when it is not theirs to answer any more.
    """
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    if not waits(case) or case.advisor_id != advisor_id:
        raise Conflict(whose_now(session, case))
    add_line(session, case, kind="advisor.not_today", now=now, actor=by_advisor(advisor_id))
    if case.next_rung is Rung.OWNER:
        _step(session, case, Rung.OWNER, case.advisor_id, NOT_TODAY, now)
    if case.next_rung is not None:
        _climb(session, case, why=NOT_TODAY, colleague=colleague, now=now)
    return advisor_of(session, case.advisor_id) if case.advisor_id != advisor_id else None


def take_offer(session: Session, *, shop_id: int, case_id: int, advisor_id: int, now: datetime) -> Case:
    """The advisor takes it in hand. Whoever was asked may, also after the next one was: the first to take it has it.

    Raises Conflict when somebody else was quicker, or the case is closed.
    """
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    if case.state is CaseState.CLOSED:
        raise Conflict("This return is closed.")
    if case.advisor_id != advisor_id:
        if not waits(case) or (case.owner_id != advisor_id and not _was_asked(session, case, advisor_id)):
            raise Conflict(whose_now(session, case))
        _give_back(session, case, advisor_id, now)
    return take_case(session, shop_id=shop_id, case_id=case_id, advisor_id=advisor_id, now=now)


def whose_now(session: Session, case: Case) -> str:
    """A sentence for somebody who comes too late."""
    return f"{advisor_of(session, case.advisor_id).name} looks after it now."


def _climb(session: Session, case: Case, *, why: str, colleague: Colleague, now: datetime) -> list[Rung]:
    climbed: list[Rung] = []
    while case.next_rung is not None:
        rung, owner = case.next_rung, advisor_of(session, owner_id(session, case))
        if not _is_held_still(session, case, rung):
            break
        if rung is Rung.OWNER:  # or who has answered for them from the start
            who: Advisor | None = advisor_of(session, case.advisor_id)
        else:
            who = stand_in(session, case, owner, rung, colleague=colleague, now=now)
        if not _step(session, case, rung, who.id if who else None, why, now):
            raise Conflict("That rung was climbed before.")  # and whoever was asked for it is not
        climbed.append(rung)
        _tell(session, case, rung, owner, who, why, now)
        if who is not None:
            break
    return climbed


def _is_held_still(session: Session, case: Case, rung: Rung) -> bool:
    """Lock the case before anybody is asked for it: whether it still stands below `rung`. It does until we are done."""
    session.flush()
    mine = (col(Case.id) == case.id, col(Case.next_rung) == rung, col(Case.first_answer_at).is_(None))
    still = sa.update(Case).where(*mine, col(Case.state) == CaseState.OPEN).values(next_rung=rung)
    is_ours = session.connection().execute(still).rowcount == 1
    session.refresh(case)
    return is_ours


def _step(session: Session, case: Case, rung: Rung, advisor_id: int | None, why: str, now: datetime) -> bool:
    """Stand on `rung`: the case's row first, which is the lock, then the rung's own, which is the proof."""
    assert case.id is not None
    session.flush()
    mine = (
        col(Case.id) == case.id,
        col(Case.next_rung) == rung,
        col(Case.first_answer_at).is_(None),
        col(Case.state) == CaseState.OPEN,
    )
    up = after(rung)
    at = _next_at(session, case, rung, advisor_id, now) if up else None
    moved = session.connection().execute(sa.update(Case).where(*mine).values(next_rung=up, next_rung_at=at))
    session.refresh(case)
    if moved.rowcount != 1:
        return False
    row = FirstAnswerRung(
        shop_id=case.shop_id, case_id=case.id, rung=rung, fired_at=now, advisor_id=advisor_id, why=why
    )
    if rung is Rung.OWNER:
        row.seller_words, row.sold_by_advisor = case.seller_words, case.sold_by_advisor
    if not insert_once(session, row):
        raise Conflict("That rung was climbed before.")
    return True


def _next_at(session: Session, case: Case, rung: Rung, advisor_id: int | None, now: datetime) -> datetime:
    """When the rung after `rung` is due: the promise itself after the owner's, then half a promise for each."""
    if rung is Rung.OWNER:
        return case.first_answer_due_at
    if advisor_id is None:
        return now
    who = advisor_of(session, advisor_id)
    return due_at(now, half(case.promised_minutes or 2), hours_of(session, who))


def _tell(
    session: Session, case: Case, rung: Rung, owner: Advisor, who: Advisor | None, why: str, now: datetime
) -> None:
    assert case.id is not None
    if rung is Rung.OWNER:
        publish(session, AnswerHalfDue(case.shop_id, case.id, case.return_gid))
        return
    if why == LATE and (who is not None or after(rung) is None):
        publish(session, FirstAnswerLate(case.shop_id, case.id, case.return_gid, rung.value))
    if who is None or who.id is None:
        add_line(session, case, kind="rung.nobody", now=now, detail=rung.value)
        return
    reason = "said not today" if why == NOT_TODAY else "has not answered yet"
    words = WORDS[rung].format(owner=owner.name)
    _hand(session, case, who.id, why=f"{rung.value}; {by_advisor(case.advisor_id)} {reason}", words=words, now=now)


def _give_back(session: Session, case: Case, advisor_id: int, now: datetime) -> None:
    """To somebody who was asked before; to the owner with the words that were theirs."""
    assert case.id is not None
    first, words, sold = owner_rung(session, case), "You were asked before, and took it after all.", False
    if first is not None and first.advisor_id == advisor_id:
        words, sold = first.seller_words, first.sold_by_advisor
    by = by_advisor(advisor_id)
    _hand(session, case, advisor_id, why="took it after all", words=words, sold=sold, by=by, now=now)


def _hand(
    session: Session,
    case: Case,
    advisor_id: int,
    *,
    why: str,
    words: str,
    sold: bool = False,
    by: str = SYSTEM,
    now: datetime,
) -> None:
    """The client stays whose they are; why the owner could not answer at first stays readable."""
    owner = owner_id(session, case)
    to = Hands(advisor_id=advisor_id, owner_id=owner)
    if advisor_id != owner:
        to = replace(to, ledger=Ledger.POOL, why_not=case.why_not, owner_back_at=case.owner_back_at)
    give(session, case, replace(to, sold=sold), why=why, words=words, by=by, now=now)


def _was_asked(session: Session, case: Case, advisor_id: int) -> bool:
    assert case.id is not None
    rungs = rungs_of(session, shop_id=case.shop_id, case_id=case.id)
    return advisor_id in {row.advisor_id for row in rungs}
