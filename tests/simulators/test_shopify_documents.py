"""The documents an app may send: accepted or refused as the real schema would."""

from pathlib import Path

import pytest
import requests
from graphql import parse, validate

from shopify_app.admin_api.documents import document
from simulators.shopify.executor import load_schema
from tests.simulators.shopify_calls import DOCUMENTS, OPERATIONS, OTHER, Calls

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = load_schema()
OURS = sorted((ROOT / "shopify_app" / "admin_api" / "queries").glob("*.graphql"))


@pytest.mark.parametrize("path", [*sorted(DOCUMENTS.glob("*.graphql")), *OURS], ids=lambda path: path.stem)
def test_each_document_is_valid_on_the_trimmed_schema(path):
    text = document(path.stem) if path in OURS else path.read_text()
    assert validate(SCHEMA, parse(text)) == []


def test_each_query_is_answered_for_the_meridian_ring(shopify):
    shopify.control("POST", "grant", {"scopes": ["read_users"]})
    order = shopify.order("1042")
    return_ = shopify.open_return("1042")
    line = return_["returnLineItems"]["nodes"][0]["id"]
    wanted = [{"id": line, "quantity": 1}]
    part = {"fulfillmentLineItemId": order["fulfillmentLines"][0]["id"], "quantity": 1}
    queries = {
        "InstallationAndShop": {},
        "ReturnableFulfillments": {"orderId": order["id"]},
        "SuggestedReturnReasons": {"lineItemIds": [order["lines"][0]["id"]]},
        "ReturnReasonDefinitions": {},
        "ReturnCalculate": {"input": {"orderId": order["id"], "returnLineItems": [part]}},
        "ReturnGet": {"id": return_["id"]},
        "ReturnSuggestedFinancialOutcome": {"id": return_["id"], "returnLineItems": wanted, "exchangeLineItems": []},
        "OrderOutstanding": {"id": order["id"]},
        "OrderAttributionSignals": {"id": order["id"]},
        "OrderStaffAttribution": {"id": order["id"]},
        "StaffMembers": {"query": "account_type:regular"},
        "ReconcileReturns": {"query": "updated_at:>='2026-02-01T00:00:00Z' AND -return_status:no_return"},
        "WebhookSubscriptionsAudit": {},
        "BulkOperationGet": {"id": "gid://shopify/BulkOperation/1"},
    }
    answers = {name: shopify.run(name, **variables) for name, variables in queries.items()}
    known = {name for name, text in OPERATIONS.items() if f"query {name}" in text}
    assert known == set(queries)
    assert answers["OrderStaffAttribution"]["order"]["lineItems"]["nodes"][0]["staffMember"]["name"] == "Inès Laurent"
    assert answers["InstallationAndShop"]["shop"]["plan"]["shopifyPlus"] is True
    assert answers["ReturnCalculate"]["returnCalculate"]["returnLineItems"][0]["subtotalSet"]["presentmentMoney"] == {
        "amount": "14800.00",
        "currencyCode": "USD",
    }
    found = {o["name"] for o in answers["ReconcileReturns"]["orders"]["nodes"]}
    assert "#1042" in found and "#1043" not in found


def test_a_misspelt_field_is_refused_in_shopifys_words(shopify):
    body = shopify.post("query Q { shop { nome } }").json()
    assert body["errors"][0]["message"] == "Field 'nome' doesn't exist on type 'Shop'"
    assert body["errors"][0]["extensions"]["code"] == "undefinedField"
    assert "data" not in body


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        ("ReturnRequest", {"input": {"orderId": "gid://shopify/Order/1"}}),
        ("ReturnRequest", {"input": {"orderId": "gid://shopify/Order/1", "returnLineItems": [], "wrong": 1}}),
        ("ReturnProcess", {"input": {"returnId": "gid://shopify/Return/1", "financialTransfer": {}}}),
        ("ReturnDeclineRequest", {"input": {"id": "gid://shopify/Return/1", "declineReason": "BECAUSE"}}),
    ],
)
def test_wrong_variables_are_refused_before_anything_happens(shopify, name, variables):
    before = len(shopify.control("GET", "log"))
    body = shopify.post(OPERATIONS[name], name, variables).json()
    assert body["errors"][0]["extensions"]["code"] == "INVALID_VARIABLE"
    assert len(shopify.control("GET", "log")) == before


