"""Shopify's shapes as our values, nulls everywhere, and what is sent for a return."""

import json
from typing import Any

import pytest
import requests
import responses
from hypothesis import given
from hypothesis import strategies as st

from kit.db import Database
from kit.errors import OutsideError
from kit.money import Money
from logistics.reads import PlanLine, ProcessPlan
from shopify_app.admin_api.client import AdminApi, UserErrors
from shopify_app.admin_api.moneys import process_input
from shopify_app.admin_api.orders import ShopifyOrders, title_of
from shopify_app.admin_api.reading import address, money, nodes, return_read
from shopify_app.admin_api.returns import ShopifyReturns, Targets
from shopify_app.admin_api.together import ReturnsWithOrders
from tests.admin_api.conftest import GRAPHQL

Shopify = responses.RequestsMock
R, ORDER = "gid://shopify/Return/1", "gid://shopify/Order/1"
NO_MORE = {"hasNextPage": False, "endCursor": None}


def price(amount: str, currency: str = "USD") -> dict[str, str]:
    return {"amount": amount, "currencyCode": currency}


def a_return(**changed: Any) -> dict[str, Any]:
    return {
        "id": R,
        "name": "#1-R1",
        "status": "OPEN",
        "order": {"id": ORDER, "name": "#1", "presentmentCurrencyCode": "EUR"},
        "returnLineItems": {"nodes": [a_line()], "pageInfo": NO_MORE},
        "reverseFulfillmentOrders": {"nodes": []},
        "refunds": {"nodes": []},
        **changed,
    }


def a_line(number: int = 1, **changed: Any) -> dict[str, Any]:
    both = {"shopMoney": price("100.01"), "presentmentMoney": price("90.00", "EUR")}
    sold = {"id": "l", "title": "Ring", "quantity": 3, "discountedTotalSet": both}
    return {"id": f"rl{number}", "quantity": 2, "fulfillmentLineItem": {"id": "fl", "lineItem": sold}, **changed}


def test_a_return_is_read_with_its_lines_in_both_moneys() -> None:
    read = return_read(a_return())
    assert (read.return_gid, read.order_gid, read.status, read.presentment_currency) == (R, ORDER, "OPEN", "EUR")
    (line,) = read.lines
    assert (line.unit_total, line.unit_total_presentment) == (Money(3333, "USD"), Money(3000, "EUR"))
    assert (line.quantity, line.line_gid, line.fulfillment_line_gid) == (2, "l", "fl")


@pytest.mark.parametrize(
    "changed",
    [
        {"returnLineItems": None, "reverseFulfillmentOrders": None, "refunds": None, "name": None},
        {"returnLineItems": {"nodes": None}, "refunds": {"nodes": [None]}},
        {"returnLineItems": {"nodes": [None, {"id": "x"}]}},
        {"returnLineItems": {"nodes": [a_line(fulfillmentLineItem=None)]}},
        {"returnLineItems": {"nodes": [a_line(fulfillmentLineItem={"id": "f", "lineItem": None})]}},
        {"returnLineItems": {"nodes": [a_line(quantity=None, customerNote=None, returnReasonDefinition=None)]}},
        {"refunds": {"nodes": [{"id": "f", "totalRefundedSet": None}]}},
        {"reverseFulfillmentOrders": {"nodes": [{"id": "o", "status": "OPEN", "lineItems": None}]}},
        {
            "reverseFulfillmentOrders": {
                "nodes": [
                    {"id": "o", "status": "OPEN", "reverseDeliveries": {"nodes": [{"id": "d", "deliverable": None}]}}
                ]
            }
        },
    ],
)
def test_whatever_shopify_withholds_comes_as_nothing(changed: dict[str, Any]) -> None:
    assert return_read(a_return(**changed)).return_gid == R


def test_a_piece_nobody_verified_is_worth_its_own_price() -> None:
    (line,) = return_read(
        a_return(returnLineItems={"nodes": [a_line(fulfillmentLineItem=None, unitPrice=price("70.00"))]})
    ).lines
    assert line.unit_total == line.unit_total_presentment == Money(7000, "USD")


