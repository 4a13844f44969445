"""A signed-in client's token: renewed shortly before it ends, by whoever has the lease, and never after signing out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from kit.db import Database
from kit.errors import OutsideError
from shopify_app.customer_accounts import keeping
from shopify_app.customer_accounts.accounts import CustomerAccounts, SignInRefused
from shopify_app.customer_accounts.keeping import LOOKS, MARGIN, access_token
from shops.account_models import AccountSession
from shops.account_sessions import LEASE, Tokens, end_session, find_session, keep_tokens, lease_renewal, open_session
from tests.cast import NOW, alice, number

DOMAIN = "verdane.myshopify.com"
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: nothing here is the database's own to decide."""
    return sqlite_url


class House:
    """One client signed in until `ends`; Shopify answers a renewal with whatever the test says."""

    def __init__(self, database: Database, ends: datetime, refresh: str = "refresh-1"):
        self.database, self.asked, self.slept = database, list[str](), list[float]()
        self.answer: Callable[[], Tokens] = lambda: Tokens("access-2", NOW + timedelta(hours=1), "refresh-2")
        self.meanwhile: Callable[[int], None] = lambda _turn: None
        with database.begin() as session:
            self.shop_id = number(alice(session).id)
            tokens = Tokens("access-1", ends, refresh)
            self.cookie = open_session(session, shop_id=self.shop_id, client_gid="c", tokens=tokens, now=NOW)
        self.session_id = number(self.row().id)

    def row(self) -> AccountSession:
        with self.database.begin() as session:
            found = find_session(session, self.cookie, shop_id=self.shop_id, now=NOW)
            assert found is not None
            return found

    @property
    def about(self) -> dict[str, int]:
        return {"shop_id": self.shop_id, "session_id": self.session_id}

    def renew(self, domain: str, refresh_token: str, *, now: datetime) -> Tokens:
        assert domain == DOMAIN and now == NOW
        self.asked.append(refresh_token)
        return self.answer()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.meanwhile(len(self.slept))

    def token(self) -> str:
        accounts = cast(CustomerAccounts, self)
        return access_token(self.database.begin, accounts, domain=DOMAIN, sleep=self.sleep, **self.about)

    def lease(self) -> None:
        with self.database.begin() as session:
            assert lease_renewal(session, now=NOW, **self.about)


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "clock_now", lambda: NOW)


def test_one_that_lasts_more_than_half_a_minute_is_used_as_it_is(database: Database) -> None:
    house = House(database, NOW + MARGIN + MOMENT)
    assert timedelta(seconds=30) == MARGIN
    assert (house.token(), house.asked) == ("access-1", [])


def test_one_that_ends_sooner_is_renewed_once_and_both_tokens_are_kept(database: Database) -> None:
    house = House(database, NOW + MARGIN)
    assert [house.token(), house.token()] == ["access-2", "access-2"]
    row = house.row()
    assert (house.asked, row.refresh_token, row.renewing_until) == (["refresh-1"], "refresh-2", None)


def test_without_a_refresh_token_the_client_signs_in_again(database: Database) -> None:
    house = House(database, NOW, refresh="")
    with pytest.raises(SignInRefused, match=r"^the access token ran out$"):
        house.token()
    assert house.asked == [] and house.row().renewing_until is None


@pytest.mark.parametrize("error", [SignInRefused("refused"), OutsideError("shopify", "away")])
def test_a_renewal_that_fails_says_so_and_gives_the_lease_back(database: Database, error: Exception) -> None:
    house = House(database, NOW)

    def fails() -> Any:
        raise error

    house.answer = fails
    with pytest.raises(type(error)):
        house.token()
    row = house.row()
    assert (row.renewing_until, row.access_token, row.refresh_token) == (None, "access-1", "refresh-1")


def test_whoever_does_not_have_the_lease_waits_and_takes_what_the_other_got(database: Database) -> None:
    house = House(database, NOW)
    house.lease()

    def other_is_done(turn: int) -> None:
        if turn == 3:
            with database.begin() as session:
                keep_tokens(session, tokens=Tokens("access-9", NOW + timedelta(hours=1), "refresh-9"), **house.about)

    house.meanwhile = other_is_done
    assert house.token() == "access-9"
    assert (house.asked, house.slept) == ([], [0.25] * 3), "a refresh token is good once"


def test_nobody_waits_longer_than_a_quarter_of_a_minute_for_another(database: Database) -> None:
    house = House(database, NOW)
    house.lease()
    with pytest.raises(OutsideError, match=r"^shopify: the client's token is still being renewed elsewhere$"):
        house.token()
    assert house.asked == [] and sum(house.slept) == LOOKS * 0.25 == 15.0 < LEASE.total_seconds()


def test_who_signed_out_while_it_was_renewed_stays_signed_out(database: Database) -> None:
    house = House(database, NOW)

    def signs_out() -> Tokens:
        with database.begin() as session:
            end_session(session, **house.about)
        return Tokens("access-2", NOW + timedelta(hours=1))

    house.answer = signs_out
    with pytest.raises(SignInRefused, match=r"^signed out meanwhile$"):
        house.token()


def test_what_was_renewed_between_looking_and_having_the_lease_is_not_renewed_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(database, NOW)

    def leased(session: Any, **about: Any) -> bool:
        tokens = Tokens("access-9", NOW + timedelta(hours=1), "refresh-9")
        keep_tokens(session, shop_id=house.shop_id, session_id=house.session_id, tokens=tokens)
        session.flush()
        return lease_renewal(session, **about)

    monkeypatch.setattr(keeping, "lease_renewal", leased)
    assert (house.token(), house.asked, house.row().renewing_until) == ("access-9", [], None)
