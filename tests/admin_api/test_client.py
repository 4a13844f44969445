"""One call to Shopify, and every way it can go wrong."""

import json
from typing import Any

import pytest
import requests
import responses
from structlog.testing import capture_logs

from kit import metrics
from kit.errors import OutsideError, Waiting
from shopify_app.admin_api import client as client_module
from shopify_app.admin_api.client import AdminApi, UserErrors, judge, make_http, throttle_wait
from shops.models import ShopState
from tests.admin_api.conftest import DOMAIN, GRAPHQL, TOKENS, Clock, granted

Shopify = responses.RequestsMock
SHOWN = {"data": {"shop": {"name": "Verdane"}}}
CLOSED = {"data": {"returnClose": {"return": {"id": "r", "status": "CLOSED"}, "userErrors": []}}}


def read(api: AdminApi, shop_id: int) -> Any:
    return api.read(shop_id, "installation_and_shop", {})


def write(api: AdminApi, shop_id: int) -> dict[str, Any]:
    return api.write(shop_id, "return_close", {"id": "gid://shopify/Return/1"})


def throttled(missing: int, rate: int = 1000) -> dict[str, Any]:
    return {
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {
            "cost": {
                "requestedQueryCost": missing + 100,
                "throttleStatus": {"currentlyAvailable": 100, "restoreRate": rate},
            }
        },
    }


def failed(code: str, **more: Any) -> dict[str, Any]:
    return {"errors": [{"message": code.lower(), "extensions": {"code": code}, **more}]}


def test_a_call_carries_the_shops_token_and_the_document(api: AdminApi, shop_id: int, shopify: Shopify) -> None:
    shopify.post(GRAPHQL, json=SHOWN)
    assert read(api, shop_id).data == SHOWN["data"]
    (call,) = shopify.calls
    assert call.request.headers["X-Shopify-Access-Token"] == "access-1"
    assert "query InstallationAndShop" in json.loads(call.request.body or b"")["query"]
    assert vars(call.request)["req_kwargs"]["timeout"] == (3.05, 20)


def test_a_throttled_call_was_not_executed_so_even_a_mutation_waits_and_is_sent_again(
    api: AdminApi, shop_id: int, shopify: Shopify, slept: list[float]
) -> None:
    shopify.post(GRAPHQL, json=throttled(500))
    shopify.post(GRAPHQL, json=throttled(50, rate=100))
    shopify.post(GRAPHQL, json=CLOSED)
    assert write(api, shop_id)["return"]["status"] == "CLOSED"
    assert slept == [pytest.approx(0.6), pytest.approx(0.6)]


def test_a_call_that_stays_throttled_is_left_for_later(api: AdminApi, shop_id: int, shopify: Shopify) -> None:
    shopify.post(GRAPHQL, json=throttled(10))
    with pytest.raises(OutsideError, match="throttled") as caught:
        write(api, shop_id)
    assert not caught.value.permanent and not caught.value.ambiguous and caught.value.retry_after


@pytest.mark.parametrize("cost", [{}, {"cost": None}, {"cost": {"throttleStatus": None}}])
def test_a_throttled_answer_without_figures_still_waits_a_little(clock: Clock, cost: dict[str, Any]) -> None:
    wait = throttle_wait(throttled(1) | {"extensions": cost})
    assert wait is not None and 0 < wait <= 20


def test_a_wait_is_never_longer_than_a_job_may_stand_still(clock: Clock) -> None:
    assert throttle_wait(throttled(1_000_000, rate=1)) == 20
    assert throttle_wait(SHOWN) is None


def test_an_ended_token_is_renewed_and_the_call_repeated_once(
    api: AdminApi, shop_id: int, shopify: Shopify, shop: Any
) -> None:
    shopify.post(GRAPHQL, status=401)
    shopify.post(TOKENS, json=granted())
    shopify.post(GRAPHQL, json=SHOWN)
    assert read(api, shop_id).data == SHOWN["data"]
    assert [c.request.headers.get("X-Shopify-Access-Token") for c in shopify.calls] == ["access-1", None, "access-2"]
    assert shop().access_token == "access-2"


