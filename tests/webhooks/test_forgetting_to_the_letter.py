"""Which stored bodies are emptied, row by row: never one too many, and none too few however many there are."""

import json
from datetime import timedelta
from typing import Any

import pytest
import structlog

from kit.db import Database
from shops import crypt
from tests.cast import NOW
from tests.webhooks.test_forgetting import SHOP, body_of, put
from webhooks import forgetting
from webhooks.forgetting import addresses_of, erase_callbacks, erase_naming, forget_bodies, list_naming
from webhooks.models import Delivery, DeliveryState

DANA = "dana.myshopify.com"


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "BATCH", 2)
    monkeypatch.setattr(forgetting, "clock_now", lambda: NOW)


def test_a_body_is_forgotten_after_thirty_days_to_the_instant_and_the_log_says_how_many(database: Database) -> None:
    old = NOW - timedelta(days=30)
    for number in range(5):
        put(database, name=str(number), received_at=old - timedelta(microseconds=1), error="ValueError: Cleo")
    kept = put(database, name="kept", received_at=old)
    with structlog.testing.capture_logs() as told:
        forget_bodies(database.begin)
        forget_bodies(database.begin)
    assert [(event["event"], event["count"]) for event in told] == [("bodies.forgotten", 5), ("bodies.forgotten", 0)]
    assert body_of(database, kept) == (b'{"id":1}', False)
    with database.begin() as session:
        row = session.get(Delivery, 1)
        assert row is not None and (row.body, row.body_gone_at, row.error) == (b"", NOW, "")


def test_every_body_that_names_somebody_is_found_in_whatever_batch_it_stands(database: Database) -> None:
    named = [put(database, b'{"id":42}', name=str(n), topic=f"t/{n}", error="42") for n in range(5)]
    other = put(database, b'{"id":420}', name="other")
    gone = put(database, b"", name="gone", body_gone_at=NOW - timedelta(days=1))
    with database.begin() as session:
        about: dict[str, Any] = {"domain": SHOP, "numbers": ["42", "42", ""], "words": ["", "nobody@example.com"]}
        assert list_naming(session, **about) == [
            {"from": "shopify", "topic": f"t/{n}", "received_at": NOW.isoformat()} for n in range(5)
        ]
        assert list_naming(session, domain=SHOP, numbers=[], words=[""]) == []
        assert list_naming(session, **{**about, "domain": DANA}) == []
        assert erase_naming(session, **about, now=NOW) == 5
        assert erase_naming(session, **about, now=NOW) == 0
    assert [body_of(database, i) for i in named] == [(b"", True)] * 5
    assert body_of(database, other) == (b'{"id":420}', False)
    with database.begin() as session:
        first, emptied = session.get(Delivery, named[0]), session.get(Delivery, gone)
        assert first is not None and (first.error, first.body_gone_at) == ("", NOW)
        assert emptied is not None and emptied.body_gone_at == NOW - timedelta(days=1)


@pytest.mark.parametrize(
    ("body", "is_named"),
    [
        (b"42", True), (b"x42x", True), (b"#42", True), (b"142", False), (b"421", False), (b"4.2", False),
        (b"CLEO+A@EXAMPLE.COM", True), (b"cleooa@example.com", False), (b"cleo+a@example,com", False),
    ],
)  # fmt: skip
def test_a_number_counts_whole_and_a_word_in_any_case_and_as_it_is(
    database: Database, body: bytes, is_named: bool
) -> None:
    row = put(database, body)
    with database.begin() as session:
        found = erase_naming(session, domain=SHOP, numbers=["42"], words=["cleo+a@example.com"], now=NOW)
    assert (found, body_of(database, row)[1]) == (int(is_named), is_named)


@pytest.mark.parametrize(
    "body",
    [
        b"From=%2B33612344141&Body=Stop",
        b"From=%2b33612344141",
        b"x%2B33612344141",
        b"Email=no%C3%ABl%2Ba%40example.com",
        b'{"email": "no\\u00ebl+a@example.com"}',
        b'{"email": "no\\u00EBl+a@example.com"}',
        '{"email": "NOëL+A@example.com"}'.encode(),
    ],
)
def test_a_word_is_found_as_a_form_writes_it_and_as_json_may(database: Database, body: bytes) -> None:
    put(database, b"12344141 o\\u00ebl+a@example.com no\\u00ebl+a@example.co", name="parts of them")
    row = put(database, body, source="twilio", shop_domain="")
    with database.begin() as session:
        words = ["+33612344141", "noël+a@example.com"]
        assert erase_naming(session, domain=SHOP, numbers=[], words=words, now=NOW) == 1
    assert body_of(database, row) == (b"", True)


def test_a_providers_word_on_a_text_is_emptied_by_the_texts_whole_id(database: Database) -> None:
    about: dict[str, Any] = {"source": "twilio", "shop_domain": "", "topic": "twilio/status"}
    theirs = [put(database, b"To=%2B336", name=name, **about, error="x") for name in ("SM_1:sent", "SM_1:", "SM2:read")]
    others = [
        put(database, b"To=%2B336", name="SMx1:sent", **about),
        put(database, b"To=%2B336", name="SM_12:sent", **about),
        put(database, b"To=%2B336", name="SM_1:sent", **{**about, "source": "shopify"}),
    ]
    with database.begin() as session:
        erase_callbacks(session, ["SM_1", "SM2"], NOW)
    assert [body_of(database, i) for i in theirs] == [(b"", True)] * 3
    assert [body_of(database, i) for i in others] == [(b"To=%2B336", False)] * 3
    with database.begin() as session:
        row = session.get(Delivery, theirs[0])
        assert row is not None and (row.error, row.body_gone_at) == ("", NOW)


def test_a_clients_addresses_are_those_of_bodies_about_them(database: Database) -> None:
    def body(**client: Any) -> bytes:
        return json.dumps({"customer": client, "note": "42"}).encode()

    put(database, body(id=42, email="cleo@example.com", phone="+33 6"), name="1")
    put(database, body(id="gid://shopify/Customer/42", email="c@example.com", phone=None), name="2")
    put(database, body(id=42, email=7, phone=""), name="3")
    put(database, body(id=42, email="lost@example.com"), name="lost key")
    for name, other in {
        "another": body(id=1042, email="edda@example.com"),
        "nobody": body(email="none@example.com"),
        "null": body(id=None, email="null@example.com"),
        "no client": b'{"customer": "42"}',
        "list": b"[42]",
        "cut": b'{"customer": {"id": 42, "email": "cut@example.com"',
        "in passing": json.dumps({"customer": {"id": 7, "email": "seven@example.com"}, "note": "42"}).encode(),
    }.items():
        put(database, other, name=name)
    put(database, body(id=42, email="dana@example.com"), name="Dana's", shop_domain=DANA)
    put(database, body(id=42, email="new@example.com"), name="new", state=DeliveryState.NEW)
    with database.begin() as session:
        found = addresses_of(session, domain=SHOP, number="42")
        assert found == {"cleo@example.com", "+33 6", "c@example.com", "lost@example.com"}
        assert addresses_of(session, domain=SHOP, number="") == set()
    crypt.use_keys("another-key")
    try:
        with database.begin() as session:
            assert addresses_of(session, domain=SHOP, number="42") == set()
    finally:
        crypt.use_keys("a-key-for-tests")
