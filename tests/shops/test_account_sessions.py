"""Clients who sign in: a try is used once by the browser that began it, a session lasts an hour and is one shop's."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from kit.db import Database
from shops.account_models import AccountSession, SignInTry
from shops.account_sessions import (
    LEASE,
    SESSION_LASTS,
    TRY_LASTS,
    Tokens,
    begin_try,
    end_session,
    erase_client,
    find_session,
    find_try,
    forget_ended,
    keep_tokens,
    lease_renewal,
    open_session,
    read_session,
    use_try,
)
from tests import cast
from tests.cast import NOW

CLEO = "gid://shopify/Customer/9"
INSTANT = timedelta(microseconds=1)
TOKENS = Tokens("access-1", NOW + timedelta(minutes=10), "refresh-1", "id-1")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: nothing here is the database's own to decide."""
    return sqlite_url


@pytest.fixture
def shop_id(database: Database) -> int:
    with database.begin() as session:
        return cast.number(cast.alice(session).id)


@pytest.fixture
def dana_id(database: Database) -> int:
    with database.begin() as session:
        return cast.number(cast.alice(session, "dana.myshopify.com").id)


def signed_in(session: Session, shop_id: int, *, client_gid: str = CLEO) -> tuple[str, int]:
    """(cookie, the row's id)"""
    cookie = open_session(session, shop_id=shop_id, client_gid=client_gid, tokens=TOKENS, now=NOW)
    session.flush()
    row = find_session(session, cookie, shop_id=shop_id, now=NOW)
    assert row is not None
    return cookie, cast.number(row.id)


# --- tries


