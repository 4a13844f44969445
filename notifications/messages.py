"""Writing a message down, which also secures its sending."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

import jobs
from kit.causes import Cause
from kit.db import insert_once, locked
from kit.errors import Conflict, NotFound
from notifications import texts
from notifications.chains import TEXT_CHANNELS, Way, pass_on
from notifications.models import Message
from notifications.ports import Attachment
from notifications.quiet_hours import QuietHours
from notifications.refusals import cause_of
from notifications.rendering import render
from notifications.states import DID_NOT_ARRIVE, RANK, STATE_OF, MessageState, may_move
from notifications.texts import WHATSAPP

STILL_WORKING = timedelta(seconds=30)
"""How long a provider may still be at work on a message whose answer we lost."""


def was_written(session: Session, *, shop_id: int, key: str, channel: str) -> bool:
    """Whether the message of that key exists already; ask before making a link that only it will carry."""
    return written_at(session, shop_id=shop_id, key=key, channel=channel) is not None


def written_at(session: Session, *, shop_id: int, key: str, channel: str) -> datetime | None:
    """When the message of that key was written; None while it is not."""
    mine = (Message.shop_id == shop_id, Message.key == key, Message.channel == channel)
    return session.exec(select(Message.created_at).where(*mine)).first()


def send(
    session: Session,
    *,
    shop_id: int,
    message: str,
    channel: str,
    to: str,
    values: dict[str, Any],
    key: str,
    locale: str = "en",
    attachments: Sequence[tuple[str, str, bytes]] = (),
    now: datetime,
    consent: bool = True,
    not_before: datetime | None = None,
) -> Message | None:
    """Write `message` to `to` in the language of `locale` and secure its sending in the caller's transaction.

    `not_before` keeps it until then: somebody's quiet hours.

    Returns None, changing nothing, when the key was used before, the address is empty, or there is no consent.
    """
    if not to or not consent:
        return None
    way = Way(channel, to, values, attachments)
    row = _row(shop_id, message, way, key, locale, now)
    if not insert_once(session, row):
        return None
    return _secured(session, row, now, not_before)


def send_by(
    session: Session,
    *,
    shop_id: int,
    message: str,
    ways: Sequence[Way],
    key: str,
    locale: str = "en",
    sender: str = "",
    now: datetime,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    quiet: QuietHours | None = None,
) -> Message | None:
    """Write `message` by the first of `ways`, with the others standing by in their order; see notifications.chains.

    `quiet` are hours in which a later way by text waits, `not_after` when it is no use any more, `sender` our number
    where it is not the usual one. Returns None, changing nothing, without a way or when the key was used by the first.
    """
    first: Message | None = None
    for step, way in enumerate(ways, 1):
        row = _row(shop_id, message, way, key, locale, now)
        row.step, row.not_after = step, not_after
        row.quiet = quiet.as_text() if quiet else ""
        row.sender = sender if way.channel in TEXT_CHANNELS else ""
        if step > 1:
            row.state = MessageState.STANDBY
        written = insert_once(session, row)
        if step == 1:
            if not written:
                return None
            first = _secured(session, row, now, not_before)
    return first


def _row(shop_id: int, message: str, way: Way, key: str, locale: str, now: datetime) -> Message:
    subject, body = render(message, way.channel, way.values, locale)
    files = [{"filename": f, "mime": m, "content": base64.b64encode(c).decode()} for f, m, c in way.attachments]
    return Message(
        shop_id=shop_id,
        name=message,
        channel=way.channel,
        key=key,
        locale=locale,
        recipient=way.to,
        subject=subject,
        body=body,
        attachments=json.dumps(files) if files else None,
        # Only WhatsApp asks what a message was made of; nobody else's values are kept beside its words.
        variables=json.dumps(way.values, default=str) if way.channel == WHATSAPP else None,
        created_at=now,
    )


def _secured(session: Session, row: Message, now: datetime, not_before: datetime | None) -> Message:
    mine = (Message.shop_id == row.shop_id, Message.key == row.key, Message.channel == row.channel)
    written = session.exec(select(Message).where(*mine)).one()
    later = not_before if not_before is not None and not_before > now else None
    jobs.enqueue(session, "notifications.deliver", at=later, shop_id=written.shop_id, message_id=written.id)
    return written


def attachments_of(message: Message) -> tuple[Attachment, ...]:
    """The files kept with `message`."""
    files = json.loads(message.attachments) if message.attachments else []
    return tuple(Attachment(f["filename"], f["mime"], base64.b64decode(f["content"])) for f in files)


def claim(session: Session, message_id: int, *, now: datetime) -> bool:
    """Take the message from queued to sending; of two at once, one gets True."""
    taken = session.connection().execute(
        sa.update(Message)
        .where(col(Message.id) == message_id, col(Message.state) == MessageState.QUEUED)
        .values(state=MessageState.SENDING, sending_at=now)
    )
    return taken.rowcount == 1


def claim_again(session: Session, message_id: int, *, shop_id: int, now: datetime) -> timedelta | None:
    """Take a message whose hand-over stopped in the middle, and that the provider does not show, for another one.

    Returns zero when it is taken; how long to wait first, where the provider may still be at work on the last; None
    where whoever had it came to an end with it after all. Of two at once, one takes it.
    """
    since = sa.func.coalesce(Message.sending_at, Message.created_at)
    mine = (col(Message.shop_id) == shop_id, col(Message.id) == message_id)
    taken = session.connection().execute(
        sa.update(Message)
        .where(*mine, col(Message.state) == MessageState.SENDING, since <= now - STILL_WORKING)
        .values(sending_at=now)
    )
    if taken.rowcount == 1:
        return timedelta(0)
    message = session.exec(select(Message).where(*mine).execution_options(populate_existing=True)).one()
    if message.state is not MessageState.SENDING:
        return None
    return (message.sending_at or message.created_at) + STILL_WORKING - now


def settle(
    session: Session,
    message_id: int,
    state: MessageState,
    *,
    provider_id: str | None = None,
    error: str = "",
    cause: str = "",
    now: datetime,
) -> None:
    """Record how a hand-over went, unless a callback has said more already. `cause`: a word of kit.causes."""
    message = session.get(Message, message_id)
    if message is None or not may_move(message.state, state):
        return
    message.state, message.error, message.error_code = state, error, cause
    message.provider_id = provider_id or message.provider_id
    if state is MessageState.SENT:
        message.sent_at = now
    session.add(message)


def record_status(session: Session, *, provider_id: str, status: str, error_code: str, now: datetime) -> Message | None:
    """What the provider says became of a message; when it did not arrive, the next way of its chain is taken.

    Late and repeated words change nothing.
    """
    message = locked(session, select(Message).where(Message.provider_id == provider_id)).first()
    rank = RANK.get(status, 0)
    if message is None or rank <= message.status_rank:
        return message
    message.status_rank, message.error_code = rank, error_code
    target = STATE_OF.get(status)
    if target is not None and may_move(message.state, target):
        message.state = target
        session.add(message)
        if target in DID_NOT_ARRIVE:
            if cause_of_trouble(message) == Cause.OPTED_OUT:
                texts.note_stopped(session, message.recipient, channel=message.channel, now=now)
            pass_on(session, message, now=now)
    session.add(message)
    return message


def provider_ids_near(session: Session, message: Message) -> frozenset[str]:
    """The provider's ids of the shop's other messages of about that time: a copy of one of those is not this one."""
    near = (Message.shop_id == message.shop_id, Message.id != message.id, col(Message.provider_id).is_not(None))
    since = col(Message.created_at) >= message.created_at - timedelta(hours=1)
    return frozenset(i for i in session.exec(select(Message.provider_id).where(*near, since)) if i)


def any_under_way(session: Session) -> bool:
    """Whether some message is with a provider whose answer is not kept yet."""
    return session.exec(select(Message.id).where(Message.state == MessageState.SENDING).limit(1)).first() is not None


def send_again(session: Session, *, shop_id: int, message_id: int) -> None:
    """Queue afresh what did not go out or did not arrive. Raises NotFound, or Conflict when it did."""
    message = get_message(session, shop_id=shop_id, message_id=message_id)
    if message.passed_on:
        raise Conflict("It went on by their next channel.")
    if (
        message.state is MessageState.STANDBY
        or not may_move(message.state, MessageState.QUEUED)
        or not message.recipient
    ):
        raise Conflict("That message went out already.")
    _queue(session, message)


def put_aside(session: Session, *, shop_id: int, message_id: int) -> None:
    """A person reached them another way. Raises NotFound, or Conflict when there is nothing to see to."""
    message = get_message(session, shop_id=shop_id, message_id=message_id)
    if not may_move(message.state, MessageState.ASIDE):
        raise Conflict("There is nothing to see to any more.")
    message.state = MessageState.ASIDE
    session.add(message)


def readdress(session: Session, *, shop_id: int, channel: str, before: str | None, after: str | None) -> int:
    """A person's number or e-mail address was corrected: what did not reach them goes to the new one. How many."""
    if not before or not after or before == after:
        return 0
    found = [m for m in in_trouble(session, shop_id=shop_id) if m.channel == channel and m.recipient == before]
    moved = [m for m in found if m.state in DID_NOT_ARRIVE and not m.passed_on]
    for message in moved:
        message.recipient = after
        _queue(session, message)
    return len(moved)


