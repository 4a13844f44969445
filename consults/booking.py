"""Reserving an advisor's time. The primary key of `slot_cell` is the guard, on SQLite and PostgreSQL alike."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.cases import get_case
from consults.cells import SlotTaken, free_cells, reap, swap_cells
from consults.events import ConsultBooked, ConsultCancelled, ConsultMoved
from consults.first_answers import note_answer
from consults.history import CLIENT, add_consult_line, change_state, touch_consult
from consults.hours import free_slots_of
from consults.kinds import Kind
from consults.models import Advisor, Case, Consult
from consults.policy import policy_of
from consults.reservations import Wish, advisor_of, case_of, cells_for, check_chosen, check_offered, labels, reserve
from consults.slots import Slot
from consults.states import ConsultState, InvalidMove
from consults.zones import is_zone
from jobs import publish
from kit.errors import AppError, Conflict, NotFound

__all__ = [
    "SlotTaken",
    "book_consult",
    "cancel_consult",
    "confirm_hold",
    "consults_of",
    "free_times",
    "get_consult",
    "hold_time",
    "move_consult",
    "next_consult",
    "talks_between",
    "upcoming",
]


def free_times(
    session: Session, *, shop_id: int, advisor_id: int, now: datetime, days: int = 14, instead_of: Consult | None = None
) -> list[Slot]:
    """Times the advisor can be booked at in the next `days`, earliest first, UTC. Empty when they are not active.

    `instead_of`: a conversation that would move there, so that its own time counts as free and is not one of them.
    """
    advisor = session.exec(select(Advisor).where(Advisor.id == advisor_id, Advisor.shop_id == shop_id)).first()
    if advisor is None or not advisor.active:
        return []
    policy, moving = policy_of(session, shop_id=shop_id), instead_of.id if instead_of else None
    slots = free_slots_of(session, advisor, policy, now=now, days=days, ignore_consult=moving)
    return [slot for slot in slots if slot.starts_at != instead_of.starts_at] if instead_of else slots


def book_consult(
    session: Session,
    *,
    shop_id: int,
    case_id: int,
    starts_at: datetime,
    kind: Kind | str,
    client_zone: str,
    idempotency_key: str,
    chosen: bool = False,
    now: datetime,
) -> Consult:
    """Reserve `starts_at` with the advisor of the case; the same `idempotency_key` again gives the same conversation.

    `chosen`: the advisor named the time. Raises SlotTaken when the time is not free, Conflict when the case is closed
    or has a time already.
    """
    wish = Wish(starts_at, _kind(kind), client_zone, idempotency_key, ConsultState.BOOKED)
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    consult, new = reserve(session, case, wish, chosen=chosen, now=now)
    if new:
        _announce_booked(session, consult, now)
    return consult


def hold_time(
    session: Session,
    *,
    shop_id: int,
    case_id: int,
    starts_at: datetime,
    kind: Kind | str,
    client_zone: str,
    idempotency_key: str,
    now: datetime,
) -> Consult:
    """Keep `starts_at` for ten minutes. The hold itself becomes the booking: there is no second row to disagree."""
    wish = Wish(starts_at, _kind(kind), client_zone, idempotency_key, ConsultState.HELD)
    return reserve(session, get_case(session, shop_id=shop_id, case_id=case_id), wish, now=now)[0]


def confirm_hold(session: Session, *, shop_id: int, consult_id: int, now: datetime) -> Consult:
    """Turn a hold into a booking. Raises SlotTaken when it ran out."""
    consult = get_consult(session, shop_id=shop_id, consult_id=consult_id)
    if consult.state is not ConsultState.HELD or consult.hold_until is None or consult.hold_until <= now:
        raise SlotTaken("That time is free again. Please choose once more.")
    change_state(session, consult, ConsultState.BOOKED, now=now, actor=CLIENT, hold_until=None)
    _announce_booked(session, consult, now)
    return consult


def move_consult(
    session: Session,
    *,
    shop_id: int,
    consult_id: int,
    starts_at: datetime,
    client_zone: str = "",
    kind: Kind | None = None,
    by: str = CLIENT,
    chosen: bool = False,
    now: datetime,
) -> Consult:
    """Put a booked conversation at another time, with the same advisor. When that fails, the old time stays.

    `client_zone`: by whose clock they chose it, where it is another now. `kind`: how they meet then, where it is
    otherwise than before. `chosen`: the advisor named the time, so it need only be free.
    """
    consult = get_consult(session, shop_id=shop_id, consult_id=consult_id)
    if consult.state is not ConsultState.BOOKED:
        raise InvalidMove("Only a conversation still to come can be moved.")
    if consult.starts_at == starts_at:
        return consult
    policy = policy_of(session, shop_id=shop_id)
    advisor = advisor_of(session, consult.advisor_id)
    reap(session, advisor, consult.case_id, now)
    if chosen:
        ends_at = check_chosen(session, advisor, policy, starts_at, now, ignore_consult=consult.id)
    else:
        ends_at = check_offered(session, advisor, policy, starts_at, now, ignore_consult=consult.id)
    touch_consult(session, consult)  # of two moves at once, one goes on
    swap_cells(session, consult, cells_for(policy, starts_at, ends_at))
    zone = client_zone if is_zone(client_zone) else consult.client_zone
    label_client, label_advisor = labels(starts_at, zone, advisor.zone)
    touch_consult(
        session,
        consult,
        starts_at=starts_at,
        ends_at=ends_at,
        client_zone=zone,
        kind=kind or consult.kind,
        sequence=consult.sequence + 1,
        label_client=label_client,
        label_advisor=label_advisor,
    )
    _learn_zone(session, consult)
    add_consult_line(session, consult, kind="moved", now=now, actor=by, detail=f"to {starts_at.isoformat()}")
    assert consult.id is not None
    publish(session, ConsultMoved(shop_id, consult.id, case_of(session, consult).return_gid))
    return consult


def cancel_consult(session: Session, *, shop_id: int, consult_id: int, by: str = CLIENT, now: datetime) -> Consult:
    """Give the time back. Cancelling again changes nothing. Raises InvalidMove when it has begun or is over."""
    consult = get_consult(session, shop_id=shop_id, consult_id=consult_id)
    if consult.state is ConsultState.CANCELLED:
        return consult
    change_state(
        session,
        consult,
        ConsultState.CANCELLED,
        now=now,
        actor=by,
        sequence=consult.sequence + 1,
        cancelled_by=by,
        over_at=now,
    )
    free_cells(session, consult)
    assert consult.id is not None
    publish(session, ConsultCancelled(shop_id, consult.id, case_of(session, consult).return_gid))
    return consult


def get_consult(session: Session, *, shop_id: int, consult_id: int) -> Consult:
    """The shop's conversation with that id. Raises NotFound."""
    consult = session.exec(select(Consult).where(Consult.id == consult_id, Consult.shop_id == shop_id)).first()
    if consult is None:
        raise NotFound("That conversation is not known here.")
    return consult


