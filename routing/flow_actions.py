"""What a workflow of the merchant asks for: this return goes to that advisor. Once a run, with its reason kept."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from consults.advisors import advisors
from consults.cases import find_case
from consults.models import Advisor, Case
from consults.states import CaseState
from kit.clock import now as clock_now
from kit.db import insert_once
from kit.errors import AppError
from kit.log import get_logger
from routing import selling
from routing.events import RouteAsked
from routing.models import Decision, FlowNote
from routing.states import FlowState

log = get_logger("routing")

ROUTE = "route-return"


def route_asked(session: Session, asked: RouteAsked) -> None:
    """On RouteAsked, in the transaction that hands the run on: only rows. A run that cannot be obeyed says why."""
    now = clock_now()
    about: dict[str, Any] = {"shop_id": asked.shop_id, "handle": ROUTE, "key": asked.run_id}
    if not insert_once(session, FlowNote(**about, state=FlowState.DONE, at=now)):
        return
    note = session.exec(select(FlowNote).filter_by(**about)).one()
    try:
        note.words = _obey(session, asked, now)
    except AppError as wrong:
        note.state, note.words = FlowState.REFUSED, wrong.message
        log.info("flow.refused", reason=wrong.code)
    session.add(note)


def _obey(session: Session, asked: RouteAsked, now: datetime) -> str:
    advisor = find_advisor(session, asked.shop_id, asked.advisor)
    simple = find_simple_return(session, asked)
    if simple is not None:
        return _name(session, simple, advisor, asked.reason, now)
    case = find_open_case(session, asked)
    if case.advisor_id == advisor.id:
        return f"{case.order_name or 'The return'} is with {advisor.name} already."
    _give(session, case, advisor, asked.reason, now)
    return f"{case.order_name or 'The return'} went to {advisor.name}: {asked.reason}"[:1000]


def find_advisor(session: Session, shop_id: int, named: str) -> Advisor:
    """The active advisor of that name, e-mail or staff number. Raises AppError, which names what was written."""
    wanted = " ".join(named.split()).casefold()
    number = wanted.rsplit("/", 1)[-1]
    found = [
        person
        for person in advisors(session, shop_id=shop_id, active=True)
        if wanted in (person.name.casefold(), (person.email or "").casefold())
        or (number.isdigit() and (person.staff_gid or "").endswith(f"/{number}"))
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise AppError(f"Several advisors are called “{named}”. Write an e-mail or a staff number instead.")
    raise AppError(f"No advisor who takes returns is called “{named}”. Write them as on the Advisors page.")


def find_simple_return(session: Session, asked: RouteAsked) -> Decision | None:
    """The one return without a conversation the run is about; None where it has one. Raises AppError for several."""
    mine = select(Decision).where(Decision.shop_id == asked.shop_id)
    if asked.order_gid:
        mine = mine.where(Decision.order_gid == asked.order_gid)
    if asked.return_gid:
        mine = mine.where(Decision.return_gid == asked.return_gid)
    decided = session.exec(mine.order_by(col(Decision.id))).all()
    found = [row for row in decided if find_case(session, shop_id=asked.shop_id, return_gid=row.return_gid) is None]
    if not found or len(found) < len(decided):
        return None
    if len(found) > 1:
        raise AppError("That order has several returns. Write the return number as well.")
    return found[0]


def find_open_case(session: Session, asked: RouteAsked) -> Case:
    """The one open case the run is about. Raises AppError."""
    if asked.return_gid:
        case = find_case(session, shop_id=asked.shop_id, return_gid=asked.return_gid)
        found = [case] if case and (not asked.order_gid or case.order_gid == asked.order_gid) else []
    else:
        query = select(Case).where(Case.shop_id == asked.shop_id, Case.order_gid == asked.order_gid)
        found = list(session.exec(query.order_by(col(Case.id))))
    if not found:
        raise AppError("That order has no return with a conversation, so there is nobody to give it to.")
    open_ones = [case for case in found if case.state is CaseState.OPEN]
    if not open_ones:
        raise AppError("That return is closed.")
    if len(open_ones) > 1:
        raise AppError("That order has several open returns. Write the return number as well.")
    return open_ones[0]


def _name(session: Session, decision: Decision, advisor: Advisor, reason: str, now: datetime) -> str:
    assert advisor.id is not None
    order = decision.order_name or "The return"
    if selling.named_on(session, decision) == advisor.id:
        return f"{order} names {advisor.name} already."
    selling.choose_named(
        session,
        shop_id=decision.shop_id,
        return_gid=decision.return_gid,
        advisor_id=advisor.id,
        reason=reason,
        by=selling.FLOW,
        for_client=False,
        now=now,
    )
    return f"{order} names {advisor.name} from now on: {reason}"[:1000]


def _give(session: Session, case: Case, advisor: Advisor, reason: str, now: datetime) -> None:
    assert case.id is not None and advisor.id is not None
    selling.choose_advisor(
        session,
        shop_id=case.shop_id,
        case_id=case.id,
        advisor_id=advisor.id,
        reason=reason,
        by=selling.FLOW,
        for_client=False,
        words=f"Your house's workflow gave it to you: {reason}",
        now=now,
    )