def test_a_try_is_used_by_its_own_browser_once(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        begun = begin_try(session, shop_id=shop_id, browser="hers", verifier="v", now=NOW)
    with database.begin() as session:
        used = use_try(session, begun.state, browser="hers", now=NOW)
        assert used is not None and (used.shop_id, used.nonce, used.verifier) == (shop_id, begun.nonce, "v")
        assert use_try(session, begun.state, browser="hers", now=NOW) is None
        late = find_try(session, begun.state)
        assert late is not None and late.shop_id == shop_id, "whose house it was is still known"


def test_another_browser_uses_nothing_up(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        begun = begin_try(session, shop_id=shop_id, browser="hers", verifier="v", now=NOW)
    with database.begin() as session:
        for browser in ("his", "", "HERS"):
            assert use_try(session, begun.state, browser=browser, now=NOW) is None
        assert use_try(session, "another", browser="hers", now=NOW) is None
        assert use_try(session, begun.state, browser="hers", now=NOW) is not None


def test_without_a_browser_there_is_no_try_to_use(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        begun = begin_try(session, shop_id=shop_id, browser="", verifier="v", now=NOW)
        session.flush()
        assert use_try(session, begun.state, browser="", now=NOW) is None


def test_a_try_lasts_ten_minutes_to_the_instant(database: Database, shop_id: int) -> None:
    assert timedelta(minutes=10) == TRY_LASTS
    with database.begin() as session:
        begun = [begin_try(session, shop_id=shop_id, browser="b", verifier="v", now=NOW) for _ in range(2)]
    with database.begin() as session:
        assert use_try(session, begun[0].state, browser="b", now=NOW + TRY_LASTS) is None
        assert use_try(session, begun[1].state, browser="b", now=NOW + TRY_LASTS - INSTANT) is not None


def test_of_a_try_only_hashes_and_what_is_sealed_are_kept(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        begun = begin_try(session, shop_id=shop_id, browser="hers", verifier="the-verifier", now=NOW)
    with database.engine.connect() as connection:
        written = str(connection.exec_driver_sql("SELECT * FROM signintry").all())
    assert begun.state not in written and "hers" not in written and "the-verifier" not in written
    assert begun.state != begun.nonce and begun.nonce in written


# --- sessions


def test_a_session_is_found_by_its_cookie_in_its_own_shop_for_an_hour(
    database: Database, shop_id: int, dana_id: int
) -> None:
    assert timedelta(hours=1) == SESSION_LASTS
    with database.begin() as session:
        cookie, _ = signed_in(session, shop_id)
        found = find_session(session, cookie, shop_id=shop_id, now=NOW + SESSION_LASTS - INSTANT)
        assert found is not None and (found.client_gid, found.access_token) == (CLEO, "access-1")
        assert (found.refresh_token, found.id_token) == ("refresh-1", "id-1")
        assert (found.access_expires_at, found.made_at) == (TOKENS.access_expires_at, NOW)
        assert find_session(session, cookie, shop_id=shop_id, now=NOW + SESSION_LASTS) is None
        assert find_session(session, cookie, shop_id=dana_id, now=NOW) is None
        assert find_session(session, "", shop_id=shop_id, now=NOW) is None
        assert find_session(session, f"{cookie}x", shop_id=shop_id, now=NOW) is None


def test_neither_the_cookie_nor_a_token_can_be_read_in_the_database(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        cookie, _ = signed_in(session, shop_id)
    with database.engine.connect() as connection:
        written = str(connection.exec_driver_sql("SELECT * FROM accountsession").all())
    assert not any(secret in written for secret in (cookie, "access-1", "refresh-1", "id-1"))


def test_signing_out_takes_the_row_and_only_in_its_own_shop(database: Database, shop_id: int, dana_id: int) -> None:
    with database.begin() as session:
        _, row_id = signed_in(session, shop_id)
        end_session(session, shop_id=dana_id, session_id=row_id)
        assert read_session(session, shop_id=shop_id, session_id=row_id) is not None
        assert read_session(session, shop_id=dana_id, session_id=row_id) is None
        end_session(session, shop_id=shop_id, session_id=row_id)
        session.expire_all()
        assert read_session(session, shop_id=shop_id, session_id=row_id) is None


def test_who_signs_out_on_one_device_stays_signed_in_on_the_others(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        (_, first), (_, second), (_, third) = (signed_in(session, shop_id) for _ in range(3))
        read = [read_session(session, shop_id=shop_id, session_id=row_id) for row_id in (third, first, second)]
        assert [row.id for row in read if row] == [third, first, second], "each is read by its own number"
        end_session(session, shop_id=shop_id, session_id=second)
        session.expire_all()
        assert set(session.exec(select(AccountSession.id)).all()) == {first, third}


def test_a_clients_data_goes_from_every_device_and_nobody_elses(database: Database, shop_id: int, dana_id: int) -> None:
    with database.begin() as session:
        for where, whose in ((shop_id, CLEO), (shop_id, CLEO), (shop_id, f"{CLEO}9"), (dana_id, CLEO)):
            signed_in(session, where, client_gid=whose)
        erase_client(session, shop_id=shop_id, client_gid=CLEO)
        left = session.exec(select(AccountSession.shop_id, AccountSession.client_gid)).all()
        assert sorted(left) == sorted([(shop_id, f"{CLEO}9"), (dana_id, CLEO)])


# --- renewing


def test_of_many_who_renew_at_once_one_does_for_half_a_minute(database: Database, shop_id: int, dana_id: int) -> None:
    assert timedelta(seconds=30) == LEASE
    with database.begin() as session:
        _, row_id = signed_in(session, shop_id)
        _, other = signed_in(session, shop_id)

        def mine(at: timedelta, whose: int = shop_id, row: int = row_id) -> bool:
            return lease_renewal(session, shop_id=whose, session_id=row, now=NOW + at)

        assert not mine(timedelta(0), whose=dana_id)
        assert mine(timedelta(0)) and not mine(timedelta(0)) and not mine(LEASE)
        assert mine(timedelta(0), row=other), "another session has a lease of its own"
        assert mine(LEASE + INSTANT), "whoever had it was killed"
        assert not mine(LEASE + LEASE)


def test_what_a_renewal_brings_is_kept_and_the_lease_given_back(database: Database, shop_id: int, dana_id: int) -> None:
    later = NOW + timedelta(hours=2)
    with database.begin() as session:
        _, row_id = signed_in(session, shop_id)
        about = {"shop_id": shop_id, "session_id": row_id}

        def kept(tokens: Tokens | None, whose: int = shop_id) -> tuple[str, str, object, object]:
            lease_renewal(session, now=NOW, **about)
            session.expire_all()
            keep_tokens(session, shop_id=whose, session_id=row_id, tokens=tokens)
            session.flush()
            row = read_session(session, **about)
            assert row is not None
            return row.access_token, row.refresh_token, row.access_expires_at, row.renewing_until

        assert kept(Tokens("x", later, "y"), whose=dana_id) == (
            "access-1",
            "refresh-1",
            TOKENS.access_expires_at,
            NOW + LEASE,
        )
        assert kept(None) == ("access-1", "refresh-1", TOKENS.access_expires_at, None)
        assert kept(Tokens("access-2", later)) == ("access-2", "refresh-1", later, None)
        assert kept(Tokens("access-3", later, "refresh-3")) == ("access-3", "refresh-3", later, None)
        end_session(session, **about)
        session.expire_all()
        keep_tokens(session, tokens=TOKENS, **about)
        assert session.exec(select(AccountSession)).all() == [], "who signed out meanwhile stays signed out"


def test_what_ran_out_is_gone_and_what_ends_just_now_is_not_yet(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        signed_in(session, shop_id)
        begin_try(session, shop_id=shop_id, browser="b", verifier="v", now=NOW + SESSION_LASTS - TRY_LASTS)
        session.flush()
        for at, left in ((NOW + SESSION_LASTS, 1), (NOW + SESSION_LASTS + INSTANT, 0)):
            forget_ended(session, at)
            assert len(session.exec(select(AccountSession)).all()) == left
            assert len(session.exec(select(SignInTry)).all()) == left
