"""Times an advisor proposes, of which the client takes one with one tap."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.booking import book_consult, free_times, move_consult, next_consult
from consults.cases import get_case
from consults.cells import SlotTaken
from consults.events import TimesProposed
from consults.first_answers import note_answer
from consults.history import CLIENT, SYSTEM, add_line
from consults.hours import is_free_at
from consults.kinds import Kind
from consults.models import Case, Consult
from consults.policy import policy_of
from consults.reservations import advisor_of
from consults.slots import Slot
from consults.states import CaseState, ConsultState
from consults.time_models import ProposedTime
from jobs import publish
from kit.errors import AppError, Conflict, NotFound

AT_ONCE = 3


def propose(
    session: Session,
    *,
    shop_id: int,
    case_id: int,
    starts: Sequence[datetime],
    kind: Kind,
    by: str,
    tell: bool = True,
    now: datetime,
) -> list[ProposedTime]:
    """Propose these times, one to three, in place of any that were proposed before, and tell the client.

    Without `tell`, another letter carries them.

    Raises AppError for none, too many or one that is not free, Conflict when the case is closed.
    """
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    if case.state is CaseState.CLOSED:
        raise Conflict("This return is closed.")
    wanted = sorted(set(starts))
    if not 1 <= len(wanted) <= AT_ONCE:
        raise AppError("Choose three times, or fewer.")
    if not all(_is_free(session, case, start, now) for start in wanted):
        raise AppError("One of these times is not free any more. Choose another.")
    close_proposed(session, case, now=now)
    rows = [
        ProposedTime(
            shop_id=shop_id, case_id=case_id, advisor_id=case.advisor_id, kind=kind, starts_at=at, made_at=now, by=by
        )
        for at in wanted
    ]
    session.add_all(rows)
    session.flush()
    if by != SYSTEM:
        note_answer(session, case, how="wrote", actor=by, now=now)
    add_line(session, case, kind="times.proposed", now=now, actor=by, detail=f"{len(rows)}")
    if tell:
        publish(session, TimesProposed(shop_id, case_id, case.return_gid, now.isoformat()))
    return rows


def proposed(session: Session, case: Case, *, now: datetime) -> list[ProposedTime]:
    """What was proposed and can still be taken, earliest first."""
    mine = (ProposedTime.case_id == case.id, ProposedTime.advisor_id == case.advisor_id, ProposedTime.starts_at > now)
    query = select(ProposedTime).where(*mine, col(ProposedTime.closed_at).is_(None))
    rows = session.exec(query.order_by(col(ProposedTime.starts_at))).all()
    return [row for row in rows if _is_free(session, case, row.starts_at, now)]


def take_proposed(
    session: Session, *, shop_id: int, case_id: int, proposal_id: int, client_zone: str, now: datetime
) -> Consult:
    """The client takes one: reserved, or moved there where a time was reserved. Taken twice, it is the same time.

    Raises SlotTaken when it is free no more, NotFound for one that was not proposed to them.
    """
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    mine = (ProposedTime.id == proposal_id, ProposedTime.shop_id == shop_id, ProposedTime.case_id == case_id)
    row = session.exec(select(ProposedTime).where(*mine)).first()
    if row is None:
        raise NotFound("That time was not proposed here.")
    booked = next_consult(session, shop_id=shop_id, case_id=case_id)
    if booked is not None and booked.starts_at == row.starts_at:
        return booked
    if row.starts_at <= now or row.advisor_id != case.advisor_id:
        raise SlotTaken("That time is over. Please choose another.")
    if booked is not None and booked.state is ConsultState.BOOKED:
        assert booked.id is not None
        taken = move_consult(
            session, shop_id=shop_id, consult_id=booked.id, starts_at=row.starts_at, kind=row.kind,
            client_zone=client_zone, by=CLIENT, chosen=True, now=now,
        )  # fmt: skip
    else:
        taken = book_consult(
            session, shop_id=shop_id, case_id=case_id, starts_at=row.starts_at, kind=row.kind,
            client_zone=client_zone, idempotency_key=f"proposed:{row.id}", chosen=True, now=now,
        )  # fmt: skip
    close_proposed(session, case, now=now)
    return taken


def to_move(session: Session, case: Case) -> Consult | None:
    """What is reserved, and would move to a time that is taken instead."""
    assert case.id is not None
    booked = next_consult(session, shop_id=case.shop_id, case_id=case.id)
    return booked if booked is not None and booked.state is ConsultState.BOOKED else None


def propose_next(
    session: Session, *, shop_id: int, case_id: int, kind: Kind, count: int, tell: bool = True, now: datetime
) -> list[ProposedTime]:
    """Propose the next free times, a conversation apart, where nobody chose: after one that nobody came to."""
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    slots = free_times(session, shop_id=shop_id, advisor_id=case.advisor_id, now=now)
    chosen: list[Slot] = []
    for slot in slots:
        if not chosen or slot.starts_at >= chosen[-1].ends_at:
            chosen.append(slot)
    starts = [slot.starts_at for slot in chosen[:count]]
    if not starts:
        return []
    about = {"shop_id": shop_id, "case_id": case_id, "kind": kind, "now": now}
    return propose(session, starts=starts, by=SYSTEM, tell=tell, **about)  # type: ignore[arg-type]


def _is_free(session: Session, case: Case, start: datetime, now: datetime) -> bool:
    """Whether it can be taken; what they have reserved already would give way to it, and is no news itself."""
    booked = to_move(session, case)
    if start <= now or (booked is not None and booked.starts_at == start):
        return False
    policy, advisor = policy_of(session, shop_id=case.shop_id), advisor_of(session, case.advisor_id)
    until, own = start + timedelta(minutes=policy.minutes), booked.id if booked else None
    return is_free_at(session, advisor, policy, start, until, now=now, ignore_consult=own)


def close_proposed(session: Session, case: Case, *, now: datetime) -> None:
    """Take back what was proposed for that case."""
    session.flush()
    mine = (col(ProposedTime.shop_id) == case.shop_id, col(ProposedTime.case_id) == case.id)
    still_open = sa.update(ProposedTime).where(*mine, col(ProposedTime.closed_at).is_(None))
    session.connection().execute(still_open.values(closed_at=now))
