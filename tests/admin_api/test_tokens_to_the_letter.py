"""What is asked at Shopify's token address, word for word, and what becomes of each answer."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import requests
import responses
from sqlmodel import Session, select

from kit import metrics
from kit.causes import Cause
from kit.db import Database
from kit.errors import OutsideError, Waiting
from kit.settings import Settings
from shopify_app.admin_api.grants import Grant, RefusedGrant, read_grant, store_grant
from shopify_app.admin_api.tokens import LEASE, RECONNECT, TokenKeeper, admin_base
from shops.models import Shop, ShopState
from tests import cast
from tests.admin_api.conftest import DOMAIN, TOKENS, granted
from tests.cast import NOW

Shopify = responses.RequestsMock
Read = Callable[[], Shop]
FAILURES = "returns_token_refresh_failures_total"


@pytest.fixture
def keeper(settings: Settings, database: Database, shop_id: int, monkeypatch: pytest.MonkeyPatch) -> TokenKeeper:
    monkeypatch.setattr("shopify_app.admin_api.tokens.time.sleep", lambda _seconds: None)
    return TokenKeeper(settings, database, requests.Session())


def change(database: Database, **values: Any) -> None:
    with database.begin() as session:
        row = session.exec(select(Shop)).one()
        for name, value in values.items():
            setattr(row, name, value)


@contextmanager
def counted(kind: str | None) -> Iterator[None]:
    """One more failed refresh of that kind, or none at all."""

    def now() -> dict[str, float]:
        return {labels["kind"]: value for name, labels, value in metrics.snapshot() if name == FAILURES}

    before = now()
    yield
    assert {k: v - before.get(k, 0) for k, v in now().items() if v != before.get(k, 0)} == ({kind: 1} if kind else {})


class Meanwhile:
    """The database of a keeper, where something happens between one of its transactions and the next."""

    def __init__(self, database: Database, after: int, happens: Callable[[], None]):
        self.database, self.left, self.happens = database, after, happens

    @contextmanager
    def begin(self) -> Iterator[Session]:
        with self.database.begin() as session:
            yield session
        self.left -= 1
        if self.left == 0:
            self.happens()


def test_a_first_token_is_asked_for_in_shopifys_words(keeper: TokenKeeper, shopify: Shopify) -> None:
    shopify.post(TOKENS, json=granted())
    assert keeper.exchange(DOMAIN, "an.id.token") == Grant(
        "access-2", "read_orders,read_returns", NOW + timedelta(hours=1), "refresh-2", NOW + timedelta(days=90)
    )
    (call,) = shopify.calls
    assert json.loads(call.request.body or b"") == {
        "client_id": "test-key",
        "client_secret": "test-secret",
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": "an.id.token",
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
        "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
        "expiring": "1",
    }
    assert call.request.req_kwargs["timeout"] == (3.05, 20)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("answer", "words", "ambiguous"),
    [
        ({"status": 302, "headers": {"Location": "https://evil.example"}}, "token address answered 302", False),
        ({"status": 500}, "token address answered 500", False),
        ({"status": 201, "json": granted()}, "token address answered 201", False),
        ({"status": 404}, "token address answered 404", False),
        ({"json": {}}, "the token answer could not be read", True),
        ({"body": "<html>"}, "the token answer could not be read", True),
        ({"body": requests.ReadTimeout("https://…?secret")}, "ReadTimeout", True),
    ],
)
def test_what_is_no_answer_is_named_and_tried_again(
    keeper: TokenKeeper, shopify: Shopify, answer: dict[str, Any], words: str, ambiguous: bool
) -> None:
    shopify.post(TOKENS, **answer)
    with pytest.raises(OutsideError) as failed:
        keeper.exchange(DOMAIN, "x")
    error = failed.value
    assert (str(error), error.provider) == (f"shopify: {words}", "shopify")
    assert (error.ambiguous, error.permanent, error.retry_after) == (ambiguous, False, None)


@pytest.mark.parametrize("status", [400, 401, 403])
@pytest.mark.parametrize(
    ("said", "reason"), [('{"error": "invalid_x"}', "invalid_x"), ("{}", None), ("[]", None), ("<html>", None)]
)
def test_a_refusal_names_its_reason(
    keeper: TokenKeeper, shopify: Shopify, status: int, said: str, reason: str | None
) -> None:
    shopify.post(TOKENS, status=status, body=said)
    with pytest.raises(RefusedGrant) as refused:
        keeper.exchange(DOMAIN, "x")
    error = refused.value
    assert error.reason == (reason or str(status)) and str(error) == f"shopify: no token: {error.reason}"
    assert (error.provider, error.permanent) == ("shopify", True)


def test_a_lost_grant_is_counted_and_waits_for_a_person(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database, shop: Read
) -> None:
    change(database, access_expires_at=NOW)
    shopify.post(TOKENS, status=400, json={"error": "invalid_grant"})
    for kind in ("refused", None):
        with counted(kind), pytest.raises(Waiting) as waits:
            keeper.token(shop_id)
        assert (waits.value.reason, waits.value.cause) == (RECONNECT, Cause.RECONNECT)
    assert (shop().state, shop().renewing_until, len(shopify.calls)) == (ShopState.RECONNECT, None, 1)


def test_a_shop_without_a_token_waits_for_a_person(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database
) -> None:
    change(database, access_token=None)
    with pytest.raises(Waiting) as waits:
        keeper.token(shop_id)
    assert waits.value.cause == Cause.RECONNECT and not shopify.calls


def test_a_wrong_secret_of_ours_is_tried_again_in_a_minute(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database, shop: Read
) -> None:
    change(database, access_expires_at=NOW)
    shopify.post(TOKENS, status=401, json={"error": "invalid_client"})
    with counted("refused"), pytest.raises(OutsideError) as failed:
        keeper.token(shop_id)
    assert str(failed.value) == "shopify: the app's client secret is not taken"
    assert (failed.value.provider, failed.value.retry_after, failed.value.permanent) == ("shopify", 60, False)
    assert shop().state is ShopState.ACTIVE


def test_a_renewal_shopify_was_away_for_is_counted(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database
) -> None:
    change(database, access_expires_at=NOW)
    shopify.post(TOKENS, status=503)
    with counted("away"), pytest.raises(OutsideError):
        keeper.token(shop_id)


def test_whoever_waits_for_anothers_renewal_looks_every_quarter_of_a_second_for_a_quarter_of_a_minute(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("shopify_app.admin_api.tokens.time.sleep", slept.append)
    change(database, access_expires_at=NOW, renewing_until=NOW)  # until and with this very instant
    with pytest.raises(OutsideError) as failed:
        keeper.token(shop_id)
    assert str(failed.value) == "shopify: the token is still being renewed elsewhere"
    assert (failed.value.provider, failed.value.permanent) == ("shopify", False)
    assert slept == [0.25] * 60 and not shopify.calls


def test_a_renewal_holds_its_shops_lease_and_no_other_and_gives_it_back(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database, shop: Read
) -> None:
    with database.begin() as session:
        dana = cast.alice(session, "dana.myshopify.com")
        dana.renewing_until = NOW + timedelta(days=1)
        cast.alice(session, "edda.myshopify.com")  # whose lease is free
    with database.begin() as session:
        session.exec(select(Shop).where(Shop.domain == DOMAIN)).one().access_expires_at = NOW
    held: list[Any] = []

    def look(_request: Any) -> tuple[int, dict[str, str], str]:
        with database.begin() as session:
            held.append(list(session.exec(select(Shop.renewing_until).order_by(Shop.domain))))
        return 200, {}, json.dumps(granted())

    shopify.add_callback("POST", TOKENS, callback=look)
    keeper.token(shop_id)
    assert held == [[NOW + timedelta(days=1), None, NOW + LEASE]]
    with database.begin() as session:
        leases = dict(session.exec(select(Shop.domain, Shop.renewing_until)).all())
        assert leases == {
            DOMAIN: None, "dana.myshopify.com": NOW + timedelta(days=1), "edda.myshopify.com": None,
        }  # fmt: skip


@pytest.mark.parametrize("left", [timedelta(hours=1), None], ids=["an hour", "for ever"])
def test_a_token_renewed_before_we_had_the_lease_is_taken_as_it_is(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database, left: timedelta | None
) -> None:
    change(database, access_expires_at=NOW)

    def another_renewed() -> None:
        change(database, access_token="access-9", access_expires_at=left and NOW + left)

    keeper.database = Meanwhile(database, 2, another_renewed)  # type: ignore[assignment]
    assert keeper.token(shop_id) == (DOMAIN, "access-9") and not shopify.calls


def test_a_shop_that_leaves_while_its_token_is_renewed_has_none_to_give(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database, shop: Read
) -> None:
    change(database, access_expires_at=NOW)

    def leaves() -> None:
        gone: dict[str, Any] = dict.fromkeys(("access_token", "refresh_token", "access_expires_at"))
        change(database, state=ShopState.UNINSTALLED, **gone)

    keeper.database = Meanwhile(database, 2, leaves)  # type: ignore[assignment]
    with pytest.raises(Waiting):
        keeper.token(shop_id)
    assert shop().state is ShopState.UNINSTALLED and not shopify.calls


def test_a_grant_that_comes_as_the_old_one_is_given_up_is_taken_and_nothing_is_asked_with_nothing(
    keeper: TokenKeeper, shop_id: int, shopify: Shopify, database: Database, shop: Read
) -> None:
    change(database, access_expires_at=NOW, refresh_token=None)

    def comes() -> None:
        change(database, access_token="access-7", access_expires_at=None)

    keeper.database = Meanwhile(database, 3, comes)  # type: ignore[assignment]
    assert keeper.token(shop_id) == (DOMAIN, "access-7")
    assert shop().state is ShopState.ACTIVE and not shopify.calls


def test_a_shops_admin_is_the_shop_or_the_stand_in() -> None:
    assert admin_base(cast.settings(), DOMAIN) == f"https://{DOMAIN}"
    assert admin_base(cast.settings(shopify_admin_base_url="http://x/X"), DOMAIN) == f"http://x/X/{DOMAIN}"
    for base in ("http://127.0.0.1:1", "http://127.0.0.1:1/"):
        assert admin_base(cast.settings(shopify_admin_base_url=base), DOMAIN) == f"http://127.0.0.1:1/{DOMAIN}"


@pytest.mark.parametrize(
    "answer", [[], None, "x", {}, {"access_token": None}, {"access_token": 7}, {"access_token": ""}]
)
def test_an_answer_without_a_token_is_none(answer: Any) -> None:
    with pytest.raises(ValueError, match=r"^no access token$"):
        read_grant(answer, NOW)


@pytest.mark.parametrize("refresh", ["", 7, ["r"], False])
def test_a_grant_whose_refresh_token_is_none_is_no_grant(refresh: Any) -> None:
    """Kept, it would end the shop's access with the hour; the old refresh token may be used once more instead."""
    with pytest.raises(ValueError, match=r"^no refresh token$"):
        read_grant({"access_token": "a", "refresh_token": refresh}, NOW)


