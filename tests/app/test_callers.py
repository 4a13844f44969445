"""Who is calling, to the letter: what each door to a page takes for a proof, and what it says where there is none."""

import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from flask import Flask, g
from sqlmodel import select
from werkzeug.datastructures import Headers

from consults.advisors import allowed_to
from kit.db import Database
from kit.errors import AppError
from kit.settings import Settings
from kit.tokens import derive_key, token_hash
from shopify_app import auth
from shopify_app.app import create_app
from shopify_app.auth import (
    DeskCaller,
    IdToken,
    Merchant,
    NotSignedIn,
    ProxyCaller,
    client_link,
    desk,
    form_token,
    id_token,
    merchant,
    proxy,
    proxy_signature_holds,
    read_id_token,
    sign_in_to_desk,
    sign_proxy,
    signed_text,
)
from shops.links import CONSULT, DESK, RETURN
from shops.models import DeskSession, Shop, ShopState
from tests import cast
from tests.cast import NOW
from tests.pages import admin_caller

SHOP = "verdane.myshopify.com"
ADMIN = "This page opens from the Shopify admin."


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "now", lambda: NOW)


@pytest.fixture
def world(database: Database) -> cast.World:
    with database.begin() as session:
        return cast.everyone(session)


@contextmanager
def asked(app: Flask, path: str = "/app", **how: Any) -> Iterator[None]:
    with app.test_request_context(path, **how):
        yield


def told(ask: Any, *about: Any) -> tuple[str, str]:
    with pytest.raises(NotSignedIn) as refused:
        ask(*about)
    assert (refused.value.status, refused.value.code) == (401, "not_signed_in")
    return refused.value.message, refused.value.kind


def left(database: Database, domain: str = SHOP) -> None:
    with database.begin() as session:
        session.exec(select(Shop).where(Shop.domain == domain)).one().state = ShopState.UNINSTALLED


# --- the admin


def test_an_id_token_tells_its_shop_its_person_and_itself(app: Flask, config: Settings) -> None:
    raw = admin_caller.id_token(config, SHOP, "12")
    with asked(app):
        assert read_id_token(raw, config) == IdToken(SHOP, "12", raw)


@pytest.mark.parametrize("end", ["/", "/admin", "?x=1", "#x", ":443", ".", " "])
def test_a_destination_is_a_shop_and_nothing_behind_it(app: Flask, config: Settings, end: str) -> None:
    with asked(app):
        assert told(read_id_token, admin_caller.id_token(config, SHOP, dest=f"https://{SHOP}{end}"), config) == (
            ADMIN, "document",
        )  # fmt: skip


@pytest.mark.parametrize("dest", [f"https://{SHOP.upper()}", f"https://{SHOP} ", f"HTTPS://{SHOP}", f"http://{SHOP}"])
def test_a_destination_that_only_resembles_a_shop_is_none(app: Flask, config: Settings, dest: str) -> None:
    with asked(app):
        assert told(read_id_token, admin_caller.id_token(config, SHOP, dest=dest, iss=f"{dest}/admin"), config)


@pytest.mark.parametrize("missing", ["exp", "nbf", "iss", "dest", "sub", "aud"])
def test_a_token_that_lacks_a_claim_or_leaves_it_empty_is_no_token(app: Flask, config: Settings, missing: str) -> None:
    whole = jwt.decode(admin_caller.id_token(config, SHOP), options={"verify_signature": False})
    for claims in ({k: v for k, v in whole.items() if k != missing}, whole | {missing: None}):
        raw = jwt.api_jws.encode(json.dumps(claims).encode(), config.shopify_api_secret, "HS256", {"typ": "JWT"})
        with asked(app):
            assert told(read_id_token, raw, config) == (ADMIN, "document")