def get_message(session: Session, *, shop_id: int, message_id: int) -> Message:
    """The shop's message with that id, locked. Raises NotFound."""
    mine = select(Message).where(Message.id == message_id, Message.shop_id == shop_id)
    message = locked(session, mine).first()
    if message is None:
        raise NotFound("That message is not here.")
    return message


def cause_of_trouble(message: Message) -> str:
    """Why it did not go out or arrive, as a word of kit.causes; "" where nothing is known to help."""
    return message.error_code if message.error_code in set(Cause) else cause_of(message.error_code)


def _queue(session: Session, message: Message) -> None:
    # What a provider said of the last try must not outrank what it says of this one.
    message.state, message.status_rank, message.error, message.error_code = MessageState.QUEUED, 0, "", ""
    session.add(message)
    jobs.enqueue(session, "notifications.deliver", shop_id=message.shop_id, message_id=message.id)


def in_trouble(session: Session, *, shop_id: int) -> list[Message]:
    """Messages that did not go out or may not have, newest first. What they say is not read: it is sealed."""
    states = (MessageState.FAILED, MessageState.HELD, MessageState.UNSETTLED, MessageState.UNDELIVERED)
    unread = (defer(Message.subject), defer(Message.body), defer(Message.attachments), defer(Message.variables))  # type: ignore[arg-type]
    # One that waited for a channel that is not set up, and went by the next, is no trouble of anybody's.
    held = ~((col(Message.state) == MessageState.HELD) & col(Message.passed_on))
    query = select(Message).options(*unread).where(Message.shop_id == shop_id, col(Message.state).in_(states), held)
    return list(session.exec(query.order_by(col(Message.created_at).desc()).limit(100)))