@pytest.mark.parametrize("name", ["expires_in", "refresh_token_expires_in"])
@pytest.mark.parametrize("seconds", [10**12, float("inf"), float("-inf"), float("nan"), "soon", -(10**12)])
def test_a_time_that_is_none_is_no_grant_and_no_crash(name: str, seconds: Any) -> None:
    with pytest.raises(ValueError):
        read_grant({"access_token": "a", name: seconds}, NOW)


def test_a_renewal_shopify_answered_by_half_leaves_the_old_refresh_token_to_be_used_again(
    keeper: TokenKeeper, shop_id: int, database: Database, shopify: Shopify, shop: Read
) -> None:
    change(database, access_expires_at=NOW)
    shopify.post(TOKENS, json={**granted(2), "access_token": ""})
    with pytest.raises(OutsideError, match="could not be read") as error:
        keeper.token(shop_id)
    assert error.value.ambiguous
    assert (shop().access_token, shop().refresh_token, shop().state) == ("access-1", "refresh-1", ShopState.ACTIVE)
    shopify.replace(responses.POST, TOKENS, json=granted(3))
    assert keeper.token(shop_id) == (DOMAIN, "access-3")
    assert [json.loads(c.request.body or b"")["refresh_token"] for c in shopify.calls] == ["refresh-1"] * 2


def test_a_token_may_end_at_once() -> None:
    grant = read_grant({"access_token": "a", "expires_in": "0", "refresh_token_expires_in": 0}, NOW)
    assert grant == Grant("a", "", NOW, None, NOW)


def test_a_grant_is_stored_whole_and_connects_the_shop_again() -> None:
    shop = Shop(domain=DOMAIN, installed_at=NOW, scopes="read_orders", state=ShopState.RECONNECT)
    store_grant(shop, Grant("a", "", NOW, "r", NOW + LEASE))
    assert (shop.access_token, shop.access_expires_at) == ("a", NOW)
    assert (shop.refresh_token, shop.refresh_expires_at) == ("r", NOW + LEASE)
    assert (shop.scopes, shop.state) == ("read_orders", ShopState.ACTIVE)
    store_grant(shop, Grant("a", "read_returns", None, None, None))
    assert (shop.scopes, shop.access_expires_at, shop.refresh_token) == ("read_returns", None, None)
