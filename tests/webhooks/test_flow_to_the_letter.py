"""What a merchant reads in Shopify Flow when a run of ours lacks something, and how the door tells it."""

from typing import Any

import orjson
import pytest

from webhooks.sources import Refused, shopify
from webhooks.sources.flow import MOST_LETTERS, FlowSource, wrong_fields

SHOP = "verdane.myshopify.com"
ORDER, ADVISOR, WHY = (
    "Choose the order of the return.",
    "Say which advisor it goes to.",
    "Say in a few words why it goes to them.",
)
FULL = {"order_id": "gid://shopify/Order/1", "advisor": "Bob", "reason": "He sold it."}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        ({"order_id": 7}, ""),
        ({"reason": "x" * MOST_LETTERS}, ""),
        ({"reason": "x" * (MOST_LETTERS + 1)}, "At most 200 letters fit into reason."),
        ({"order_id": ""}, ORDER),
        ({"order_id": "  "}, ORDER),
        ({"order_id": None, "advisor": None}, f"{ORDER} {ADVISOR}"),
        ({"advisor": "", "reason": "x" * 201}, f"{ADVISOR} At most 200 letters fit into reason."),
    ],
)
def test_each_field_that_is_missing_or_too_long_has_its_sentence(changed: dict[str, Any], said: str) -> None:
    assert wrong_fields("route-return", FULL | changed) == said
    assert wrong_fields("another-action", FULL | changed) == ""


@pytest.mark.parametrize("properties", [None, [], "x", 7, {}])
def test_without_any_fields_all_are_asked_for(properties: Any) -> None:
    assert wrong_fields("route-return", properties) == f"{ORDER} {ADVISOR} {WHY}"


def test_the_door_refuses_such_a_run_for_good_and_says_why() -> None:
    def open_it(properties: Any) -> Any:
        run = {"shopify_domain": SHOP, "action_run_id": "r", "handle": "route-return", "properties": properties}
        body = orjson.dumps(run)
        return FlowSource(("hush",)).open({"x-shopify-hmac-sha256": shopify.sign(body, "hush")}, body, "", "")

    assert open_it(FULL).topic == "flow/route-return"
    with pytest.raises(Refused) as refused:
        open_it(FULL | {"advisor": ""})
    assert (refused.value.status, refused.value.code, str(refused.value)) == (422, "fields", ADVISOR)
