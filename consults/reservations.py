"""How a time is taken: one row for the conversation, cells for its time, seats for its people."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, select

from consults.cells import TAKEN, SlotTaken, reap, swap_cells
from consults.hours import free_slots_of, is_free_at
from consults.kinds import Kind, Role
from consults.models import Advisor, Case, Consult, ConsultPolicy, Participant
from consults.names import greeting
from consults.policy import policy_of
from consults.slots import cells
from consults.states import CaseState, ConsultState
from consults.zones import is_zone, show_both
from kit.db import insert_once
from kit.errors import Conflict

HOLD = timedelta(minutes=10)


@dataclass(frozen=True)
class Wish:
    """What somebody asked to reserve. `key` makes a repeated request the same request."""

    starts_at: datetime
    kind: Kind
    client_zone: str
    key: str
    state: ConsultState


def reserve(session: Session, case: Case, wish: Wish, *, chosen: bool = False, now: datetime) -> tuple[Consult, bool]:
    """The conversation of that wish, and whether it is new. Raises SlotTaken, or Conflict.

    `chosen`: the advisor named the time, so it need only be free, not be one of those that are offered.
    """
    if found := _by_key(session, case, wish.key):  # a double click hears of its own booking, not that it is taken
        return found, False
    if case.state is CaseState.CLOSED:
        raise Conflict("This return is closed.")
    policy, advisor = policy_of(session, shop_id=case.shop_id), advisor_of(session, case.advisor_id)
    reap(session, advisor, case.id, now)
    try:
        check = check_chosen if chosen else check_offered
        ends_at = check(session, advisor, policy, wish.starts_at, now)
    except SlotTaken:
        if found := _by_key(session, case, wish.key):  # by the other click, a moment ago
            return found, False
        raise
    if not insert_once(session, _new_consult(case, advisor, wish, ends_at, policy.room_provider, now)):
        if found := _by_key(session, case, wish.key):
            return found, False
        raise Conflict(f"You have a time with {advisor.first_name} already. You may move it.")
    return _take(session, case, advisor, policy, wish), True


def check_offered(
    session: Session,
    advisor: Advisor,
    policy: ConsultPolicy,
    starts_at: datetime,
    now: datetime,
    *,
    ignore_consult: int | None = None,
) -> datetime:
    """The end of the offered time that starts then. Not the guard against two at once: that is the key of the cells."""
    if advisor.active:
        for slot in free_slots_of(session, advisor, policy, now=now, ignore_consult=ignore_consult):
            if slot.starts_at == starts_at:
                return slot.ends_at
    raise SlotTaken(TAKEN)


def check_chosen(
    session: Session,
    advisor: Advisor,
    policy: ConsultPolicy,
    starts_at: datetime,
    now: datetime,
    *,
    ignore_consult: int | None = None,
) -> datetime:
    """The end of a time the advisor named, when they are at work and free then. Raises SlotTaken."""
    ends_at = starts_at + timedelta(minutes=policy.minutes)
    free = is_free_at(session, advisor, policy, starts_at, ends_at, now=now, ignore_consult=ignore_consult)
    if ends_at <= now or not free:
        raise SlotTaken(TAKEN)
    return ends_at


def cells_for(policy: ConsultPolicy, starts_at: datetime, ends_at: datetime) -> list[int]:
    """The cells a conversation takes under `policy`."""
    return cells(starts_at, ends_at, before_minutes=policy.buffer_before, after_minutes=policy.buffer_after)


def labels(starts_at: datetime, client_zone: str, advisor_zone: str) -> tuple[str, str]:
    """The time in words, for the client and for the advisor."""
    return show_both(starts_at, client_zone, advisor_zone), show_both(starts_at, advisor_zone, client_zone)


def advisor_of(session: Session, advisor_id: int) -> Advisor:
    """The advisor a row points to."""
    advisor = session.get(Advisor, advisor_id)
    assert advisor is not None
    return advisor


def case_of(session: Session, consult: Consult) -> Case:
    """The case a conversation belongs to."""
    case = session.get(Case, consult.case_id)
    assert case is not None
    return case


def _take(session: Session, case: Case, advisor: Advisor, policy: ConsultPolicy, wish: Wish) -> Consult:
    consult = _by_key(session, case, wish.key)
    assert consult is not None
    try:
        swap_cells(session, consult, cells_for(policy, consult.starts_at, consult.ends_at))
    except SlotTaken:
        session.delete(consult)  # the caller may go on and show the neighbours, in this same transaction
        session.flush()
        raise
    _seat(session, consult, case, advisor)
    return consult


def _new_consult(case: Case, advisor: Advisor, wish: Wish, ends_at: datetime, provider: str, now: datetime) -> Consult:
    assert case.id is not None and advisor.id is not None
    client_zone = wish.client_zone if is_zone(wish.client_zone) else case.client_zone
    label_client, label_advisor = labels(wish.starts_at, client_zone, advisor.zone)
    return Consult(
        shop_id=case.shop_id,
        case_id=case.id,
        advisor_id=advisor.id,
        kind=wish.kind,
        state=wish.state,
        starts_at=wish.starts_at,
        ends_at=ends_at,
        client_zone=client_zone,
        advisor_zone=advisor.zone,
        label_client=label_client,
        label_advisor=label_advisor,
        hold_until=now + HOLD if wish.state is ConsultState.HELD else None,
        provider=provider,
        idempotency_key=_own_key(case, wish.key),
        created_at=now,
    )


def _seat(session: Session, consult: Consult, case: Case, advisor: Advisor) -> None:
    assert consult.id is not None
    client = greeting(case.client_title, case.client_name, case.client_locale)
    for role, name in ((Role.CLIENT, client), (Role.ADVISOR, advisor.name)):
        session.add(Participant(shop_id=consult.shop_id, consult_id=consult.id, role=role, name=name))
    session.flush()


def _by_key(session: Session, case: Case, key: str) -> Consult | None:
    return session.exec(select(Consult).where(Consult.idempotency_key == _own_key(case, key))).first()


def _own_key(case: Case, key: str) -> str:
    # Keys come from a page: one made up for another case must neither meet it nor block it.
    return f"{case.id}:{key}"[:200]
