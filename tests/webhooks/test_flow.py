"""Flow's actions at their door."""

import json

import pytest

from tests.webhooks.posting import SECRET, SHOP
from webhooks.sources import Refused
from webhooks.sources.flow import FlowSource
from webhooks.sources.shopify import sign

RUN = {"shopify_domain": SHOP, "action_run_id": "run-1", "handle": "offer-a-conversation", "properties": {}}


def opened(run: object, *, secret: str = SECRET):
    body = json.dumps(run).encode()
    return FlowSource((SECRET, "retired")).open({"x-shopify-hmac-sha256": sign(body, secret)}, body, "", "")


@pytest.mark.parametrize("secret", [SECRET, "retired"])
def test_a_genuine_run_is_known_by_its_own_id_and_by_the_shop_of_the_signed_body(secret: str) -> None:
    envelope = opened(RUN, secret=secret)
    assert (envelope.topic, envelope.external_id, envelope.shop_domain) == ("flow/offer-a-conversation", "run-1", SHOP)


def test_another_secret_is_refused_before_the_body_is_read() -> None:
    with pytest.raises(Refused) as refused:
        opened("not even an object", secret="of-somebody-else")
    assert refused.value.status == 401


@pytest.mark.parametrize(
    "run",
    [
        [],
        "text",
        {},
        RUN | {"shopify_domain": "evil.example"},
        RUN | {"action_run_id": ""},
        RUN | {"action_run_id": None},
    ],
)
def test_a_body_that_names_no_shop_or_no_run_is_refused(run: object) -> None:
    with pytest.raises(Refused) as refused:
        opened(run)
    assert refused.value.status == 400
