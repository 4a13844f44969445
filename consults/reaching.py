"""By which channels a client may be written to shortly, in their order: what they agreed to, less what they stopped."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from consults.history import CLIENT, add_line
from consults.models import Case
from notifications import consents, texts

WHATSAPP, SMS = texts.WHATSAPP, texts.SMS
AGREED_ON_WHATSAPP = "client.agreed_to_whatsapp"


def ways_to(session: Session, case: Case) -> list[tuple[str, str]]:
    """(channel, address), first choice first: WhatsApp where they chose it, as texts were agreed to before."""
    found = []
    if case.client_phone and on_whatsapp(session, case):
        found.append((WHATSAPP, case.client_phone))
    if case.client_phone and case.client_texts_ok:
        found.append((SMS, case.client_phone))
    return [(channel, to) for channel, to in found if not texts.has_opted_out(session, to, channel)]


def on_whatsapp(session: Session, case: Case) -> bool:
    """Whether the client asked to be written to by WhatsApp."""
    if not case.client_phone:
        return False
    mine: dict[str, Any] = {"shop_id": case.shop_id, "channel": WHATSAPP, "address": case.client_phone}
    return consents.find(session, **mine) is not None


def agree(session: Session, case: Case, channel: str, *, words: str, how: str, ip: str = "", now: datetime) -> None:
    """Keep that the client agreed to `words` for that channel, with the number on file, and when."""
    if not case.client_phone:
        return
    mine: dict[str, Any] = {"shop_id": case.shop_id, "channel": channel, "address": case.client_phone}
    known = consents.find(session, **mine)
    consents.give(session, **mine, how=how, words=words, ip=ip, now=now)
    if known is None and channel == WHATSAPP:
        detail = f"to a number ending {case.client_phone[-2:]}: {words}"
        add_line(session, case, kind=AGREED_ON_WHATSAPP, now=now, actor=CLIENT, detail=detail)


def leave_whatsapp(session: Session, case: Case, *, now: datetime) -> None:
    """They would rather not be written to there any more."""
    if case.client_phone and consents.withdraw(
        session, shop_id=case.shop_id, channel=WHATSAPP, address=case.client_phone, now=now
    ):
        add_line(session, case, kind="client.left_whatsapp", now=now, actor=CLIENT)