def test_a_token_refused_again_waits_for_a_person(api: AdminApi, shop_id: int, shopify: Shopify) -> None:
    shopify.post(GRAPHQL, status=401)
    shopify.post(TOKENS, json=granted())
    with pytest.raises(Waiting, match="Open the app in the Shopify admin"):
        read(api, shop_id)
    assert len([c for c in shopify.calls if c.request.url == GRAPHQL]) == 2


def test_a_lost_grant_marks_the_shop_and_waits_for_a_person(
    api: AdminApi, shop_id: int, shopify: Shopify, shop: Any
) -> None:
    shopify.post(GRAPHQL, status=401)
    shopify.post(TOKENS, status=400, json={"error": "invalid_grant"})
    with pytest.raises(Waiting):
        write(api, shop_id)
    assert shop().state is ShopState.RECONNECT


AWAY = [
    ({"status": 500}, True),
    ({"status": 502, "body": "<html>Bad gateway</html>"}, True),
    ({"status": 200, "body": "<html>Maintenance</html>"}, True),
    ({"status": 200, "body": '{"data": {"returnCl'}, True),
    ({"status": 200, "body": "[]"}, True),
    ({"status": 200, "body": "null"}, True),
    ({"status": 200, "json": {}}, True),
    ({"status": 200, "json": {"data": None}}, True),
    ({"status": 200, "json": failed("INTERNAL_SERVER_ERROR")}, True),
    ({"body": requests.ReadTimeout()}, True),
    ({"body": requests.ConnectionError("Connection reset by peer")}, True),
    ({"body": requests.exceptions.ChunkedEncodingError()}, True),
    ({"body": requests.ConnectionError("NewConnectionError: refused")}, False),
    ({"status": 429, "headers": {"Retry-After": "7"}}, False),
]


@pytest.mark.parametrize(("answer", "ambiguous"), AWAY)
def test_a_mutation_is_sent_once_and_says_whether_it_may_have_taken_effect(
    api: AdminApi, shop_id: int, shopify: Shopify, answer: dict[str, Any], ambiguous: bool
) -> None:
    shopify.post(GRAPHQL, **answer)
    with pytest.raises(OutsideError) as caught:
        write(api, shop_id)
    assert len(shopify.calls) == 1
    assert (caught.value.ambiguous, caught.value.permanent) == (ambiguous, False)


@pytest.mark.parametrize(("answer", "_ambiguous"), AWAY)
def test_a_read_is_tried_again(
    api: AdminApi, shop_id: int, shopify: Shopify, slept: list[float], answer: dict[str, Any], _ambiguous: bool
) -> None:
    shopify.post(GRAPHQL, **answer)
    shopify.post(GRAPHQL, json=SHOWN)
    assert read(api, shop_id).data == SHOWN["data"]
    assert len(slept) == 1 and (slept[0] == 7 or slept[0] < 1)


def test_a_read_is_not_tried_for_ever(api: AdminApi, shop_id: int, shopify: Shopify) -> None:
    shopify.post(GRAPHQL, status=503)
    with pytest.raises(OutsideError):
        read(api, shop_id)
    assert len(shopify.calls) == client_module.READ_ATTEMPTS


@pytest.mark.parametrize("answer", [{"status": 400}, {"status": 302, "headers": {"Location": "https://evil.example"}}])
def test_what_cannot_get_better_is_not_tried_again(
    api: AdminApi, shop_id: int, shopify: Shopify, answer: dict[str, Any]
) -> None:
    shopify.post(GRAPHQL, **answer)
    with pytest.raises(OutsideError) as caught:
        read(api, shop_id)
    assert caught.value.permanent and len(shopify.calls) == 1


@pytest.mark.parametrize("status", [402, 403, 404, 423])
def test_a_frozen_or_locked_shop_waits_for_its_people(
    api: AdminApi, shop_id: int, shopify: Shopify, status: int
) -> None:
    shopify.post(GRAPHQL, status=status)
    with pytest.raises(Waiting, match=str(status)):
        read(api, shop_id)


def test_fields_the_app_may_not_see_are_named_and_the_rest_is_kept(
    api: AdminApi, shop_id: int, shopify: Shopify
) -> None:
    shopify.post(
        GRAPHQL,
        json={"data": {"order": {"id": "o", "staffMember": None}}}
        | failed("ACCESS_DENIED", path=["order", "staffMember"]),
    )
    reply = read(api, shop_id)
    assert reply.data["order"]["id"] == "o" and reply.denied == ("order.staffMember",)


