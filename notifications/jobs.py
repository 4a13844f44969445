"""Handing messages over, once each."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlmodel import Session, select

from kit import clock, metrics
from kit.causes import Cause
from kit.db import Begin
from kit.errors import OutsideError, Waiting
from kit.log import get_logger
from notifications import codes, messages, texts
from notifications.chains import TEXT_CHANNELS, pass_on
from notifications.code_models import CodeAsked
from notifications.models import Message
from notifications.ports import Channel, Outgoing
from notifications.states import MessageState
from shops.models import ShopState
from shops.shops import get_shop

log = get_logger("notifications")

NOT_INSTALLED = "The app was not installed any more."


def deliver(begin: Begin, *, channels: Mapping[str, Channel], shop_id: int, message_id: int) -> None:
    """Send one message. If an earlier attempt stopped in the middle, ask the provider first whether it went out."""
    with begin() as session:
        row = session.get(Message, message_id)
        if row is None or row.shop_id != shop_id or not row.recipient:  # erased meanwhile
            return
        shop, channel, state = get_shop(session, shop_id), channels[row.channel], row.state
        outgoing = _outgoing(row, shop.shown_name)
        if state is MessageState.QUEUED and shop.state is ShopState.UNINSTALLED:
            assert row.id is not None
            messages.settle(session, row.id, MessageState.FAILED, error=NOT_INSTALLED, now=clock.now())
            return
        if state is MessageState.QUEUED and _cannot_go(session, row, channel):
            return
        outgoing = replace(
            outgoing, **_on_whatsapp(session, row, channel), known=messages.provider_ids_near(session, row)
        )
    if state is MessageState.SENDING:
        if _read_back(begin, channel, outgoing):
            return
        with begin() as session:
            rest = messages.claim_again(session, message_id, shop_id=shop_id, now=clock.now())
        if rest is None:
            return
        if rest:
            raise Waiting(f"{row.channel}: the message may still be on its way out.", retry_after=rest.total_seconds())
    elif state is MessageState.QUEUED:
        with begin() as session:
            if not messages.claim(session, message_id, now=clock.now()):
                return
    else:
        return
    _hand_over(begin, channel, outgoing)


def _cannot_go(session: Session, row: Message, channel: Channel) -> bool:
    """Whether it is known beforehand that this way leads nowhere; then it is settled, and the next one taken."""
    assert row.id is not None
    now = clock.now()
    if not channel.is_set_up:
        messages.settle(session, row.id, MessageState.HELD, error=f"{row.channel} is not set up", now=now)
    elif row.channel in TEXT_CHANNELS and texts.has_opted_out(session, row.recipient, row.channel):
        messages.settle(session, row.id, MessageState.FAILED, error=texts.OPTED_OUT, cause=Cause.OPTED_OUT, now=now)
    else:
        return False
    pass_on(session, row, now=now)
    return True


def _on_whatsapp(session: Session, row: Message, channel: Channel) -> dict[str, Any]:
    """Whether free words may go there now, and what a template is filled with."""
    if row.channel != texts.WHATSAPP:
        return {}
    ours = row.sender or getattr(channel, "sender", "")
    values = json.loads(row.variables) if row.variables else {}
    freely = texts.wrote_lately(session, row.recipient, ours=ours, now=clock.now())
    return {"values": values, "may_write_freely": freely}


def _read_back(begin: Begin, channel: Channel, outgoing: Outgoing) -> bool:
    """True when nothing is left to do: it went out, or nobody can tell and a person has to."""
    try:
        provider_id = channel.find(outgoing)
    except OutsideError as error:
        if not error.permanent:
            raise
        with begin() as session:
            messages.settle(session, outgoing.message_id, MessageState.UNSETTLED, error=str(error), now=clock.now())
        return True
    if provider_id is None:
        return False
    with begin() as session:
        messages.settle(session, outgoing.message_id, MessageState.SENT, provider_id=provider_id, now=clock.now())
    return True


def _hand_over(begin: Begin, channel: Channel, outgoing: Outgoing) -> None:
    try:
        provider_id = channel.send(outgoing)
    except OutsideError as error:
        if error.permanent:
            metrics.count("returns_provider_errors_total", provider=error.provider, permanent="true")
            log.warning("message.refused", message=outgoing.message_id, channel=channel.name, reason=str(error))
            about = {"error": str(error), "cause": error.cause}
            with begin() as session:
                messages.settle(session, outgoing.message_id, MessageState.FAILED, **about, now=clock.now())
                if error.cause == Cause.OPTED_OUT:  # they answered STOP where we did not hear it
                    texts.note_stopped(session, outgoing.recipient, channel=channel.name, now=clock.now())
                row = session.get(Message, outgoing.message_id)
                if row is not None and row.state is MessageState.FAILED:
                    pass_on(session, row, now=clock.now())
            return
        if not error.ambiguous:
            with begin() as session:
                messages.settle(session, outgoing.message_id, MessageState.QUEUED, error=str(error), now=clock.now())
        raise
    with begin() as session:
        messages.settle(session, outgoing.message_id, MessageState.SENT, provider_id=provider_id, now=clock.now())
    log.info("message.sent", message=outgoing.message_id, channel=channel.name)


def record_status(begin: Begin, *, provider_id: str, status: str, error_code: str) -> None:
    """Settle a provider's status callback. One that is quicker than our own record of the hand-over waits for it."""
    with begin() as session:
        about = {"provider_id": provider_id, "status": status, "error_code": error_code}
        known = messages.record_status(session, **about, now=clock.now())
        if known is None and messages.any_under_way(session):
            raise Waiting("The message is still being handed over.", retry_after=2)


def _outgoing(row: Message, house: str) -> Outgoing:
    assert row.id is not None
    return Outgoing(
        row.id,
        house,
        row.recipient,
        row.subject,
        row.body,
        messages.attachments_of(row),
        row.created_at,
        name=row.name,
        locale=row.locale,
        sender=row.sender,
    )


def forget_texts(begin: Begin) -> None:
    """Every day: texts that came in are kept for 30 days, codes for a day after they ran out."""
    with begin() as session:
        texts.forget(session, now=clock.now())
        codes.forget(session, now=clock.now())


def send_code(begin: Begin, *, verifier: codes.Verifier | None, shop_id: int, asked_id: int, locale: str) -> None:
    """Have Verify send a code. Asked again in its ten minutes it sends the same one: a second run does no harm."""
    with begin() as session:
        mine = select(CodeAsked).where(CodeAsked.id == asked_id, CodeAsked.shop_id == shop_id)
        asked = session.exec(mine).first()
        if asked is None or asked.expires_at <= clock.now() or verifier is None:
            return
        to, channel = asked.recipient, asked.channel
    try:
        verifier.send(to, channel, locale)
    except OutsideError as error:
        if not error.permanent:
            raise
        # Who asked is told the same as everybody: nothing there, try by e-mail.
        log.warning("code.refused", asked=asked_id, channel=channel, reason=str(error))
