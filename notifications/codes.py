"""One-time codes that prove an order is somebody's: by Twilio Verify where it is set up, else our own six digits.

Whoever asks gets a token to come back with, and a row, before anybody looks whether there is such an order: a job finds
out, and sends the code to the address on the order. Of an order that is not theirs, or is none, the row stays as it is.
It is counted and blocked like the others, so that the answers are the same, and take the same time.

    token, asked_id = ask(session, shop_id=…, wanted="1042", address="cleo@…", channel="email", …)
    … a job looks the order up, and where it belongs to that address …
    send(session, asked_id=…, order_gid=…, to="cleo@…", …)
    found = check(begin, verifier, shop_id=…, token=token, code="123456", …)  -> Checked(state, order_gid, order_name)
"""

import hmac
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs
from kit.db import Begin, locked
from kit.tokens import keyed_hash, new_token, token_hash
from notifications import messages
from notifications.code_models import CodeAsked

ORDER = "order"
LASTS = timedelta(minutes=10)
MOST_CHECKS = 5
"""The sixth is not looked at any more, whatever it says; Verify counts the same."""
MOST_SENDS = 5
"""To one address in ten minutes, as with Verify."""
OWN, VERIFY = "own", "verify"


class Found(StrEnum):
    """`again`: not that code. `blocked`: too often. `over`: it ran out, or was used."""

    RIGHT = "right"
    AGAIN = "again"
    BLOCKED = "blocked"
    OVER = "over"


@dataclass(frozen=True)
class Checked:
    """What came of a code; the order it opens, where it was right."""

    found: Found
    order_gid: str = ""
    order_name: str = ""


@dataclass(frozen=True)
class Wanted:
    """What somebody typed who asked for a code: the order's number, and the address or mobile number used for it."""

    order: str
    address: str
    channel: str
    locale: str


class Verifier(Protocol):
    """A provider that sends and checks codes of its own, by text."""

    @property
    def is_set_up(self) -> bool:
        """Whether it may be asked."""
        ...

    def send(self, to: str, channel: str, locale: str) -> None:
        """Send a code to `to`. Raises OutsideError."""
        ...

    def check(self, to: str, code: str) -> Found:
        """What the provider says of it. Raises OutsideError."""
        ...