@pytest.mark.parametrize("name", ["iss", "dest", "aud", "exp"])
@pytest.mark.parametrize("value", [True, 0, [], ["x"], {}, {"x": 1}, "", "[", "https://[", "\x00", "\ud83d"])
def test_a_claim_of_another_kind_is_refused_and_breaks_nothing(
    app: Flask, config: Settings, name: str, value: Any
) -> None:
    claims = jwt.decode(admin_caller.id_token(config, SHOP), options={"verify_signature": False}) | {name: value}
    raw = jwt.api_jws.encode(json.dumps(claims).encode(), config.shopify_api_secret, "HS256", {"typ": "JWT"})
    with asked(app):
        assert told(read_id_token, raw, config) == (ADMIN, "document")


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
def test_a_time_without_end_is_refused_and_breaks_nothing(app: Flask, config: Settings, name: str) -> None:
    without_end: dict[str, Any] = {name: float("inf")}
    raw = admin_caller.id_token(config, SHOP, **without_end)
    with asked(app):
        assert told(read_id_token, raw, config)[0] == ADMIN


def test_an_id_token_may_be_ten_seconds_over_and_no_more(app: Flask, config: Settings) -> None:
    second = int(time.time())
    with asked(app):
        read_id_token(admin_caller.id_token(config, SHOP, exp=second - 8), config)
        assert told(read_id_token, admin_caller.id_token(config, SHOP, exp=second - 10), config)[0] == ADMIN


def test_a_token_comes_in_the_header_of_a_fetch_or_in_the_address_of_a_page(app: Flask, config: Settings) -> None:
    raw = admin_caller.id_token(config, SHOP)
    for how in (
        {"headers": {"Authorization": f"Bearer {raw}"}},
        {"headers": {"Authorization": f"Bearer   {raw} "}, "method": "POST"},
        {"query_string": {"id_token": raw}},
        {"query_string": {"id_token": raw}, "method": "HEAD"},
        {"query_string": {"id_token": raw}, "headers": {"Authorization": "Basic x"}},
    ):
        with asked(app, **how):
            assert id_token() == IdToken(SHOP, "7", raw)
    for method in ("POST", "PUT", "DELETE"):
        with asked(app, query_string={"id_token": raw}, method=method):
            assert told(id_token) == (ADMIN, "document")


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, "document"),
        ({"X-Requested-With": "fetch"}, "document"),
        ({"X-Requested-With": "XMLHttpRequest"}, "fetch"),
        ({"Authorization": "Basic x"}, "fetch"),
        ({"Authorization": "Bearer "}, "fetch"),
        ({"Authorization": "Bearer x"}, "fetch"),
        ({"authorization": "bearer x"}, "fetch"),
    ],
)
def test_without_a_token_a_page_is_told_where_to_open_it_and_a_fetch_to_come_again(
    app: Flask, headers: dict[str, str], kind: str
) -> None:
    with asked(app, headers=headers):
        assert told(id_token) == told(merchant) == (ADMIN, kind)


def test_a_merchant_is_of_the_tokens_shop_and_verified_once_a_request(
    app: Flask, config: Settings, database: Database, world: cast.World
) -> None:
    raw = admin_caller.id_token(config, SHOP, "12")
    with asked(app, "/app?shop=dana.myshopify.com", headers={"Authorization": f"Bearer {raw}"}):
        caller = merchant()
        assert caller == Merchant(world.shop_id, SHOP, "12")
        assert merchant() is caller is g.merchant


def test_a_shop_without_the_app_has_no_merchant(app: Flask, config: Settings, database: Database) -> None:
    headers = {"Authorization": f"Bearer {admin_caller.id_token(config, SHOP)}"}
    nobody = ("The app is not installed in this shop.", "fetch")
    with asked(app, headers=headers):
        assert told(merchant) == nobody
    with database.begin() as session:
        cast.alice(session)
        cast.alice(session, "dana.myshopify.com")
    with asked(app, headers=headers):
        assert merchant().shop_domain == SHOP
    left(database)
    with asked(app, headers=headers):
        assert told(merchant) == nobody


# --- the desk

CLOSED = ("Your desk is closed. Your boutique can open it again.", "desk")
OUTSIDE = ("Open the desk from the link in your text message, or from the admin.", "desk")


def signed_in(database: Database, world: cast.World) -> str:
    with database.begin() as session:
        return sign_in_to_desk(session, shop_id=world.shop_id, advisor_id=cast.number(world.bob.id))


def with_cookie(cookie: str, **more: Any) -> dict[str, Any]:
    return {"headers": Headers([("Cookie", f"desk={cookie}"), *more.pop("headers", {}).items()]), **more}


