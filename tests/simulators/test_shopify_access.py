"""Tokens, points, and bad days."""

import time

import pytest
import requests

from simulators.shopify import mint_id_token
from tests.simulators.shopify_calls import BASE, OPERATIONS, OTHER, OWNER, SHOP

SHOP_NAME = "query Name { shop { name } }"


def works(shopify, token: str) -> bool:
    return shopify.post(SHOP_NAME, token=token).status_code == 200


def test_an_exchange_gives_an_hour_and_ends_the_former_token(shopify, clock):
    first = shopify.exchange().json()
    assert first["expires_in"] == 3600 and first["refresh_token"].startswith("shprt_")
    second = shopify.exchange().json()
    assert not works(shopify, first["access_token"]) and works(shopify, second["access_token"])
    clock.forward(seconds=3601)
    assert not works(shopify, second["access_token"])


def test_a_refresh_may_be_retried_until_its_reply_was_used(shopify, clock):
    first = shopify.exchange().json()
    lost = shopify.refresh(first["refresh_token"]).json()
    kept = shopify.refresh(first["refresh_token"]).json()
    assert works(shopify, kept["access_token"]) and not works(shopify, lost["access_token"])
    shopify.refresh(kept["refresh_token"]).raise_for_status()
    late = shopify.refresh(first["refresh_token"])
    assert (late.status_code, late.json()["error"]) == (400, "invalid_grant")
    clock.forward(days=91)
    assert shopify.refresh(kept["refresh_token"]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_secret": "guess"}, "invalid_client"),
        ({"id_token": "a.b.c"}, "invalid_subject_token"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_wrong_exchange_is_refused_by_name(shopify, change, error):
    answer = shopify.exchange(**change)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_an_id_token_that_is_old_or_of_another_shop_is_refused(shopify, clock):
    old = mint_id_token(shopify.store.config, SHOP, OWNER, BASE)
    other = mint_id_token(shopify.store.config, OTHER, OWNER, BASE)
    assert shopify.exchange(id_token=other).json()["error"] == "invalid_subject_token"
    clock.forward(seconds=75)
    assert shopify.exchange(id_token=old).json()["error"] == "invalid_subject_token"


def test_uninstalling_kills_the_token_at_once(shopify):
    assert works(shopify, shopify.token)
    shopify.control("POST", "uninstall", {})
    assert not works(shopify, shopify.token)
    assert shopify.exchange().json()["error"] == "invalid_grant"


def test_tokens_are_shown_masked(shopify):
    assert shopify.token not in str(shopify.control("GET", "tokens"))


def test_each_answer_says_what_it_cost_and_an_empty_bucket_throttles_over_http_200(shopify, clock):
    answer = shopify.post(SHOP_NAME)
    cost = answer.json()["extensions"]["cost"]
    assert cost["requestedQueryCost"] == 1 and cost["throttleStatus"]["restoreRate"] == 1000
    assert answer.headers["X-Shopify-API-Version"] == "2026-07" and answer.headers["X-Request-Id"]
    shopify.control("POST", "bucket", {"available": 0})
    before = len(shopify.control("GET", "log"))
    throttled = shopify.post(SHOP_NAME)
    assert throttled.status_code == 200
    assert throttled.json()["errors"][0]["extensions"]["code"] == "THROTTLED" and "data" not in throttled.json()
    assert len(shopify.control("GET", "log")) == before
    clock.forward(seconds=1)
    assert "data" in shopify.post(SHOP_NAME).json()


def test_a_query_of_more_than_a_thousand_points_is_refused(shopify):
    query = "query Q { orders(first: 250) { nodes { lineItems(first: 20) { nodes { product { id } } } } } }"
    assert shopify.post(query).json()["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"


@pytest.mark.parametrize(
    ("fault", "status", "sign"),
    [
        ({"kind": "500"}, 500, "Internal"),
        ({"kind": "502"}, 502, "Internal"),
        ({"kind": "html"}, 503, "<!DOCTYPE html>"),
        ({"kind": "throttle"}, 200, "THROTTLED"),
        ({"kind": "access_denied"}, 200, "ACCESS_DENIED"),
    ],
)
def test_a_bad_day_lasts_as_long_as_it_was_ordered_and_changes_nothing(shopify, fault, status, sign):
    gid = shopify.request_return("1042")
    shopify.control("POST", "faults", [fault | {"operation": "ReturnApproveRequest", "times": 1}])
    answer = shopify.post(OPERATIONS["ReturnApproveRequest"], "ReturnApproveRequest", {"input": {"id": gid}})
    assert answer.status_code == status and sign in answer.text
    assert shopify.run("ReturnGet", id=gid)["return"]["status"] == "REQUESTED"
    shopify.do("ReturnApproveRequest", input={"id": gid})


def test_a_late_answer_was_carried_out_although_nobody_heard(shopify):
    gid = shopify.request_return("1042")
    shopify.control(
        "POST", "faults", [{"operation": "ReturnApproveRequest", "kind": "late", "seconds": 0.6, "times": 1}]
    )
    with pytest.raises(requests.Timeout):
        query = OPERATIONS["ReturnApproveRequest"]
        shopify.post(query, "ReturnApproveRequest", {"input": {"id": gid}}, timeout=0.2)
    time.sleep(0.1)
    assert shopify.run("ReturnGet", id=gid)["return"]["status"] == "OPEN"


def test_cut_json_is_no_json(shopify):
    shopify.control("POST", "faults", [{"operation": "*", "kind": "cut_json", "times": 1}])
    with pytest.raises(requests.JSONDecodeError):
        shopify.post(SHOP_NAME).json()
