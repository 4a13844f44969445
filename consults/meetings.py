"""Whether a conversation took place, where no room tells: the advisor says so."""

from datetime import datetime, timedelta

from sqlmodel import Session

from consults.booking import consults_of, get_consult
from consults.cases import get_case
from consults.events import ConsultEnded
from consults.history import change_state
from consults.kinds import Kind, Role
from consults.models import Case, Consult
from consults.proposals import close_proposed
from consults.rooms.provider import LINK
from consults.states import CaseState, ConsultState
from jobs import publish
from kit.errors import Conflict

SAID_WITHIN = timedelta(days=14)
TOO_LATE = "That was too long ago, or something else was reserved since. Write down what was decided instead."


def is_unseen(consult: Consult) -> bool:
    """Whether nobody tells us if it took place: a call, a visit, a room elsewhere."""
    return consult.kind is not Kind.VIDEO or consult.provider == LINK


def may_say(session: Session, case: Case, consult: Consult, *, now: datetime) -> bool:
    """Whether an advisor may still say how it went: of the latest conversation of an open case without an outcome."""
    said = consult.state is ConsultState.NO_SHOW or (consult.state is ConsultState.COMPLETED and is_unseen(consult))
    if not said or case.state is not CaseState.OPEN or case.outcome is not None:
        return False
    assert case.id is not None
    others = consults_of(session, shop_id=case.shop_id, case_id=case.id)
    kept = [other for other in others if other.state not in (ConsultState.CANCELLED, ConsultState.EXPIRED)]
    latest = max(kept, key=lambda other: other.starts_at)
    return latest.id == consult.id and now - consult.ends_at < SAID_WITHIN


def say_missed(session: Session, *, shop_id: int, consult_id: int, missing: Role, by: str, now: datetime) -> Consult:
    """It did not take place: the client is written to and has two new times, as after an empty room. Twice is once.

    `missing`: Role.CLIENT or Role.ADVISOR. Raises Conflict where it cannot be said (any more).
    """
    consult, case = _of_case(session, shop_id, consult_id)
    if consult.state is ConsultState.NO_SHOW:
        return consult
    if not may_say(session, case, consult, now=now):
        raise Conflict(TOO_LATE)
    change_state(session, consult, ConsultState.NO_SHOW, now=now, actor=by, missing=missing.value)
    publish(session, ConsultEnded(shop_id, consult_id, case.return_gid))
    return consult


def say_met(session: Session, *, shop_id: int, consult_id: int, by: str, now: datetime) -> Consult:
    """It took place after all, by telephone: what was proposed in its place is taken back. Twice is once.

    Raises Conflict where it cannot be said any more.
    """
    consult, case = _of_case(session, shop_id, consult_id)
    if consult.state is ConsultState.COMPLETED:
        return consult
    if not may_say(session, case, consult, now=now):
        raise Conflict(TOO_LATE)
    change_state(session, consult, ConsultState.COMPLETED, now=now, actor=by, missing="")
    close_proposed(session, case, now=now)
    return consult


def _of_case(session: Session, shop_id: int, consult_id: int) -> tuple[Consult, Case]:
    consult = get_consult(session, shop_id=shop_id, consult_id=consult_id)
    return consult, get_case(session, shop_id=shop_id, case_id=consult.case_id)
