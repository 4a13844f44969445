"""Giving something: within the budget at once, beyond it after a silent question. The client sees what was allowed."""

from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs
from consults.advisors import get_advisor
from consults.events import GestureAnswered, GestureAsked
from consults.gestures.models import Gesture
from consults.gestures.states import COUNTING, GestureState
from consults.history import add_line, by_advisor
from consults.models import Case
from consults.rounds.rounds import begin_offer
from consults.states import CaseState, InvalidMove
from jobs import publish
from kit.db import hold, insert_once
from kit.errors import AppError, Conflict, NotFound
from kit.money import Money
from kit.tokens import token_hash
from shops.shops import get_shop


def give(
    session: Session, case: Case, *, what: str, why: str, cents: int, advisor_id: int, once: str, now: datetime
) -> Gesture:
    """Allowed at once where this month's budget holds it, else asked for. `once` makes a second tap the same gesture.

    Raises AppError when it says nothing or is worth nothing, InvalidMove for a closed case.
    """
    what, why = " ".join(what.split())[:200], " ".join(why.split())[:500]
    if not what or not why:
        raise AppError("Say what it is, and why it is right for them.")
    if cents <= 0:
        raise AppError("Say what it costs the house.")
    if case.state is not CaseState.OPEN:
        raise InvalidMove("This return is closed.")
    assert case.id is not None
    begin_offer(session, case, advisor_id=advisor_id, now=now)
    hold(session, f"budget:{case.shop_id}:{advisor_id}")  # two gestures at once would each find the budget whole
    left = left_of_budget(session, shop_id=case.shop_id, advisor_id=advisor_id, now=now)
    beyond = cents > left.cents
    row = Gesture(
        shop_id=case.shop_id,
        case_id=case.id,
        advisor_id=advisor_id,
        what=what,
        why=why,
        cents=cents,
        currency=left.currency,
        beyond=beyond,
        state=GestureState.ASKED if beyond else GestureState.ALLOWED,
        once=token_hash(once),
        asked_at=now,
    )
    if insert_once(session, row):
        kind = "gesture.asked" if beyond else "gesture.given"
        detail = Money(cents, left.currency).show()
        add_line(session, case, kind=kind, now=now, actor=by_advisor(advisor_id), detail=detail)
        if beyond:
            asked = session.exec(select(Gesture.id).where(Gesture.case_id == case.id, Gesture.once == row.once)).one()
            publish(session, GestureAsked(case.shop_id, case.id, case.return_gid, asked or 0))
    mine = select(Gesture).where(Gesture.case_id == case.id, Gesture.once == token_hash(once))
    return session.exec(mine.execution_options(populate_existing=True)).one()


def left_of_budget(session: Session, *, shop_id: int, advisor_id: int, now: datetime) -> Money:
    """What is left of their budget for this month, where the shop is. Nothing was set: nothing is left."""
    shop, advisor = get_shop(session, shop_id), get_advisor(session, shop_id=shop_id, advisor_id=advisor_id)
    here = now.astimezone(ZoneInfo(shop.zone))
    begins = here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    taken = select(sa.func.coalesce(sa.func.sum(Gesture.cents), 0)).where(
        Gesture.shop_id == shop_id,
        Gesture.advisor_id == advisor_id,
        Gesture.asked_at >= begins,
        col(Gesture.beyond).is_(False),
        col(Gesture.state).in_(COUNTING),
    )
    return Money(max(advisor.budget_cents - int(session.exec(taken).one()), 0), shop.currency)


def answer(
    session: Session, case: Case, *, gesture_id: int, allow: bool, words: str = "", advisor_id: int, now: datetime
) -> Gesture:
    """Say yes or not now to what was asked, once.

    Raises NotFound, Conflict when somebody was quicker, InvalidMove for a yes to a closed case.
    """
    mine = (col(Gesture.id) == gesture_id, col(Gesture.case_id) == case.id, col(Gesture.shop_id) == case.shop_id)
    row = session.exec(select(Gesture).where(*mine)).first()
    if row is None:
        raise NotFound("That is not known here.")
    if row.advisor_id == advisor_id:
        raise AppError("Somebody else answers what one asks for oneself.", status=403, code="not_allowed")
    state = GestureState.ALLOWED if allow else GestureState.NOT_NOW
    if allow and case.state is not CaseState.OPEN:
        raise InvalidMove("This return is closed.")
    if allow:  # from now on the client sees it; they may have said no twice meanwhile
        begin_offer(session, case, advisor_id=row.advisor_id, now=now)
    answered = session.connection().execute(
        sa.update(Gesture)
        .where(*mine, col(Gesture.state) == GestureState.ASKED)
        .values(state=state, answered_by=advisor_id, answered_at=now, answer=" ".join(words.split())[:500] or None)
    )
    if answered.rowcount != 1:
        raise Conflict("It was answered already.")
    session.refresh(row)
    kind = "gesture.allowed" if allow else "gesture.not_now"
    add_line(
        session, case, kind=kind, now=now, actor=by_advisor(advisor_id), detail=Money(row.cents, row.currency).show()
    )
    assert case.id is not None
    publish(session, GestureAnswered(case.shop_id, case.id, case.return_gid, gesture_id, allow, now.isoformat()))
    jobs.enqueue(
        session,
        "consults.tell_gesture_answered",  # besides what follows at once
        shop_id=case.shop_id,
        case_id=case.id,
        gesture_id=gesture_id,
    )
    return row


def take_back(session: Session, case: Case, *, gesture_id: int) -> None:
    """They decided otherwise: it counts in no budget any more, and waits for nobody."""
    mine = (col(Gesture.id) == gesture_id, col(Gesture.case_id) == case.id, col(Gesture.shop_id) == case.shop_id)
    row = session.exec(select(Gesture).where(*mine)).one()
    session.connection().execute(
        sa.update(Gesture).where(*mine, col(Gesture.state).in_(COUNTING)).values(state=GestureState.TAKEN_BACK)
    )
    session.refresh(row)


def gestures_of(session: Session, case: Case) -> list[Gesture]:
    """Every one of a case, the first first."""
    mine = (Gesture.case_id == case.id, Gesture.shop_id == case.shop_id)
    return list(session.exec(select(Gesture).where(*mine).order_by(col(Gesture.id))))


def shown_to_client(session: Session, case: Case) -> list[str]:
    """What the client reads: what was allowed, and nothing of what was asked or what it costs."""
    return [row.what for row in gestures_of(session, case) if row.state is GestureState.ALLOWED]


def asked_now(session: Session, *, shop_id: int) -> list[Gesture]:
    """What waits for a yes, or not now, the oldest first."""
    mine = (Gesture.shop_id == shop_id, Gesture.state == GestureState.ASKED)
    return list(session.exec(select(Gesture).where(*mine).order_by(col(Gesture.id))))


def exceptions(session: Session, *, shop_id: int, most: int = 200) -> list[Gesture]:
    """Precedents: whatever went beyond a budget, newest first, with its reason and its answer."""
    mine = (Gesture.shop_id == shop_id, col(Gesture.beyond).is_(True))
    return list(session.exec(select(Gesture).where(*mine).order_by(col(Gesture.id).desc()).limit(most)))


def forget(session: Session, *, shop_id: int, case_id: int) -> None:
    """Words that were written of that case's client go; that something was given, and its worth, stays."""
    mine = (col(Gesture.case_id) == case_id, col(Gesture.shop_id) == shop_id)
    session.connection().execute(sa.update(Gesture).where(*mine).values(what="", why="", answer=None))
