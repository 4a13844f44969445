"""The client book: which advisor looks after a client. A client is known by their gid or by a keyed hash of an address.

No name, address or number is kept: without the shop's own secret a hash tells nothing.
"""

import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.advisors import get_advisor
from kit import clock
from kit.db import insert_once
from kit.errors import AppError
from kit.log import get_logger
from routing.seller_models import BookEntry, BookHandOver, BookSecret

log = get_logger("routing")

BY_PERSON, BY_FILE, BY_HAND_OVER = "person", "file", "hand_over"
CHUNK = 400
"""Keys in one statement; SQLite takes 999 values, PostgreSQL more."""


def client_keys(secret: str, *, gid: str = "", email: str = "", phone: str = "") -> list[str]:
    """How the book knows that client, the surest way first. `gid` as Shopify writes it; phone in any spelling."""
    mail, digits = email.strip().casefold(), plain_phone(phone)
    keys = [f"gid:{gid.rsplit('/', 1)[-1]}"] if gid else []
    keys += [_hashed(secret, f"mail:{mail}")] if mail else []
    return keys + ([_hashed(secret, f"phone:{digits}")] if digits else [])


def plain_phone(text: str) -> str:
    """Digits of an international number; "" for one without a country code, which could be anybody's."""
    squeezed = re.sub(r"[\s().\-/\u2011\u00a0]", "", text)
    squeezed = "+" + squeezed[2:] if squeezed.startswith("00") else squeezed
    return squeezed[1:] if re.fullmatch(r"\+[1-9]\d{6,14}", squeezed) else ""


def secret_of(session: Session, shop_id: int) -> str:
    """The shop's own secret, made with its first entry."""
    row = session.get(BookSecret, shop_id)
    if row is None:
        insert_once(session, BookSecret(shop_id=shop_id, secret=secrets.token_hex(32)))
        row = session.exec(select(BookSecret).where(BookSecret.shop_id == shop_id)).one()
    return row.secret


def find(session: Session, *, shop_id: int, gid: str = "", email: str = "", phone: str = "") -> BookEntry | None:
    """Who looks after that client: a person's word before a file's, then the surest way the client is known by."""
    if session.get(BookSecret, shop_id) is None:
        return None
    keys = client_keys(secret_of(session, shop_id), gid=gid, email=email, phone=phone)
    found = {entry.client_key: entry for entry in entries_by_key(session, shop_id=shop_id, keys=keys)}
    ranked = sorted(found.values(), key=lambda e: (e.source != BY_PERSON, keys.index(e.client_key)))
    return ranked[0] if ranked else None


def entries_by_key(session: Session, *, shop_id: int, keys: Sequence[str]) -> list[BookEntry]:
    """The entries under any of `keys`."""
    found: list[BookEntry] = []
    for start in range(0, len(keys), CHUNK):
        some = col(BookEntry.client_key).in_(keys[start : start + CHUNK])
        found += session.exec(select(BookEntry).where(BookEntry.shop_id == shop_id, some))
    return found


def put(
    session: Session,
    *,
    shop_id: int,
    keys: Sequence[str],
    advisor_id: int,
    since: date | None,
    source: str,
    now: datetime,
) -> None:
    """Note the advisor of one client under each of `keys`. Whatever was noted under one of them is replaced."""
    values: dict[str, Any] = {
        "client": keys[0],
        "advisor_id": advisor_id,
        "since": since,
        "source": source,
        "noted_at": now,
    }
    for key in keys:
        if not insert_once(session, BookEntry(shop_id=shop_id, client_key=key, **values)):
            mine = (col(BookEntry.shop_id) == shop_id, col(BookEntry.client_key) == key)
            session.connection().execute(sa.update(BookEntry).where(*mine).values(**values))


def counts(session: Session, *, shop_id: int) -> dict[int, int]:
    """Clients by advisor id."""
    clients = sa.func.count(sa.distinct(col(BookEntry.client)))
    query = (
        select(BookEntry.advisor_id, clients).where(BookEntry.shop_id == shop_id).group_by(col(BookEntry.advisor_id))
    )
    return dict(session.exec(query).all())


