"""What a sale, a refund and a return say of the past, field by field: where it is read, and what else counts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kit.money import Money
from measures.events import OrderTold
from measures.reads import OrderRecord, RefundRecord
from webhooks.topics import Context
from webhooks.topics.sales import parse_order, parse_refund, parse_return

CONTEXT = Context(7, "verdane.myshopify.com", "2026-11-20T16:05:40Z")
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
ORDER, RETURN, REFUND = "gid://shopify/Order/1", "gid://shopify/Return/2", "gid://shopify/Refund/3"
STAFF = "gid://shopify/StaffMember"
LEAST = {"id": 1, "created_at": AT.isoformat(), "total_price": "12.00", "currency": "eur"}
PAID = {"kind": "refund", "status": "success", "amount": "5.00", "currency": "EUR"}
BACK = {"id": 3, "created_at": AT.isoformat(), "transactions": [PAID]}


def order(**changed: Any) -> OrderRecord:
    told = parse_order(LEAST | changed, CONTEXT)
    assert isinstance(told, OrderTold) and told.shop_id == 7
    return told.order


def refund(**changed: Any) -> RefundRecord | None:
    told = parse_refund({"order_id": 1} | BACK | changed, CONTEXT)
    assert told is None or told.shop_id == 7
    return told.refund if told else None


def test_the_least_a_sale_can_say_is_its_number_its_time_and_its_price() -> None:
    assert order() == OrderRecord(
        order_gid=ORDER,
        client_gid=None,
        email="",
        phone="",
        placed_at=AT,
        updated_at=AT,
        total=Money(1_200, "EUR"),
        refunded=Money(0, "EUR"),
        channel="",
        staff_gid=None,
        location_gid=None,
        cancelled=False,
        refunds=(),
    )


@pytest.mark.parametrize(
    ("changed", "of", "found"),
    [
        ({"admin_graphql_api_id": ORDER, "id": 9}, "order_gid", ORDER),
        ({"email": "cleo@client.example"}, "email", "cleo@client.example"),
        ({"email": 7}, "email", ""),
        ({"phone": "+33612344141"}, "phone", "+33612344141"),
        ({"customer": {"id": 4}}, "client_gid", "gid://shopify/Customer/4"),
        ({"customer": [4]}, "client_gid", None),
        ({"processed_at": (AT - DAY).isoformat()}, "placed_at", AT - DAY),
        ({"processed_at": "long ago"}, "placed_at", AT),
        ({"updated_at": (AT + DAY).isoformat()}, "updated_at", AT + DAY),
        ({"source_name": "x" * 61}, "channel", "x" * 60),
        ({"user_id": 5}, "staff_gid", f"{STAFF}/5"),
        ({"user_id": 5, "line_items": [{"attributed_staffs": [{"id": 6}]}]}, "staff_gid", f"{STAFF}/5"),
        ({"line_items": [{"attributed_staffs": [{"id": "x"}, {"id": 6}, {"id": 7}]}]}, "staff_gid", f"{STAFF}/6"),
        ({"line_items": [{"attributed_staffs": []}]}, "staff_gid", None),
        ({"location_id": 8}, "location_gid", "gid://shopify/Location/8"),
        ({"cancelled_at": AT.isoformat()}, "cancelled", True),
        ({"cancelled_at": None}, "cancelled", False),
        ({"test": False}, "cancelled", False),
    ],
)
def test_each_field_of_a_sale_is_read_where_shopify_writes_it(changed: dict[str, Any], of: str, found: Any) -> None:
    assert getattr(order(**changed), of) == found


@pytest.mark.parametrize(
    ("changed", "total"),
    [
        ({"total_price_set": {"shop_money": {"amount": "3.50", "currency_code": "usd"}}}, Money(350, "USD")),
        ({"total_price_set": {"presentment_money": {"amount": "3.50", "currency_code": "USD"}}}, Money(1_200, "EUR")),
        ({"total_price": "1500", "currency": "JPY"}, Money(1500, "JPY")),
        ({"currency": "EURO"}, None),
        ({"currency": None}, None),
        ({"total_price": 12}, None),
        ({"total_price_set": {"shop_money": {"currency_code": "USD"}}}, None),
    ],
)
def test_a_sale_is_worth_what_the_shop_took_in_its_own_money(changed: dict[str, Any], total: Money | None) -> None:
    told = parse_order(LEAST | changed, CONTEXT)
    assert (told.order.total if told else None) == total


def test_what_went_back_of_a_sale_names_the_sale() -> None:
    told = order(refunds=[BACK, BACK | {"id": 4, "return": {"id": 2}}])
    assert told.refunds == (
        RefundRecord(REFUND, ORDER, None, AT, Money(500, "EUR")),
        RefundRecord("gid://shopify/Refund/4", ORDER, RETURN, AT, Money(500, "EUR")),
    )
    assert told.refunded == Money(1_000, "EUR")


def test_a_refund_is_known_by_its_gid_else_by_its_number_and_so_is_its_return() -> None:
    expected = RefundRecord(REFUND, ORDER, RETURN, AT, Money(500, "EUR"))
    assert refund(**{"return": {"id": 2}}) == expected
    assert refund(**{"return": {"admin_graphql_api_id": RETURN, "id": 9}}) == expected
    assert refund(**{"admin_graphql_api_id": REFUND, "id": 9, "return": {"id": 2}}) == expected
    for none in (None, [2], {"id": "x"}, {}):
        assert refund(**{"return": none}) == RefundRecord(REFUND, ORDER, None, AT, Money(500, "EUR"))


@pytest.mark.parametrize(
    ("transactions", "cents"),
    [
        ([PAID, PAID], 1_000),
        ([PAID | {"status": "pending"}], 500),
        ([PAID, PAID | {"status": "failure"}, PAID | {"status": "error"}], 500),
        ([PAID, PAID | {"kind": "void"}, PAID | {"kind": "sale"}, "refund"], 500),
        ([PAID | {"kind": "void"}], None),
        ([PAID, PAID | {"amount": "five"}], None),
        ([PAID, PAID | {"currency": "USD"}], None),
        ([PAID | {"currency": "EURO"}], None),
    ],
)
def test_a_refund_is_worth_what_was_paid_back_or_is_on_its_way(transactions: list[Any], cents: int | None) -> None:
    found = refund(transactions=transactions)
    assert (found.amount if found else None) == (None if cents is None else Money(cents, "EUR"))


@pytest.mark.parametrize(
    ("changed", "is_told"),
    [
        ({}, True),
        ({"id": None, "admin_graphql_api_id": RETURN}, True),
        ({"id": 9, "admin_graphql_api_id": RETURN}, True),
        ({"order": {"admin_graphql_api_id": ORDER, "id": 9}}, True),
        ({"order": None, "order_id": 1}, True),
        ({"order": {"id": "x"}, "order_id": 1}, True),
        ({"order": [1]}, False),
        ({"id": "x"}, False),
    ],
)
def test_a_return_is_known_by_its_gid_else_by_its_number_and_so_is_its_order(
    changed: dict[str, Any], is_told: bool
) -> None:
    told = parse_return({"id": 2, "order": {"id": 1}, "status": "closed"} | changed, CONTEXT)
    assert (told is not None) is is_told
    if told is not None:
        said = told.word
        assert (told.shop_id, said.return_gid, said.order_gid, said.status) == (7, RETURN, ORDER, "CLOSED")
