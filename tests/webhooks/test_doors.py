"""POST /webhooks/<source>: verified, stored once, answered; on SQLite and on PostgreSQL."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from urllib.parse import urlencode

import psycopg
import pytest
import sqlalchemy as sa
from sqlmodel import select
from twilio.request_validator import RequestValidator

from kit.clock import now
from kit.db import Database
from shops import crypt
from tests.webhooks.posting import SECRET, SHOP, post, posting, shopify_headers
from webhooks import commits, postgres_rows, rows, sqlite_rows
from webhooks.commits import Committer, NotStored, Overloaded, count_waiting
from webhooks.doors import MOST_BYTES, Doors
from webhooks.models import Delivery, DeliveryState
from webhooks.rows import Row
from webhooks.sources import Source
from webhooks.sources.shopify import ShopifySource
from webhooks.sources.twilio import TwilioSource
from webhooks.sqlite_rows import SqliteWriter

BODY = b'{"id": 1}'


async def inner(_scope, _receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-inner", b"yes")]})
    await send({"type": "http.response.body", "body": b'{"inner": true}'})


@pytest.fixture
def committer(database: Database) -> Committer:
    return Committer(database.engine)


@pytest.fixture
def doors(committer: Committer) -> Doors:
    sources: dict[str, Source] = {
        "shopify": ShopifySource((SECRET,)),
        "twilio": TwilioSource("token", "https://app.example.com"),
    }
    return Doors(inner, sources, committer)


def stored(database: Database) -> list[Delivery]:
    with database.begin() as session:
        return list(session.exec(select(Delivery).order_by(sa.text("id"))))


def row_of(number: int, **changed) -> Row:
    row = Row("shopify", SHOP, "returns/request", f"w-{number}", "", "", "", BODY, now())
    return row._replace(**changed)


def test_a_genuine_delivery_is_stored_as_it_came(doors: Doors, database: Database) -> None:
    answer = post(doors, body=BODY, headers=shopify_headers(BODY))
    assert (answer.status, answer.body) == (200, {})
    (row,) = stored(database)
    assert (row.body, row.topic, row.shop_domain, row.external_id) == (BODY, "returns/request", SHOP, "w-1")
    assert (row.state, row.attempts, row.claimed_until, row.received_at.tzinfo is not None) == (
        DeliveryState.NEW,
        0,
        None,
        True,
    )


def test_a_copy_is_answered_200_and_dropped(doors: Doors, database: Database) -> None:
    assert [post(doors, body=BODY, headers=shopify_headers(BODY)).status for _ in range(3)] == [200] * 3
    assert len(stored(database)) == 1


def test_two_topics_of_one_action_are_two_deliveries(doors: Doors, database: Database) -> None:
    for topic in ("returns/approve", "orders/updated"):
        assert post(doors, body=BODY, headers=shopify_headers(BODY, topic=topic, webhook_id=topic)).status == 200
    assert {row.event_id for row in stored(database)} == {"e-1"} and len(stored(database)) == 2


def test_a_copy_in_another_case_of_its_shop_is_still_a_copy(doors: Doors, database: Database) -> None:
    for shop in (SHOP, SHOP.upper()):
        assert post(doors, body=BODY, headers=shopify_headers(BODY) | {"x-shopify-shop-domain": shop}).status == 200
    assert len(stored(database)) == 1


@pytest.mark.parametrize(
    ("changed", "body", "status", "code"),
    [
        ({"x-shopify-hmac-sha256": "AAAA"}, BODY, 401, "bad_signature"),
        ({"x-shopify-hmac-sha256": "é"}, BODY, 401, "bad_signature"),
        ({"x-shopify-shop-domain": "evil.com"}, BODY, 400, "bad_shop"),
        ({}, b"id=1", 400, "not_json"),
    ],
)
def test_what_is_not_taken_is_not_stored(doors: Doors, database: Database, changed, body, status, code) -> None:
    answer = post(doors, body=body, headers=shopify_headers(body) | changed)
    assert (answer.status, answer.body["error"]["code"]) == (status, code)
    assert stored(database) == []


SIX_MB = b'{"a": "' + b"x" * (6 * 1024 * 1024) + b'"}'


def test_six_megabytes_are_refused_by_their_announced_length_without_being_read(doors: Doors) -> None:
    answer = post(doors, body=b"", headers=shopify_headers(b""), length=str(6 * 1024 * 1024))
    assert (answer.status, answer.body["error"]["code"]) == (413, "too_large")


def test_six_megabytes_in_chunks_are_refused_as_well(doors: Doors, database: Database) -> None:
    answer = post(doors, body=SIX_MB, headers=shopify_headers(SIX_MB), chunked=True)
    assert answer.status == 413 and stored(database) == []


def test_exactly_the_most_is_taken(doors: Doors, database: Database) -> None:
    body = b'"' + b"x" * (MOST_BYTES - 2) + b'"'
    assert post(doors, body=body, headers=shopify_headers(body)).status == 200
    assert len(stored(database)[0].body) == MOST_BYTES


def test_a_body_in_chunks_is_taken(doors: Doors, database: Database) -> None:
    assert post(doors, body=BODY, headers=shopify_headers(BODY), chunked=True).status == 200
    assert stored(database)[0].body == BODY


def test_a_length_of_thousands_of_digits_is_too_much_and_no_fault_of_ours(doors: Doors) -> None:
    assert post(doors, body=BODY, headers=shopify_headers(BODY), length="9" * 5000).status == 413


@pytest.mark.parametrize("length", ["-1", "abc", "1e9"])
def test_a_length_that_is_none_is_refused(doors: Doors, length: str) -> None:
    answer = post(doors, body=BODY, headers=shopify_headers(BODY), length=length)
    assert (answer.status, answer.body["error"]["code"]) == (400, "bad_length")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_deliveries_are_posted_and_nothing_else(doors: Doors, method: str) -> None:
    assert post(doors, method=method).status == 405


@pytest.mark.parametrize("path", ["/webhooks/", "/webhooks/nobody", "/webhooks/Shopify", "/webhooks//shopify"])
def test_an_unknown_door_is_not_there(doors: Doors, path: str) -> None:
    assert post(doors, path).status == 404


@pytest.mark.parametrize("path", ["/", "/webhooks", "/app", "/webhook/shopify", ""])
def test_every_other_path_goes_on_to_the_pages(doors: Doors, path: str) -> None:
    assert post(doors, path).headers["X-Inner"] == "yes"


def test_a_body_with_nul_bytes_is_stored_byte_for_byte(doors: Doors, database: Database) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "delivered", "Body": "a\x00b"}
    signature = RequestValidator("token").compute_signature("https://app.example.com/webhooks/twilio/status", form)
    raw = urlencode(form).encode().replace(b"%00", b"\x00")
    answer = post(doors, "/webhooks/twilio/status", raw, {"x-twilio-signature": signature})
    assert answer.status == 200 and stored(database)[0].body == raw
    escaped = b'{"note": "a\\u0000b"}'
    assert post(doors, body=escaped, headers=shopify_headers(escaped)).status == 200
    assert stored(database)[1].body == escaped


# --- many at once


def all_at_once(doors: Doors, webhook_ids: Iterable[str]) -> list[int]:
    async def run() -> list[int]:
        coming = [posting(doors, body=BODY, headers=shopify_headers(BODY, webhook_id=it)) for it in webhook_ids]
        return [answer.status for answer in await asyncio.gather(*coming)]

    return asyncio.run(run())


def test_sixty_four_at_once_are_all_stored_in_fewer_commits_than_rows(
    doors: Doors, database: Database, monkeypatch
) -> None:
    counted = []
    working = rows.sealed

    def sealed(batch):
        counted.append(len(batch))
        return working(batch)

    for module in (sqlite_rows, postgres_rows):
        monkeypatch.setattr(module, "sealed", sealed)
    assert all_at_once(doors, [f"w-{n}" for n in range(64)]) == [200] * 64
    commits_made = len(counted)
    assert {row.external_id for row in stored(database)} == {f"w-{n}" for n in range(64)}
    assert 0 < commits_made < 64 and sum(counted) == 64
    assert count_waiting(database.engine) == 64


def test_of_sixty_four_copies_at_once_one_is_stored(doors: Doors, database: Database) -> None:
    assert all_at_once(doors, ["w-1"] * 64) == [200] * 64
    assert len(stored(database)) == 1


def test_one_bad_row_does_not_take_its_neighbours_down(committer: Committer, database: Database) -> None:
    rows = [row_of(n, **({"topic": None} if n == 5 else {})) for n in range(20)]

    async def store_all() -> list[BaseException | None]:
        return await asyncio.gather(*[committer.store(row) for row in rows], return_exceptions=True)

    outcomes = asyncio.run(store_all())
    assert [n for n, outcome in enumerate(outcomes) if isinstance(outcome, NotStored)] == [5]
    assert len(stored(database)) == 19


def test_while_the_database_is_away_the_sender_is_asked_to_come_back_and_then_it_is_taken(
    doors: Doors, committer: Committer, database: Database, monkeypatch
) -> None:
    def away() -> None:
        raise sa.exc.OperationalError("INSERT", {}, Exception("connection refused"))

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(committer._writer, "_connect", away)
        answer = post(doors, body=BODY, headers=shopify_headers(BODY))
    assert (answer.status, answer.body["error"]["code"]) == (500, "not_stored")
    assert post(doors, body=BODY, headers=shopify_headers(BODY)).status == 200
    assert len(stored(database)) == 1


@pytest.mark.postgres
def test_a_database_started_anew_in_between_costs_no_delivery(doors_on_postgres: Doors, postgres_url: str) -> None:
    async def play() -> list[int]:
        before = await posting(doors_on_postgres, body=BODY, headers=shopify_headers(BODY))
        with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        after = await posting(doors_on_postgres, body=BODY, headers=shopify_headers(BODY, webhook_id="w-2"))
        return [before.status, after.status]

    assert asyncio.run(play()) == [200, 200]


@pytest.mark.postgres
def test_a_database_that_ends_in_the_middle_of_a_commit_is_asked_again(
    doors_on_postgres: Doors, postgres_url: str
) -> None:
    waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

    async def play() -> int:
        address = postgres_url.replace("+psycopg", "")
        await posting(doors_on_postgres, body=BODY, headers=shopify_headers(BODY, webhook_id="w-0"))
        with psycopg.connect(address) as other, psycopg.connect(address, autocommit=True) as looking:
            other.execute("LOCK TABLE delivery")
            coming = asyncio.ensure_future(posting(doors_on_postgres, body=BODY, headers=shopify_headers(BODY)))
            while not (found := looking.execute(waiting).fetchall()):
                await asyncio.sleep(0.01)
            looking.execute("SELECT pg_terminate_backend(%s)", found[0])
            while looking.execute(waiting).fetchall() == found:
                await asyncio.sleep(0.01)
        return (await coming).status

    assert asyncio.run(asyncio.wait_for(play(), 60)) == 200
    database = Database(postgres_url)
    assert [row.external_id for row in stored(database)] == ["w-0", "w-1"]
    database.close()


@pytest.mark.postgres
def test_more_than_the_connection_takes_at_once_is_sent_in_parts(doors_on_postgres: Doors, postgres_url: str) -> None:
    large = [b'{"n": %d, "x": "%s"}' % (n, b"x" * 1_500_000) for n in range(4)]

    async def play() -> list[int]:
        sent = [
            posting(doors_on_postgres, body=b, headers=shopify_headers(b, webhook_id=f"w-{len(b)}-{b[6]}"))
            for b in large
        ]
        return [answer.status for answer in await asyncio.gather(*sent)]

    assert asyncio.run(play()) == [200] * 4
    database = Database(postgres_url)
    assert sorted(row.body for row in stored(database)) == large
    database.close()


@pytest.fixture
def doors_on_postgres(postgres_url: str) -> Iterator[Doors]:
    crypt.use_keys("a-key-for-tests")
    database = Database(postgres_url)
    yield Doors(inner, {"shopify": ShopifySource((SECRET,))}, Committer(database.engine))
    database.close()


def test_a_crowd_that_outgrows_the_line_is_asked_to_come_back(doors: Doors, monkeypatch) -> None:
    async def full(_values) -> None:
        raise Overloaded

    monkeypatch.setattr(doors.committer, "store", full)
    assert post(doors, body=BODY, headers=shopify_headers(BODY)).status == 503


def test_the_line_is_as_long_as_it_may_be_and_no_longer(committer: Committer, monkeypatch) -> None:
    monkeypatch.setattr(commits, "MOST_WAITING", 0)
    with pytest.raises(Overloaded):
        asyncio.run(committer.store(row_of(1)))


def test_behind_a_commit_that_hangs_nobody_is_answered_200_nor_written_later(
    committer: Committer, database: Database, monkeypatch
) -> None:
    monkeypatch.setattr(commits, "PATIENCE_SECONDS", 0.2)
    going_on, working = asyncio.Event(), committer._writer.insert

    async def slow(rows) -> None:
        await asyncio.wait_for(going_on.wait(), 20)
        await working(rows)

    monkeypatch.setattr(committer._writer, "insert", slow)
    monkeypatch.setattr(committer._writer, "insert_at_once", lambda _rows: False)  # as while another writes

    async def play() -> None:
        first = asyncio.ensure_future(committer.store(row_of(1)))
        await asyncio.sleep(0.05)
        for late in (2, 3):  # it goes on looking for as long as the commit hangs
            with pytest.raises(NotStored):
                await committer.store(row_of(late))
        going_on.set()
        await first
        await committer.store(row_of(4))

    asyncio.run(play())
    assert [row.external_id for row in stored(database)] == ["w-1", "w-4"]


def test_while_another_writes_the_loop_goes_on_and_the_delivery_waits_for_its_turn(
    sqlite_url: str,
) -> None:
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    turns = 0

    async def play(database: Database) -> None:
        nonlocal turns
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.ensure_future(Committer(database.engine).store(row_of(1)))
        while turns < 20:
            await asyncio.sleep(0.005)
            turns += 1
        assert not waiting.done() and stored(database) == []
        other.execute("ROLLBACK")
        await waiting

    database = Database(sqlite_url)
    asyncio.run(play(database))
    assert turns == 20 and [row.external_id for row in stored(database)] == ["w-1"]
    database.close()
    other.close()


def test_after_a_slow_commit_a_thread_makes_the_next_and_after_a_short_one_the_loop_again(
    sqlite_url: str, monkeypatch
) -> None:
    database = Database(sqlite_url)
    committer, made = Committer(database.engine), list[bool]()
    assert isinstance(committer._writer, SqliteWriter)
    working = committer._writer._insert
    clock = SimpleNamespace(monotonic=lambda: commits.SHORT_SECONDS * 2 if len(made) == 1 else 0.0)

    def insert(driver, rows) -> None:
        working(driver, rows)
        made.append(threading.current_thread() is threading.main_thread())

    monkeypatch.setattr(committer._writer, "_insert", insert)
    monkeypatch.setattr(commits, "time", clock)

    async def play() -> None:
        for n in range(4):
            await committer.store(row_of(n))

    asyncio.run(play())
    assert made == [True, False, True, True] and len(stored(database)) == 4
    database.close()


def test_a_sender_that_hangs_up_is_neither_stored_nor_an_error(doors: Doors, database: Database) -> None:
    assert post(doors, body=BODY, headers=shopify_headers(BODY), hangs_up=True).status == 0
    assert stored(database) == []


def test_one_who_hangs_up_while_its_commit_runs_leaves_the_others_their_answer(
    doors: Doors, database: Database
) -> None:
    async def play() -> int:
        gone = asyncio.ensure_future(posting(doors, body=BODY, headers=shopify_headers(BODY)))
        stays = asyncio.ensure_future(posting(doors, body=BODY, headers=shopify_headers(BODY, webhook_id="w-2")))
        await asyncio.sleep(0)
        gone.cancel()
        return (await stays).status

    assert asyncio.run(play()) == 200
    assert "w-2" in {row.external_id for row in stored(database)}


def test_a_signature_sent_twice_is_no_signature(doors: Doors, database: Database) -> None:
    doubled = [*shopify_headers(BODY).items(), ("x-shopify-hmac-sha256", "AAAA")]
    assert post(doors, body=BODY, headers=doubled).status == 401
    assert stored(database) == []