def test_staff_fields_are_null_beside_an_error_without_the_scope(shopify):
    order = shopify.order("1042")
    body = shopify.post(OPERATIONS["OrderStaffAttribution"], "OrderStaffAttribution", {"id": order["id"]}).json()
    assert body["data"]["order"]["staffMember"] is None
    assert {e["extensions"]["code"] for e in body["errors"]} == {"ACCESS_DENIED"}


def test_an_old_order_is_null_and_hides_its_returns_until_all_orders_may_be_read(shopify):
    old = shopify.order("1047")
    query = "query Q($id: ID!) { order(id: $id) { id } }"
    assert shopify.post(query, "Q", {"id": old["id"]}).json()["data"]["order"] is None
    made = shopify.control("POST", "returns", {"order_name": "1047", "note": "Too heavy."})
    body = shopify.post(OPERATIONS["ReturnGet"], "ReturnGet", {"id": made["id"]}).json()
    assert body["data"]["return"] is None and body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    shopify.control("POST", "grant", {"scopes": ["read_all_orders"]})
    assert shopify.run("ReturnGet", id=made["id"])["return"]["order"]["name"] == "#1047"


def test_pages_of_orders_follow_each_other_without_gaps(shopify):
    query = """query Q($after: String) { orders(first: 7, after: $after, sortKey: CREATED_AT) {
        nodes { name } pageInfo { hasNextPage endCursor } } }"""
    names, after = [], None
    while True:
        page = shopify.post(query, "Q", {"after": after}).json()["data"]["orders"]
        names += [node["name"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(names) == len(set(names)) and {"#1042", "#1046"} <= set(names) and "#1047" not in names


def test_products_show_stock_by_place_metafields_and_a_picture(shopify):
    query = """query Q { products(first: 1, query: "handle:meridian-ring") { nodes { title
        metafields(first: 10, namespace: "details") { nodes { key value } }
        featuredMedia { ... on MediaImage { image { url } } }
        variants(first: 5) { nodes { title price inventoryItem { inventoryLevels(first: 3) { nodes {
            location { name } quantities(names: ["available"]) { quantity } } } } } } } } }"""
    product = shopify.post(query).json()["data"]["products"]["nodes"][0]
    assert {"key": "stone", "value": "white diamond"} in product["metafields"]["nodes"]
    levels = product["variants"]["nodes"][2]["inventoryItem"]["inventoryLevels"]["nodes"]
    assert [level["location"]["name"] for level in levels] == ["Verdane Paris", "Verdane New York", "Verdane Tokyo"]
    assert requests.get(product["featuredMedia"]["image"]["url"], timeout=5).text.startswith("<svg")


def test_one_shop_sees_nothing_of_the_other(shopify):
    other = Calls(shopify.server, OTHER)
    other.install()
    order = shopify.order("1042")
    assert other.run("OrderOutstanding", id=order["id"])["order"] is None
    assert other.post("query Q { shop { name } }", token=shopify.token).status_code == 401
    nodes = other.post("query Q { orders(first: 50) { nodes { name retailLocation { name } } } }").json()
    assert "errors" not in nodes
    places = {n["retailLocation"]["name"] for n in nodes["data"]["orders"]["nodes"] if n["retailLocation"]}
    assert places <= {"Verdane London"}


def test_what_rules_ask_of_an_order_is_answered_for_the_meridian_ring(shopify):
    asked = {"id": shopify.order("1042")["id"], "lately": "created_at:>='2020-01-01T00:00:00Z'"}
    asked |= {"tierNamespace": "custom", "tierKey": "tier"}
    body = shopify.post(document("order_get"), "OrderGet", asked).json()
    assert "errors" not in body, body["errors"]
    order, line = body["data"]["order"], body["data"]["order"]["lineItems"]["nodes"][0]
    assert line["product"]["collections"]["nodes"] == [{"title": "Fine jewellery"}]
    assert (line["product"]["productType"], line["vendor"]) == ("Jewellery", "Verdane")
    assert line["discountedUnitPriceAfterAllDiscountsSet"]["shopMoney"]["amount"] == "14800.00"
    assert order["customer"]["tier"] is None and order["id"] in [o["id"] for o in order["customer"]["lately"]["nodes"]]
