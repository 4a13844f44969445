"""What each topic means. A body is a hint: minimal, late or nonsense, it never stops the inbox."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.events import TrackerUpdated
from notifications.events import MessageStatus
from routing.events import OrderSeen, ReturnChanged, ReturnSeen
from shops.events import AppUninstalled, ClientDataRequested, ClientRedacted, ShopRedacted
from tests.webhooks.posting import payload
from webhooks.topics import AFTER_UNINSTALL, TOPICS, Context
from webhooks.topics.gids import dicts, gid

CONTEXT = Context(7, "maison-demo.myshopify.com", "2026-11-20T16:05:40.000000Z")
ORDER, RETURN = "gid://shopify/Order/6128840917103", "gid://shopify/Return/18273645501"
CLIENT = "gid://shopify/Customer/7301122334455"


def parsed(topic: str, body: dict[str, Any], context: Context = CONTEXT) -> Any:
    return TOPICS[topic](body, context)


@pytest.mark.parametrize(
    ("topic", "name", "event"),
    [
        ("returns/request", "returns_request__one_line", ReturnSeen(7, RETURN, ORDER)),
        ("returns/request", "returns_request__documented_minimal", ReturnSeen(7, RETURN, ORDER)),
        ("returns/approve", "returns_approve", ReturnSeen(7, RETURN, ORDER)),
        ("returns/close", "returns_close", ReturnChanged(7, RETURN, says="close")),
        ("app/uninstalled", "app_uninstalled", AppUninstalled(7, CONTEXT.triggered_at)),
        ("customers/data_request", "customers_data_request", ClientDataRequested(7, CLIENT, "9999", [ORDER])),
        ("customers/redact", "customers_redact", ClientRedacted(7, CLIENT, [ORDER])),
        ("shop/redact", "shop_redact", ShopRedacted(7)),
        (
            "tracker.updated",
            "tracker_updated",
            TrackerUpdated("1Z999", "in_transit", "2026-11-24T10:00:00Z", "evt_1", "FedEx"),
        ),
        ("twilio/status", "twilio_status", MessageStatus("SM1", "undelivered", "30003")),
    ],
)
def test_each_documented_body_becomes_its_event(topic: str, name: str, event: Any) -> None:
    assert parsed(topic, payload(name)) == event


@pytest.mark.parametrize("topic", ["orders/create", "orders/updated"])
def test_an_order_tells_who_sold_which_line(topic: str) -> None:
    seen = parsed(topic, payload(topic.replace("/", "_")))
    assert isinstance(seen, OrderSeen)
    assert (seen.order_gid, seen.order_name, seen.shop_id) == (ORDER, "#1042", 7)
    assert seen.location_gid == "gid://shopify/Location/71122334455"
    assert seen.lines and all(line["line_gid"].startswith("gid://shopify/LineItem/") for line in seen.lines)
    credits = [credit for line in seen.lines for credit in line["staff"]]
    assert credits and all(
        credit["staff_gid"].startswith("gid://shopify/StaffMember/") and credit["quantity"] > 0 for credit in credits
    )


def test_an_order_tells_what_was_written_on_it_and_on_its_lines() -> None:
    seen = parsed("orders/create", payload("orders_create"))
    assert seen.attributes == [
        {"line_gid": None, "key": "advisor_email", "value": "colette@maison-demo.example"},
        {"line_gid": "gid://shopify/LineItem/15590011223301", "key": "_advisor_code", "value": "NYC-017"},
    ]


@pytest.mark.parametrize(
    "pair",
    [{}, {"name": "k"}, {"name": "", "value": "v"}, {"name": "k", "value": " "}, {"name": "k" * 101, "value": "v"},
     {"name": "k", "value": "v" * 201}, {"name": "k", "value": True}, {"name": 7, "value": "v"}, "k=v", None],
)  # fmt: skip
def test_an_attribute_that_is_none_is_passed_over(pair: Any) -> None:
    body = {
        "id": 1,
        "note_attributes": [pair, {"name": " k ", "value": 7}],
        "line_items": [{"id": 2, "properties": pair}],
    }
    assert parsed("orders/create", body).attributes == [{"line_gid": None, "key": "k", "value": "7"}]


def test_a_line_sold_by_two_keeps_both_with_their_pieces() -> None:
    line = {
        "id": 5,
        "attributed_staffs": [
            {"id": "gid://shopify/StaffMember/7", "quantity": 2},
            {"id": 8, "quantity": 1},
            {"id": 9, "quantity": 0},
            {"id": "nobody", "quantity": 1},
            {"id": 10, "quantity": "2"},
        ],
    }
    (found,) = parsed("orders/create", {"id": 1, "line_items": [line]}).lines
    assert found["staff"] == [
        {"staff_gid": "gid://shopify/StaffMember/7", "quantity": 2},
        {"staff_gid": "gid://shopify/StaffMember/8", "quantity": 1},
    ]


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_an_empty_body_is_no_event_or_one_of_the_envelope_alone(topic: str) -> None:
    assert parsed(topic, {}) in (None, AppUninstalled(7, CONTEXT.triggered_at))


def test_a_body_with_the_number_alone_is_enough() -> None:
    assert parsed("returns/request", {"id": 5}) == ReturnSeen(7, "gid://shopify/Return/5", None)
    assert parsed("returns/request", {"id": 5, "order": None}) == ReturnSeen(7, "gid://shopify/Return/5", None)
    assert parsed("orders/create", {"id": 5}).lines == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = [
    "id", "admin_graphql_api_id", "order", "line_items", "attributed_staffs", "quantity", "customer",
    "orders_to_redact", "shop_domain",
    "data_request", "result", "tracking_code", "status", "updated_at", "user_id", "location_id",
    "name", "MessageSid", "MessageStatus",
]  # fmt: skip
bodies = st.dictionaries(
    st.sampled_from(NAMES) | st.text(max_size=5),
    json_values
    | st.dictionaries(st.sampled_from(NAMES), json_values, max_size=4)
    | st.lists(st.dictionaries(st.sampled_from(NAMES), json_values, max_size=4), max_size=2),
    max_size=6,
)


@given(st.sampled_from(sorted(TOPICS)), bodies)
@settings(max_examples=300)
def test_no_json_at_all_makes_a_parser_fail(topic: str, body: dict[str, Any]) -> None:
    event = parsed(topic, body)
    if event is None:
        return
    gids = [value for name, value in vars(event).items() if name.endswith("_gid") and value is not None]
    assert all(value.startswith("gid://shopify/") and len(value) <= 100 for value in gids)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (5, "gid://shopify/Order/5"),
        ("5", "gid://shopify/Order/5"),
        ("gid://shopify/Order/5", "gid://shopify/Order/5"),
        ("gid://shopify/Return/5", None),
        ("gid://shopify/Order/", None),
        ("gid://shopify/Order/5?x=1", None),
        ("https://evil.example/5", None),
        ("²", None),
        ("٣", None),
        ("9" * 200, None),
        (-5, None),
        (5.0, None),
        (True, None),
        ("", None),
        (None, None),
        ([5], None),
        ({"id": 5}, None),
    ],
)
def test_an_id_is_a_number_or_a_gid_of_its_kind(value: Any, found: str | None) -> None:
    assert gid("Order", value) == found


@pytest.mark.parametrize(("value", "found"), [(None, []), ("x", []), ({}, []), ([1, {"a": 1}, None], [{"a": 1}])])
def test_only_dictionaries_of_a_list_are_looked_at(value: Any, found: list[Any]) -> None:
    assert dicts(value) == found


@pytest.mark.parametrize("topic", ["customers/data_request", "customers/redact", "shop/redact"])
@pytest.mark.parametrize("named", ["dana.myshopify.com", "", None, "missing"])
def test_a_privacy_body_that_names_another_shop_than_its_envelope_is_dropped(topic: str, named: str | None) -> None:
    body = payload(topic.replace("/", "_")) | {"shop_domain": named}
    if named == "missing":
        del body["shop_domain"]
    assert parsed(topic, body) is None


def test_the_signed_shop_may_be_written_in_capitals() -> None:
    body = payload("shop_redact") | {"shop_domain": "Maison-Demo.myshopify.com"}
    assert parsed("shop/redact", body) == ShopRedacted(7)


def test_how_a_shops_data_leaves_is_handled_after_it_left() -> None:
    assert set(TOPICS) >= AFTER_UNINSTALL
