"""Offline tokens: renewed before they end, one at a time a shop, both halves at once."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
import requests
import responses
from sqlmodel import select

from kit.db import Database
from kit.errors import OutsideError, Waiting
from kit.settings import Settings
from shopify_app.admin_api import tokens
from shopify_app.admin_api.grants import RefusedGrant, read_grant, store_grant
from shopify_app.admin_api.tokens import TokenKeeper
from shops.models import Shop, ShopState
from tests.admin_api.conftest import DOMAIN, TOKENS, Clock, granted
from tests.cast import NOW

Shopify = responses.RequestsMock


@pytest.fixture
def keeper(settings: Settings, database: Database, shop_id: int) -> TokenKeeper:
    return TokenKeeper(settings, database, requests.Session())


def change(database: Database, **values: Any) -> None:
    with database.begin() as session:
        row = session.exec(select(Shop)).one()
        for name, value in values.items():
            setattr(row, name, value)


@pytest.mark.parametrize(("left", "asked"), [(timedelta(minutes=5), 1), (timedelta(minutes=5, seconds=1), 0)])
def test_a_token_is_renewed_when_five_minutes_remain(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database, left: timedelta, asked: int
) -> None:
    change(database, access_expires_at=NOW + left)
    shopify.post(TOKENS, json=granted())
    assert keeper.token(shop_id) == (DOMAIN, f"access-{1 + asked}")
    assert len(shopify.calls) == asked


def test_a_renewal_stores_both_tokens_and_both_times(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database, shop: Any
) -> None:
    change(database, access_expires_at=NOW)
    shopify.post(TOKENS, json=granted())
    keeper.token(shop_id)
    assert json.loads(shopify.calls[0].request.body or b"") == {
        "client_id": "test-key",
        "client_secret": "test-secret",
        "grant_type": "refresh_token",
        "refresh_token": "refresh-1",
    }
    row = shop()
    assert (row.access_token, row.refresh_token, row.renewing_until) == ("access-2", "refresh-2", None)
    assert row.access_expires_at == NOW + timedelta(hours=1)
    assert row.refresh_expires_at == NOW + timedelta(days=90)
    assert row.scopes == "read_orders,read_returns"


def test_a_token_that_lasts_is_not_renewed(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database
) -> None:
    change(database, access_expires_at=None, refresh_token=None)
    assert keeper.token(shop_id)[1] == "access-1" and len(shopify.calls) == 0


def test_a_refused_renewal_asks_for_a_person(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database, shop: Any
) -> None:
    change(database, access_expires_at=NOW)
    shopify.post(TOKENS, status=400, json={"error": "invalid_grant"})
    for _ in range(2):
        with pytest.raises(Waiting, match="Open the app"):
            keeper.token(shop_id)
    assert (shop().state, shop().renewing_until, len(shopify.calls)) == (ShopState.RECONNECT, None, 1)


def test_without_anything_to_renew_with_it_asks_for_a_person(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database, shop: Any
) -> None:
    change(database, access_expires_at=NOW, refresh_token=None)
    with pytest.raises(Waiting):
        keeper.token(shop_id)
    assert shop().state is ShopState.RECONNECT and len(shopify.calls) == 0


def test_a_refusal_that_crosses_an_uninstall_leaves_the_shop_uninstalled(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database, shop: Any
) -> None:
    """Marked as "reconnect" it would never be erased by shop/redact."""
    change(database, access_expires_at=NOW)

    def left(_request: Any) -> tuple[int, dict[str, str], str]:
        change(database, state=ShopState.UNINSTALLED, access_token=None, refresh_token=None, access_expires_at=None)
        return 400, {}, '{"error": "invalid_grant"}'

    shopify.add_callback("POST", TOKENS, callback=left)
    with pytest.raises(Waiting):
        keeper.token(shop_id)
    assert shop().state is ShopState.UNINSTALLED


@pytest.mark.parametrize("answer", [(400, '{"error": "invalid_grant"}'), (200, json.dumps(granted(9)))])
def test_an_answer_to_the_old_grant_does_not_undo_a_new_one(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database, shop: Any, answer: tuple[int, str]
) -> None:
    change(database, access_expires_at=NOW)

    def granted_anew(_request: Any) -> tuple[int, dict[str, str], str]:
        change(database, access_token="access-7", refresh_token="refresh-7", access_expires_at=NOW + timedelta(hours=1))
        return answer[0], {}, answer[1]

    shopify.add_callback("POST", TOKENS, callback=granted_anew)
    assert keeper.token(shop_id) == (DOMAIN, "access-7")
    assert (shop().state, shop().refresh_token) == (ShopState.ACTIVE, "refresh-7")


AWAY: list[dict[str, Any]] = [
    {"status": 500},
    {"status": 429},
    {"status": 200, "body": "<html>"},
    {"status": 200, "json": []},
    {"status": 200, "json": {}},
    {"status": 200, "json": granted(access_token=None)},
    {"status": 200, "json": granted(access_token=7)},
    {"status": 200, "json": granted(expires_in="soon")},
    {"body": requests.ReadTimeout()},
    {"body": requests.ConnectionError()},
]


@pytest.mark.parametrize("answer", AWAY)
def test_while_the_token_address_is_away_the_grant_is_kept_for_the_next_try(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database, shop: Any, answer: dict[str, Any]
) -> None:
    change(database, access_expires_at=NOW)
    shopify.post(TOKENS, **answer)
    with pytest.raises(OutsideError) as caught:
        keeper.token(shop_id)
    assert not caught.value.permanent
    row = shop()
    assert (row.state, row.refresh_token, row.renewing_until) == (ShopState.ACTIVE, "refresh-1", None)


def test_twenty_threads_that_need_a_new_token_ask_shopify_once(
    settings: Settings, shop_id: int, shopify: Shopify, database: Database, monkeypatch
) -> None:
    monkeypatch.setattr("shopify_app.admin_api.tokens.time.sleep", lambda _seconds: threading.Event().wait(0.05))
    change(database, access_expires_at=NOW)
    shopify.post(TOKENS, json=granted())
    gate, given = threading.Barrier(20), []

    def ask() -> None:
        gate.wait()
        given.append(TokenKeeper(settings, database, requests.Session()).token(shop_id)[1])

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert given == ["access-2"] * 20 and len(shopify.calls) == 1


def test_a_crash_between_the_answer_and_the_save_is_made_good_with_the_old_refresh_token(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database, shop: Any, monkeypatch
) -> None:
    change(database, access_expires_at=NOW)
    shopify.post(TOKENS, json=granted())
    saving = store_grant

    def crash(_shop: Any, _grant: Any) -> None:
        raise KeyError("crash")

    monkeypatch.setattr(tokens, "store_grant", crash)
    with pytest.raises(KeyError):
        keeper.token(shop_id)
    monkeypatch.setattr(tokens, "store_grant", saving)
    assert keeper.token(shop_id)[1] == "access-2"
    assert [json.loads(call.request.body or b"")["refresh_token"] for call in shopify.calls] == [
        "refresh-1",
        "refresh-1",
    ]


def test_a_worker_killed_while_renewing_holds_the_others_up_for_its_lease_only(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database, clock: Clock, monkeypatch
) -> None:
    change(database, access_expires_at=NOW, renewing_until=NOW + tokens.LEASE)
    shopify.post(TOKENS, json=granted())

    def pass_by(_seconds: float) -> None:
        clock.at += timedelta(seconds=1)

    monkeypatch.setattr("shopify_app.admin_api.tokens.time.sleep", pass_by)
    assert keeper.token(shop_id)[1] == "access-2"
    assert clock.at > NOW + tokens.LEASE


def test_a_token_somebody_renewed_already_is_not_dropped(
    keeper: TokenKeeper, shop_id: int, shop: Any, database: Database
) -> None:
    keeper.drop(shop_id, "an older one")
    assert shop().access_expires_at == NOW + timedelta(minutes=50)
    keeper.drop(shop_id, "access-1")
    assert shop().access_expires_at == NOW


def test_a_first_token_is_exchanged_for_an_id_token_and_expires(keeper: TokenKeeper, shopify: Shopify) -> None:
    shopify.post(TOKENS, json=granted())
    grant = keeper.exchange(DOMAIN, "an.id.token")
    sent = json.loads(shopify.calls[0].request.body or b"")
    assert (sent["expiring"], sent["subject_token"]) == ("1", "an.id.token")
    assert sent["requested_token_type"].endswith("offline-access-token")
    assert grant.refresh_token == "refresh-2" and grant.access_expires_at == NOW + timedelta(hours=1)


def test_a_refused_exchange_keeps_shopifys_word(keeper: TokenKeeper, shopify: Shopify) -> None:
    shopify.post(TOKENS, status=400, json={"error": "invalid_subject_token"})
    with pytest.raises(RefusedGrant) as caught:
        keeper.exchange(DOMAIN, "old.id.token")
    assert caught.value.reason == "invalid_subject_token" and caught.value.permanent


@pytest.mark.parametrize("body", ["<html>", "[]", ""])
def test_a_refusal_in_odd_words_is_still_a_refusal(keeper: TokenKeeper, shopify: Shopify, body: str) -> None:
    shopify.post(TOKENS, status=401, body=body)
    with pytest.raises(RefusedGrant) as caught:
        keeper.exchange(DOMAIN, "x")
    assert caught.value.reason == "401"


def test_a_missing_expiry_means_a_token_that_lasts() -> None:
    grant = read_grant({"access_token": "a", "scope": None}, NOW)
    assert (grant.access_expires_at, grant.refresh_token, grant.refresh_expires_at, grant.scopes) == (
        None,
        None,
        None,
        "",
    )


def test_no_secret_is_in_an_error(keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database) -> None:
    change(database, access_expires_at=NOW)
    shopify.post(TOKENS, status=500, body="refresh-1 test-secret")
    with pytest.raises(OutsideError) as caught:
        keeper.token(shop_id)
    assert "refresh-1" not in str(caught.value) and "test-secret" not in str(caught.value)


def test_a_wrong_secret_of_ours_does_not_cost_the_shop_its_grant(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database, shop: Any
) -> None:
    change(database, access_expires_at=NOW)
    shopify.add("POST", TOKENS, status=400, json={"error": "invalid_client"})
    with pytest.raises(OutsideError, match="client secret") as refused:
        keeper.token(shop_id)
    assert not refused.value.permanent
    assert shop().state is ShopState.ACTIVE and shop().refresh_token
