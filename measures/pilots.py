"""The pilot: registered once, households drawn into two arms, switched off at once. The arm is about the invitation.

What is decided is written down before anybody is invited and never changed: who wants another plan ends this one.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.db import hold, insert_once
from kit.errors import AppError, Conflict, NotFound
from kit.money import Money
from measures import turns, tying
from measures.arms import Arm, standing
from measures.households import email_hash, phone_hash
from measures.pilot_models import Pilot, PilotMode, PilotReturn
from measures.pilot_result import DAYS
from measures.power import needed
from measures.ties import own_key


class PlanUnclear(AppError):
    """The plan cannot be registered as it is; `field` says what to look at."""

    def __init__(self, field: str, message: str):
        super().__init__(message)
        self.field = field


def register(
    session: Session,
    *,
    shop_id: int,
    mode: PilotMode,
    limit: Money,
    before_share: int,
    hoped_share: int,
    expected: int | None,
    by: str,
    now: datetime,
    days: int = DAYS,
) -> Pilot:
    """Write the plan down and begin. Raises PlanUnclear, or Conflict while there is one under way."""
    if not 0 < before_share < 100 or not 0 < hoped_share < 100:
        raise PlanUnclear("hoped", "Two shares between 1 and 99 per cent are needed.")
    if before_share == hoped_share:
        raise PlanUnclear("hoped", "Say which share would be worth it; the same as before needs no pilot.")
    if limit.cents < 0:
        raise PlanUnclear("limit", "An amount of nothing or more is needed.")
    hold(session, f"pilot:{shop_id}")
    if current(session, shop_id=shop_id, now=now) is not None:
        raise Conflict("A pilot is under way. End it before another one begins.")
    row = Pilot(
        shop_id=shop_id,
        mode=mode,
        salt=secrets.token_hex(16),
        begins_at=now,
        ends_at=now + timedelta(days=days),
        from_cents=limit.cents,
        currency=limit.currency,
        before_share=before_share,
        hoped_share=hoped_share,
        needed=needed(before_share / 100, hoped_share / 100),
        expected=expected,
        registered_by=by[:120],
        registered_at=now,
    )
    session.add(row)
    session.flush()
    return row


def current(session: Session, *, shop_id: int, now: datetime) -> Pilot | None:
    """The pilot that takes returns in now, or that was switched off and leaves the shop with its native flow."""
    found = latest(session, shop_id=shop_id)
    if found is None or (found.stopped_at is not None and not found.off):
        return None
    return found if found.off or found.begins_at <= now < found.ends_at else None


def latest(session: Session, *, shop_id: int) -> Pilot | None:
    """The newest pilot, over or not."""
    query = select(Pilot).where(Pilot.shop_id == shop_id).order_by(col(Pilot.id).desc()).limit(1)
    return session.exec(query.execution_options(populate_existing=True)).first()


def get_pilot(session: Session, *, shop_id: int, pilot_id: int) -> Pilot:
    """The shop's pilot with that id. Raises NotFound."""
    found = session.exec(select(Pilot).where(Pilot.id == pilot_id, Pilot.shop_id == shop_id)).first()
    if found is None:
        raise NotFound("That pilot is not known here.")
    return found


def switch_off(session: Session, *, shop_id: int, by: str, now: datetime) -> None:
    """The next return, and every one after it, has the shop's native flow. Off twice is off once."""
    row = latest(session, shop_id=shop_id)
    if row is None:
        raise NotFound("There is no pilot to switch off.")
    row.off, row.stopped_at = True, row.stopped_at or now
    row.stopped_by = row.stopped_by or by[:120]
    session.add(row)


def end(session: Session, *, shop_id: int, by: str, now: datetime) -> None:
    """The pilot is over; from now on the rules of routing alone decide who is invited."""
    row = latest(session, shop_id=shop_id)
    if row is None:
        raise NotFound("There is no pilot to end.")
    row.off, row.stopped_at = False, row.stopped_at or now
    row.stopped_by = row.stopped_by or by[:120]
    session.add(row)


def key_of(session: Session, *, shop_id: int, return_gid: str, client_gid: str, email: str, phone: str) -> str:
    """A client's own key, as orders have it; somebody nobody knows is a household of their own."""
    secret = turns.made_row(session, shop_id).hash_key
    own = own_key(client_gid or None, email_hash(secret, email or ""), phone_hash(secret, phone or ""))
    return own or f"r:{return_gid}"


