"""Who may speak for an order besides its buyer: named by the buyer, by a link of their own, until it is taken back."""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.addresses import Addresses
from kit.db import insert_once
from kit.errors import AppError, NotFound
from kit.log import get_logger
from kit.phones import dialled
from notifications import messages
from routing.speaker_models import OrderSpeaker, SpeaksAs
from shops.links import ORDER, issue_link, revoke_links
from shops.shops import get_shop

log = get_logger("routing")
MOST = 5
"""At a time, of one order."""
MOST_EVER = 20
"""Of one order: each has had a letter of ours."""
EMAIL = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,180}\.[^@\s<>,;]{2,}")


class AddressUnclear(AppError):
    """Neither an email nor a number that can be dialled from everywhere."""

    status = 422
    code = "address_unclear"


class NameMissing(AppError):
    """Nobody was named."""

    status = 422
    code = "name_missing"


class TooMany(AppError):
    """More people than anybody lets see to one order."""

    status = 422
    code = "too_many"


def name_speaker(
    session: Session,
    *,
    shop_id: int,
    key: str,
    order_gid: str,
    order_name: str,
    speaks_as: SpeaksAs,
    name: str,
    address: str,
    locale: str,
    addresses: Addresses,
    now: datetime,
) -> OrderSpeaker:
    """Let somebody speak for the order, and send them their link. The same `key` is the same person, told once.

    Raises NameMissing, AddressUnclear or TooMany.
    """
    row = OrderSpeaker(
        shop_id=shop_id,
        key=key,
        order_gid=order_gid,
        order_name=order_name,
        speaks_as=speaks_as,
        name=" ".join(name.split())[:80],
        address=clean_address(address),
        named_at=now,
    )
    if not row.name:
        raise NameMissing("Please tell us who it is.")
    mine = (OrderSpeaker.shop_id == shop_id, OrderSpeaker.key == key)
    if insert_once(session, row):
        _within(session, shop_id, order_gid)
        row = session.exec(select(OrderSpeaker).where(*mine)).one()
        _tell(session, row, locale, addresses, now)
        log.info("order.speaker_named", shop_id=shop_id, speaker=row.id, speaks_as=speaks_as.value)
        return row
    return session.exec(select(OrderSpeaker).where(*mine)).one()


def speakers_of(session: Session, *, shop_id: int, order_gid: str) -> list[OrderSpeaker]:
    """Who may speak for that order now, in the order they were named."""
    theirs = (
        OrderSpeaker.shop_id == shop_id,
        OrderSpeaker.order_gid == order_gid,
        col(OrderSpeaker.ended_at).is_(None),
    )
    return list(session.exec(select(OrderSpeaker).where(*theirs).order_by(col(OrderSpeaker.id))))


def find_speaker(session: Session, *, shop_id: int, speaker_id: int) -> OrderSpeaker | None:
    """Who that is; None once it was taken back."""
    live = (OrderSpeaker.shop_id == shop_id, OrderSpeaker.id == speaker_id, col(OrderSpeaker.ended_at).is_(None))
    return session.exec(select(OrderSpeaker).where(*live)).first()


def end_speaker(session: Session, *, shop_id: int, order_gid: str, speaker_id: int, now: datetime) -> None:
    """They speak for it no more, with the link they have and with a page they left open. Raises NotFound."""
    theirs = (col(OrderSpeaker.shop_id) == shop_id, col(OrderSpeaker.order_gid) == order_gid)
    this = (col(OrderSpeaker.id) == speaker_id, col(OrderSpeaker.ended_at).is_(None))
    ended = session.connection().execute(sa.update(OrderSpeaker).where(*theirs, *this).values(ended_at=now))
    if ended.rowcount != 1:
        raise NotFound("There is nothing at this address.")
    revoke_links(session, shop_id=shop_id, purpose=ORDER, subject_id=speaker_id, now=now)
    log.info("order.speaker_ended", shop_id=shop_id, speaker=speaker_id)


def clean_address(text: str) -> str:
    """An email as typed, or a number in E.164. Raises AddressUnclear."""
    text = text.strip()
    if EMAIL.fullmatch(text):
        return text
    if number := dialled(text):
        return number
    raise AddressUnclear("Please write an email, or a mobile number with its country code, as in +33 6 12 34 56 78.")


def show_client(session: Session, *, shop_id: int, order_gids: Collection[str]) -> list[dict[str, Any]]:
    """Whom the buyer of those orders named, as plain JSON values."""
    named = select(OrderSpeaker).where(OrderSpeaker.shop_id == shop_id, col(OrderSpeaker.order_gid).in_(order_gids))
    return [
        {
            "order": row.order_name,
            "name": row.name,
            "address": row.address,
            "speaks_as": row.speaks_as.value,
            "named_at": row.named_at.isoformat(),
            "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        }
        for row in session.exec(named.order_by(col(OrderSpeaker.id)))
    ]


def keys_of(session: Session, *, shop_id: int, order_gids: Collection[str]) -> tuple[str, ...]:
    """What the keys of the letters begin with that those had who were named for these orders."""
    named = select(OrderSpeaker.id).where(OrderSpeaker.shop_id == shop_id, col(OrderSpeaker.order_gid).in_(order_gids))
    return tuple(f"speaker:{speaker_id}:" for speaker_id in session.exec(named))


def erase_client(session: Session, *, shop_id: int, order_gids: Collection[str], now: datetime) -> None:
    """Whom the buyer of those orders named is gone, and their links with them."""
    named = select(OrderSpeaker).where(OrderSpeaker.shop_id == shop_id, col(OrderSpeaker.order_gid).in_(order_gids))
    for row in session.exec(named):
        assert row.id is not None
        revoke_links(session, shop_id=shop_id, purpose=ORDER, subject_id=row.id, now=now)
        session.delete(row)


def _within(session: Session, shop_id: int, order_gid: str) -> None:
    mine = (OrderSpeaker.shop_id == shop_id, OrderSpeaker.order_gid == order_gid)
    ever = session.exec(select(sa.func.count()).select_from(OrderSpeaker).where(*mine)).one()
    if len(speakers_of(session, shop_id=shop_id, order_gid=order_gid)) > MOST or ever > MOST_EVER:
        raise TooMany("More people see to this order than we can keep apart. Please take one back first, or call us.")


def _tell(session: Session, row: OrderSpeaker, locale: str, addresses: Addresses, now: datetime) -> None:
    assert row.id is not None
    shop = get_shop(session, row.shop_id)
    token = issue_link(session, shop_id=row.shop_id, purpose=ORDER, subject_id=row.id, now=now)
    messages.send(
        session,
        shop_id=row.shop_id,
        message="order_link",
        channel="email" if "@" in row.address else "sms",
        to=row.address,
        values={"house": shop.shown_name, "link": addresses.order_page(shop.domain, token)},
        key=f"speaker:{row.id}:link",
        locale=locale,
        now=now,
    )
