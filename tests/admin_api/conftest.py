"""Alice's shop with tokens, and Shopify's answers in the test's hands."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import responses

from kit.db import Database
from kit.settings import Settings
from shopify_app.admin_api import ADMIN_API_VERSION, tokens
from shopify_app.admin_api.client import AdminApi
from shops.models import Shop
from tests import cast
from tests.cast import NOW

DOMAIN = "verdane.myshopify.com"
GRAPHQL = f"https://{DOMAIN}/admin/api/{ADMIN_API_VERSION}/graphql.json"
TOKENS = f"https://{DOMAIN}/admin/oauth/access_token"


class Clock:
    at = NOW

    def __call__(self) -> Any:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    mine = Clock()
    monkeypatch.setattr(tokens, "clock_now", mine)
    monkeypatch.setattr("shopify_app.admin_api.client.random.uniform", lambda _low, _high: 0.1)
    return mine


@pytest.fixture
def shopify() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def settings(database: Database) -> Settings:
    return cast.settings()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def shop_id(database: Database, settings: Settings, clock: Clock) -> int:
    with database.begin() as session:
        shop = cast.alice(session)
        shop.access_token, shop.refresh_token = "access-1", "refresh-1"
        shop.access_expires_at = NOW + timedelta(minutes=50)
        shop.refresh_expires_at = NOW + timedelta(days=30)
        return cast.number(shop.id)


@pytest.fixture
def api(settings: Settings, database: Database, shop_id: int, slept: list[float], clock: Clock) -> AdminApi:
    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.at += timedelta(seconds=seconds)

    return AdminApi(settings, database, sleep=sleep, now=clock)


@pytest.fixture
def shop(database: Database, shop_id: int) -> Callable[[], Shop]:
    """The shop's row as it is now."""

    def read() -> Shop:
        with database.begin() as session:
            found = session.get(Shop, shop_id)
            assert found is not None
            return found

    return read


def granted(number: int = 2, **changed: Any) -> dict[str, Any]:
    """Shopify's answer at the token address."""
    return {
        "access_token": f"access-{number}",
        "scope": "read_orders,read_returns",
        "expires_in": 3600,
        "refresh_token": f"refresh-{number}",
        "refresh_token_expires_in": 7776000,
        **changed,
    }