def invites(
    session: Session, *, shop_id: int, return_gid: str, key: str, value: Money, now: datetime
) -> tuple[bool, str]:
    """Whether a return that the rules would invite is invited, and a sentence why not, "" where it is.

    Only for such returns: so both arms are alike but for the invitation. The draw is kept; asked again it is the same.
    """
    pilot = current(session, shop_id=shop_id, now=now)
    if pilot is None:
        return True, ""
    if pilot.off:
        return False, "The pilot is switched off: the house's own flow stands for everybody."
    if value.currency != pilot.currency or value.cents < pilot.from_cents:
        return True, ""
    arm = _enrol(session, pilot, return_gid, key, now)
    if pilot.mode is PilotMode.OBSERVE:
        return False, "The pilot observes: nobody is invited, and what happens is written down."
    return (True, "") if arm is Arm.INVITED else (False, "By the pilot's draw this household has today's flow.")


def would_invite(session: Session, *, shop_id: int, key: str | None, value: Money, now: datetime) -> bool:
    """What invites() would say of that client, with nothing drawn or kept.

    Without a `key`, while a pilot compares, nobody can say before there is a return: no.
    """
    pilot = current(session, shop_id=shop_id, now=now)
    if pilot is None:
        return True
    if pilot.off:
        return False
    if value.currency != pilot.currency or value.cents < pilot.from_cents:
        return True
    compares = pilot.mode is not PilotMode.OBSERVE
    return compares and key is not None and arm_of(session, pilot, key) is Arm.INVITED


def arm_of(session: Session, pilot: Pilot, key: str) -> Arm:
    """The arm of a client's household: what one of its people was given first, else the draw.

    When a tie is undone, each of them has again what they were given first themselves.
    """
    household = tying.household_of(session, shop_id=pilot.shop_id, key=key)
    people = tying.people_of(session, shop_id=pilot.shop_id, household=household)
    return standing(pilot.salt, household, _given(session, pilot, people))


def _enrol(session: Session, pilot: Pilot, return_gid: str, key: str, now: datetime) -> Arm:
    assert pilot.id is not None
    about: dict[str, Any] = {
        "shop_id": pilot.shop_id,
        "pilot_id": pilot.id,
        "return_gid": return_gid,
        "key": key,
        "at": now,
    }
    household = tying.household_of(session, shop_id=pilot.shop_id, key=key)
    insert_once(session, PilotReturn(**about, household=household, arm=arm_of(session, pilot, key)))
    kept = session.exec(
        select(PilotReturn).where(PilotReturn.shop_id == pilot.shop_id, PilotReturn.return_gid == return_gid)
    ).one()
    return kept.arm


def _given(session: Session, pilot: Pilot, keys: list[str]) -> list[Arm]:
    query = select(PilotReturn).where(PilotReturn.pilot_id == pilot.id, col(PilotReturn.key).in_(keys))
    return [row.arm for row in session.exec(query.order_by(col(PilotReturn.at), col(PilotReturn.id)))]


# --- its returns


def newest(session: Session, pilot: Pilot, limit: int = 50) -> list[PilotReturn]:
    """Its latest returns."""
    query = select(PilotReturn).where(PilotReturn.shop_id == pilot.shop_id, PilotReturn.pilot_id == pilot.id)
    return list(session.exec(query.order_by(col(PilotReturn.id).desc()).limit(limit)))


def complain(session: Session, *, shop_id: int, row_id: int, now: datetime) -> None:
    """A client of the pilot complained, as a person of the house writes down. Raises NotFound."""
    noted = session.connection().execute(
        sa.update(PilotReturn)
        .where(col(PilotReturn.shop_id) == shop_id, col(PilotReturn.id) == row_id)
        .values(complained_at=sa.func.coalesce(col(PilotReturn.complained_at), now))
    )
    if noted.rowcount != 1:
        raise NotFound("That return is not in a pilot of this shop.")


# --- clients


def move_client(session: Session, *, shop_id: int, from_key: str, to_key: str) -> None:
    """Two records of a client became one."""
    _rename(session, shop_id, col(PilotReturn.key) == from_key, key=to_key)
    _rename(session, shop_id, col(PilotReturn.household) == from_key, household=to_key)


def forget(session: Session, *, shop_id: int, key: str) -> None:
    """A client was erased: their returns stay in their arm, under no name.

    A household may be called by their key: whoever else was in it is in the one the ties left them.
    """
    nobody = sa.literal("r:").concat(col(PilotReturn.return_gid))
    _rename(session, shop_id, col(PilotReturn.key) == key, key=nobody, household=nobody)
    others = select(PilotReturn).where(PilotReturn.shop_id == shop_id, PilotReturn.household == key)
    for row in session.exec(others).all():
        row.household = tying.household_of(session, shop_id=shop_id, key=row.key)
        session.add(row)


def _rename(session: Session, shop_id: int, which: sa.ColumnElement[bool], **values: Any) -> None:
    mine = col(PilotReturn.shop_id) == shop_id
    session.connection().execute(sa.update(PilotReturn).where(mine, which).values(**values))
