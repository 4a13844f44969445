"""Another room for a conversation that is booked already: "trouble? use another room"."""

from datetime import datetime

from sqlmodel import Session

from consults.booking import get_consult
from consults.history import add_consult_line, by_advisor, touch_consult
from consults.models import Consult
from consults.states import ConsultState, InvalidMove


def switch_room(
    session: Session, *, shop_id: int, consult_id: int, provider: str, advisor_id: int, now: datetime
) -> Consult:
    """It takes place with `provider` from now on. Whoever has the room open is led over; links and entries stay.

    What was recorded ends with the room it was recorded in. Raises NotFound, InvalidMove once it is over.
    """
    consult = get_consult(session, shop_id=shop_id, consult_id=consult_id)
    if consult.state not in (ConsultState.BOOKED, ConsultState.IN_SESSION):
        raise InvalidMove("This conversation is over.")
    if consult.provider == provider:
        return consult
    detail = f"{consult.provider} to {provider}"
    touch_consult(session, consult, provider=provider, room_ref="", recorded_since=None)
    add_consult_line(session, consult, kind="room_switched", now=now, actor=by_advisor(advisor_id), detail=detail)
    return consult
