"""A shop's customer accounts: the way to Shopify's sign-in, tokens, and a client's own orders, nulls everywhere."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses

from kit.errors import OutsideError
from shopify_app.customer_accounts.accounts import AccountOrder, SignInRefused
from shopify_app.customer_accounts.calling import MOST_BYTES, call, make_http
from shopify_app.customer_accounts.discovery import KEPT_SECONDS, Kept, discover
from shopify_app.customer_accounts.proofs import challenge_of
from shops.account_sessions import Tokens
from tests.admin_api.told import connection, more
from tests.cast import NOW
from tests.customer_accounts.told import (
    API,
    AUTHORIZE,
    DOMAIN,
    GRAPHQL,
    KEYS,
    LOGOUT,
    PLACES,
    SIGNING,
    TOKEN,
    accounts,
    discovered,
)

CLEO = "gid://shopify/Customer/9"
BACK = "https://returns.verdane.example/return/sign-in/callback"


@pytest.fixture
def shopify() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


# --- where everything is


def test_where_everything_is_shopify_says_itself_and_is_asked_once(shopify: responses.RequestsMock) -> None:
    discovered(shopify)
    ours = accounts()
    places = ours.places(DOMAIN)
    assert (places.authorize, places.token, places.keys, places.graphql) == (AUTHORIZE, TOKEN, KEYS, GRAPHQL)
    assert ours.places(DOMAIN) is places and len(shopify.calls) == 2


@pytest.mark.parametrize("name", ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "http://shopify.com/a",
        "https://",
        "//shopify.com",
        "https://me@shopify.com/a",
        "javascript:x",
        "https://[",
        7,
    ],
)
def test_an_address_that_is_not_to_be_trusted_is_none(shopify: responses.RequestsMock, name: str, address: Any) -> None:
    discovered(shopify, **{name: address})
    with pytest.raises(OutsideError, match="an address in the discovery is none") as error:
        discover(make_http(""), f"https://{DOMAIN}")
    assert error.value.permanent


def test_a_stand_in_counts_where_the_operator_named_it_and_nowhere_beside_it(shopify: responses.RequestsMock) -> None:
    there = {name: value.replace("https://shopify.com", "http://127.0.0.1:4100") for name, value in PLACES.items()}
    discovered(shopify, **there)
    assert discover(make_http(""), f"https://{DOMAIN}", local="http://127.0.0.1:4100/shop").token.startswith(
        "http://127"
    )
    for other in ("http://127.0.0.1:4101", "https://127.0.0.1:4100", ""):
        with pytest.raises(OutsideError):
            discover(make_http(""), f"https://{DOMAIN}", local=other)


@pytest.mark.parametrize("missing", [SIGNING, API])
def test_a_shop_without_customer_accounts_is_not_asked_again_and_again(
    shopify: responses.RequestsMock, missing: str
) -> None:
    for address, body in ((SIGNING, PLACES), (API, {"graphql_api": GRAPHQL})):
        shopify.get(address, json=body, status=404 if address == missing else 200)
    with pytest.raises(OutsideError, match=r"answered 404$") as error:
        discover(make_http(""), f"https://{DOMAIN}")
    assert error.value.permanent


def test_what_was_read_is_read_again_after_ten_minutes_or_when_told() -> None:
    at, reads = 0.0, 0
    kept: Kept[int] = Kept(clock=lambda: at)

    def read() -> int:
        nonlocal reads
        reads += 1
        return reads

    assert [kept.get("a", read), kept.get("a", read), kept.get("b", read)] == [1, 1, 2]
    at = KEPT_SECONDS - 0.001
    assert kept.get("a", read) == 1
    assert kept.get("a", read, anew=True) == 3 and kept.get("a", read) == 3
    at += KEPT_SECONDS
    assert kept.get("a", read) == 4


def test_a_reading_that_fails_leaves_what_was_known() -> None:
    kept: Kept[int] = Kept(clock=lambda: 0.0)
    kept.get("a", lambda: 1)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0, anew=True)
    assert kept.get("a", lambda: 2) == 1


# --- the two addresses a browser is sent to


def asked_of(address: str) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}


def test_the_way_to_sign_in_names_the_app_the_proof_and_the_way_back(shopify: responses.RequestsMock) -> None:
    discovered(shopify)
    address = accounts().sign_in_address(DOMAIN, state="s", nonce="n", verifier="v" * 43, back=BACK, locale="fr")
    assert address.startswith(f"{AUTHORIZE}?")
    assert asked_of(address) == {
        "client_id": "test-key",
        "response_type": "code",
        "redirect_uri": BACK,
        "scope": "openid email customer-account-api:full",
        "state": "s",
        "nonce": "n",
        "code_challenge": challenge_of("v" * 43),
        "code_challenge_method": "S256",
        "locale": "fr",
    }
    assert "v" * 43 not in address, "the verifier stays with us until the code is brought"


def test_an_address_with_parameters_of_its_own_keeps_them(shopify: responses.RequestsMock) -> None:
    discovered(shopify, authorization_endpoint=f"{AUTHORIZE}?a=1", end_session_endpoint=f"{LOGOUT}?b=2")
    ours = accounts()
    there = ours.sign_in_address(DOMAIN, state="s", nonce="n", verifier="v", back=BACK)
    assert asked_of(there)["a"] == "1" and asked_of(there)["state"] == "s" and "locale" not in asked_of(there)
    out = ours.sign_out_address(DOMAIN, id_token="i", back=BACK)
    assert asked_of(out) == {"b": "2", "id_token_hint": "i", "post_logout_redirect_uri": BACK}


def test_a_shop_that_names_no_place_to_sign_out_has_none(shopify: responses.RequestsMock) -> None:
    discovered(shopify, end_session_endpoint=None)
    assert accounts().sign_out_address(DOMAIN, id_token="i", back=BACK) == ""


# --- tokens


def renewed(shopify: responses.RequestsMock, body: Any, status: int = 200) -> Tokens:
    discovered(shopify)
    shopify.post(TOKEN, json=body, status=status)
    return accounts().renew(DOMAIN, "refresh-1", now=NOW)


def test_a_renewal_brings_what_shopify_gives_and_sends_no_secret(shopify: responses.RequestsMock) -> None:
    given = {"access_token": "a-2", "expires_in": 7200, "refresh_token": "r-2", "id_token": "i-2"}
    assert renewed(shopify, given) == Tokens("a-2", NOW + timedelta(hours=2), "r-2", "i-2")
    assert parse_qs(str(shopify.calls[-1].request.body)) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["refresh-1"],
        "client_id": ["test-key"],
    }


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (1, 1),
        (3600, 3600),
        (59.5, 59.5),
        (None, 300),
        (0, 300),
        (-5, 300),
        ("3600", 300),
        (86_400 * 30, 300),
        (86_400 * 30 - 1, 86_400 * 30 - 1),
    ],
)
def test_where_shopify_does_not_say_how_long_a_token_lasts_it_is_a_short_while(
    shopify: responses.RequestsMock, said: Any, seconds: float
) -> None:
    tokens = renewed(shopify, {"access_token": "a", "expires_in": said})
    assert tokens == Tokens("a", NOW + timedelta(seconds=seconds), "", "")


@pytest.mark.parametrize("body", [{}, {"access_token": None}, {"access_token": ""}, {"access_token": 7}])
def test_an_answer_without_a_token_signs_nobody_in(shopify: responses.RequestsMock, body: dict[str, Any]) -> None:
    with pytest.raises(SignInRefused, match="no token in the answer"):
        renewed(shopify, body)


def test_a_refusal_says_shopifys_word_for_the_log_and_not_more_of_it(shopify: responses.RequestsMock) -> None:
    with pytest.raises(SignInRefused) as refused:
        renewed(shopify, {"error": "invalid_grant" + "x" * 100}, status=400)
    assert str(refused.value) == "the token was refused: invalid_grant" + "x" * 47


# --- a call


@pytest.mark.parametrize(
    ("answer", "words", "permanent", "retry_after"),
    [
        ({"status": 500}, "what: answered 500", False, 2),
        ({"status": 429}, "what: answered 429", False, 2),
        ({"body": "<html>"}, "what: the answer is not JSON", False, None),
        ({"json": [1]}, "what: the answer is no object", False, None),
        ({"body": b" " * (MOST_BYTES + 1)}, "what: the answer is too long", True, None),
        ({"body": requests.ReadTimeout()}, "what: ReadTimeout", False, None),
        ({"body": ConnectionResetError()}, "what: ConnectionResetError", False, None),
    ],
)
def test_an_answer_that_is_none_says_which_kind_of_none(
    shopify: responses.RequestsMock, answer: dict[str, Any], words: str, permanent: bool, retry_after: float | None
) -> None:
    shopify.get(KEYS, **answer)
    with pytest.raises(OutsideError) as error:
        call(requests.Session(), "GET", KEYS, "what")
    assert (str(error.value), error.value.permanent, error.value.retry_after) == (
        f"shopify: {words}",
        permanent,
        retry_after,
    )


@pytest.mark.parametrize("status", [200, 400, 401, 404, 302])
def test_any_other_answer_is_the_callers_to_judge_and_no_redirect_is_followed(
    shopify: responses.RequestsMock, status: int
) -> None:
    body = b'{"a": 1}'.ljust(MOST_BYTES)
    shopify.get(KEYS, body=body, status=status, headers={"Location": TOKEN})
    assert call(requests.Session(), "GET", KEYS, "what") == (status, {"a": 1}) and len(shopify.calls) == 1


# --- the client's own orders


def customer(*orders: Any, gid: Any = CLEO, **page: Any) -> dict[str, Any]:
    return {"data": {"customer": {"id": gid, "orders": connection(*orders, **page)}}}


def order(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/Order/{number}?key=k",
        "name": f"#{number}",
        "processedAt": "2026-11-02T11:00:00+01:00",
        "lineItems": {"nodes": [{"title": "Meridian ring", "quantity": 1}, {"title": "Pearl", "quantity": 2}]},
        "returnInformation": {"returnableLineItems": {"nodes": [{}, {"id": "x"}]}},
        **changed,
    }


def test_a_clients_orders_are_read_to_the_last_page_with_the_token_as_it_is(shopify: responses.RequestsMock) -> None:
    discovered(shopify)
    shopify.post(GRAPHQL, json=customer(order(1), page=more("c1")))
    shopify.post(GRAPHQL, json=customer(order(2, name=None, lineItems=None, returnInformation=None)))
    gid, found = accounts().orders(DOMAIN, "access-1")
    at = datetime(2026, 11, 2, 10, tzinfo=UTC)
    assert gid == CLEO and found == [
        AccountOrder("gid://shopify/Order/1", "#1", at, ("Meridian ring", "2 × Pearl"), True),
        AccountOrder("gid://shopify/Order/2", "", at, (), None),
    ]
    assert [json.loads(c.request.body or b"")["variables"] for c in shopify.calls[2:]] == [
        {"after": None},
        {"after": "c1"},
    ]
    assert shopify.calls[-1].request.headers["Authorization"] == "access-1", "without Bearer, as this API wants it"


@pytest.mark.parametrize("left", [{"returnableLineItems": {"nodes": []}}, {"returnableLineItems": None}])
def test_an_order_of_which_nothing_can_come_back_says_so(shopify: responses.RequestsMock, left: Any) -> None:
    discovered(shopify)
    shopify.post(GRAPHQL, json=customer(order(1, returnInformation=left)))
    assert accounts().orders(DOMAIN, "a")[1][0].returnable is False


@pytest.mark.parametrize(
    "page",
    [{"hasNextPage": True, "endCursor": None}, {"hasNextPage": False, "endCursor": "c"}, {}],
    ids=["no cursor", "no further page", "no word of pages"],
)
def test_reading_ends_where_no_further_page_is_named(shopify: responses.RequestsMock, page: dict[str, Any]) -> None:
    discovered(shopify)
    shopify.post(GRAPHQL, json=customer({"id": "gid://shopify/DraftOrder/1"}, page=page))
    assert accounts().orders(DOMAIN, "a") == (CLEO, []) and len(shopify.calls) == 3


def test_a_client_of_very_many_orders_is_shown_a_hundred(shopify: responses.RequestsMock) -> None:
    discovered(shopify)
    shopify.post(GRAPHQL, json=customer(order(1), page=more("c")))
    assert len(accounts().orders(DOMAIN, "a")[1]) == 5 and len(shopify.calls) == 7


@pytest.mark.parametrize("gid", [None, "", "gid://shopify/Customer/", f"{CLEO}\n", "gid://shopify/Order/9", 9])
def test_an_answer_that_names_no_client_is_nobodys(shopify: responses.RequestsMock, gid: Any) -> None:
    discovered(shopify)
    shopify.post(GRAPHQL, json=customer(gid=gid))
    with pytest.raises(OutsideError, match="no client in the answer") as error:
        accounts().client_of(DOMAIN, "a")
    assert error.value.permanent


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": {"customer": None}}, {"data": {"customer": [CLEO]}}])
def test_nor_is_one_without_data(shopify: responses.RequestsMock, body: Any) -> None:
    discovered(shopify)
    shopify.post(GRAPHQL, json=body)
    with pytest.raises(OutsideError, match="no client in the answer"):
        accounts().client_of(DOMAIN, "a")


@pytest.mark.parametrize(("status", "error"), [(401, SignInRefused), (403, SignInRefused), (404, OutsideError)])
def test_a_token_that_does_not_work_any_more_asks_to_sign_in_again(
    shopify: responses.RequestsMock, status: int, error: type[Exception]
) -> None:
    discovered(shopify)
    shopify.post(GRAPHQL, json=customer(), status=status)
    with pytest.raises(error):
        accounts().client_of(DOMAIN, "a")
