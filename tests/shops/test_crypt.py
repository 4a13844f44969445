"""Tokens and private text at rest."""

import glob
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from kit.db import Database
from shops import crypt
from shops.models import Shop
from tests import cast


@pytest.fixture(autouse=True)
def the_keyring_is_put_back():
    before = crypt._keyring
    yield
    crypt._keyring = before


@given(st.text())
def test_what_was_sealed_comes_back(text: str) -> None:
    crypt.use_keys("one")
    sealed = crypt.seal(text)
    assert crypt.unseal(sealed) == text and sealed.isascii()


def test_the_same_text_is_sealed_differently_each_time() -> None:
    crypt.use_keys("one")
    assert crypt.seal("shpat_1") != crypt.seal("shpat_1")


def test_a_new_key_in_front_still_reads_what_the_old_one_sealed() -> None:
    crypt.use_keys("old")
    sealed = crypt.seal("shpat_1")
    crypt.use_keys("new, old")
    assert crypt.unseal(sealed) == "shpat_1"


def test_after_resealing_the_old_key_can_go() -> None:
    crypt.use_keys("old")
    sealed = crypt.seal("shpat_1")
    crypt.use_keys("new,old")
    again = crypt.reseal(sealed)
    crypt.use_keys("new")
    assert crypt.unseal(again) == "shpat_1"
    with pytest.raises(crypt.KeyMissing):
        crypt.unseal(sealed)


@pytest.mark.parametrize("verb", [crypt.unseal, crypt.reseal])
@pytest.mark.parametrize("stored", ["", "not sealed", "gAAAAABk"])
def test_a_value_no_key_opens_is_said_to_miss_its_key(verb, stored) -> None:
    crypt.use_keys("one")
    with pytest.raises(crypt.KeyMissing):
        verb(stored)


def test_a_changed_letter_is_noticed() -> None:
    crypt.use_keys("one")
    sealed = crypt.seal("shpat_1")
    changed = sealed[:-5] + ("A" if sealed[-5] != "A" else "B") + sealed[-4:]
    with pytest.raises(crypt.KeyMissing):
        crypt.unseal(changed)


def test_nothing_is_sealed_before_keys_were_set(monkeypatch) -> None:
    monkeypatch.setattr(crypt, "_keyring", None)
    with pytest.raises(RuntimeError):
        crypt.seal("x")


def test_the_database_holds_no_token_in_the_clear(database: Database) -> None:
    with database.begin() as session:
        cast.alice(session).refresh_token = "shprt_very_secret"
    with database.begin() as session:
        assert session.exec(select(Shop)).one().refresh_token == "shprt_very_secret"
        raw = session.connection().execute(sa.text("SELECT access_token, refresh_token FROM shop")).one()
    assert not [column for column in raw if "shp" in column]


def test_the_file_holds_no_token_in_the_clear(sqlite_url: str) -> None:
    crypt.use_keys("one")
    database = Database(sqlite_url)
    with database.begin() as session:
        cast.alice(session).access_token = "shpat_in_the_clear"
    path = sqlite_url.removeprefix("sqlite:///")
    held = b"".join(Path(name).read_bytes() for name in glob.glob(path + "*"))
    database.close()
    assert b"verdane.myshopify.com" in held and b"shpat_in_the_clear" not in held


def test_nothing_is_kept_as_nothing(database: Database) -> None:
    with database.begin() as session:
        cast.alice(session).refresh_token = None
    with database.begin() as session:
        assert session.exec(select(Shop)).one().refresh_token is None