def test_a_shift_at_the_desk_is_twelve_hours_and_only_its_hash_is_kept(database: Database, world: cast.World) -> None:
    cookie = signed_in(database, world)
    with database.begin() as session:
        row = session.exec(select(DeskSession)).one()
        assert (row.shop_id, row.advisor_id, row.token_hash) == (world.shop_id, world.bob.id, token_hash(cookie))
        assert (row.made_at, row.expires_at) == (NOW, NOW + timedelta(hours=12))


def test_an_advisor_is_known_by_the_cookie_until_the_shift_is_over(
    app: Flask, database: Database, world: cast.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = signed_in(database, world)
    csrf = form_token("test-secret-key", cookie)

    def at(moment: datetime) -> None:
        monkeypatch.setattr(auth, "now", lambda: moment)

    at(NOW + timedelta(hours=12, microseconds=-1))
    with asked(app, "/desk", **with_cookie(cookie)):
        caller = desk()
        may = allowed_to(world.bob)
        assert caller == DeskCaller(world.shop_id, cast.number(world.bob.id), "Bob Laurent", may, csrf)
        assert not caller.is_manager
        assert g.shop.domain == SHOP
        assert desk() is caller is g.desk
    at(NOW + timedelta(hours=12))
    with asked(app, "/desk", **with_cookie(cookie)):
        assert told(desk) == OUTSIDE


def test_a_manager_is_known_as_one(app: Flask, database: Database) -> None:
    with database.begin() as session:
        other = cast.dana(session)
    with asked(app, "/desk", **with_cookie(signed_in(database, other))):
        assert desk().is_manager and desk().shop_id == other.shop_id


@pytest.mark.parametrize("cookie", ["", "another", "x" * 5000])
def test_without_a_session_nobody_is_at_the_desk(
    app: Flask, database: Database, world: cast.World, cookie: str
) -> None:
    with database.begin() as session:  # even if a row stood there for no cookie at all
        about: dict[str, Any] = {"shop_id": world.shop_id, "advisor_id": world.bob.id, "made_at": NOW}
        session.add(DeskSession(**about, token_hash=token_hash(""), expires_at=NOW + timedelta(hours=1)))
        session.add(DeskSession(**about, token_hash=token_hash("XXXX"), expires_at=NOW + timedelta(hours=1)))
    with asked(app, "/desk", **(with_cookie(cookie) if cookie else {})):
        assert told(desk) == OUTSIDE


def test_the_desk_of_one_who_left_is_closed(app: Flask, database: Database, world: cast.World) -> None:
    cookie = signed_in(database, world)
    with database.begin() as session:
        session.merge(world.bob).active = False
    with asked(app, "/desk", **with_cookie(cookie)):
        assert told(desk) == CLOSED


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_form_carries_the_sessions_own_word_or_is_too_old(
    app: Flask, database: Database, world: cast.World, method: str
) -> None:
    cookie, others = signed_in(database, world), signed_in(database, world)
    own = form_token("test-secret-key", cookie)

    def send(**how: Any) -> DeskCaller:
        with asked(app, "/desk", method=method, **with_cookie(cookie, **how)):
            return desk()

    assert send(data={"csrf": own}) == send(headers={"X-Csrf": own})
    assert send(data={"csrf": ""}, headers={"X-Csrf": own}).csrf == own
    elsewhere = form_token("another key", cookie), form_token("", cookie), form_token("test-secret-key", others)
    for given in ("", "x", "é", cookie, own[:-1], own.upper(), *elsewhere):
        for how in ({"data": {"csrf": given}}, {"data": {"csrf": given}, "headers": {"X-Csrf": "x"}}, {}):
            with pytest.raises(AppError) as refused:
                send(**how)
            assert (refused.value.status, refused.value.code, refused.value.message) == (
                403, "stale", "This page was open too long. Load it again, then repeat the step.",
            )  # fmt: skip


def test_a_page_of_the_key_before_counts_while_that_key_is_set(database: Database, world: cast.World) -> None:
    cookie = signed_in(database, world)
    rotated = create_app(cast.settings(database.url, secret_key="new", secret_key_previous="old"), database)
    for key in ("new", "old"):
        with asked(rotated, "/desk", method="POST", **with_cookie(cookie, data={"csrf": form_token(key, cookie)})):
            assert desk().csrf == form_token("new", cookie)


def test_a_forms_word_is_made_of_the_key_and_the_cookie() -> None:
    key = derive_key("k", "desk-form")
    assert form_token("k", "c") == hmac.digest(key, b"c", "sha256").hex()


# --- clients


def test_a_clients_page_opens_by_a_link_of_its_purpose(app: Flask, database: Database, world: cast.World) -> None:
    with database.begin() as session, asked(app, "/r/x"):
        for purpose, token, subject in (
            (RETURN, cast.return_link(session, world.rma), world.rma.id),
            (CONSULT, cast.consult_link(session, world.case), world.case.id),
        ):
            opened = client_link(session, token, purpose)
            assert (opened.shop_id, opened.subject_id) == (world.shop_id, subject)
        with pytest.raises(AssertionError):
            client_link(session, cast.desk_link(session, world.bob, world.case), DESK)


# --- the storefront

AT = int(NOW.timestamp())
REFUSED = ("This page opens from the shop.", "proxy")


def visit(secret: str = "test-secret", *, at: int = AT, **changed: str) -> str:
    pairs = [
        *{
            "shop": SHOP, "path_prefix": "/apps/returns", "timestamp": str(at), "logged_in_customer_id": "9", **changed,
        }.items()
    ]  # fmt: skip
    return urlencode([*pairs, ("signature", sign_proxy(pairs, secret))])


def test_a_visitor_of_the_storefront_is_of_the_signed_shop(app: Flask, database: Database, world: cast.World) -> None:
    for secret in ("test-secret", "previous-secret"):
        with asked(app, f"/proxy/returns?{visit(secret)}"):
            found = proxy()
            assert found == ProxyCaller(world.shop_id, SHOP, "gid://shopify/Customer/9", "/apps/returns")
            assert g.shop.id == world.shop_id
    for customer in ("", "x", "gid://shopify/Customer/9", "-9"):
        with asked(app, f"/proxy/returns?{visit(logged_in_customer_id=customer)}"):
            assert proxy().customer_gid is None
    left(database)
    with asked(app, f"/proxy/returns?{visit()}"):
        assert told(proxy) == REFUSED


@pytest.mark.parametrize(
    "query", ["", "shop=x", visit("another"), visit(shop="dana.myshopify.com"), visit(at=AT - 91), visit(at=AT + 91)]
)
def test_any_other_visit_is_refused_in_the_same_words(
    app: Flask, database: Database, world: cast.World, query: str
) -> None:
    with asked(app, f"/proxy/returns?{query}"):
        assert told(proxy) == REFUSED


def test_bytes_that_are_no_text_are_no_signature(app: Flask, database: Database, world: cast.World) -> None:
    with asked(app, "/proxy/returns", query_string=visit(), environ_overrides={"QUERY_STRING": visit() + "&a=\xff"}):
        assert told(proxy) == REFUSED


@pytest.mark.parametrize("digits", [13, 310, 5000])
def test_a_time_of_too_many_digits_is_refused_and_breaks_nothing(digits: int) -> None:
    pairs = [(name, "1") for name in ("shop", "path_prefix", "logged_in_customer_id")]
    pairs.append(("timestamp", "9" * digits))
    assert not proxy_signature_holds([*pairs, ("signature", sign_proxy(pairs, "hush"))], ("hush",), float(AT))


def test_half_a_character_in_a_signature_is_a_wrong_one() -> None:
    pairs = [("shop", "\ud83d"), ("path_prefix", ""), ("timestamp", str(AT)), ("logged_in_customer_id", "")]
    assert proxy_signature_holds([*pairs, ("signature", sign_proxy(pairs, "hush"))], ("hush",), float(AT))
    assert not proxy_signature_holds([*pairs, ("signature", "\ud83d")], ("hush",), float(AT))


def test_the_signed_text_joins_what_comes_twice_by_commas_and_leaves_the_signature_out() -> None:
    assert signed_text([("b", "2"), ("a", "1"), ("a", "3"), ("signature", "x"), ("c", "")]) == "a=1,3b=2c="
