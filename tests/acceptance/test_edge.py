"""Shopify's edge: the lines that must be shown, a test a line."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest
from flask import Flask

from kit import clock as kit_clock
from kit.errors import OutsideError
from shopify_app.admin_api.tokens import RefusedGrant, TokenKeeper
from shopify_app.app import create_app
from shopify_app.auth import NotSignedIn, proxy_signature_holds, read_id_token
from tests import cast
from tests.acceptance import doors_under_test as doors
from tests.webhooks.posting import post
from webhooks.doors import Doors
from webhooks.sources.shopify import ShopifySource, is_signed

VECTORS = json.loads((Path(__file__).parents[1] / "payloads" / "hmac_vectors.json").read_text())
AT = datetime.fromtimestamp(doors.AT, UTC)


class Kept:
    """In place of the committer: what was let in."""

    def __init__(self) -> None:
        self.rows: list[object] = []

    def store(self, row: object) -> None:
        self.rows.append(row)


@pytest.fixture
def settings():
    return cast.settings(
        shopify_api_key=doors.KEY, shopify_api_secret=doors.SECRET, shopify_api_secret_previous=doors.RETIRED
    )


@pytest.fixture
def app(settings, sqlite_url: str) -> Flask:
    from dataclasses import replace

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
    door = Doors(lambda _environ, _start: [], {"shopify": ShopifySource((doors.SECRET, doors.RETIRED))}, kept)  # type: ignore[arg-type]
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
    client, seen = app.test_client(), Counter()
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
    client, seen = app.test_client(), Counter()
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
