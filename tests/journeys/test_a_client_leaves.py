"""The main job is played by real processes; then Shopify says that the client's data has to go, and none is left.

Played once a database, and the tests follow each other: the client leaves, then the shop. Looked at: the raw bytes
of the database's files (SQLite), every text of every table (PostgreSQL), every log line.
"""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from kit.db import Database
from notifications.models import Message
from notifications.states import MessageState
from shopify_app.privacy import show_client
from shopify_app.rotation import sealed_columns
from shopify_app.tables import metadata
from shops import crypt
from shops.crypt import SealedBytes
from shops.models import DataRequest, Shop
from simulators.demo.places import SECRET
from tests.journeys.played import Played, played, wait_until
from webhooks.models import Delivery, DeliveryState

ROOT = Path(__file__).parents[2]
KEY = "demo-token-key"  # of simulators.demo.places
SECRETS = [SECRET, KEY, "demo-secret-key", "demo-twilio-token", "demo-easypost-key", "demo-easypost-webhook", "shpat_"]


ON_BOTH = [
    pytest.param("sqlite", marks=pytest.mark.xdist_group("many processes: two")),
    pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("many processes: one")]),
]


@pytest.fixture(scope="module", params=ON_BOTH)
def play(request: pytest.FixtureRequest) -> Iterator[Played]:
    """On PostgreSQL with two processes of web and two of worker."""
    if request.param == "sqlite":
        with played() as there:
            yield there
        return
    databases = request.getfixturevalue("postgres_databases")
    name = databases.make(empty=True)
    with played(databases.url(name)) as there:
        yield there
    databases.drop(name)


@pytest.fixture
def end(play: Played) -> Iterator[Played]:
    """Every step held, and everything runs."""
    assert not play.failed, play.said
    play.start_app()
    crypt.use_keys(KEY)
    yield play
    crypt.use_keys("a-key-for-tests")


def test_every_step_of_the_main_job_holds(play: Played) -> None:
    assert not play.failed and " 0 failed, " in play.said.splitlines()[-1], play.said


def test_after_customers_redact_nothing_of_the_client_is_in_database_outbox_or_logs(end: Played) -> None:
    """Nor, before it, is a person, a secret or a link in a line of the log of the whole journey."""
    database = Database(end.database_url, pool_size=2)
    assert in_logs(end, database) == []
    client, order = end.client, end.play.records.order("#1042")
    address = export(database, client)["returns"][0]["address"]
    texts = [*personal(client), address["street1"], address["postal_code"]]
    assert all(texts), texts

    # She was here: an export names her, and a request for it is shown to the merchant.
    asked = {**about(client), "orders_requested": [number(order["id"])], "data_request": {"id": 9999}}
    end.post("customers/data_request", asked)
    wait_until(lambda: rows(database, DataRequest), what="the request is written down")
    wait_until(lambda: "Requests for personal data" in end.play.merchant.look("/app").html, what="Home says so")
    kept = repr(export(database, client))
    assert [t for t in texts if t in kept] == texts, kept[:2000]
    before = sealed_values(database, client)
    assert before, "something of hers is stored, encrypted"
    assert not found_in_database(end, database, texts), "all of it encrypted at rest"

    erase(end, client, order)
    after = export(database, client)
    assert not after["messages"] and not any(t in repr(after) for t in texts)
    with database.begin() as session:
        for message in session.exec(select(Message)):
            assert not any(text in f"{message.recipient}{message.subject}{message.body}" for text in texts)
            assert message.state is not MessageState.QUEUED

    end.play.processes.stop_app()
    checkpoint(end)
    assert not found_in_database(end, database, texts)
    assert not found_in_database(end, database, before), "not even as it was encrypted"
    logs = end.logs()
    assert "job.done" in logs and "client.erased" in logs
    # A postal code is no part of a longer number, such as the microseconds of an instant.
    assert [t for t in texts if re.search(rf"(?<!\d){re.escape(t)}(?!\d)", logs, re.IGNORECASE)] == []
    database.close()


