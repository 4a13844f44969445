"""Shopify's edge: the lines that must be shown, a test a line."""

import json
import multiprocessing
import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from unittest.mock import patch

import pytest
import requests
from flask import Flask
from sqlalchemy.engine import make_url

from kit import clock as kit_clock
from kit.db import Database
from kit.errors import OutsideError
from routing import sweeps
from shopify_app.admin_api.grants import RefusedGrant, store_grant
from shopify_app.admin_api.tokens import TokenKeeper
from shopify_app.app import create_app
from shopify_app.auth import NotSignedIn, proxy_signature_holds, read_id_token
from shops import crypt
from shops.models import Shop
from simulators.shopify import ShopifyConfig, mint_id_token
from simulators.shopify.serving import ShopifyServer
from simulators.world import DOMAIN, generate
from tests import cast
from tests.acceptance import doors_under_test as doors
from tests.acceptance.processes_under_test import (
    PATIENCE_SECONDS,
    burst,
    goes_on,
    libpq,
    stands,
    states,
    stop,
    tool,
    wait_until,
    web,
    worker,
)
from tests.journeys.edge_town import DOMAIN as TOWN
from tests.journeys.edge_town import Town
from tests.routing.edge_house import Edge
from tests.routing.test_every_way import WAYS, arrive, begin_by_hand
from tests.webhooks.posting import nowhere, post
from webhooks.doors import Doors
from webhooks.inbox import recent
from webhooks.models import DeliveryState
from webhooks.sources.shopify import ShopifySource, is_signed

VECTORS = json.loads((Path(__file__).parents[1] / "payloads" / "hmac_vectors.json").read_text())
AT = datetime.fromtimestamp(doors.AT, UTC)


class Kept:
    """In place of the committer: what was let in."""

    def __init__(self) -> None:
        self.rows: list[object] = []

    async def store(self, row: object) -> None:
        self.rows.append(row)


@pytest.fixture
def settings():
    return cast.settings(
        shopify_api_key=doors.KEY, shopify_api_secret=doors.SECRET, shopify_api_secret_previous=doors.RETIRED
    )


@pytest.fixture
def app(settings, sqlite_url: str) -> Flask:
    return create_app(replace(settings, database_url=sqlite_url))


# --- every door signed


@pytest.mark.parametrize("vector", VECTORS["webhook"], ids=lambda v: v["raw_body_utf8"][:20] or "empty")
def test_shopifys_webhook_vectors_hold(vector: dict[str, str]) -> None:
    assert is_signed(vector["raw_body_utf8"].encode(), vector["x_shopify_hmac_sha256"], VECTORS["secret"].encode())


@pytest.mark.parametrize("vector", VECTORS["app_proxy"], ids=lambda v: v["signature_hex"][:8])
def test_shopifys_proxy_vectors_hold(vector: dict[str, str]) -> None:
    from urllib.parse import parse_qsl

    pairs = [*parse_qsl(vector["query"], keep_blank_values=True), ("signature", vector["signature_hex"])]
    assert proxy_signature_holds(pairs, (VECTORS["secret"],), 1317327555 + 5)


@pytest.mark.parametrize("vector", VECTORS["oauth_query"], ids=lambda v: v["hmac_hex"][:8])
def test_shopifys_query_vectors_hold(vector: dict) -> None:
    from shopify import Session

    Session.setup(api_key="key", secret=VECTORS["secret"])
    assert Session.validate_hmac(vector["params"] | {"hmac": vector["hmac_hex"]})


def test_of_two_thousand_webhooks_each_gets_the_verdict_it_deserves() -> None:
    kept = Kept()
    door = Doors(nowhere, {"shopify": ShopifySource((doors.SECRET, doors.RETIRED))}, kept)  # type: ignore[arg-type]
    seen: Counter[tuple[bool, int]] = Counter()
    for webhook in doors.webhooks(2000, seed=1):
        answer = post(door, body=webhook.body, headers=webhook.headers)
        seen[webhook.taken, answer.status] += 1
    assert set(seen) == {(True, 200), (False, 401)}, seen
    assert len(kept.rows) == seen[True, 200] > 500


