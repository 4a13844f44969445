"""One-time codes that prove an address is somebody's: by Twilio Verify where it is set up, else our own six digits.

Whoever asks gets a token to come back with, whether or not there is anything to open: of an address that leads nowhere
there is a row as well, which is counted and blocked like the others, so that the answers are the same.

    token = ask(session, shop_id=…, purpose=RETURN, subject_id=rma.id, channel="sms", to="+33…", …)
    … the code is sent by a job …
    found = check(begin, verifier, shop_id=…, token=token, code="123456", …)  -> Checked(state, subject_id)
"""

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs
from kit.db import Begin
from kit.tokens import keyed_hash, new_token, token_hash
from notifications import messages
from notifications.code_models import CodeAsked

RETURN = "return"
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
    """What came of a code; `subject_id` is what it opens, where it was right."""

    found: Found
    subject_id: int | None = None


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
    session: Session,
    *,
    shop_id: int,
    purpose: str,
    subject_id: int | None,
    channel: str,
    to: str,
    house: str,
    locale: str = "en",
    by_verify: bool = False,
    secret: str,
    now: datetime,
) -> str:
    """A token for somebody who wants to prove that `to` is theirs; the code goes there, if there is a `subject_id`.

    Nothing is sent where the address had its codes: the token is as good as any, and no code fits it.
    """
    token = new_token()
    leads = subject_id is not None and bool(to) and _sends(session, shop_id, to, now) < MOST_SENDS
    by = (VERIFY if by_verify and channel != "email" else OWN) if leads else ""
    code = f"{secrets.randbelow(10**6):06}"
    row = CodeAsked(
        shop_id=shop_id,
        token_hash=token_hash(token),
        purpose=purpose,
        subject_id=subject_id if leads else None,
        channel=channel,
        recipient=to if leads else "",
        by=by,
        code_hash=_hash(secret, token, code),
        made_at=now,
        expires_at=now + LASTS,
    )
    session.add(row)
    session.flush()
    if by == VERIFY:
        jobs.enqueue(session, "notifications.send_code", shop_id=shop_id, asked_id=row.id, locale=locale)
    elif by == OWN:
        values = {"house": house, "code": code}
        about: dict[str, Any] = {"shop_id": shop_id, "key": f"code:{row.id}", "locale": locale, "now": now}
        messages.send(session, message="code", channel=channel, to=to, values=values, **about)
    return token


def check(
    begin: Begin, verifier: Verifier | None, *, shop_id: int, purpose: str, token: str, code: str, secret: str,
    now: datetime,
) -> Checked:  # fmt: skip
    """Whether `code` is the one. A right one is taken once; of two at once, one gets it.

    The try is counted before anything is looked at, so that guesses made at once count as well. Raises OutsideError
    when Verify does not answer.
    """
    code = "".join(sign for sign in code if sign.isdigit())[:10]
    with begin() as session:
        row = _counted(session, shop_id, purpose, token, now)
        if row is None:
            return Checked(Found.OVER)
        if row.state == "blocked" or row.checks > MOST_CHECKS:
            return Checked(Found.BLOCKED)
        asked_id, by, to = row.id, row.by, row.recipient
        ours = hmac.compare_digest(row.code_hash, _hash(secret, token, code)) and by == OWN
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
        return Checked(Found.RIGHT, session.exec(select(CodeAsked.subject_id).where(*mine)).one())


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


def _counted(session: Session, shop_id: int, purpose: str, token: str, now: datetime) -> CodeAsked | None:
    """The row with this try counted in; None where the token is none of ours, ran out, or did its work."""
    mine = (col(CodeAsked.token_hash) == token_hash(token), col(CodeAsked.shop_id) == shop_id)
    live = (col(CodeAsked.purpose) == purpose, col(CodeAsked.expires_at) > now, col(CodeAsked.state) != "approved")
    more = {
        "checks": CodeAsked.checks + 1,
        "state": sa.case((col(CodeAsked.checks) >= MOST_CHECKS, "blocked"), else_=col(CodeAsked.state)),
    }
    session.connection().execute(sa.update(CodeAsked).where(*mine, *live).values(more))
    return session.exec(select(CodeAsked).where(*mine, *live)).first()


def _sends(session: Session, shop_id: int, to: str, now: datetime) -> int:
    """How many codes that address was sent of late. Addresses are sealed, so each is opened; there are few."""
    recent = (CodeAsked.shop_id == shop_id, CodeAsked.made_at > now - LASTS, col(CodeAsked.by) != "")
    return sum(row.recipient == to for row in session.exec(select(CodeAsked).where(*recent)))


def _hash(secret: str, token: str, code: str) -> str:
    """A code has a million values: without the key nobody can try them on the row."""
    return keyed_hash(secret, "one-time-code", f"{token}:{code}")