def in_logs(end: Played, database: Database) -> list[str]:
    """People, secrets and links of the whole journey that stand in a line of the log."""
    logs = end.logs()
    assert "job.done" in logs and "delivery.handed_on" in logs
    words = [*SECRETS, *cast_of(end)]
    with database.begin() as session:
        shop = session.exec(select(Shop)).one()
        words += [t for t in (shop.access_token, shop.refresh_token) if t]
        for message in session.exec(select(Message)):
            words += [message.recipient, message.subject]
            words += [
                part.rsplit("/", 1)[-1] for part in message.body.split() if "/desk/in/" in part or "/consult/" in part
            ]
    return [w for w in words if len(w) > 4 and re.search(rf"(?<!\d){re.escape(w)}(?!\d)", logs)]


def cast_of(end: Played) -> list[str]:
    """Everybody who buys or sells in the demo's house: addresses, numbers, and the clients' names."""
    with closing(sqlite3.connect(end.folder / "simulators.db")) as connection:
        dump = "\n".join(connection.iterdump())
    people = set(re.findall(r"[\w.+-]+@[\w-]+\.example(?:\.com)?|[\w.+-]+@example\.com", dump))
    phones = set(re.findall(r"\+\d{9,15}", dump))
    return [*people, *phones, "Amara Whitlock", "Whitlock"]


def about(client: dict[str, Any]) -> dict[str, Any]:
    return {
        "shop_id": 1,
        "shop_domain": "verdane-demo.myshopify.com",
        "customer": {"id": number(client["id"]), "email": client["email"], "phone": client["phone"]},
    }


def number(gid: str) -> int:
    return int(gid.rsplit("/", 1)[-1])


def erase(end: Played, client: dict[str, Any], order: dict[str, Any]) -> None:
    """Shopify says so, and it is done."""
    before = end.logs().count("client.erased")
    end.post("customers/redact", {**about(client), "orders_to_redact": [number(order["id"])]})
    wait_until(lambda: end.logs().count("client.erased") > before, what="erased")


def personal(client: dict[str, Any]) -> list[str]:
    """Her strings as the store has them, and what she wrote."""
    return [client["email"], client["phone"], "Amara Whitlock", "higher on my hand than I imagined"]


def export(database: Database, client: dict[str, Any]) -> dict[str, Any]:
    with database.begin() as session:
        shop = session.exec(select(Shop)).one()
        return show_client(session, shop_id=shop.id or 0, client_gid=client["id"], order_gids=[])


def rows(database: Database, kind: Any) -> list[Any]:
    with database.begin() as session:
        return list(session.exec(select(kind)))


def sealed_values(database: Database, client: dict[str, Any]) -> list[str]:
    """What cases, returns and messages to her hold, as it is encrypted."""
    wanted = {"case": ("client_name", "client_email", "client_phone", "client_words"),
              "rma": ("client_name", "client_email", "sender_address")}  # fmt: skip
    found = []
    with database.engine.connect() as connection:
        for table, columns in sealed_columns():
            for column in columns:
                if column.name in wanted.get(table.name, ()) and not isinstance(column.type, SealedBytes):
                    raw = sa.select(sa.type_coerce(column, sa.Text())).where(
                        table.c.client_gid == client["id"], column.is_not(None)
                    )
                    found += [str(v) for v in connection.execute(raw).scalars()]
    return found


