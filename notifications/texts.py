"""Texts that came in, and the numbers that want none."""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.db import insert_once
from notifications.events import TextArrived
from notifications.meanings import Meaning, read
from notifications.models import InboundText, OptOut

OPTED_OUT = "This number answered STOP, so no text goes there until it answers START."
KEPT = timedelta(days=30)
WINDOW = timedelta(hours=24) - timedelta(minutes=5)
"""WhatsApp takes free words for a day after theirs: twilio.com/docs/api/errors/63016. A little less, for the road."""
SMS, WHATSAPP = "sms", "whatsapp"


def keep(session: Session, arrived: TextArrived, *, now: datetime) -> InboundText | None:
    """Keep a text once; None for a copy. STOP and START count at once, whoever sent them."""
    row = InboundText(
        provider_id=arrived.provider_id,
        sender=plain(arrived.sender),
        body=arrived.body[:1600],
        at=now,
        channel=channel_of(arrived.sender),
        ours=plain(arrived.ours)[:20],
        wa_id=arrived.wa_id or None,
    )
    if not insert_once(session, row):
        return None
    said = read(arrived.body, arrived.opt_out)
    kept = session.exec(select(InboundText).where(InboundText.provider_id == arrived.provider_id)).one()
    if said is Meaning.STOP:
        _opt_out(session, kept.sender, kept.channel, now)
    elif said is Meaning.START:
        _opt_in(session, kept.sender, kept.channel)
    if said in (Meaning.STOP, Meaning.START, Meaning.HELP):
        kept.meaning = said.value  # the network answers these itself
        session.add(kept)
    return kept


def note_stopped(session: Session, number: str, *, channel: str = SMS, now: datetime) -> None:
    """The network says that this number answered STOP: nothing goes there by that channel again until START."""
    _opt_out(session, plain(number), channel, now)


def has_opted_out(session: Session, number: str, channel: str = SMS) -> bool:
    """Whether that number answered STOP on that channel and not START since."""
    return bool(_opt_outs(session, plain(number), channel))


def wrote_lately(session: Session, address: str, *, ours: str, now: datetime) -> bool:
    """Whether they wrote to `ours` by WhatsApp so lately that free words may answer.

    They may hide their number behind an id, and the id changes with the number; WhatsApp's own id is compared as well.
    """
    came = (InboundText.channel == WHATSAPP, InboundText.ours == plain(ours), InboundText.at > now - WINDOW)
    theirs = {plain(address), plain(address).removeprefix("+")}
    return any(
        text.sender in theirs or (text.wa_id or "") in theirs for text in session.exec(select(InboundText).where(*came))
    )


def wrote_before(session: Session, text: InboundText, *, since: datetime) -> bool:
    """Whether whoever sent `text` sent another to the same number of ours since then."""
    came = (InboundText.ours == text.ours, InboundText.at > since, col(InboundText.id) < text.id)
    return any(row.sender == text.sender for row in session.exec(select(InboundText).where(*came)))


def texts_of(session: Session, *, shop_id: int, limit: int = 20) -> list[InboundText]:
    """Texts to a shop, newest first."""
    query = select(InboundText).where(InboundText.shop_id == shop_id)
    return list(session.exec(query.order_by(col(InboundText.id).desc()).limit(limit)))


def from_numbers(session: Session, *, shop_id: int, numbers: Collection[str]) -> list[InboundText]:
    """What these numbers sent to a shop, or to nobody in particular."""
    wanted = {plain(number) for number in numbers if number}
    theirs = (col(InboundText.shop_id) == shop_id) | col(InboundText.shop_id).is_(None)
    return [text for text in session.exec(select(InboundText).where(theirs)) if text.sender in wanted]


def erase_from(session: Session, *, shop_id: int, numbers: Collection[str]) -> list[str]:
    """Delete what these numbers sent, and that they opted out, which Twilio still knows; the texts' ids there."""
    wanted = {plain(number) for number in numbers if number}
    gone = from_numbers(session, shop_id=shop_id, numbers=numbers)
    for row in [*gone, *(row for number in sorted(wanted) for row in _of_number(session, number))]:
        session.delete(row)
    return [text.provider_id for text in gone]


def forget(session: Session, *, now: datetime) -> None:
    """Delete texts older than 30 days."""
    session.connection().execute(sa.delete(InboundText).where(col(InboundText.at) < now - KEPT))


def plain(number: str) -> str:
    """Without the channel some addresses carry: "whatsapp:+336…" is +336…"""
    return number.strip().removeprefix("whatsapp:")


def channel_of(address: str) -> str:
    """The channel an address of Twilio's names: "whatsapp:+336…" is WhatsApp's, a bare number a text's."""
    return WHATSAPP if address.strip().startswith("whatsapp:") else SMS


def _opt_out(session: Session, number: str, channel: str, now: datetime) -> None:
    if not _opt_outs(session, number, channel):
        session.add(OptOut(ending=number[-2:], number=number, channel=channel, at=now))


def _opt_in(session: Session, number: str, channel: str) -> None:
    for row in _opt_outs(session, number, channel):
        session.delete(row)


def _opt_outs(session: Session, number: str, channel: str) -> list[OptOut]:
    return [row for row in _of_number(session, number) if row.channel == channel]


def _of_number(session: Session, number: str) -> list[OptOut]:
    rows = session.exec(select(OptOut).where(OptOut.ending == number[-2:]))
    return [row for row in rows if row.number == number]
