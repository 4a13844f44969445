"""Jobs of gestures beyond a budget, under the names they have in JOBS: `consults.<function>`."""

from typing import Any

from sqlmodel import Session, select

from consults.advisors import first_who_may, get_advisor, manager_of
from consults.cases import get_case
from consults.gestures.models import Gesture
from consults.gestures.states import GestureState
from consults.letters import Letters
from consults.models import Advisor, Case
from consults.reservations import advisor_of
from consults.rights import Right
from consults.telling_advisors import tell_colleague
from kit import clock
from kit.addresses import Addresses
from kit.db import Begin
from kit.log import get_logger
from kit.money import Money

log = get_logger("consults")


def tell_gesture_asked(
    begin: Begin, *, addresses: Addresses, shop_id: int, case_id: int, gesture_id: int, **_event: Any
) -> None:
    """On GestureAsked: one colleague who may say yes is told; the client nothing. It stands on Today of all who may."""
    with begin() as session:
        case, row = get_case(session, shop_id=shop_id, case_id=case_id), _gesture(session, shop_id, gesture_id)
        if row is None or row.state is not GestureState.ASKED:
            return
        asker = get_advisor(session, shop_id=shop_id, advisor_id=row.advisor_id)
        who = _who_answers(session, case, asker)
        if who is None:
            log.warning("gesture.nobody_answers", case=case_id)
            return
        about = {"why": row.why, "advisor": asker.name}
        _tell(session, addresses, case, row, who, "gesture_asked_advisor", "asked", about)


def tell_gesture_answered(
    begin: Begin, *, addresses: Addresses, shop_id: int, case_id: int, gesture_id: int, **_event: Any
) -> None:
    """Once it was answered: whoever asked hears what was said, and by whom."""
    with begin() as session:
        case, row = get_case(session, shop_id=shop_id, case_id=case_id), _gesture(session, shop_id, gesture_id)
        if row is None or row.answered_by is None or not row.what:
            return  # erased meanwhile
        asker = get_advisor(session, shop_id=shop_id, advisor_id=row.advisor_id)
        colleague = get_advisor(session, shop_id=shop_id, advisor_id=row.answered_by)
        about = {"allowed": row.state is GestureState.ALLOWED, "colleague": colleague.name, "answer": row.answer or ""}
        _tell(session, addresses, case, row, asker, "gesture_answered_advisor", "answered", about)


def _who_answers(session: Session, case: Case, asker: Advisor) -> Advisor | None:
    """Their boutique's manager, else the first who has the right and sees the case."""
    places = [asker.boutique_id, advisor_of(session, case.advisor_id).boutique_id]
    about: dict[str, Any] = {"shop_id": case.shop_id, "advisor_id": case.advisor_id, "places": places}
    return first_who_may(session, Right.ANSWER_ASKS, first=[manager_of(session, asker)], but=asker.id, **about)


def _tell(
    session: Session,
    addresses: Addresses,
    case: Case,
    row: Gesture,
    who: Advisor,
    message: str,
    what: str,
    about: dict[str, Any],
) -> None:
    letters = Letters.about(session, case, addresses=addresses, now=clock.now())
    values = {"what": row.what, "amount": Money(row.cents, row.currency).show(), **about}
    tell_colleague(letters, who, message, f"case:{case.id}:gesture:{row.id}:{what}", **values)


def _gesture(session: Session, shop_id: int, gesture_id: int) -> Gesture | None:
    mine = (Gesture.id == gesture_id, Gesture.shop_id == shop_id)
    return session.exec(select(Gesture).where(*mine)).first()