def next_consult(session: Session, *, shop_id: int, case_id: int) -> Consult | None:
    """The conversation the case has now: booked or under way. A hold is not one yet."""
    query = select(Consult).where(
        Consult.shop_id == shop_id,
        Consult.case_id == case_id,
        col(Consult.state).in_((ConsultState.BOOKED, ConsultState.IN_SESSION)),
    )
    return session.exec(query).first()


def consults_of(session: Session, *, shop_id: int, case_id: int) -> list[Consult]:
    """Every conversation of the case, latest first, cancelled ones included."""
    query = select(Consult).where(Consult.shop_id == shop_id, Consult.case_id == case_id)
    return list(session.exec(query.order_by(col(Consult.starts_at).desc(), col(Consult.id).desc())))


def upcoming(session: Session, *, shop_id: int, advisor_id: int, now: datetime) -> list[Consult]:
    """The advisor's conversations whose room may still be entered, or will be, earliest first."""
    after = timedelta(minutes=policy_of(session, shop_id=shop_id).join_after_minutes)
    query = select(Consult).where(
        Consult.shop_id == shop_id,
        Consult.advisor_id == advisor_id,
        Consult.ends_at > now - after,
        col(Consult.state).in_((ConsultState.BOOKED, ConsultState.IN_SESSION)),
    )
    return list(session.exec(query.order_by(col(Consult.starts_at))))


def talks_between(
    session: Session, *, shop_id: int, advisor_id: int, since: datetime, until: datetime
) -> list[Consult]:
    """The advisor's conversations that begin then, cancelled ones too while their calendar may still show them."""
    query = select(Consult).where(
        Consult.shop_id == shop_id,
        Consult.advisor_id == advisor_id,
        Consult.starts_at >= since,
        Consult.starts_at < until,
        col(Consult.state).not_in((ConsultState.HELD, ConsultState.EXPIRED)),
    )
    return list(session.exec(query.order_by(col(Consult.starts_at), col(Consult.id))))


def _announce_booked(session: Session, consult: Consult, now: datetime) -> None:
    assert consult.id is not None
    _still_with(session, consult)
    _learn_zone(session, consult)
    note_answer(session, case_of(session, consult), how="booked", actor=CLIENT, now=now)
    detail = f"{consult.kind.value}, {consult.starts_at.isoformat()}"
    add_consult_line(session, consult, kind="booked", now=now, actor=CLIENT, detail=detail)
    publish(session, ConsultBooked(consult.shop_id, consult.id, case_of(session, consult).return_gid))


def _learn_zone(session: Session, consult: Consult) -> None:
    """By the clock a client chose a time by is where they are: whoever rings or writes to them keeps to it."""
    case = case_of(session, consult)
    case.client_zone = consult.client_zone
    session.add(case)


def _still_with(session: Session, consult: Consult) -> None:
    """The case may go to a colleague in this very moment: then the time was another's, and nothing is reserved."""
    mine = (col(Case.id) == consult.case_id, col(Case.advisor_id) == consult.advisor_id)
    same = sa.update(Case).where(*mine).values(advisor_id=consult.advisor_id)
    session.flush()
    if session.connection().execute(same).rowcount != 1:
        raise Conflict("Somebody else looks after this now, with times of their own. Please choose once more.")


def _kind(word: Kind | str) -> Kind:
    try:
        return Kind(word)
    except ValueError:
        raise AppError("Choose how you would like to meet.") from None
