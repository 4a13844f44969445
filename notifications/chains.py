"""Ways to one person in their order: the next one is taken when the one before certainly did not reach them, once.

Every way is a message of its own, written at the start, so that nothing has to be made up when one fails: the first is
queued, the others stand by. What may have gone out (a time-out, a lost answer) is found out first; until then nothing
else goes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs
from notifications.models import Message
from notifications.quiet_hours import QuietHours
from notifications.states import MessageState

TEXT_CHANNELS = ("whatsapp", "sms")
IN_WORDS = {
    MessageState.QUEUED: "Waits to be sent",
    MessageState.SENDING: "Being sent",
    MessageState.SENT: "Sent",
    MessageState.DELIVERED: "Arrived",
    MessageState.UNDELIVERED: "Did not arrive",
    MessageState.FAILED: "Not taken",
    MessageState.HELD: "Not set up",
    MessageState.UNSETTLED: "May have gone out",
    MessageState.ASIDE: "Put aside",
    MessageState.ERASED: "Erased",
    MessageState.STANDBY: "Kept ready",
}
CHANNEL_NAMES = {"whatsapp": "WhatsApp", "sms": "text", "email": "e-mail"}


@dataclass(frozen=True)
class Way:
    """One channel to one address, and what the message is made of there."""

    channel: str
    to: str
    values: dict[str, Any]
    attachments: Sequence[tuple[str, str, bytes]] = field(default=())


@dataclass(frozen=True)
class Step:
    """A way as a person reads it."""

    channel: str
    words: str
    cause: str
    passed_on: bool
    message_id: int


@dataclass(frozen=True)
class Told:
    """One thing somebody was told, by the ways it took, first to last. `name` is the message's."""

    key: str
    name: str
    at: datetime
    steps: tuple[Step, ...]


def pass_on(session: Session, message: Message, *, now: datetime) -> bool:
    """Take the next way of `message`'s chain, which certainly did not arrive; False when there is none to take.

    Of two who find that out at once, one takes it: the way that stood by is claimed in the database.
    """
    if message.step == 0 or message.passed_on:
        return False
    session.flush()
    ways = select(Message).where(Message.shop_id == message.shop_id, Message.key == message.key)
    later = ways.where(Message.step > message.step, Message.state == MessageState.STANDBY)
    following = session.exec(later.order_by(col(Message.step)).limit(1)).first()
    if following is None or (following.not_after is not None and now >= following.not_after):
        return False
    taken = session.connection().execute(
        sa.update(Message)
        .where(col(Message.id) == following.id, col(Message.shop_id) == message.shop_id)
        .where(col(Message.state) == MessageState.STANDBY)
        .values(state=MessageState.QUEUED)
    )
    if taken.rowcount != 1:
        return False
    session.refresh(following)
    message.passed_on = True
    session.add(message)
    quiet = QuietHours.of_text(following.quiet) if following.channel in TEXT_CHANNELS else None
    at = quiet.after(now) if quiet else now
    about: dict[str, Any] = {"shop_id": following.shop_id, "message_id": following.id}
    jobs.enqueue(session, "notifications.deliver", at=at if at > now else None, **about)
    return True


def told(session: Session, *, shop_id: int, prefix: str) -> list[Told]:
    """What was written under keys that begin with `prefix`, newest first, with its ways. Nothing sealed is read."""
    columns = (
        Message.key, Message.name, Message.channel, Message.state, Message.error_code, Message.passed_on,
        Message.status_rank, Message.created_at, Message.id, Message.step,
    )  # fmt: skip
    mine = (col(Message.shop_id) == shop_id, col(Message.key).startswith(prefix, autoescape=True))
    rows = session.connection().execute(sa.select(*columns).where(*mine).order_by(col(Message.id)))  # type: ignore[call-overload]
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.key, []).append(row)
    return [_told(rows) for rows in reversed(list(found.values()))]


def _told(rows: list[Any]) -> Told:
    steps = tuple(
        Step(CHANNEL_NAMES.get(r.channel, r.channel), _words(r), r.error_code, r.passed_on, r.id)
        for r in sorted(rows, key=lambda r: (r.step, r.id))
        if r.state is not MessageState.STANDBY or len(rows) > 1
    )
    return Told(rows[0].key, rows[0].name, rows[0].created_at, steps)


def _words(row: Any) -> str:
    return "Read" if row.status_rank == 7 else IN_WORDS[row.state]
