"""The first answer to a client: what counts as one, and the ladder that is climbed while there is none."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.history import add_line
from consults.models import Advisor, Case, FirstAnswerRung
from consults.opening import due_at, hours_of
from consults.rungs import ORDER, Rung, half
from consults.states import CaseState
from consults.tiers import promised_minutes
from kit.errors import AppError
from kit.money import Money

HOW = ("took", "booked", "wrote", "called", "decided")
"""The advisor took it in hand, the client has a time, the advisor wrote or rang, or an outcome is written down."""

BY_HAND = ("wrote", "called")


def start_clock(session: Session, *, shop_id: int, advisor: Advisor, value: Money, now: datetime) -> dict[str, object]:
    """Columns of a case opened now: what is promised, until when, and when its owner is reminded."""
    minutes, hours = promised_minutes(session, shop_id=shop_id, value=value), hours_of(session, advisor)
    return {
        "promised_minutes": minutes,
        "first_answer_due_at": due_at(now, minutes, hours),
        "next_rung": Rung.OWNER,
        "next_rung_at": due_at(now, half(minutes), hours),
    }


def note_answer(
    session: Session, case: Case, *, how: str, actor: str, now: datetime, advisor_id: int | None = None
) -> bool:
    """The client was answered: the ladder ends. False when they had been answered before.

    `advisor_id` guards against the case having gone to somebody else in this moment: then nothing is noted either.
    """
    if how not in HOW:
        raise AppError("Say whether you wrote or rang.")
    mine = [col(Case.id) == case.id, col(Case.first_answer_at).is_(None)]
    if advisor_id is not None:
        mine.append(col(Case.advisor_id) == advisor_id)
    session.flush()
    noted = session.connection().execute(
        sa.update(Case)
        .where(*mine)
        .values(first_answer_at=now, first_answer_how=how, next_rung=None, next_rung_at=None)
    )
    session.refresh(case)
    if noted.rowcount != 1:
        return False
    if how in BY_HAND:  # the others leave a line of their own
        add_line(session, case, kind="case.answered", now=now, actor=actor, detail=how)
    return True


def waits(case: Case) -> bool:
    """Whether the client still waits for a first answer."""
    return case.state is CaseState.OPEN and case.first_answer_at is None and case.taken_at is None


def rungs_of(session: Session, *, shop_id: int, case_id: int) -> list[FirstAnswerRung]:
    """The rungs climbed so far, in order."""
    query = select(FirstAnswerRung).where(FirstAnswerRung.shop_id == shop_id, FirstAnswerRung.case_id == case_id)
    return list(session.exec(query.order_by(col(FirstAnswerRung.id))))


def owner_rung(session: Session, case: Case) -> FirstAnswerRung | None:
    """The first rung, which says whose client it was before anybody stood in; None while nobody was reminded."""
    query = select(FirstAnswerRung).where(FirstAnswerRung.case_id == case.id, FirstAnswerRung.rung == Rung.OWNER)
    return session.exec(query).first()


def owner_id(session: Session, case: Case) -> int:
    """Whose client it is: who sold the piece, or had the case before anybody stood in."""
    if case.owner_id is not None:
        return case.owner_id
    first = owner_rung(session, case)
    return (first.advisor_id if first else None) or case.advisor_id


def lent_out(session: Session, *, shop_id: int, advisor_id: int) -> list[Case]:
    """Open cases of this advisor's clients that a colleague looks after now."""
    mine = (Case.shop_id == shop_id, Case.owner_id == advisor_id, Case.advisor_id != advisor_id)
    return list(session.exec(select(Case).where(*mine, Case.state == CaseState.OPEN).order_by(col(Case.opened_at))))


def stop_clock(session: Session, case: Case) -> None:
    """The client would rather wait: nobody is reminded of a promise."""
    case.next_rung, case.next_rung_at = None, None
    session.add(case)


def start_again(session: Session, case: Case, *, advisor: Advisor, now: datetime) -> None:
    """The client waits for an answer again: it is promised anew, and rungs climbed before are not climbed twice."""
    assert case.id is not None
    if not waits(case):
        return
    value = Money(case.value_cents, case.currency)
    values = start_clock(session, shop_id=case.shop_id, advisor=advisor, value=value, now=now)
    climbed = {row.rung for row in rungs_of(session, shop_id=case.shop_id, case_id=case.id)}
    if climbed:
        rung = next((rung for rung in ORDER if rung not in climbed), None)
        values |= {"next_rung": rung, "next_rung_at": values["first_answer_due_at"] if rung else None}
    for name, column in values.items():
        setattr(case, name, column)
    session.add(case)
