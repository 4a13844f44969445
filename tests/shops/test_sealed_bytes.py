"""Webhook bodies at rest: sealed at the door, opened by whoever handles them, readable across a change of keys."""

import pytest
import sqlalchemy as sa

from kit.db import Database
from shops import crypt
from shops.crypt import KeyMissing, bytes_are_newest, seal_bytes, unseal_bytes
from tests.cast import NOW
from webhooks.models import Delivery


@pytest.fixture(autouse=True)
def keys():
    crypt.use_keys("a-key-for-tests")
    yield
    crypt.use_keys("a-key-for-tests")


@pytest.mark.parametrize("raw", [b"{}", b"\x00\xff" * 5, b"x" * 100_000])
def test_what_was_sealed_comes_back_and_is_never_sealed_the_same_way_twice(raw: bytes) -> None:
    one, other = seal_bytes(raw), seal_bytes(raw)
    assert one != other and raw not in one
    assert unseal_bytes(one) == unseal_bytes(other) == raw


def test_nothing_stays_nothing() -> None:
    assert seal_bytes(b"") == b"" == unseal_bytes(b"")
    assert bytes_are_newest(b"")


def test_a_new_key_in_front_still_opens_what_the_old_one_sealed_and_says_that_it_is_old() -> None:
    old = seal_bytes(b"body")
    crypt.use_keys("new,a-key-for-tests")
    assert unseal_bytes(old) == b"body" and not bytes_are_newest(old)
    assert bytes_are_newest(seal_bytes(b"body"))


@pytest.mark.parametrize("broken", ["flip", "cut", "version", "key"])
def test_a_changed_byte_is_noticed(broken: str) -> None:
    sealed = bytearray(seal_bytes(b"a body of some length"))
    if broken == "flip":
        sealed[-1] ^= 1
    elif broken == "cut":
        del sealed[10:]
    elif broken == "version":
        sealed[0] = 2
    else:
        sealed[1] ^= 1
    with pytest.raises(KeyMissing):
        unseal_bytes(bytes(sealed))


def test_the_database_holds_no_body_in_the_clear(database: Database) -> None:
    with database.begin() as session:
        session.add(
            Delivery(
                source="shopify", topic="t", external_id="1", body=b'{"email":"cleo@example.com"}', received_at=NOW
            )
        )
    with database.engine.connect() as connection:
        stored = bytes(connection.execute(sa.text("SELECT body FROM delivery")).scalar_one())
    assert b"cleo" not in stored and unseal_bytes(stored) == b'{"email":"cleo@example.com"}'
    with database.begin() as session:
        session.connection().execute(sa.update(Delivery).values(body=b""))
    with database.engine.connect() as connection:
        assert bytes(connection.execute(sa.text("SELECT body FROM delivery")).scalar_one()) == b""