def test_of_two_thousand_id_tokens_each_gets_the_verdict_it_deserves(app: Flask, settings) -> None:
    wrong, believed = [], 0
    with app.test_request_context("/app"), time_stands_still():
        for raw, deserves in doors.id_tokens(2000, seed=2):
            try:
                token = read_id_token(raw, settings)
                verdict = token.shop_domain == doors.SHOP
            except NotSignedIn:
                verdict = False
            believed += verdict
            if verdict is not deserves:
                wrong.append(raw)
    assert not wrong, wrong[:3]
    assert believed > 100


def test_of_two_thousand_documents_and_fetches_of_the_admin_none_is_an_error_of_ours(app: Flask, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise RefusedGrant("invalid_subject_token")

    monkeypatch.setattr(TokenKeeper, "exchange", refuse)
    client = app.test_client()
    seen: Counter[int] = Counter()
    with time_stands_still():
        for n, (raw, _) in enumerate(doors.id_tokens(2000, seed=3)):
            header = raw.encode("latin-1", "replace").decode("latin-1").translate({10: None, 13: None})
            if n % 2:
                answer = client.get("/app/cases", query_string={"id_token": raw})
            else:
                answer = client.get("/app/cases", headers={"Authorization": f"Bearer {header}"})
            seen[answer.status_code] += 1
    # Nobody installed the app here, so a genuine token is refused as well: with the bounce page, or with a retry.
    assert set(seen) <= {200, 401}, seen


def test_of_two_thousand_visits_through_the_shop_each_gets_the_verdict_it_deserves() -> None:
    from urllib.parse import parse_qsl

    wrong, believed = [], 0
    for query, deserves in doors.visits(2000, seed=4):
        pairs = parse_qsl(query, keep_blank_values=True)
        verdict = proxy_signature_holds(pairs, (doors.SECRET, doors.RETIRED), doors.AT + 5)
        believed += verdict
        if verdict is not deserves:
            wrong.append(query)
    assert not wrong, wrong[:3]
    assert believed > 300


def test_of_two_thousand_visits_at_the_page_itself_none_is_an_error_of_ours(app: Flask) -> None:
    client = app.test_client()
    seen: Counter[int] = Counter()
    with time_stands_still():
        for query, _ in doors.visits(2000, seed=5):
            seen[client.get(f"/proxy/returns?{query}").status_code] += 1
    assert set(seen) == {401}, seen  # the shop is not installed here, and a stranger is told nothing else


def time_stands_still():
    """jwt and we ask the same clock."""
    import time_machine

    return _Both(patch.object(kit_clock, "now", lambda: AT), time_machine.travel(AT, tick=False))


class _Both:
    def __init__(self, *managers) -> None:
        self.managers = managers

    def __enter__(self) -> None:
        for manager in self.managers:
            manager.__enter__()

    def __exit__(self, *error) -> None:
        for manager in reversed(self.managers):
            manager.__exit__(*error)


def test_while_shopify_is_away_the_admin_says_so_and_the_app_stays_up(app: Flask, monkeypatch) -> None:
    def away(*_: object) -> None:
        raise OutsideError("shopify", "ConnectionError", ambiguous=True)

    monkeypatch.setattr(TokenKeeper, "exchange", away)
    with time_stands_still():
        raw, _ = doors._token(True)
        answer = app.test_client().get("/app", query_string={"id_token": raw})
    assert answer.status_code == 503 and "Shopify does not answer just now" in answer.text


# --- every token alive


@pytest.fixture
def shopify() -> Iterator[ShopifyServer]:
    config = ShopifyConfig(
        app_url="http://127.0.0.1:9", api_key=doors.KEY, api_secret=doors.SECRET, send_history_on_install=False
    )
    world = generate(7, datetime(2026, 11, 20, tzinfo=UTC), orders=120, clients=40)
    with ShopifyServer(config, world=world) as server:
        requests.post(f"{server.base}/control/shopify/install", json={"shop": DOMAIN}, timeout=60).raise_for_status()
        yield server


def test_a_refresh_raced_by_twenty_processes_calls_shopify_once(
    shopify: ShopifyServer, settings, database: Database, tmp_path: Path
) -> None:
    settings = replace(settings, shopify_admin_base_url=f"{shopify.base}/shopify")
    shop_id = installed_shop(shopify, settings, database, expires_in=timedelta(minutes=1))
    before = tokens_given(shopify)
    context = multiprocessing.get_context("fork")
    gate = context.Barrier(20)
    racers = [
        context.Process(target=race, args=(settings, database.url, shop_id, gate, tmp_path / f"{n}")) for n in range(20)
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(PATIENCE_SECONDS)
    assert [racer.exitcode for racer in racers] == [0] * 20
    assert len({(tmp_path / f"{n}").read_text() for n in range(20)}) == 1
    assert tokens_given(shopify) - before == 1


def test_a_crash_between_shopifys_answer_and_our_save_recovers_without_the_merchant(
    shopify: ShopifyServer, settings, database: Database, monkeypatch
) -> None:
    settings = replace(settings, shopify_admin_base_url=f"{shopify.base}/shopify")
    shop_id = installed_shop(shopify, settings, database, expires_in=timedelta(minutes=1))
    keeper = TokenKeeper(settings, database, requests.Session())

    def crash(*_: object) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as crashing:
        crashing.setattr("shopify_app.admin_api.tokens.store_grant", crash)
        with pytest.raises(SystemExit):
            keeper.token(shop_id)
    _, token = keeper.token(shop_id)  # with the refresh token before, which Shopify takes until its successor is used
    answer = requests.post(
        f"{shopify.base}/shopify/{DOMAIN}/admin/api/2026-07/graphql.json",
        json={"query": "{ shop { name } }"},
        headers={"X-Shopify-Access-Token": token},
        timeout=60,
    )
    assert answer.json()["data"]["shop"]["name"] == "Verdane"


def installed_shop(shopify: ShopifyServer, settings, database: Database, *, expires_in: timedelta) -> int:
    """The shop with a real pair of tokens, whose access token is about to end."""
    keeper = TokenKeeper(settings, database, requests.Session())
    raw = mint_id_token(shopify.store.config, DOMAIN, 90871230000, datetime.now(UTC))
    grant = keeper.exchange(DOMAIN, raw)
    with database.begin() as session:
        shop = Shop(domain=DOMAIN, installed_at=datetime.now(UTC))
        store_grant(shop, grant)
        shop.access_expires_at = datetime.now(UTC) + expires_in
        session.add(shop)
        session.flush()
        assert shop.id is not None
        return shop.id


def tokens_given(shopify: ShopifyServer) -> int:
    return len(requests.get(f"{shopify.base}/control/shopify/tokens", timeout=60).json())


def race(settings, url: str, shop_id: int, gate, told: Path) -> None:
    """One process: a pool and a session of its own, off at the same moment as the others."""
    database = Database(url, pool_size=1)
    keeper = TokenKeeper(settings, database, requests.Session())
    gate.wait(PATIENCE_SECONDS)
    told.write_text(keeper.token(shop_id)[1])
    os._exit(0)


# --- operated: deployed in a burst, restored from a backup


def test_a_deploy_in_a_burst_loses_no_acknowledged_webhook_and_handles_each_once(
    database: Database, database_url: str, free_port: Callable[[], int]
) -> None:
    """SIGTERM to web and worker while webhooks arrive, then the next release: all that was answered 200 is handled."""
    with database.begin() as session:
        cast.alice(session)
    port = free_port()
    works, server = worker(database_url, f"a-{port}"), web(database_url, port)

    def deploy(count: int) -> None:
        if count == 60:
            works.send_signal(signal.SIGTERM)
        if count == 120:
            server.send_signal(signal.SIGTERM)

    try:
        wait_until(lambda: stands(database), PATIENCE_SECONDS)
        stored = burst(port, range(1000, 4000), after=deploy, to_the_end=False)
        assert 120 <= len(stored) < 3000, "stopped in the middle"
        assert server.wait(PATIENCE_SECONDS) is not None and works.wait(PATIENCE_SECONDS) == 0
    finally:
        for process in (server, works):
            process.kill()
            process.wait()
    assert {f"w-{n}" for n in stored} <= set(states(database))
    works, server = worker(database_url, f"b-{port}"), web(database_url, port)
    try:
        everything = range(1000, max(stored) + 100)  # what the sender was not answered it sends again, and copies too
        assert len(burst(port, everything)) == len(everything)
        wait_until(lambda: set(states(database).values()) == {DeliveryState.HANDLED}, PATIENCE_SECONDS)
        assert len(states(database)) == len(everything), "a row each"
    finally:
        stop(server, works)


# --- backup and restore, as docs/operations.md says


def test_a_backup_of_sqlite_made_while_it_works_is_gone_back_to_and_the_line_goes_on(
    sqlite_url: str, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    backup, port = tmp_path / "backup.db", free_port()
    crypt.use_keys("a-key-for-tests")
    live = Database(sqlite_url)
    with live.begin() as session:
        cast.alice(session)
    server = web(sqlite_url, port)
    try:
        assert len(burst(port, range(1000, 1050))) == 50
        with closing(sqlite3.connect(make_url(sqlite_url).database or "")) as connection:
            connection.execute("VACUUM INTO ?", (str(backup),))
        assert len(burst(port, range(1050, 1060))) == 10, "it went on working"
    finally:
        stop(server)
        live.close()
    goes_on(f"sqlite:///{backup}", free_port(), expected=50)


@pytest.mark.postgres
def test_a_backup_of_postgres_is_restored_elsewhere_and_the_line_goes_on(
    postgres_url: str, empty_postgres_url: str, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    port, dump = free_port(), tmp_path / "returns.dump"
    live = Database(postgres_url)
    crypt.use_keys("a-key-for-tests")
    with live.begin() as session:
        cast.alice(session)
    server = web(postgres_url, port)
    try:
        assert len(burst(port, range(1000, 1050))) == 50
        tool("pg_dump", "--format=custom", f"--file={dump}", f"--dbname={libpq(postgres_url)}")
        assert len(burst(port, range(1050, 1060))) == 10, "it went on working"
    finally:
        stop(server)
        live.close()
    tool("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={libpq(empty_postgres_url)}", str(dump))
    goes_on(empty_postgres_url, free_port(), expected=50)


# --- four ways a return reaches us, one case; nothing lost when webhooks are


def test_a_webhook_that_is_never_delivered_is_caught_within_fifteen_minutes(town: Town) -> None:
    """Webhooks are paused. Each period's sweep is asked for by two workers, and one of them meets a bad day."""
    for _ in range(2):
        sweeps.sweep_shops(town.database.begin)
    town.work()
    town.pass_by(seconds=1)  # just missed
    made = town.control("POST", "returns", {"order_name": "1042"})
    waited = 0
    while not town.rows()[0]:
        town.pass_by(minutes=1)
        waited += 1
        assert waited < 15
        for _ in range(2):
            sweeps.sweep_shops(town.database.begin)
        town.work()
    assert [[row.return_gid for row in rows] for rows in town.rows()] == [[made["id"]]] * 3


def test_however_a_return_reaches_us_it_is_one_decision_one_case_and_one_rma(edge: Edge) -> None:
    """Requested, born approved (approve, update, process), found by a sweep, opened by hand: every pair."""
    for n, ways in enumerate(permutations(WAYS, 2)):
        edge.shopify.found.clear()
        opened_id, return_gid = begin_by_hand(edge, f"pair-{n}")
        for way in (*ways, *WAYS):
            arrive(edge, way, return_gid, opened_id)
        assert [len(rows) for rows in edge.made_of(return_gid)] == [1, 1, 1], ways


def test_an_unknown_topic_is_stored_and_shown_and_never_an_error(town: Town) -> None:
    town.control("POST", "webhooks/raw", {"topic": "checkouts/paused", "body": {"id": 5}})
    town.deliver()
    with town.database.begin() as session:
        shown = [(row.topic, row.state.value) for row in recent(session, domain=TOWN)]
    assert ("checkouts/paused", "ignored") in shown
