"""The tokens of a signed-in client: renewed shortly before they end, by one of however many ask at once."""

import time
from collections.abc import Callable
from datetime import timedelta

from kit.clock import now as clock_now
from kit.db import Begin
from kit.errors import OutsideError
from shopify_app.customer_accounts.accounts import CustomerAccounts, SignInRefused
from shops.account_models import AccountSession
from shops.account_sessions import Tokens, keep_tokens, lease_renewal, read_session

MARGIN = timedelta(seconds=30)
LOOKS = 60


def access_token(
    begin: Begin,
    accounts: CustomerAccounts,
    *,
    shop_id: int,
    session_id: int,
    domain: str,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """A token that works now. Raises SignInRefused when the client has to sign in again, or OutsideError.

    The lock is a lease in the row, so that it holds across processes and no transaction is open during the call.
    """
    about = {"shop_id": shop_id, "session_id": session_id}
    for _ in range(LOOKS):
        row = _read(begin, **about)
        if _lasts(row):
            return row.access_token
        if not row.refresh_token:
            raise SignInRefused("the access token ran out")
        with begin() as session:
            mine = lease_renewal(session, now=clock_now(), **about)
        if mine:
            _renew(begin, accounts, domain, **about)
        else:
            sleep(0.25)  # somebody else is renewing; what they got is read next time round
    raise OutsideError("shopify", "the client's token is still being renewed elsewhere")


def _renew(begin: Begin, accounts: CustomerAccounts, domain: str, *, shop_id: int, session_id: int) -> None:
    tokens: Tokens | None = None
    try:
        row = _read(begin, shop_id=shop_id, session_id=session_id)
        if not _lasts(row):  # else renewed by whoever had the lease before
            tokens = accounts.renew(domain, row.refresh_token, now=clock_now())
    finally:
        with begin() as session:
            keep_tokens(session, shop_id=shop_id, session_id=session_id, tokens=tokens)


def _read(begin: Begin, *, shop_id: int, session_id: int) -> AccountSession:
    with begin() as session:
        row = read_session(session, shop_id=shop_id, session_id=session_id)
    if row is None:
        raise SignInRefused("signed out meanwhile")
    return row


def _lasts(row: AccountSession) -> bool:
    return row.access_expires_at - clock_now() > MARGIN
