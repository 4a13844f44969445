"""Firing a trigger of Shopify Flow: sent once, refusals as words, and doubts as errors."""

import json

import pytest
import requests
import responses

from kit.errors import OutsideError
from shopify_app.admin_api.flow import ShopifyFlow
from tests.admin_api.conftest import GRAPHQL

PAYLOAD: dict[str, str | int] = {"order_id": 1042, "Rung": "deputy"}


def answer(*errors: str) -> dict:
    return {"data": {"flowTriggerReceive": {"userErrors": [{"field": None, "message": m} for m in errors]}}}


def test_a_trigger_is_sent_with_its_handle_and_payload(shopify, api, shop_id) -> None:
    shopify.post(GRAPHQL, json=answer())
    assert ShopifyFlow(api).fire(shop_id, "first-answer-late", PAYLOAD) == ""
    sent = json.loads(shopify.calls[0].request.body)["variables"]
    assert sent == {"handle": "first-answer-late", "payload": PAYLOAD}


def test_what_shopify_says_against_it_is_its_answer(shopify, api, shop_id) -> None:
    shopify.post(GRAPHQL, json=answer("Invalid handle 'x'."))
    assert "Invalid handle" in ShopifyFlow(api).fire(shop_id, "x", PAYLOAD)


@pytest.mark.parametrize(("body", "ambiguous"), [(requests.ReadTimeout(), True), (requests.ConnectTimeout(), False)])
def test_a_call_without_an_answer_is_an_error_and_is_sent_once(shopify, api, shop_id, body, ambiguous) -> None:
    shopify.add(responses.POST, GRAPHQL, body=body)
    with pytest.raises(OutsideError) as failed:
        ShopifyFlow(api).fire(shop_id, "x", PAYLOAD)
    assert failed.value.ambiguous is ambiguous
    assert len(shopify.calls) == 1
