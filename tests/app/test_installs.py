"""Installing and uninstalling, in whatever order Shopify tells of them."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import responses
from flask import Flask
from sqlmodel import select

from kit.db import Database
from kit.errors import OutsideError
from shopify_app import installs
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.grants import Grant
from shopify_app.auth import IdToken, NotSignedIn
from shopify_app.installs import ensure_installed, install, uninstall
from shops.models import Shop, ShopState
from tests import cast
from tests.admin_api.conftest import DOMAIN, GRAPHQL, TOKENS, granted
from tests.cast import NOW
from webhooks.models import Delivery, DeliveryState

GRANT = Grant("access-2", "read_orders", NOW + timedelta(hours=1), "refresh-2", NOW + timedelta(days=90))
TOKEN = IdToken(DOMAIN, "7", "an.id.token")
SHOWN = {"data": {"shop": {"name": "Verdane", "currencyCode": "EUR", "ianaTimezone": "Europe/Paris"}}}


def shop(database: Database) -> Shop:
    with database.begin() as session:
        return session.exec(select(Shop)).one()


def do_install(database: Database, *, at=NOW) -> int:
    with database.begin() as session:
        return install(session, DOMAIN, GRANT, now=at)


def leave(database: Database, at: str) -> None:
    uninstall(database.begin, shop_id=cast.number(shop(database).id), triggered_at=at)


@pytest.fixture
def shopify():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def opened(app: Flask) -> None:
    ensure_installed(app.extensions["returns"], TOKEN)


def test_the_first_opening_installs_the_shop_and_learns_its_name_currency_and_zone(
    app: Flask, database: Database, shopify: Any
) -> None:
    shopify.post(TOKENS, json=granted())
    shopify.post(GRAPHQL, json=SHOWN)
    opened(app)
    row = shop(database)
    assert (row.domain, row.name, row.currency, row.zone) == (DOMAIN, "Verdane", "EUR", "Europe/Paris")
    assert (row.state, row.access_token, row.refresh_token) == (ShopState.ACTIVE, "access-2", "refresh-2")
    opened(app)
    assert len(shopify.calls) == 2, "an exchange ends the token the worker is using"


@pytest.mark.parametrize(
    "away", [{"status": 500}, {"status": 402}, {"status": 403}, {"json": {"data": {"shop": None}}}]
)
def test_what_shopify_could_not_tell_is_asked_again_at_the_next_opening(
    app: Flask, database: Database, shopify: Any, away: dict[str, Any], monkeypatch
) -> None:
    monkeypatch.setattr("shopify_app.admin_api.client.time.sleep", lambda _s: None)
    shopify.post(TOKENS, json=granted())
    failing = shopify.post(GRAPHQL, **away)
    opened(app)
    assert (shop(database).state, shop(database).currency) == (ShopState.ACTIVE, "USD")
    shopify.remove(failing)
    shopify.post(GRAPHQL, json=SHOWN)
    opened(app)
    assert (shop(database).currency, shop(database).name) == ("EUR", "Verdane")


def test_an_id_token_shopify_does_not_take_is_not_an_installation(app: Flask, database: Database, shopify: Any) -> None:
    shopify.post(TOKENS, status=400, json={"error": "invalid_subject_token"})
    with pytest.raises(NotSignedIn):
        opened(app)
    shopify.replace("POST", TOKENS, status=503)
    with pytest.raises(OutsideError):
        opened(app)
    with database.begin() as session:
        assert session.exec(select(Shop)).all() == []


def test_installing_hands_on_what_came_before(database: Database) -> None:
    values: dict[str, Any] = {"source": "shopify", "topic": "orders/create", "body": b"{}", "received_at": NOW}
    with database.begin() as session:
        for number, domain in enumerate((DOMAIN, "dana.myshopify.com")):
            session.add(
                Delivery(**values, shop_domain=domain, external_id=f"w-{number}", state=DeliveryState.UNCLAIMED)
            )
    do_install(database)
    with database.begin() as session:
        states = {d.shop_domain: d.state for d in session.exec(select(Delivery))}
    assert states == {DOMAIN: DeliveryState.NEW, "dana.myshopify.com": DeliveryState.UNCLAIMED}


def test_two_first_pages_at_once_make_one_shop(database: Database) -> None:
    gate, ids, failures = threading.Barrier(6), [], []

    def work() -> None:
        gate.wait()
        try:
            ids.append(do_install(database))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == [] and len(set(ids)) == 1 and shop(database).access_token == "access-2"


def test_uninstalling_forgets_the_tokens_and_keeps_the_rest(database: Database) -> None:
    do_install(database)
    leave(database, (NOW + timedelta(minutes=1)).isoformat())
    row = shop(database)
    assert row.state is ShopState.UNINSTALLED and row.uninstalled_at is not None
    assert [row.access_token, row.refresh_token, row.access_expires_at, row.refresh_expires_at] == [None] * 4


@pytest.mark.parametrize("at", ["", "soon", "2026-11-24", "é"])
def test_an_uninstall_that_tells_no_time_is_believed(database: Database, at: str) -> None:
    do_install(database)
    leave(database, at)
    assert shop(database).state is ShopState.UNINSTALLED


def test_a_shop_that_comes_back_is_the_same_shop_with_its_history(database: Database) -> None:
    first = do_install(database)
    leave(database, (NOW + timedelta(minutes=1)).isoformat())
    assert do_install(database, at=NOW + timedelta(days=1)) == first
    row = shop(database)
    assert (row.state, row.uninstalled_at, row.installed_at) == (ShopState.ACTIVE, None, NOW + timedelta(days=1))


@pytest.mark.parametrize("state", [ShopState.UNINSTALLED, ShopState.RECONNECT])
def test_a_word_of_leaving_that_comes_after_the_coming_back_changes_nothing(
    database: Database, state: ShopState
) -> None:
    """RECONNECT: our calls met the dead token before the webhook came, and the shop was granted anew."""
    do_install(database)
    with database.begin() as session:
        session.exec(select(Shop)).one().state = state
    do_install(database, at=NOW + timedelta(hours=2))
    leave(database, (NOW + timedelta(hours=1)).isoformat())
    assert (shop(database).state, shop(database).access_token) == (ShopState.ACTIVE, "access-2")
    leave(database, (NOW + timedelta(hours=3)).isoformat())
    assert shop(database).state is ShopState.UNINSTALLED


def test_learning_changes_nothing_that_shopify_left_out(database: Database, app: Flask, shopify: Any) -> None:
    shop_id = do_install(database)
    shopify.post(GRAPHQL, json={"data": {"shop": {"name": "Verdane", "currencyCode": None}}})
    api = AdminApi(app.extensions["returns"].settings, database)
    with database.begin() as session:
        session.exec(select(Shop)).one().access_expires_at = None
    installs.learn_about(api, database, shop_id)
    assert (shop(database).name, shop(database).currency, shop(database).zone) == ("Verdane", "USD", "UTC")
