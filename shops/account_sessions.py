"""Clients signing in through the shop's customer accounts: a try that is used once, then a short session."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.tokens import new_token, token_hash
from shops.account_models import AccountSession, SignInTry

TRY_LASTS = timedelta(minutes=10)
SESSION_LASTS = timedelta(hours=1)
LEASE = timedelta(seconds=30)


@dataclass(frozen=True)
class Begun:
    """A try in clear, as its own browser and Shopify may know it."""

    state: str
    nonce: str


@dataclass(frozen=True)
class Tokens:
    """What Shopify gave for one client. `id_token` is empty with a renewal."""

    access: str
    access_expires_at: datetime
    refresh: str = ""
    id_token: str = ""


def begin_try(session: Session, *, shop_id: int, browser: str, verifier: str, now: datetime) -> Begun:
    """Write a try down; only hashes of its state and its browser are kept."""
    begun = Begun(state=new_token(), nonce=new_token())
    row = SignInTry(
        shop_id=shop_id,
        state_hash=token_hash(begun.state),
        browser_hash=token_hash(browser),
        nonce=begun.nonce,
        verifier=verifier,
        expires_at=now + TRY_LASTS,
    )
    session.add(row)
    return begun


def find_try(session: Session, state: str) -> SignInTry | None:
    """The try of that state, whatever became of it: for telling whose house a late answer belongs to."""
    return session.exec(select(SignInTry).where(SignInTry.state_hash == token_hash(state))).first()


def use_try(session: Session, state: str, *, browser: str, now: datetime) -> SignInTry | None:
    """Use a try up. None for one that is not ours, ran out, was used, or was begun by another browser.

    Another browser's attempt leaves it as it was: the right one may still come.
    """
    used = session.connection().execute(
        sa.update(SignInTry)
        .where(
            col(SignInTry.state_hash) == token_hash(state),
            col(SignInTry.browser_hash) == token_hash(browser),
            col(SignInTry.used_at).is_(None),
            col(SignInTry.expires_at) > now,
        )
        .values(used_at=now)
    )
    return find_try(session, state) if browser and used.rowcount == 1 else None


def open_session(session: Session, *, shop_id: int, client_gid: str, tokens: Tokens, now: datetime) -> str:
    """Sign a client in; returns the cookie's value, of which only the hash is kept."""
    cookie = new_token()
    row = AccountSession(
        shop_id=shop_id,
        token_hash=token_hash(cookie),
        client_gid=client_gid,
        access_token=tokens.access,
        refresh_token=tokens.refresh,
        id_token=tokens.id_token,
        access_expires_at=tokens.access_expires_at,
        made_at=now,
        expires_at=now + SESSION_LASTS,
    )
    session.add(row)
    return cookie


def find_session(session: Session, cookie: str, *, shop_id: int, now: datetime) -> AccountSession | None:
    """Who is signed in in this shop by that cookie; None for nobody, another shop's, or one that ran out."""
    query = select(AccountSession).where(
        AccountSession.shop_id == shop_id, AccountSession.token_hash == token_hash(cookie)
    )
    row = session.exec(query).first()
    return row if cookie and row is not None and row.expires_at > now else None


def end_session(session: Session, *, shop_id: int, session_id: int) -> None:
    """Sign a client out; the tokens go with the row."""
    session.connection().execute(
        sa.delete(AccountSession).where(col(AccountSession.shop_id) == shop_id, col(AccountSession.id) == session_id)
    )


def read_session(session: Session, *, shop_id: int, session_id: int) -> AccountSession | None:
    """The row as it is now; None when the client signed out meanwhile."""
    query = select(AccountSession).where(AccountSession.shop_id == shop_id, AccountSession.id == session_id)
    return session.exec(query).first()


def lease_renewal(session: Session, *, shop_id: int, session_id: int, now: datetime) -> bool:
    """Whether the caller is the one to renew the tokens. Of many at once one is, for half a minute."""
    free = sa.or_(col(AccountSession.renewing_until).is_(None), col(AccountSession.renewing_until) < now)
    taken = session.connection().execute(
        sa.update(AccountSession)
        .where(col(AccountSession.shop_id) == shop_id, col(AccountSession.id) == session_id, free)
        .values(renewing_until=now + LEASE)
    )
    return taken.rowcount == 1


def keep_tokens(session: Session, *, shop_id: int, session_id: int, tokens: Tokens | None) -> None:
    """What the renewal brought, and the lease is given back; None leaves the tokens as they are."""
    row = read_session(session, shop_id=shop_id, session_id=session_id)
    if row is None:
        return
    row.renewing_until = None
    if tokens is not None:
        row.access_token, row.access_expires_at = tokens.access, tokens.access_expires_at
        row.refresh_token = tokens.refresh or row.refresh_token
    session.add(row)


def forget_ended(session: Session, now: datetime) -> None:
    """Tries and sessions that ran out are gone."""
    session.connection().execute(sa.delete(SignInTry).where(col(SignInTry.expires_at) < now))
    session.connection().execute(sa.delete(AccountSession).where(col(AccountSession.expires_at) < now))


def erase_client(session: Session, *, shop_id: int, client_gid: str) -> None:
    """Sign a client out everywhere, for good."""
    session.connection().execute(
        sa.delete(AccountSession).where(
            col(AccountSession.shop_id) == shop_id, col(AccountSession.client_gid) == client_gid
        )
    )
