"""Whether a page of a room has anything to hear, by one statement: what nearly every poll comes to."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.kinds import Role
from consults.models import Consult, Participant, ShownPiece, Signal
from consults.rooms.embedded import SEEN_EVERY, mark
from consults.rooms.passes import Pass
from consults.rooms.window import is_present
from consults.states import ConsultState

NOT_BEGUN = (ConsultState.BOOKED.value, ConsultState.COMPLETED.value)


def nothing_new(session: Session, who: Pass, *, after_id: int, as_of: str, now: datetime) -> bool:
    """True when all is as the page knows it, and noted that it was seen; False when it has to be asked properly.

    False also for a page that was replaced or overslept, for somebody who was taken off the list, and while a
    conversation is about to begin: nothing but that somebody was seen is written here.
    """
    rows = session.connection().execute(_QUERY, {"consult": who.consult_id, "person": who.participant_id}).all()
    me = next((row for row in rows if row.id == who.participant_id), None)
    if me is None or me.sitting != who.sitting or not is_present(me.seen_at, me.left_at, now=now) or me.removed_at:
        return False
    there = [row for row in rows if is_present(row.seen_at, row.left_at, now=now)]
    roles = {row.role for row in there}
    if me.state in NOT_BEGUN and Role.ADVISOR.value in roles and len(roles) > 1:
        return False
    others = [(row.id, row.sitting) for row in there if row.id != me.id]
    known = mark(me.state, me.showing, others, provider=me.provider, recorded=me.recorded_since is not None)
    if (me.newest or 0) > after_id or known != as_of:
        return False
    return now - me.seen_at < SEEN_EVERY or _note_seen(session, who, now)


def _note_seen(session: Session, who: Pass, now: datetime) -> bool:
    """False where they left or came in anew since they were read."""
    mine = (col(Participant.id) == who.participant_id, col(Participant.sitting) == who.sitting)
    seen = sa.update(Participant).where(*mine, col(Participant.left_at).is_(None)).values(seen_at=now)
    return session.connection().execute(seen).rowcount == 1


def _newest_signal() -> Any:
    to_me = (Signal.consult_id == sa.bindparam("consult"), Signal.to_participant == sa.bindparam("person"))
    return select(sa.func.max(Signal.id)).where(*to_me).scalar_subquery()


def _on_the_table() -> Any:
    lying = (ShownPiece.consult_id == sa.bindparam("consult"), col(ShownPiece.put_away_at).is_(None))
    return select(sa.func.max(ShownPiece.id)).where(*lying).scalar_subquery()


# Put together once: to do so takes longer than to ask. Columns only, no name is unsealed.
_QUERY = (
    sa.select(
        col(Participant.id),
        col(Participant.sitting),
        col(Participant.seen_at),
        col(Participant.left_at),
        col(Participant.removed_at),
        sa.type_coerce(Participant.role, sa.String).label("role"),
        sa.type_coerce(Consult.state, sa.String).label("state"),
        col(Consult.provider),
        col(Consult.recorded_since),
        _newest_signal().label("newest"),
        _on_the_table().label("showing"),
    )
    .join(Consult, col(Consult.id) == col(Participant.consult_id))
    .where(col(Participant.consult_id) == sa.bindparam("consult"))
    .order_by(col(Participant.id))
)
