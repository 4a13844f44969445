"""Who agreed to be written to by which channel, with the proof of it. Proofs stay when they end; STOP is kept apart."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from notifications.models import Consent


def give(
    session: Session, *, shop_id: int, channel: str, address: str, how: str, words: str, ip: str = "", now: datetime
) -> Consent:
    """Note that whoever has `address` agreed to `words`. Given before and not withdrawn, the first proof stays."""
    standing = find(session, shop_id=shop_id, channel=channel, address=address)
    if standing is not None:
        return standing
    row = Consent(
        shop_id=shop_id,
        channel=channel,
        ending=address[-2:],
        address=address,
        how=how,
        words=words[:500],
        ip=ip or None,
        given_at=now,
    )
    session.add(row)
    session.flush()
    return row


def withdraw(session: Session, *, shop_id: int, channel: str, address: str, now: datetime) -> bool:
    """They want no more by that channel; whether they had agreed to it."""
    standing = find(session, shop_id=shop_id, channel=channel, address=address)
    if standing is None:
        return False
    standing.withdrawn_at = now
    session.add(standing)
    session.flush()
    return True


def find(session: Session, *, shop_id: int, channel: str, address: str) -> Consent | None:
    """The consent that stands, if there is one."""
    mine = (Consent.shop_id == shop_id, Consent.channel == channel, Consent.ending == address[-2:])
    rows = session.exec(select(Consent).where(*mine, col(Consent.withdrawn_at).is_(None)))
    return next((row for row in rows if row.address == address), None)


def proofs(session: Session, *, shop_id: int, addresses: Collection[str]) -> list[Consent]:
    """Every consent those addresses gave in that shop, withdrawn ones too, oldest first."""
    endings = {address[-2:] for address in addresses if address}
    theirs = (Consent.shop_id == shop_id, col(Consent.ending).in_(endings))
    rows = session.exec(select(Consent).where(*theirs).order_by(col(Consent.id)))
    return [row for row in rows if row.address in addresses]