def hand_over(
    session: Session, shop_id: int, from_advisor_id: int, to_advisor_id: int, *, now: datetime | None = None
) -> int:
    """One leaves, another takes over their clients and what they sold; how many clients. Again: the newer one counts.

    Raises NotFound for an advisor of another shop, AppError for a person who would hand over to themselves or to
    somebody who does not work here.
    """
    now = now or clock.now()
    leaving = get_advisor(session, shop_id=shop_id, advisor_id=from_advisor_id)
    taking = get_advisor(session, shop_id=shop_id, advisor_id=to_advisor_id)
    if from_advisor_id == to_advisor_id or not taking.active:
        raise AppError(f"Choose somebody who works here to take over from {leaving.name}.")
    row = BookHandOver(shop_id=shop_id, from_advisor_id=from_advisor_id, to_advisor_id=to_advisor_id, at=now)
    theirs = (col(BookHandOver.shop_id) == shop_id, col(BookHandOver.from_advisor_id) == from_advisor_id)
    if not insert_once(session, row):
        values = {"to_advisor_id": to_advisor_id, "at": now}
        session.connection().execute(sa.update(BookHandOver).where(*theirs).values(**values))
    moved = counts(session, shop_id=shop_id).get(from_advisor_id, 0)
    book = (col(BookEntry.shop_id) == shop_id, col(BookEntry.advisor_id) == from_advisor_id)
    values = {"advisor_id": to_advisor_id, "source": BY_HAND_OVER, "noted_at": now}
    session.connection().execute(sa.update(BookEntry).where(*book).values(**values))
    log.info("book.handed_over", shop_id=shop_id, from_advisor=from_advisor_id, to_advisor=to_advisor_id, clients=moved)
    return moved


# --- a client's traces


def show_client(session: Session, *, shop_id: int, client_gid: str, addresses: Iterable[str]) -> list[dict[str, Any]]:
    """Who is noted as that client's advisor, as plain JSON values."""
    keys = _keys_of(session, shop_id, client_gid, addresses)
    found = {e.client: e for e in entries_by_key(session, shop_id=shop_id, keys=keys)}
    return [
        {
            "advisor": get_advisor(session, shop_id=shop_id, advisor_id=entry.advisor_id).name,
            "since": entry.since.isoformat() if entry.since else None,
            "noted_at": entry.noted_at.isoformat(),
        }
        for entry in found.values()
    ]


def erase_client(session: Session, *, shop_id: int, client_gid: str, addresses: Iterable[str]) -> int:
    """Forget the client in the book, under every way it knows them; how many entries went."""
    keys = _keys_of(session, shop_id, client_gid, addresses)
    clients = {entry.client for entry in entries_by_key(session, shop_id=shop_id, keys=keys)}
    mine = (col(BookEntry.shop_id) == shop_id, col(BookEntry.client).in_(clients))
    return session.connection().execute(sa.delete(BookEntry).where(*mine)).rowcount


def move_client(session: Session, *, shop_id: int, from_gid: str, to_gid: str) -> None:
    """Two records of a client became one: the entry of the one that is gone is the other's, unless that has its own."""
    gone, kept = (f"gid:{gid.rsplit('/', 1)[-1]}" for gid in (from_gid, to_gid))
    mine = col(BookEntry.shop_id) == shop_id
    connection = session.connection()
    if entries_by_key(session, shop_id=shop_id, keys=[kept]):
        connection.execute(sa.delete(BookEntry).where(mine, col(BookEntry.client_key) == gone))
    else:
        connection.execute(sa.update(BookEntry).where(mine, col(BookEntry.client_key) == gone).values(client_key=kept))
    connection.execute(sa.update(BookEntry).where(mine, col(BookEntry.client) == gone).values(client=kept))


def _keys_of(session: Session, shop_id: int, client_gid: str, addresses: Iterable[str]) -> list[str]:
    if session.get(BookSecret, shop_id) is None:
        return []
    secret = secret_of(session, shop_id)
    keys = client_keys(secret, gid=client_gid)
    for address in addresses:
        keys += client_keys(secret, email=address) if "@" in address else client_keys(secret, phone=address)
    return keys


def _hashed(secret: str, text: str) -> str:
    return "hash:" + hmac.digest(bytes.fromhex(secret), text.encode("utf-8", "surrogatepass"), "sha256").hex()
