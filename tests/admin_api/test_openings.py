"""What can be sent back of an order, what it is worth, and the two mutations that begin a return."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from kit.errors import OutsideError, Waiting
from kit.money import Money
from logistics.reads import MadeReturn, ReturnLineRead, ReturnRead
from routing.reads import LineToChoose, OrderReturn, OrderToReturn, Reason, ReturnablePiece, WantedLine
from shopify_app.admin_api.client import Reply
from shopify_app.admin_api.exchanges import ShopifyExchanges
from shopify_app.admin_api.openings import LONGEST_NOTE, ORDER_NAME, ShopifyOpenings
from tests.admin_api.told import Told, both, connection, more

ORDER = "gid://shopify/Order/1042"
ASKED_AT = datetime(2026, 12, 31, 23, 30, 15, 987_654, tzinfo=timezone(timedelta(hours=-1)))
RING = ReturnablePiece("fl-1", "Meridian ring", "Size 52", "https://cdn.example/r.jpg", 2, "l-1")


def sold(number: int, **changed: Any) -> dict[str, Any]:
    line = {
        "id": f"l-{number}",
        "title": "Meridian ring",
        "variantTitle": "Size 52",
        "image": {"url": "https://cdn.example/r.jpg"},
    }
    return {"quantity": 2, "fulfillmentLineItem": {"id": f"fl-{number}", "lineItem": line | changed}}


def returnable(*lines: dict[str, Any], **page: Any) -> dict[str, Any]:
    fulfilled = {"returnableFulfillmentLineItems": {"nodes": list(lines)}}
    return {"returnableFulfillments": connection(fulfilled, **page)}


# --- what can be sent back


def test_an_order_is_found_by_its_exact_name_with_its_pieces() -> None:
    told = Told()
    found = [{"id": "o-2", "name": "#10421"}, {"id": ORDER, "name": "#1042", "email": "cleo@example.com"}]
    told("order_by_name", {"orders": {"nodes": found}})("returnable_fulfillments", returnable(sold(1)))
    assert ShopifyOpenings(told.api).find_order(7, " 1042 ") == OrderToReturn(
        ORDER, "#1042", (RING,), "cleo@example.com"
    )
    assert told.asked == [
        ("order_by_name", {"query": "name:'1042'"}),
        ("returnable_fulfillments", {"orderId": ORDER, "after": None}),
    ]


@pytest.mark.parametrize(
    ("typed", "written"), [("#vd-1042/A", "VD-1042/a"), ("1042", "#1042"), ("#1042", "1042"), ("STRASSE1", "straße1")]
)
def test_an_orders_name_is_the_same_with_or_without_its_sign_and_in_any_case(typed: str, written: str) -> None:
    told = Told()("order_by_name", {"orders": {"nodes": [{"id": ORDER, "name": written}]}})
    told("returnable_fulfillments", {"returnableFulfillments": None})
    assert ShopifyOpenings(told.api).find_order(7, typed) == OrderToReturn(ORDER, written, (), "")


@pytest.mark.parametrize(
    "typed", ["", " ", "#", "1042' OR name:*", "a b", "##1042", "1042\n1043", '"1042"', "x" * 41, "name:1042", "10*"]
)
def test_what_cannot_be_an_orders_name_is_not_even_asked_for(typed: str) -> None:
    assert ORDER_NAME.fullmatch(typed.strip()) is None
    assert ShopifyOpenings(Told().api).find_order(7, typed) is None


def test_an_order_shopify_does_not_show_is_none_and_one_it_withholds_waits_for_a_person() -> None:
    told = Told()("order_by_name", {"orders": {"nodes": []}}, Reply({"orders": None}, ("orders",)))
    openings = ShopifyOpenings(told.api)
    assert openings.find_order(7, "1042") is None
    with pytest.raises(Waiting) as waiting:
        openings.find_order(7, "1042")
    assert waiting.value.cause == "withheld"


def test_pieces_are_read_page_by_page_and_what_cannot_come_back_is_left_out() -> None:
    gone, card = sold(2) | {"quantity": 0}, sold(3, isGiftCard=True)
    bare = {"quantity": 1, "fulfillmentLineItem": {"id": "fl-4", "lineItem": {}}}
    told = Told()("returnable_fulfillments", returnable(gone, sold(1), page=more("c1")), returnable(card, bare))
    pieces = ShopifyOpenings(told.api).pieces(7, ORDER)
    assert pieces == (RING, ReturnablePiece("fl-4", "", "", "", 1, ""))
    assert [variables["after"] for _, variables in told.asked] == [None, "c1"]


def test_lines_come_with_the_reasons_that_fit_them_page_by_page() -> None:
    suggested = [
        {"id": "r-1", "name": "Too small", "handle": "size-small"},
        {"id": "r-2", "name": "Old", "deleted": True},
    ]
    first = {"id": "l-1", "suggestedReturnReasonDefinitions": {"nodes": suggested}, "unfulfilledQuantity": 2}
    second = {"id": "l-2", "isGiftCard": True, "suggestedReturnReasonDefinitions": None, "unfulfilledQuantity": None}
    told = Told()(
        "order_lines_to_choose",
        {"order": {"lineItems": connection(first, page=more("c1"))}},
        {"order": {"lineItems": connection(second)}},
    )
    assert ShopifyOpenings(told.api).lines(7, ORDER) == (
        LineToChoose("l-1", (Reason("r-1", "Too small", "size-small"),), 2, False),
        LineToChoose("l-2", (), 0, True),
    )
    assert [variables["after"] for _, variables in told.asked] == [None, "c1"]
    assert ShopifyOpenings(Told()("order_lines_to_choose", {"order": None}).api).lines(7, ORDER) == ()


def test_reasons_still_in_use_are_read_to_the_last_page() -> None:
    pages = [
        {"returnReasonDefinitions": connection({"id": "1", "name": "Size"}, page=more("c"))},
        {
            "returnReasonDefinitions": connection(
                {"id": "2", "name": "Gone", "deleted": True}, {"id": "3", "name": "It"}
            )
        },
    ]
    told = Told()("return_reason_definitions", *pages)
    assert ShopifyOpenings(told.api).reasons(7) == (Reason("1", "Size"), Reason("3", "It"))
    assert [variables for _, variables in told.asked] == [{"after": None}, {"after": "c"}]


@pytest.mark.parametrize(
    ("order", "buyer"),
    [
        ({"customer": {"id": "gid://shopify/Customer/9"}}, "gid://shopify/Customer/9"),
        ({"customer": None}, None),
        (None, None),
    ],
)
def test_the_buyer_is_the_orders_customer_and_a_guest_is_nobody(order: Any, buyer: str | None) -> None:
    assert ShopifyOpenings(Told()("order_buyer", {"order": order}).api).buyer(7, ORDER) == buyer


# --- what it is worth


def worth_line(gid: str, subtotal: str, tax: str) -> dict[str, Any]:
    return {
        "fulfillmentLineItem": {"id": gid},
        "subtotalSet": both(subtotal, presented=subtotal),
        "totalTaxSet": both(tax, presented=tax),
    }


@pytest.mark.parametrize(("included", "cents"), [(True, 10_000), (False, 12_000)])
def test_tax_is_added_where_prices_are_without_it(included: bool, cents: int) -> None:
    calculated = {"returnLineItems": [worth_line("fl-1", "100.00", "20.00")]}
    told = Told()("return_calculate", {"order": {"taxesIncluded": included}, "returnCalculate": calculated})
    assert ShopifyOpenings(told.api).worth(7, ORDER, [("fl-1", 1)]) == {"fl-1": Money(cents, "EUR")}
    assert told.asked[0][1] == {
        "orderId": ORDER,
        "input": {"orderId": ORDER, "returnLineItems": [{"fulfillmentLineItemId": "fl-1", "quantity": 1}]},
    }


@pytest.mark.parametrize("answer", [{}, {"order": None, "returnCalculate": None}, {"returnCalculate": {}}])
def test_where_nothing_is_calculated_nothing_is_said_to_be_worth_anything(answer: dict[str, Any]) -> None:
    assert ShopifyOpenings(Told()("return_calculate", answer).api).worth(7, ORDER, [("fl-1", 1)]) == {}


# --- returns of an order


def a_return(number: int, *lines: dict[str, Any]) -> dict[str, Any]:
    at = f"2026-11-2{number}T10:00:00+02:00"
    return {"id": f"r-{number}", "status": "OPEN", "createdAt": at, "returnLineItems": {"nodes": list(lines)}}


def test_all_returns_of_an_order_are_read_with_their_lines_in_one_order() -> None:
    two: list[dict[str, Any]] = [
        {"fulfillmentLineItem": {"id": "fl-2"}, "quantity": 1},
        {"fulfillmentLineItem": {"id": "fl-1"}, "quantity": 3},
        {"fulfillmentLineItem": None, "quantity": 1},
    ]
    told = Told()(
        "order_returns",
        {"order": {"returns": connection(a_return(1, *two), page=more("c"))}},
        {"order": {"returns": connection(a_return(2))}},
    )
    first = OrderReturn("r-1", "OPEN", datetime(2026, 11, 21, 8, tzinfo=UTC), (("", 1), ("fl-1", 3), ("fl-2", 1)))
    found = ShopifyOpenings(told.api).returns_of(7, ORDER)
    assert found == (first, OrderReturn("r-2", "OPEN", datetime(2026, 11, 22, 8, tzinfo=UTC), ()))
    assert [variables for _, variables in told.asked] == [{"id": ORDER, "after": None}, {"id": ORDER, "after": "c"}]
    assert ShopifyOpenings(Told()("order_returns", {"order": None}).api).returns_of(7, ORDER) == ()


# --- the two that begin one


def test_an_approved_return_names_the_instant_in_utc_and_sends_no_letter_of_shopifys() -> None:
    told = Told()("return_create", {"return": {"id": "r-1"}})
    made = ShopifyOpenings(told.api).create(
        7, order_gid=ORDER, lines=[("fl-1", 2), ("fl-2", 1)], reason_gid="reason", requested_at=ASKED_AT
    )
    assert made == "r-1"
    assert told.asked == [
        (
            "return_create",
            {
                "returnInput": {
                    "orderId": ORDER,
                    "returnLineItems": [
                        {"fulfillmentLineItemId": "fl-1", "quantity": 2, "returnReasonDefinitionId": "reason"},
                        {"fulfillmentLineItemId": "fl-2", "quantity": 1, "returnReasonDefinitionId": "reason"},
                    ],
                    "requestedAt": "2027-01-01T00:30:15Z",
                    "notifyCustomer": False,
                }
            },
        )
    ]


def test_what_the_client_takes_instead_is_named_where_there_is_any() -> None:
    told = Told()("return_create", {"return": {"id": "r-1"}})
    ShopifyOpenings(told.api).create(
        7, order_gid=ORDER, lines=[("fl-1", 1)], reason_gid="r", requested_at=ASKED_AT, exchanges=[("v-1", 2)]
    )
    assert told.asked[0][1]["returnInput"]["exchangeLineItems"] == [{"variantId": "v-1", "quantity": 2}]


def test_a_request_says_of_each_line_what_the_client_said_of_it_and_no_more() -> None:
    told = Told()("return_request", {"return": {"id": "r-1"}})
    lines = [WantedLine("fl-1", 1), WantedLine("fl-2", 2, "reason", "é" * 400)]
    assert ShopifyOpenings(told.api).request(7, order_gid=ORDER, lines=lines) == "r-1"
    assert told.asked == [
        (
            "return_request",
            {
                "input": {
                    "orderId": ORDER,
                    "returnLineItems": [
                        {"fulfillmentLineItemId": "fl-1", "quantity": 1},
                        {
                            "fulfillmentLineItemId": "fl-2",
                            "quantity": 2,
                            "returnReasonDefinitionId": "reason",
                            "customerNote": "é" * 300,
                        },
                    ],
                }
            },
        )
    ]
    assert LONGEST_NOTE == 300, "Shopify's own limit"


LIKE = ReturnRead(
    return_gid="r-1",
    name="#1042-R1",
    status="DECLINED",
    order_gid=ORDER,
    order_name="#1042",
    lines=(
        ReturnLineRead(
            gid="rl-1",
            quantity=2,
            processed=0,
            unprocessed=2,
            refundable=2,
            fulfillment_line_gid="fl-1",
            line_gid="l-1",
            title="",
            detail="",
            sku="",
            image="",
            reason_label="",
            customer_note="n" * 300,
            unit_total=Money(1, "USD"),
            unit_total_presentment=Money(1, "USD"),
            reason_gid="reason",
        ),
        ReturnLineRead(
            gid="rl-2",
            quantity=1,
            processed=0,
            unprocessed=1,
            refundable=1,
            fulfillment_line_gid="fl-2",
            line_gid="l-2",
            title="",
            detail="",
            sku="",
            image="",
            reason_label="",
            customer_note="",
            unit_total=Money(1, "USD"),
            unit_total_presentment=Money(1, "USD"),
        ),
    ),
    rfos=(),
    refunds=(),
    presentment_currency="USD",
    created_at=ASKED_AT,
)


def test_a_return_made_anew_has_the_same_pieces_for_the_same_reasons_and_the_day_it_was_asked() -> None:
    told = Told()("return_create", {"return": {"id": "r-2"}})
    assert ShopifyExchanges(told.api).make(7, like=LIKE, variant_gid="v-1") == "r-2"
    assert told.asked[0][1] == {
        "returnInput": {
            "orderId": ORDER,
            "returnLineItems": [
                {
                    "fulfillmentLineItemId": "fl-1",
                    "quantity": 2,
                    "returnReasonDefinitionId": "reason",
                    "returnReasonNote": "n" * 255,
                },
                {"fulfillmentLineItemId": "fl-2", "quantity": 1},
            ],
            "notifyCustomer": False,
            "requestedAt": "2027-01-01T00:30:15Z",
            "exchangeLineItems": [{"variantId": "v-1", "quantity": 1}],
        }
    }


def test_without_another_piece_or_a_day_neither_is_named() -> None:
    told = Told()("return_create", {"return": {"id": "r-2"}})
    dayless = ReturnRead(**{**vars(LIKE), "created_at": None, "lines": ()})
    ShopifyExchanges(told.api).make(7, like=dayless, variant_gid="")
    assert told.asked[0][1]["returnInput"] == {"orderId": ORDER, "returnLineItems": [], "notifyCustomer": False}


def test_a_piece_taken_instead_can_be_taken_off_and_an_order_shows_what_was_made() -> None:
    told = Told()("remove_from_return", {})("order_returns", {"order": {"returns": connection(a_return(1))}})
    exchanges = ShopifyExchanges(told.api)
    exchanges.take_off(7, "r-1", [("x-1", 1)])
    assert told.asked == [
        ("remove_from_return", {"returnId": "r-1", "exchangeLineItems": [{"exchangeLineItemId": "x-1", "quantity": 1}]})
    ]
    assert exchanges.returns_of(7, ORDER) == (MadeReturn("r-1", datetime(2026, 11, 21, 8, tzinfo=UTC), ()),)


@pytest.mark.parametrize("payload", [{}, {"return": None}, {"return": {}}])
def test_an_answer_with_neither_a_return_nor_an_error_leaves_it_open_whether_there_is_one(payload: Any) -> None:
    told = Told()("return_create", payload)("return_request", payload)
    openings, exchanges = ShopifyOpenings(told.api), ShopifyExchanges(told.api)
    for call in (
        lambda: openings.create(7, order_gid=ORDER, lines=[], reason_gid="r", requested_at=ASKED_AT),
        lambda: openings.request(7, order_gid=ORDER, lines=[]),
        lambda: exchanges.make(7, like=LIKE, variant_gid=""),
    ):
        with pytest.raises(OutsideError) as error:
            call()
        assert error.value.ambiguous and not error.value.permanent
