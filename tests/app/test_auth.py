"""Who is calling: ID tokens and the app proxy's signature."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import jwt
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from kit.settings import Settings
from shopify_app.auth import NotSignedIn, proxy_signature_holds, read_id_token, sign_proxy, signed_text
from tests import cast
from tests.webhooks.posting import payload

SHOP = "verdane.myshopify.com"
NOW = int(datetime.now(UTC).timestamp())  # PyJWT judges times by the real clock
HOUR = 3600  # longer than a slow run may take from here, where the cases are made, to the test itself


def claims(**changed: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "iss": f"https://{SHOP}/admin",
        "dest": f"https://{SHOP}",
        "aud": "test-key",
        "sub": "7",
        "exp": NOW + 2 * HOUR,
        "nbf": NOW - 5,
        "iat": NOW - 5,
        "jti": "j",
        "sid": "s",
        **changed,
    }
    return {name: value for name, value in given.items() if value is not None}


def token(secret: str = "test-secret", algorithm: str = "HS256", **changed: Any) -> str:
    return jwt.encode(claims(**changed), secret, algorithm=algorithm)


@pytest.fixture
def context(config: Settings):
    with Flask("x").test_request_context("/app"):
        yield


def test_a_genuine_token_tells_shop_and_person(context, config: Settings) -> None:
    found = read_id_token(token(), config)
    assert (found.shop_domain, found.user_id) == (SHOP, "7")


def test_the_secret_before_is_taken_while_it_is_rotated(context, config: Settings) -> None:
    assert read_id_token(token("previous-secret"), config).shop_domain == SHOP


@pytest.mark.parametrize(
    "raw",
    [
        token("another"),
        token(algorithm="HS512"),
        jwt.encode(claims(), "", algorithm="none"),
        token(aud="another-app"),
        token(aud=None),
        token(iss="https://dana.myshopify.com/admin"),
        token(iss=None),
        token(dest="https://dana.myshopify.com"),
        token(dest=None),
        token(dest="https://evil.com", iss="https://evil.com/admin"),
        token(dest="https://verdane.myshopify.com.evil.com", iss="https://verdane.myshopify.com.evil.com/admin"),
        token(dest="https://[", iss="https://["),
        token(dest="verdane.myshopify.com", iss="verdane.myshopify.com/admin"),
        token(exp=NOW - 60, nbf=NOW - 120),
        token(exp=None),
        token(nbf=NOW + HOUR),
        token(nbf=None),
        token(sub=None),
        token()[:-2],
        token() + ".x",
        "é.é.é",
        "",
        "null",
        "a.b.c",
        "\udcff",
        "🙂" * 20,
    ],
)
def test_any_other_token_is_refused(context, config: Settings, raw: str) -> None:
    with pytest.raises(NotSignedIn):
        read_id_token(raw, config)


def test_a_clock_a_few_seconds_off_is_forgiven(context, config: Settings) -> None:
    in_a_moment = int(datetime.now(UTC).timestamp()) + 5
    assert read_id_token(token(nbf=in_a_moment), config).shop_domain == SHOP


# --- the proxy

AT = 1317327560
VECTORS = payload("hmac_vectors")["app_proxy"]


def signed(params: list[tuple[str, str]], secret: str = "hush") -> list[tuple[str, str]]:
    return [*params, ("signature", sign_proxy(params, secret))]


def params(*more: tuple[str, str], **changed: str) -> list[tuple[str, str]]:
    given = {
        "shop": SHOP,
        "path_prefix": "/apps/assisted-returns",
        "timestamp": str(AT),
        "logged_in_customer_id": "",
        **changed,
    }
    return [*given.items(), *more]


def holds(pairs: list[tuple[str, str]], *, at: float = AT, secrets: tuple[str, ...] = ("hush",)) -> bool:
    return proxy_signature_holds(pairs, secrets, at)


@pytest.mark.parametrize("vector", VECTORS, ids=["signed in", "a stranger"])
def test_shopifys_documented_signature_holds(vector: dict[str, str]) -> None:
    pairs = parse_qsl(vector["query"], keep_blank_values=True)
    assert signed_text(pairs) == vector["message"]
    assert sign_proxy(pairs, "hush") == vector["signature_hex"]
    assert holds([*pairs, ("signature", vector["signature_hex"])])


def test_both_secrets_hold_while_one_is_rotated() -> None:
    assert holds(signed(params()), secrets=("new", "hush"))
    assert not holds(signed(params()), secrets=("new",))
    assert not holds(signed(params()), secrets=())


@pytest.mark.parametrize(("off", "taken"), [(0, True), (90, True), (-90, True), (91, False), (-91, False)])
def test_a_signature_is_good_for_a_minute_and_a_half(off: int, taken: bool) -> None:
    assert holds(signed(params()), at=AT + off) is taken


@pytest.mark.parametrize("name", ["shop", "path_prefix", "timestamp", "signature", "logged_in_customer_id"])
def test_a_parameter_of_shopifys_that_is_missing_or_doubled_is_refused(name: str) -> None:
    whole = signed(params())
    assert not holds([pair for pair in whole if pair[0] != name])
    doubled = signed([*params(), (name, "1")]) if name != "signature" else [*whole, ("signature", whole[-1][1])]
    assert not holds(doubled)


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1e9", "²", "1317327560.0"])
def test_a_time_that_is_no_number_is_refused(stamp: str) -> None:
    assert not holds(signed(params(timestamp=stamp)))


@pytest.mark.parametrize(
    "forged",
    [
        # Shopify signed, for a stranger: a=Xlogged_in_customer_id=9m= logged_in_customer_id= path_prefix=…
        [("a", "X"), ("logged_in_customer_id", "9"), ("m", "logged_in_customer_id="), ("path_prefix", "/apps/r")],
        [("a", "X"), ("logged_in_customer_id", "9"), ("mlogged_in_customer_id", ""), ("path_prefix", "/apps/r")],
        [("a", "X"), ("logged_in_customer_id", "9"), ("path_prefix", "logged_in_customer_id=path_prefix=/apps/r")],
        [("a", "X"), ("logged_in_customer_id", "9logged_in_customer_id="), ("path_prefix", "/apps/r")],
    ],
)
def test_text_moved_from_one_value_into_another_is_refused(forged: list[tuple[str, str]]) -> None:
    """Nothing stands between the signed values, so a buyer's own parameter could be cut up into one of Shopify's."""
    pairs = [*forged, ("shop", SHOP), ("timestamp", str(AT))]
    assert not holds(signed(pairs))


def test_a_stranger_cannot_pass_for_a_client_with_what_shopify_signed_for_them() -> None:
    visited = params(("a", "Xlogged_in_customer_id=9m="), path_prefix="/apps/r")
    signature = sign_proxy(visited, "hush")
    forged = [
        ("a", "X"),
        ("logged_in_customer_id", "9"),
        ("m", "logged_in_customer_id="),
        ("path_prefix", "/apps/r"),
        ("shop", SHOP),
        ("timestamp", str(AT)),
    ]
    assert signed_text(forged) == signed_text(visited), "the same text, another meaning"
    assert not holds([*forged, ("signature", signature)])


@given(st.lists(st.tuples(st.sampled_from("abcxyz"), st.text("abc1,& =", max_size=6)), max_size=4))
def test_whatever_a_theme_adds_is_signed_along(more: list[tuple[str, str]]) -> None:
    pairs = signed(params(*more))
    assert (holds(pairs) and holds(pairs[::-1])) or len({k for k, _ in more}) < len(more)
    assert not holds([*pairs, ("another", "1")])


# --- over HTTP


def fetch(app: Flask, path: str, **headers: str) -> Any:
    return app.test_client().get(path, headers=headers)


def test_a_document_without_a_token_is_sent_to_fetch_one(sqlite_app: Flask) -> None:
    answer = fetch(sqlite_app, "/app", Accept="text/html")
    assert answer.status_code == 200 and "open the app from the Shopify admin" in answer.text
    assert 'name="shopify-api-key" content="test-key"' in answer.text


@pytest.mark.parametrize("authorization", ["Bearer x", "Bearer ", "Basic x"])
def test_a_fetch_with_a_bad_token_is_told_to_come_back_with_a_fresh_one(sqlite_app: Flask, authorization: str) -> None:
    answer = fetch(sqlite_app, "/app", Authorization=authorization)
    assert (answer.status_code, answer.headers["X-Shopify-Retry-Invalid-Session-Request"]) == (401, "1")
    assert answer.json["error"]["code"] == "not_signed_in"


def test_the_storefront_without_a_signature_is_refused(sqlite_app: Flask) -> None:
    query = urlencode([*params(), ("signature", "00")])
    for path in ("/proxy/returns", f"/proxy/returns?{query}", "/proxy/returns?signature=%ff&shop=%00"):
        assert fetch(sqlite_app, path).status_code == 401


def test_a_signed_visit_of_a_shop_we_do_not_serve_is_refused(sqlite_app: Flask, monkeypatch) -> None:
    monkeypatch.setattr("shopify_app.auth.now", lambda: datetime.fromtimestamp(AT, UTC))
    query = urlencode(signed(params(), "test-secret"))
    assert fetch(sqlite_app, f"/proxy/returns?{query}").status_code == 401
    with sqlite_app.extensions["returns"].database.begin() as session:
        cast.alice(session)
    assert fetch(sqlite_app, f"/proxy/returns?{query}").status_code == 200
