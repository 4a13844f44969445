"""What happens to stored bodies: forgotten after 30 days, emptied where they name somebody who is erased."""

from datetime import timedelta
from typing import Any

import pytest

from kit.db import Database
from kit.errors import Conflict
from shops import crypt
from tests import cast
from tests.cast import NOW
from webhooks import forgetting, inbox
from webhooks.models import Delivery, DeliveryState

SHOP = "verdane.myshopify.com"


@pytest.fixture(autouse=True)
def at_now(monkeypatch):
    monkeypatch.setattr(forgetting, "clock_now", lambda: NOW)


def put(database: Database, body: bytes = b'{"id":1}', *, name: str = "1", **values) -> int:
    about: dict[str, Any] = {
        "source": "shopify",
        "shop_domain": SHOP,
        "topic": "returns/request",
        "state": DeliveryState.HANDLED,
    }
    with database.begin() as session:
        row = Delivery(**{**about, "external_id": name, "body": body, "received_at": NOW, **values})
        session.add(row)
    return cast.number(row.id)


def body_of(database: Database, delivery_id: int) -> tuple[bytes, bool]:
    with database.begin() as session:
        row = session.get(Delivery, delivery_id)
        assert row is not None
        return row.body, row.body_gone_at is not None


def test_after_thirty_days_only_the_envelope_stays(database: Database, monkeypatch) -> None:
    monkeypatch.setattr(forgetting, "BATCH", 2)
    old = NOW - timedelta(days=30, seconds=1)
    gone = [put(database, name=f"old-{n}", received_at=old) for n in range(5)]
    failed = put(database, name="failed", received_at=old, state=DeliveryState.FAILED)
    kept = put(database, name="young", received_at=NOW - timedelta(days=30) + timedelta(seconds=1))
    waiting = put(database, name="waiting", received_at=old, state=DeliveryState.NEW)
    forgetting.forget_bodies(database.begin)
    assert [body_of(database, i) for i in (*gone, failed)] == [(b"", True)] * 6
    assert body_of(database, kept) == (b'{"id":1}', False)
    assert body_of(database, waiting) == (b'{"id":1}', False), "nobody handled it yet"


def test_what_has_only_an_envelope_is_listed_but_neither_handed_on_again_nor_claimed(database: Database) -> None:
    gone = put(database, received_at=NOW - timedelta(days=31), state=DeliveryState.UNCLAIMED)
    forgetting.forget_bodies(database.begin)
    with database.begin() as session:
        assert [row.id for row in inbox.recent(session, domain=SHOP)] == [gone]
        assert inbox.claim_for_shop(session, cast.alice(session)) == 0
        with pytest.raises(Conflict, match="Only the envelope"):
            inbox.replay(session, gone)


def test_bodies_that_name_a_client_are_emptied_and_no_others(database: Database) -> None:
    named = {
        "number": b'{"customer":{"id":42}}',
        "email": b'{"email":"Cleo@Example.com"}',
        "unclaimed": b'{"id":42}',
    }
    rows = {name: put(database, body, name=name) for name, body in named.items()}
    carrier = put(database, b'{"tracking_code":"1Z9"}', name="carrier", source="easypost", shop_domain="")
    others = [
        put(database, b'{"id":1042}', name="longer number"),
        put(database, b'{"id":42}', name="another shop", shop_domain="dana.myshopify.com"),
        put(database, b'{"id":42}', name="not handled yet", state=DeliveryState.NEW),
    ]
    with database.begin() as session:
        words = ["cleo@example.com", "1Z9", ""]
        assert len(forgetting.list_naming(session, domain=SHOP, numbers=["42"], words=words)) == 4
        assert forgetting.erase_naming(session, domain=SHOP, numbers=["42"], words=words, now=NOW) == 4
    assert all(body_of(database, i) == (b"", True) for i in (*rows.values(), carrier))
    assert not any(body_of(database, i)[1] for i in others)


def test_nothing_to_look_for_empties_nothing(database: Database) -> None:
    row = put(database)
    with database.begin() as session:
        assert forgetting.erase_naming(session, domain=SHOP, numbers=[], words=[""], now=NOW) == 0
    assert not body_of(database, row)[1]


def test_a_body_whose_key_is_gone_does_not_stop_an_erasure(database: Database) -> None:
    put(database, b'{"id":42}', name="lost")
    crypt.use_keys("another-key")
    try:
        mine = put(database, b'{"id":42}', name="mine")
        with database.begin() as session:
            assert forgetting.erase_naming(session, domain=SHOP, numbers=["42"], words=[], now=NOW) == 1
        assert body_of(database, mine) == (b"", True)
    finally:
        crypt.use_keys("a-key-for-tests")


def test_how_long_the_oldest_has_waited(database: Database) -> None:
    with database.begin() as session:
        assert inbox.oldest_age(session, now=NOW) == timedelta()
    put(database, received_at=NOW - timedelta(seconds=90), state=DeliveryState.NEW, attempts=1, name="tried")
    put(database, received_at=NOW - timedelta(seconds=5), state=DeliveryState.NEW, name="new")
    with database.begin() as session:
        assert inbox.oldest_age(session, now=NOW) == timedelta(seconds=90)
        assert inbox.oldest_age(session, now=NOW, untried=True) == timedelta(seconds=5)
        assert inbox.counts(session) == {DeliveryState.NEW: 2}
