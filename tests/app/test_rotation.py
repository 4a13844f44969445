"""rotate-keys: everything sealed comes under the newest key, also when it is killed in the middle and begun again."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from kit.db import Database
from notifications.models import Message
from shopify_app.rotation import rotate_keys, sealed_columns
from shopify_app.tables import metadata
from shops import crypt
from shops.crypt import KeyMissing, Sealed, SealedBytes
from shops.models import Shop
from tests import cast
from webhooks.models import Delivery

ROOT = Path(__file__).parents[2]
OLD, NEW = "a-key-for-tests", "a-newer-key"
COUNT = 300


@pytest.fixture(autouse=True)
def keys():
    crypt.use_keys(OLD)
    yield
    crypt.use_keys(OLD)


def fill(database: Database, count: int) -> None:
    with database.begin() as session:
        world = cast.everyone(session)
        for n in range(count):
            about: dict[str, Any] = {
                "recipient": f"+336{n:08}",
                "subject": "",
                "body": "A text",
                "created_at": cast.NOW,
            }
            session.add(Message(shop_id=world.shop_id, name="x", channel="sms", key=f"k{n}", **about))
            session.add(
                Delivery(source="shopify", topic="t", external_id=str(n), body=b'{"n":%d}' % n, received_at=cast.NOW)
            )


def by_key(database: Database) -> tuple[int, int]:
    """How many sealed values the newest key of the ring made, and how many another did."""
    new = old = 0
    with database.engine.connect() as connection:
        for _table, columns in sealed_columns():
            for column in columns:
                raw: Any = sa.LargeBinary() if isinstance(column.type, SealedBytes) else sa.Text()
                for value in connection.execute(sa.select(sa.type_coerce(column, raw))).scalars():
                    if value is None:
                        continue
                    newest = crypt.bytes_are_newest(value) if isinstance(value, bytes) else crypt.is_newest(value)
                    new, old = new + newest, old + (not newest)
    return new, old


def begun(database: Database) -> bool:
    """Whether the newest key made the first of any kind by now: soon seen, whatever there is."""
    with database.engine.connect() as connection:
        firsts = [
            connection.execute(
                sa.select(sa.type_coerce(column, sa.Text())).where(column.is_not(None)).order_by(*table.primary_key)
            ).scalar()
            for table, columns in sealed_columns()
            for column in columns
            if not isinstance(column.type, SealedBytes)
        ]
    return any(value is not None and crypt.is_newest(value) for value in firsts)


def test_every_sealed_column_of_every_table_is_known() -> None:
    known = {c for _, columns in sealed_columns() for c in columns}
    assert known == {c for t in metadata.tables.values() for c in t.columns if isinstance(c.type, Sealed | SealedBytes)}
    assert {"shop", "case", "rma", "message", "delivery", "advisor"} <= {t.name for t, _ in sealed_columns()}
    assert all(len(t.primary_key.columns) == 1 for t, _ in sealed_columns())


def test_afterwards_the_old_key_may_go_and_a_second_run_does_nothing(database: Database) -> None:
    fill(database, 20)
    crypt.use_keys(f"{NEW},{OLD}")
    first = rotate_keys(database, batch=7)
    assert first.renewed == first.seen > 60 and first.unreadable == 0
    again = rotate_keys(database, batch=7)
    assert (again.seen, again.renewed) == (first.seen, 0)
    crypt.use_keys(NEW)
    with database.begin() as session:
        shop = session.exec(select(Shop)).one()
        assert shop.access_token == "shpat_test"
        assert [d.body for d in session.exec(select(Delivery).order_by(col(Delivery.id)))][3] == b'{"n":3}'


def test_what_no_key_opens_is_counted_and_left_as_it_is(database: Database) -> None:
    fill(database, 1)
    crypt.use_keys(NEW)
    lost = rotate_keys(database)
    assert lost.unreadable == lost.seen > 0 and lost.renewed == 0
    crypt.use_keys(OLD)
    with database.begin() as session:
        assert session.exec(select(Shop)).one().access_token == "shpat_test"


def test_killed_in_the_middle_it_is_begun_again_and_nothing_is_lost(database: Database) -> None:
    fill(database, COUNT)
    crypt.use_keys(f"{NEW},{OLD}")
    env = cast_env(database.url, f"{NEW},{OLD}")
    command = [sys.executable, "-m", "shopify_app", "rotate-keys", "--batch", "1"]
    running = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until = time.monotonic() + 120
    while not begun(database) and time.monotonic() < until:
        time.sleep(0.01)
    running.kill()
    running.communicate()
    new, old = by_key(database)
    assert new and old, f"killed in the middle: {new} under the new key, {old} not"
    done = subprocess.run(command[:-2], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and " 0 that no key opens" in done.stdout, done.stdout + done.stderr
    assert by_key(database) == (new + old, 0)
    crypt.use_keys(NEW)
    with database.begin() as session:
        messages = list(session.exec(select(Message.recipient).order_by(col(Message.id))))
        assert len(messages) >= COUNT and messages[-1] == f"+336{COUNT - 1:08}"
        assert session.exec(select(Delivery.body).order_by(col(Delivery.id))).all()[-1] == b'{"n":%d}' % (COUNT - 1)
    crypt.use_keys(OLD)
    with database.begin() as session, pytest.raises(KeyMissing):
        session.exec(select(Shop)).one()


def cast_env(url: str, keys: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "TOKEN_KEYS")}
    return kept | {
        "DATABASE_URL": url,
        "TOKEN_KEYS": keys,
        "SHOPIFY_API_KEY": "k",
        "SHOPIFY_API_SECRET": "s",
        "SECRET_KEY": "s",
        "APP_URL": "http://127.0.0.1:1",
    }
