"""Shopify Flow: what its workflows are told, and what they may ask for. What they ask is in routing/flow_actions.py.

A trigger starts the merchant's own workflows and cannot be asked for afterwards: each is sent at most once, and one
that may have been lost is said to be so.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.advisors import get_advisor
from consults.cases import find_case, get_case
from consults.first_answers import owner_id
from kit.clock import now as clock_now
from kit.db import Begin, insert_once
from kit.errors import OutsideError
from kit.log import get_logger
from kit.money import Money
from routing.models import Decision, FlowNote
from routing.ports import FlowDoor
from routing.states import FlowState

log = get_logger("routing")

ROUTED, LATE = "return-routed", "first-answer-late"
UNSURE = "Shopify did not answer. The workflow may have started or not; it is not started a second time."
Payload = Mapping[str, str | int]


def tell_flow_routed(begin: Begin, *, flow: FlowDoor, shop_id: int, return_gid: str) -> None:
    """On ReturnRouted: fire "return routed"."""
    with begin() as session:
        payload = routed_payload(session, shop_id, return_gid)
    _fire(begin, flow, shop_id, ROUTED, return_gid, payload)


def tell_flow_late(begin: Begin, *, flow: FlowDoor, shop_id: int, case_id: int, return_gid: str, rung: str) -> None:
    """On FirstAnswerLate: fire "first answer late", once a rung."""
    with begin() as session:
        payload = late_payload(session, shop_id, case_id, rung)
    _fire(begin, flow, shop_id, LATE, f"{return_gid}:{rung}", payload)


def routed_payload(session: Session, shop_id: int, return_gid: str) -> Payload:
    """The declared fields of "return routed". Amounts are decimal text, as everywhere."""
    query = select(Decision).where(Decision.shop_id == shop_id, Decision.return_gid == return_gid)
    decision = session.exec(query).one()
    case = find_case(session, shop_id=shop_id, return_gid=return_gid)
    advisor = get_advisor(session, shop_id=shop_id, advisor_id=case.advisor_id) if case else None
    return {
        "order_id": _number(decision.order_gid),
        "Return number": str(_number(return_gid)),
        "Outcome": decision.outcome.value,
        "Advisor": advisor.name if advisor else "",
        "Reason": decision.words[:1000],
        "Order value": Money(decision.total_cents, decision.currency).amount,
    }


def late_payload(session: Session, shop_id: int, case_id: int, rung: str) -> Payload:
    """The declared fields of "first answer late"."""
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    owner = get_advisor(session, shop_id=shop_id, advisor_id=owner_id(session, case))
    asked = get_advisor(session, shop_id=shop_id, advisor_id=case.advisor_id)
    return {
        "order_id": _number(case.order_gid),
        "Return number": str(_number(case.return_gid)),
        "Rung": rung,
        "Client of": owner.name,
        "Asked now": asked.name,
    }


def notes_of(session: Session, *, shop_id: int, limit: int = 10) -> list[FlowNote]:
    """What was told to Flow and asked by it, newest first."""
    query = select(FlowNote).where(FlowNote.shop_id == shop_id).order_by(col(FlowNote.id).desc())
    return list(session.exec(query.limit(limit)))


def _fire(begin: Begin, flow: FlowDoor, shop_id: int, handle: str, key: str, payload: Payload) -> None:
    with begin() as session:
        if not _may_send(session, shop_id, handle, key, clock_now()):
            return
    try:
        refused = flow.fire(shop_id, handle, payload)
    except OutsideError as error:
        with begin() as session:
            sure = not error.ambiguous
            _settle(session, shop_id, handle, key, FlowState.WAITING if sure else FlowState.UNSURE, UNSURE)
        if sure:
            raise
        return
    with begin() as session:
        _settle(session, shop_id, handle, key, FlowState.REFUSED if refused else FlowState.DONE, refused)
    log.info("flow.fired", handle=handle, refused=refused)


def _may_send(session: Session, shop_id: int, handle: str, key: str, now: datetime) -> bool:
    """Whether it is ours to send now. One that was being sent when its process ended stays unsure."""
    insert_once(session, FlowNote(shop_id=shop_id, handle=handle, key=key, state=FlowState.WAITING, at=now))
    mine = (col(FlowNote.shop_id) == shop_id, col(FlowNote.handle) == handle, col(FlowNote.key) == key)
    sending = sa.update(FlowNote).where(*mine, col(FlowNote.state) == FlowState.WAITING)
    values: dict[str, Any] = {"state": FlowState.UNSURE, "words": UNSURE, "at": now}
    return session.connection().execute(sending.values(**values)).rowcount == 1


def _settle(session: Session, shop_id: int, handle: str, key: str, state: FlowState, words: str) -> None:
    mine = (col(FlowNote.shop_id) == shop_id, col(FlowNote.handle) == handle, col(FlowNote.key) == key)
    session.connection().execute(sa.update(FlowNote).where(*mine).values(state=state, words=words[:1000]))


def _number(gid: str) -> int:
    end = gid.rsplit("/", 1)[-1]
    return int(end) if end.isdigit() else 0
