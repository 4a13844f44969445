"""An advisor leaves, or is away: what they have is handed over, whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.advisors import get_advisor
from consults.kinds import WhyNot
from consults.models import Advisor, Case
from consults.states import CaseState
from kit.errors import AppError
from routing.absences import ask_again

HandOver = Callable[[Session, int, int, int | None, str, datetime], int]
"""(session, shop_id, from_advisor_id, to_advisor_id, by, now) -> how many it moved of what goes with a person."""

MOST = 20


class DeputyUnclear(AppError):
    """Whoever was named cannot stand in; `field` says where it was written."""

    code = "deputy_unclear"

    def __init__(self, message: str, field: str = "deputy"):
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Left:
    """What leaving set going: open cases that are routed again, and what `hand_overs` moved at once."""

    cases: int
    others: int


def leave(
    session: Session,
    *,
    shop_id: int,
    advisor_id: int,
    successor_id: int | None,
    on: date,
    by: str,
    hand_overs: Sequence[HandOver] = (),
    now: datetime,
) -> Left:
    """The advisor is of the house no more: their desk closes, every open case with its conversations is routed again,
    and what else is theirs goes by `hand_overs`; all in the caller's transaction.

    Raises DeputyUnclear for a successor who left, is the advisor, or would lead back to them. Again, nothing changes.
    """
    advisor = get_advisor(session, shop_id=shop_id, advisor_id=advisor_id)
    if advisor.left_on is not None:
        return Left(0, 0)
    if successor_id is not None:
        check_named(session, advisor, successor_id, "successor")
    advisor.active, advisor.left_on, advisor.successor_id, advisor.deputy_id = False, on, successor_id, None
    session.add(advisor)
    for follower in session.exec(select(Advisor).where(Advisor.shop_id == shop_id, Advisor.deputy_id == advisor_id)):
        follower.deputy_id = successor_id if successor_id != follower.id else None
        session.add(follower)
    session.flush()
    stood_in = (col(Case.shop_id) == shop_id, col(Case.state) == CaseState.OPEN, col(Case.owner_id) == advisor_id)
    gone = sa.update(Case).where(*stood_in, col(Case.advisor_id) != advisor_id)
    session.connection().execute(gone.values(why_not=WhyNot.LEFT, owner_back_at=None))
    found = _theirs(session, shop_id, advisor_id)
    for case in found:
        ask_again(session, case, why="left the house", by=by, now=now)
    moved = sum(go(session, shop_id, advisor_id, successor_id, by, now) for go in hand_overs)
    return Left(len(found), moved)


def come_back(session: Session, *, shop_id: int, advisor_id: int) -> Advisor:
    """One who had left is of the house again; their open cases return to them by themselves."""
    advisor = get_advisor(session, shop_id=shop_id, advisor_id=advisor_id)
    advisor.active, advisor.left_on, advisor.successor_id = True, None, None
    session.add(advisor)
    return advisor


def hand_over_now(session: Session, *, shop_id: int, advisor_id: int, by: str, now: datetime) -> int:
    """Have every open case of the advisor routed again, today; how many."""
    found = _theirs(session, shop_id, get_advisor(session, shop_id=shop_id, advisor_id=advisor_id).id or 0)
    for case in found:
        ask_again(session, case, why=f"handed over by hand at {now:%H:%M}", by=by, now=now)
    return len(found)


def check_named(session: Session, advisor: Advisor, named_id: int, what: str = "deputy") -> None:
    """Whether `named_id` can be the deputy, or the successor, of `advisor`. Raises DeputyUnclear with a sentence."""
    named = get_advisor(session, shop_id=advisor.shop_id, advisor_id=named_id)
    if named.id == advisor.id:
        raise DeputyUnclear(f"{advisor.name} can't be their own {what}.", what)
    if not named.active:
        raise DeputyUnclear(f"{named.name} does not take returns now. Choose somebody who does.", what)
    if what != "deputy":
        return
    way, step = [advisor.name, named.name], named
    while step.deputy_id is not None and len(way) < MOST:
        step = get_advisor(session, shop_id=advisor.shop_id, advisor_id=step.deputy_id)
        way.append(step.name)
        if step.id == advisor.id:
            circle = " to ".join(way)
            raise DeputyUnclear(f"That would go round in a circle: {circle}. Choose somebody else.", what)


def _theirs(session: Session, shop_id: int, advisor_id: int) -> list[Case]:
    query = select(Case).where(Case.shop_id == shop_id, Case.state == CaseState.OPEN, Case.advisor_id == advisor_id)
    return list(session.exec(query.order_by(col(Case.id))))