def checkpoint(end: Played) -> None:
    if end.database_url.startswith("sqlite"):
        with closing(sqlite3.connect(end.folder / "app.db")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def found_in_database(end: Played, database: Database, texts: list[str]) -> list[str]:
    """Which of the texts stand in the files, or in any text, JSON or byte column of any table of any schema."""
    if end.database_url.startswith("sqlite"):
        raw = b"".join(p.read_bytes() for p in end.folder.glob("app.db*"))
    else:
        raw = everything(database)
    return [t for t in texts if stands_in(t, raw)]


def stands_in(text: str, raw: bytes) -> bool:
    """Whether it was written there. Five digits of a postal code come by chance in sealed bytes and in instants."""
    alone = rb"(?<![0-9A-Za-z])%s(?![0-9A-Za-z])" if text.isdigit() else rb"%s"
    return re.search(alone % re.escape(text.encode()), raw) is not None


@pytest.mark.parametrize(
    ("raw", "stands"),
    [
        (b'{"zip": "75007"}', True),
        (b"8 rue de Varenne, 75007 Paris", True),
        (b"\n75007\n", True),
        (b"2026-11-23 09:00:01.750071+00", False),
        (b"gAAAAABn75007Zk3", False),
    ],
)
def test_a_postal_code_is_found_where_it_was_written_and_not_where_its_figures_come_by_chance(
    raw: bytes, stands: bool
) -> None:
    assert stands_in("75007", raw) is stands
    assert stands_in("8 rue de Varenne", b"x8 rue de Varenney")


def everything(database: Database) -> bytes:
    parts: list[bytes] = []
    with database.engine.connect() as connection:
        columns = connection.execute(
            sa.text(
                "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns "
                "WHERE table_schema IN ('public', 'dbos') AND data_type IN "
                "('text', 'character varying', 'json', 'jsonb', 'bytea')"
            )
        ).all()
        assert len(columns) > 100
        for schema, table, column, kind in columns:
            value = f'"{column}"' if kind == "bytea" else f'"{column}"::text'
            for stored in connection.execute(
                sa.text(f'SELECT {value} FROM "{schema}"."{table}" WHERE "{column}" IS NOT NULL')
            ).scalars():
                parts.append(bytes(stored) if kind == "bytea" else str(stored).encode())
    return b"\n".join(parts)


def test_a_shop_that_left_is_erased_without_a_token_and_one_that_came_back_is_not(end: Played) -> None:
    database = Database(end.database_url, pool_size=2)
    order = end.play.records.order("#1044")
    client = order["customer"]
    redact = {"shop_id": 1, "shop_domain": "verdane-demo.myshopify.com"}
    end.post("shop/redact", redact)
    wait_until(lambda: "shop.redact_refused" in end.logs(), what="refused while it is installed")
    end.post("app/uninstalled", {"id": 1, "domain": "verdane-demo.myshopify.com"})
    wait_until(lambda: rows(database, Shop)[0].access_token is None, what="tokens are gone")

    texts = [client["email"], client["phone"], "Raman"]
    assert all(t in repr(export(database, client)) for t in texts), "she was here"
    erase(end, client, order)  # although the shop has no token any more
    assert not any(t in repr(export(database, client)) for t in texts)

    command = [sys.executable, "-m", "shopify_app", "deliveries", "list", "--state", "handled"]
    env = end.play.processes.environment | {"PATH": os.environ["PATH"]}
    listed = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=180)
    assert listed.returncode == 0 and "shop/redact" in listed.stdout, listed.stderr
    with database.begin() as session:
        refused = session.exec(select(Delivery).where(Delivery.topic == "shop/redact")).one()
        assert refused.state is DeliveryState.HANDLED
        refused.state, refused.claimed_until = DeliveryState.NEW, None  # as `deliveries replay` does
        session.add(refused)
    wait_until(lambda: not rows(database, Shop), what="the shop is gone")
    with database.engine.connect() as connection:
        names = sorted(t.name for t in metadata.sorted_tables if "shop_id" in t.columns)
        left = {
            n: connection.execute(sa.text(f'SELECT count(*) FROM "{n}" WHERE shop_id IS NOT NULL')).scalar()
            for n in names
        }
    assert left["advisor"] is not None and not any(left.values()), left
    with database.begin() as session:
        assert not session.exec(select(Delivery).where(Delivery.shop_domain == "verdane-demo.myshopify.com")).all()
    database.close()