@pytest.mark.parametrize("data", [{"data": {"returnClose": None}}, {"data": None}, {}])
def test_a_mutation_the_app_may_not_make_is_refused_for_good(
    api: AdminApi, shop_id: int, shopify: Shopify, data: dict[str, Any]
) -> None:
    shopify.post(GRAPHQL, json=data | failed("ACCESS_DENIED", path=["returnClose"]))
    with pytest.raises(OutsideError, match="returnClose") as caught:
        write(api, shop_id)
    assert caught.value.permanent and not caught.value.ambiguous


def test_shopifys_refusal_keeps_its_codes(api: AdminApi, shop_id: int, shopify: Shopify) -> None:
    errors = [
        {"field": ["id"], "message": "Return is closed", "code": "INVALID_STATE"},
        {"field": None, "message": "No", "code": None},
    ]
    shopify.post(GRAPHQL, json={"data": {"returnClose": {"return": None, "userErrors": errors}}})
    with pytest.raises(UserErrors, match="INVALID_STATE Return is closed; No") as caught:
        write(api, shop_id)
    assert caught.value.codes == ("INVALID_STATE", "") and caught.value.permanent


@pytest.mark.parametrize(
    ("body", "raised"),
    [
        (failed("SHOP_INACTIVE"), Waiting),
        (failed("MAX_COST_EXCEEDED"), OutsideError),
        ({"errors": [{"message": "Field 'x' doesn't exist", "extensions": []}]}, OutsideError),
        ({"errors": "Not found"}, OutsideError),
        ({"errors": [None, 7]}, OutsideError),
    ],
)
def test_each_word_of_shopifys_has_its_consequence(body: dict[str, Any], raised: type[Exception]) -> None:
    with pytest.raises(raised):
        judge(body, "x")


def test_an_answer_in_another_version_is_noted_loudly(
    api: AdminApi, shop_id: int, shopify: Shopify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "_counters", {})
    shopify.post(GRAPHQL, json=SHOWN, headers={"X-Shopify-API-Version": "2026-10"})
    with capture_logs() as logs:
        read(api, shop_id)
    assert {"event": "shopify.version_mismatch", "asked": "2026-07", "served": "2026-10", "log_level": "error"} in logs
    labels = {"asked": "2026-07", "served": "2026-10"}
    assert metrics.snapshot() == [("returns_shopify_version_mismatches_total", labels, 1)], "and names no shop"


def test_no_token_is_ever_logged(api: AdminApi, shop_id: int, shopify: Shopify) -> None:
    shopify.post(GRAPHQL, status=401)
    shopify.post(TOKENS, json=granted())
    shopify.post(GRAPHQL, json=throttled(5))
    shopify.post(GRAPHQL, json=SHOWN)
    with capture_logs() as logs:
        read(api, shop_id)
    assert logs and not [s for s in ("access-", "refresh-", "test-secret") if s in repr(logs)]


def test_the_pool_neither_retries_nor_reads_proxies_of_the_environment() -> None:
    http = make_http()
    assert vars(http.get_adapter("https://x"))["max_retries"].total == 0 and not http.trust_env
    assert DOMAIN in GRAPHQL


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7), ("0.5", 0.5), ("60", 60), ("61", 60), ("1e9", 60), ("inf", 60),
        (None, 2), ("", 2), ("0", 2), ("-5", 2), ("-inf", 2), ("nan", 2), ("Wed, 25 Nov 2026 07:28:00 GMT", 2),
    ],
)  # fmt: skip
def test_whatever_stands_in_retry_after_the_wait_is_one_that_can_be_waited(
    api: AdminApi, shop_id: int, shopify: Shopify, header: str | None, seconds: float
) -> None:
    shopify.post(GRAPHQL, status=429, headers={} if header is None else {"Retry-After": header})
    with pytest.raises(OutsideError) as caught:
        write(api, shop_id)
    assert caught.value.retry_after == seconds and not caught.value.ambiguous
    assert api.allowances.take(shop_id, "return_close") == seconds, "and nobody calls before"
