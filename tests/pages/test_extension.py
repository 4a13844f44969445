"""The extension in customer accounts: its token, its origin, and one's own returns only."""

from typing import Any

import jwt
import pytest
from flask import Flask

from kit.db import Database
from shopify_app.app import create_app
from tests import cast

KEY, SECRET = "test-key", "test-secret"


@pytest.fixture
def app(database: Database) -> Flask:
    return create_app(cast.settings(), database)


@pytest.fixture
def world(app: Flask, database: Database) -> cast.World:
    with database.begin() as session:
        cast.dana(session)
        return cast.everyone(session)


def token(shop: str = "verdane.myshopify.com", *, secret: str = SECRET, **changed: Any) -> dict[str, str]:
    at = int(cast.NOW.timestamp())
    claims = {"aud": KEY, "dest": shop, "exp": at + 300, "iat": at, "sub": "gid://shopify/Customer/7", **changed}
    raw = jwt.encode({k: v for k, v in claims.items() if v is not None}, secret, algorithm="HS256")
    return {"Authorization": f"Bearer {raw}"}


@pytest.fixture(autouse=True)
def noon():
    import time_machine

    with time_machine.travel(cast.NOW, tick=False), cast.clock():
        yield


def of_client(database: Database, world: cast.World) -> str:
    with database.begin() as session:
        from logistics.models import Rma

        return session.get_one(Rma, world.rma.id).client_gid


def test_a_signed_in_client_sees_their_own_returns(app: Flask, database: Database, world: cast.World) -> None:
    answer = app.test_client().get("/extension/returns", headers=token(sub=of_client(database, world)))
    assert answer.status_code == 200
    assert [r["order"] for r in answer.get_json()["returns"]] == [world.rma.order_name]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_link_is_made_for_ones_own_return_only(app: Flask, database: Database, world: cast.World) -> None:
    client, gid = app.test_client(), of_client(database, world)
    made = client.post(f"/extension/returns/{world.rma.id}/link", headers=token(sub=gid))
    assert made.status_code == 200 and "/r/" in made.get_json()["url"]
    for headers in (
        token(sub="gid://shopify/Customer/999"),
        token(sub=None),
        token("dana.myshopify.com", sub=gid),
    ):
        assert client.post(f"/extension/returns/{world.rma.id}/link", headers=headers).status_code in (401, 404)


def test_a_visitor_who_is_not_signed_in_sees_nothing(app: Flask, world: cast.World) -> None:
    answer = app.test_client().get("/extension/returns", headers=token(sub=None))
    assert (answer.status_code, answer.json) == (200, {"returns": []})


def test_the_preflight_is_answered_and_proves_nothing(app: Flask, world: cast.World) -> None:
    answer = app.test_client().options("/extension/returns")
    assert answer.status_code == 204
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert app.test_client().get("/extension/returns").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer nonsense"},
        token(secret="of-somebody-else"),
        token(exp=None),
        token(exp=1),
        token(aud="another-app"),
        token("verdane.myshopify.com.evil.example"),
        token("evil.example"),
        token(""),
        token("nobody-we-know.myshopify.com"),
    ],
)
def test_any_other_caller_is_refused_with_a_readable_answer(
    app: Flask, world: cast.World, headers: dict[str, str]
) -> None:
    answer = app.test_client().get("/extension/returns", headers=headers)
    assert answer.status_code == 401 and answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_shop_may_come_with_its_scheme(app: Flask, database: Database, world: cast.World) -> None:
    headers = token("https://verdane.myshopify.com", sub=of_client(database, world))
    assert len(app.test_client().get("/extension/returns", headers=headers).get_json()["returns"]) == 1