def ask(
    session: Session, *, shop_id: int, wanted: str, address: str, channel: str, locale: str = "en", now: datetime
) -> tuple[str, int]:
    """A token for somebody who wants to prove that an order is theirs, and the row's id. Nothing is looked up here."""
    token = new_token()
    row = CodeAsked(
        shop_id=shop_id,
        token_hash=token_hash(token),
        purpose=ORDER,
        wanted=wanted,
        channel=channel,
        recipient=address,
        locale=locale[:20],
        made_at=now,
        expires_at=now + LASTS,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    return token, row.id


def get_wanted(session: Session, *, shop_id: int, asked_id: int, now: datetime) -> Wanted | None:
    """What was typed; None once the code was sent, or its time is over."""
    row = _waiting(session, shop_id, asked_id, now)
    return Wanted(row.wanted or "", row.recipient, row.channel, row.locale) if row else None


def send(
    session: Session,
    *,
    shop_id: int,
    asked_id: int,
    order_gid: str,
    order_name: str,
    channel: str,
    to: str,
    house: str,
    by_verify: bool = False,
    secret: str,
    now: datetime,
) -> bool:
    """The order is theirs if `to` is: a code goes there, once. Whether it does.

    Nothing is sent where the address had its codes: the token is as good as any, and no code fits it.
    """
    row = _waiting(session, shop_id, asked_id, now)
    if row is None or not to or _sends(session, shop_id, to, now) >= MOST_SENDS:
        return False
    code = f"{secrets.randbelow(10**6):06}"
    row.by = VERIFY if by_verify and channel != "email" else OWN
    row.order_gid, row.wanted, row.channel, row.recipient = order_gid, order_name, channel, to
    row.code_hash = _hash(secret, row.token_hash, code)
    session.add(row)
    session.flush()
    if row.by == VERIFY:
        jobs.enqueue(session, "notifications.send_code", shop_id=shop_id, asked_id=asked_id, locale=row.locale)
        return True
    values = {"house": house, "code": code}
    about: dict[str, Any] = {"shop_id": shop_id, "key": f"code:{asked_id}", "locale": row.locale, "now": now}
    messages.send(session, message="code", channel=channel, to=to, values=values, **about)
    return True


def check(
    begin: Begin, verifier: Verifier | None, *, shop_id: int, token: str, code: str, secret: str, now: datetime
) -> Checked:
    """Whether `code` is the one. A right one is taken once; of two at once, one gets it.

    The try is counted before anything is looked at, so that guesses made at once count as well. Raises OutsideError
    when Verify does not answer.
    """
    code = "".join(str(unicodedata.decimal(sign)) for sign in code if sign.isdecimal())[:10]  # in whichever figures
    with begin() as session:
        row = _counted(session, shop_id, token, now)
        if row is None:
            return Checked(Found.OVER)
        if row.checks > MOST_CHECKS:
            return Checked(Found.BLOCKED)
        asked_id, by, to = row.id, row.by, row.recipient
        ours = hmac.compare_digest(row.code_hash, _hash(secret, row.token_hash, code)) and by == OWN
    found = Found.RIGHT if ours else Found.AGAIN
    if by == VERIFY and verifier is not None and code:
        found = verifier.check(to, code)
    if found is not Found.RIGHT:
        return Checked(found)
    with begin() as session:
        mine = (col(CodeAsked.id) == asked_id, col(CodeAsked.shop_id) == shop_id)
        pending = sa.update(CodeAsked).where(*mine, col(CodeAsked.state) == "pending")
        taken = session.connection().execute(pending.values(state="approved"))
        if taken.rowcount != 1:
            return Checked(Found.OVER)
        order_gid, name = session.exec(select(CodeAsked.order_gid, CodeAsked.wanted).where(*mine)).one()
        return Checked(Found.RIGHT, order_gid, name or "")


def erase_of(session: Session, *, shop_id: int, addresses: Collection[str]) -> None:
    """Codes that went to those addresses are gone."""
    asked = select(CodeAsked).where(CodeAsked.shop_id == shop_id)
    for row in session.exec(asked):
        if row.recipient and row.recipient in addresses:
            session.delete(row)


def forget(session: Session, *, now: datetime) -> None:
    """Codes that ran out a day ago are gone."""
    gone = col(CodeAsked.expires_at) < now - timedelta(days=1)
    session.connection().execute(sa.delete(CodeAsked).where(gone))


def _waiting(session: Session, shop_id: int, asked_id: int, now: datetime) -> CodeAsked | None:
    mine = (CodeAsked.id == asked_id, CodeAsked.shop_id == shop_id, CodeAsked.purpose == ORDER)
    live = (CodeAsked.by == "", col(CodeAsked.expires_at) > now)
    return locked(session, select(CodeAsked).where(*mine, *live)).first()


def _counted(session: Session, shop_id: int, token: str, now: datetime) -> CodeAsked | None:
    """The row with this try counted in; None where the token is none of ours, ran out, or did its work."""
    mine = (col(CodeAsked.token_hash) == token_hash(token), col(CodeAsked.shop_id) == shop_id)
    live = (col(CodeAsked.purpose) == ORDER, col(CodeAsked.expires_at) > now, col(CodeAsked.state) != "approved")
    session.connection().execute(sa.update(CodeAsked).where(*mine, *live).values(checks=CodeAsked.checks + 1))
    return session.exec(select(CodeAsked).where(*mine, *live)).first()


def _sends(session: Session, shop_id: int, to: str, now: datetime) -> int:
    """How many codes that address was sent of late. Addresses are sealed, so each is opened; there are few."""
    recent = (CodeAsked.shop_id == shop_id, CodeAsked.made_at > now - LASTS, col(CodeAsked.by) != "")
    return sum(row.recipient == to for row in session.exec(select(CodeAsked).where(*recent)))


def _hash(secret: str, row: str, code: str) -> str:
    """A code has a million values: without the key nobody can try them on the row, which `row` tells from others."""
    return keyed_hash(secret, "one-time-code", f"{row}:{code}")