@given(
    st.none()
    | st.fixed_dictionaries({}, optional={k: st.none() | st.text(max_size=3) for k in ("name", "zip", "phone")})
)
def test_an_address_never_holds_null(value: Any) -> None:
    assert None not in vars(address(value)).values()


def test_no_money_is_zero_and_no_connection_is_no_nodes() -> None:
    assert money(None, fallback_currency="EUR") == Money(0, "EUR") and money({}) == Money(0, "USD")
    assert nodes(None) == nodes({}) == nodes({"nodes": None}) == []


# --- calls


@pytest.fixture
def returns(api: AdminApi) -> ShopifyReturns:
    return ShopifyReturns(api)


def answer(shopify: Shopify, name: str, value: Any) -> None:
    shopify.post(GRAPHQL, json={"data": {name: value}})


def sent(shopify: Shopify, number: int) -> dict[str, Any]:
    found = json.loads(shopify.calls[number].request.body or b"")["variables"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("found", [None, a_return(order=None)])
def test_a_return_whose_order_is_too_old_is_none(
    returns: ShopifyReturns, shop_id: int, shopify: Shopify, found: Any
) -> None:
    answer(shopify, "return", found)
    assert returns.read(shop_id, R) is None


def test_a_return_of_many_lines_is_read_to_its_end(returns: ShopifyReturns, shop_id: int, shopify: Shopify) -> None:
    page = {"hasNextPage": True, "endCursor": "c1"}
    answer(shopify, "return", a_return(returnLineItems={"nodes": [a_line(1)], "pageInfo": page}))
    answer(shopify, "return", a_return(returnLineItems={"nodes": [a_line(2)], "pageInfo": NO_MORE}))
    read = returns.read(shop_id, R)
    assert read is not None and [line.gid for line in read.lines] == ["rl1", "rl2"]
    assert sent(shopify, 1)["after"] == "c1"


@pytest.mark.parametrize(
    ("code", "taken"), [("INVALID_STATE", True), ("NOTIFICATION_FAILED", True), ("NOT_FOUND", False)]
)
def test_a_return_somebody_moved_first_is_returned_as_it_is(
    returns: ShopifyReturns, shop_id: int, shopify: Shopify, code: str, taken: bool
) -> None:
    refused = {"return": None, "userErrors": [{"code": code, "message": "no", "field": None}]}
    answer(shopify, "returnApproveRequest", refused)
    answer(shopify, "return", a_return())
    if taken:
        assert returns.approve(shop_id, R).status == "OPEN"
        assert sent(shopify, 0)["input"] == {"id": R, "notifyCustomer": False}
    else:
        with pytest.raises(UserErrors):
            returns.approve(shop_id, R)


def test_the_places_for_labels_come_with_the_approval_and_each_is_used_once(
    returns: ShopifyReturns, shop_id: int, shopify: Shopify
) -> None:
    places = [
        {"url": f"https://s.example/{n}", "resourceUrl": f"https://s.example/l{n}", "parameters": []} for n in "ab"
    ]
    done = {"return": a_return(), "userErrors": []}
    both = {"returnApproveRequest": done, "stagedUploadsCreate": {"stagedTargets": places, "userErrors": []}}
    shopify.post(GRAPHQL, json={"data": both})
    answer(shopify, "returnApproveRequest", done)
    for _ in range(2):
        assert returns.approve(shop_id, R).status == "OPEN"
    assert [sent(shopify, number)["places"] for number in (0, 1)] == [True, False], "only where there are none"
    for place in places:
        shopify.put(place["url"], status=201)
    for number in range(2):
        hung = {"reverseDelivery": {"id": f"d{number}"}, "userErrors": []}
        answer(shopify, "reverseDeliveryCreateWithShipping", hung)
        label: dict[str, Any] = {"tracking_code": "1Z", "tracking_url": "", "pdf": b"%PDF", "notify": False}
        returns.attach_label(shop_id, rfo_gid="o", look_first=False, **label)
    used = [call.request.url for call in shopify.calls if call.request.method == "PUT"]
    assert sorted(map(str, used)) == ["https://s.example/a", "https://s.example/b"]
    assert returns.targets.are_short(shop_id)


@pytest.mark.parametrize("more", [{}, {"stagedUploadsCreate": None}, {"stagedUploadsCreate": {"stagedTargets": None}}])
def test_without_a_place_the_return_is_approved_all_the_same(
    returns: ShopifyReturns, shop_id: int, shopify: Shopify, more: Any
) -> None:
    shopify.post(GRAPHQL, json={"data": {"returnApproveRequest": {"return": a_return(), "userErrors": []}, **more}})
    assert returns.approve(shop_id, R).status == "OPEN" and returns.targets.are_short(shop_id)


def test_a_label_that_hangs_there_already_is_not_attached_again(
    returns: ShopifyReturns, shop_id: int, shopify: Shopify
) -> None:
    hung = [{"id": "d0", "deliverable": None}, {"id": "d1", "deliverable": {"tracking": {"number": "1Z"}}}]
    answer(shopify, "reverseFulfillmentOrder", {"reverseDeliveries": {"nodes": hung}})
    label: dict[str, Any] = {"tracking_url": "", "pdf": b"%PDF", "notify": False}
    assert returns.attach_label(shop_id, rfo_gid="o", tracking_code="1Z", **label) == "d1"
    assert len(shopify.calls) == 1


@pytest.mark.parametrize("upload", [{"status": 403}, {"status": 500}])
def test_a_label_that_could_not_be_uploaded_is_not_attached(
    returns: ShopifyReturns, shop_id: int, shopify: Shopify, upload: dict[str, Any]
) -> None:
    target = {"url": "https://storage.example/put", "resourceUrl": "https://storage.example/l", "parameters": []}
    answer(shopify, "reverseFulfillmentOrder", None)
    answer(shopify, "stagedUploadsCreate", {"stagedTargets": [target], "userErrors": []})
    shopify.put(target["url"], **upload)
    with pytest.raises(OutsideError, match="label upload") as caught:
        returns.attach_label(shop_id, rfo_gid="o", tracking_code="1Z", tracking_url="", pdf=b"%PDF", notify=False)
    assert not caught.value.ambiguous
    assert "X-Shopify-Access-Token" not in shopify.calls[-1].request.headers, "the token stays with Shopify's API"


@pytest.mark.parametrize("lost", [{"body": requests.ReadTimeout()}, {"status": 504}, {"body": '{"data": '}])
def test_a_label_whose_answer_was_lost_may_hang_there(
    returns: ShopifyReturns, shop_id: int, shopify: Shopify, lost: dict[str, Any]
) -> None:
    target = {"url": "https://storage.example/put", "resourceUrl": "https://storage.example/l", "parameters": []}
    answer(shopify, "reverseFulfillmentOrder", None)
    answer(shopify, "stagedUploadsCreate", {"stagedTargets": [target], "userErrors": []})
    shopify.put(target["url"], status=201)
    shopify.post(GRAPHQL, **lost)
    with pytest.raises(OutsideError) as caught:
        returns.attach_label(shop_id, rfo_gid="o", tracking_code="1Z", tracking_url="", pdf=b"%PDF", notify=False)
    assert caught.value.ambiguous


@pytest.mark.parametrize(
    "found", [None, {"suggestedFinancialOutcome": None}, {"suggestedFinancialOutcome": {"financialTransfer": None}}]
)
def test_without_a_suggestion_there_is_no_money(
    returns: ShopifyReturns, shop_id: int, shopify: Shopify, found: Any
) -> None:
    answer(shopify, "return", found)
    assert returns.suggest_outcome(shop_id, R, [("rl1", 1)]).amount is None


LINE = PlanLine("rl1", 1, "rfol1", "RESTOCKED", "gid://shopify/Location/1")


def plan(**changed: Any) -> ProcessPlan:
    given: dict[str, Any] = {"lines": (LINE,), "refund": (), "notify": False, "note": "", **changed}
    return ProcessPlan(**given)


def test_without_money_to_move_no_transfer_is_named() -> None:
    value = process_input(R, plan())
    assert "financialTransfer" not in value and value["note"] is None
    assert value["returnLineItems"][0]["dispositions"] == [
        {
            "reverseFulfillmentOrderLineItemId": "rfol1",
            "quantity": 1,
            "dispositionType": "RESTOCKED",
            "locationId": "gid://shopify/Location/1",
        }
    ]


def test_money_goes_back_the_way_it_came_and_never_more_than_was_paid() -> None:
    refund = process_input(R, plan(refund=(("t1", Money(1_480_000, "EUR")), ("t2", Money(500, "JPY")))))[
        "financialTransfer"
    ]
    assert refund["issueRefund"] == {
        "orderTransactions": [
            {"parentId": "t1", "transactionAmount": price("14800.00", "EUR")},
            {"parentId": "t2", "transactionAmount": price("500", "JPY")},
        ],
        "refundMethods": [],
        "allowOverRefunding": False,
    }


# --- orders


def an_order(**changed: Any) -> dict[str, Any]:
    total = {"shopMoney": price("14800.00")}
    return {"id": ORDER, "createdAt": "2026-11-02T10:00:00Z", "originalTotalPriceSet": total, **changed}


def test_an_order_without_customer_address_or_lines_is_read(
    api: AdminApi, database: Database, shop_id: int, shopify: Shopify
) -> None:
    answer(shopify, "order", an_order(customer=None, lineItems=None, fulfillments=None, shippingAddress=None))
    found = ShopifyOrders(api, database).order(shop_id, ORDER)
    assert found is not None
    order, client = found
    assert (order.total, order.lines, order.delivered_on) == (Money(1_480_000, "USD"), (), None)
    assert (client.gid, client.name, client.email, client.locale) == ("", "", "", "en")


def test_an_order_shopify_does_not_show_is_none_and_staff_is_only_asked_where_it_may_be(
    api: AdminApi, database: Database, shop_id: int, shopify: Shopify
) -> None:
    answer(shopify, "order", None)
    orders = ShopifyOrders(api, database)
    assert orders.order(shop_id, ORDER) is None
    assert orders.staff(shop_id, ORDER).order_staff_gid is None and len(shopify.calls) == 1


@pytest.mark.parametrize(
    ("tags", "title"),
    [([], ""), (["vip", "title:Mrs"], "Mrs"), (["Title: dr."], "Dr"), (["title:Emperor"], ""), (["title"], "")],
)
def test_a_form_of_address_is_a_tag_of_the_house(tags: list[str], title: str) -> None:
    assert title_of(tags) == title


# --- several things in one call


def test_places_for_labels_are_asked_for_ahead_and_each_is_used_once_soon_and_by_its_own_shop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = 100.0
    monkeypatch.setattr("shopify_app.admin_api.returns.time.monotonic", lambda: at)
    targets = Targets()
    targets.keep(1, [{"url": "a"}, {"url": "b"}])
    assert targets.take(2) is None
    assert targets.take(1) == {"url": "b"}
    at += 601
    assert targets.take(1) is None and targets.take(1) is None


def test_the_order_that_came_with_a_return_is_handed_over_once_and_only_for_that_order(
    api: AdminApi, database: Database, shop_id: int, shopify: Shopify
) -> None:
    together = ReturnsWithOrders(api, ShopifyOrders(api, database))
    order = an_order() | a_return()["order"]
    answer(shopify, "return", a_return(order=order))
    read = together.read(shop_id, R)
    assert read is not None and len(shopify.calls) == 1
    found = together.order(shop_id, read.order_gid)
    assert found is not None and found[0].total == Money(1_480_000, "USD") and len(shopify.calls) == 1
    answer(shopify, "order", None)
    assert together.order(shop_id, read.order_gid) is None and len(shopify.calls) == 2
    answer(shopify, "return", a_return(order=order))
    together.read(shop_id, R)
    assert together.order(shop_id, "gid://shopify/Order/2") is None, "another order is read by itself"


def test_where_something_of_the_order_is_withheld_each_is_read_by_itself(
    api: AdminApi, database: Database, shop_id: int, shopify: Shopify
) -> None:
    together = ReturnsWithOrders(api, ShopifyOrders(api, database))
    denied = {"message": "no", "extensions": {"code": "ACCESS_DENIED"}, "path": ["return", "order", "customer"]}
    shopify.post(GRAPHQL, json={"data": {"return": a_return()}, "errors": [denied]})
    answer(shopify, "return", a_return())
    answer(shopify, "order", an_order())
    read = together.read(shop_id, R)
    assert read is not None and together.order(shop_id, read.order_gid) is not None
    assert len(shopify.calls) == 3
