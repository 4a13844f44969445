"""Whoever comes along with the client: a place and a link of their own, given and taken back without rebooking."""

import re
from datetime import datetime

from sqlmodel import Session, col, select

from consults.booking import get_consult
from consults.events import GuestInvited, GuestRemoved
from consults.history import CLIENT, add_consult_line, touch_consult
from consults.kinds import Role
from consults.models import Consult, Participant
from consults.reservations import case_of
from consults.rooms import rooms
from consults.states import ConsultState, InvalidMove
from consults.zones import is_zone
from jobs import publish
from kit.errors import AppError, NotFound
from shops.links import CONSULT, revoke_links

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class AddressUnclear(AppError):
    """Nothing can be sent there."""

    code = "address_unclear"


def invite(
    session: Session, *, shop_id: int, consult_id: int, name: str, relation: str, email: str, zone: str = "",
    by: str = CLIENT, now: datetime,
) -> Participant:  # fmt: skip
    """Somebody comes along, of at most two. The same address again is the same place.

    Raises AddressUnclear, RoomFull, AppError without a name, InvalidMove when the conversation is over.
    """
    consult, email = _to_come(session, shop_id, consult_id), email.strip()[:254]
    if not ADDRESS.fullmatch(email):
        raise AddressUnclear("Please write their email address, for example anna@house.com.")
    known = next(
        (guest for guest in guests_of(session, consult) if (guest.email or "").casefold() == email.casefold()), None
    )
    if known is not None:
        return known
    guest = rooms.add_guest(session, shop_id=shop_id, consult_id=consult_id, name=name, now=now)
    guest.relation, guest.email = " ".join(relation.split())[:40] or None, email
    guest.zone = zone if is_zone(zone) else ""
    session.add(guest)
    session.flush()
    add_consult_line(session, consult, kind="joined_by", now=now, actor=by, detail="one person more")
    assert guest.id is not None
    publish(session, GuestInvited(shop_id, consult_id, case_of(session, consult).return_gid, guest.id))
    return guest


def uninvite(
    session: Session, *, shop_id: int, consult_id: int, participant_id: int, by: str = CLIENT, now: datetime
) -> None:
    """They do not come along: their link ends now, and the entry goes from their calendar. Said again, nothing more.

    The entry's number rises, so that theirs is struck, and would come back if they were invited anew.
    """
    consult = _to_come(session, shop_id, consult_id)
    guest = get_guest(session, consult, participant_id)
    if guest.removed_at is not None:
        return
    guest.removed_at = guest.left_at = now
    session.add(guest)
    revoke_links(
        session, shop_id=shop_id, purpose=CONSULT, subject_id=consult.case_id, person_id=participant_id, now=now
    )
    touch_consult(session, consult, sequence=consult.sequence + 1)
    add_consult_line(session, consult, kind="left_by", now=now, actor=by, detail="one person fewer")
    gid = case_of(session, consult).return_gid
    publish(session, GuestRemoved(shop_id, consult_id, gid, participant_id, consult.sequence))


def guests_of(session: Session, consult: Consult) -> list[Participant]:
    """Who comes along, in the order they were invited."""
    theirs = (Participant.consult_id == consult.id, Participant.role == Role.GUEST)
    query = select(Participant).where(*theirs, col(Participant.removed_at).is_(None))
    return list(session.exec(query.order_by(col(Participant.id))))


def get_guest(session: Session, consult: Consult, participant_id: int) -> Participant:
    """Somebody who comes along, or did. Raises NotFound."""
    theirs = (Participant.consult_id == consult.id, Participant.role == Role.GUEST, Participant.id == participant_id)
    guest = session.exec(select(Participant).where(*theirs)).first()
    if guest is None:
        raise NotFound("There is nobody of that name here.")
    return guest


def _to_come(session: Session, shop_id: int, consult_id: int) -> Consult:
    consult = get_consult(session, shop_id=shop_id, consult_id=consult_id)
    if consult.state not in (ConsultState.BOOKED, ConsultState.IN_SESSION):
        raise InvalidMove("There is no time reserved any more.")
    return consult
