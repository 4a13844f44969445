"""The stand-in's bulk operations: what Shopify takes, how its result is written and served, and its bad days."""

import json
import time
from typing import Any

import pytest
import requests

from shopify_app.admin_api.documents import document
from simulators.shopify.bulk.operations import KEPT
from simulators.world.past import documents_of, past
from tests.simulators.shopify_calls import BASE, OTHER, Calls

SIMPLE = "{ orders { edges { node { id name lineItems { edges { node { id sku } } } } } } }"


def ask(shopify: Calls, query: str) -> dict[str, Any]:
    answer = shopify.post(document("bulk_run_query"), None, {"query": query}).json()
    assert "errors" not in answer, answer
    return answer["data"]["bulkOperationRunQuery"]


def look(shopify: Calls, gid: str) -> dict[str, Any]:
    return shopify.post(document("bulk_operation"), None, {"id": gid}).json()["data"]["bulkOperation"]


def seen_through(shopify: Calls, query: str = SIMPLE) -> dict[str, Any]:
    gid = ask(shopify, query)["bulkOperation"]["id"]
    for _ in range(500):
        found = look(shopify, gid)
        if found["status"] not in ("CREATED", "RUNNING", "CANCELING"):
            return found
        time.sleep(0.02)
    raise AssertionError("it does not end")


def lines_of(operation: dict[str, Any]) -> list[dict[str, Any]]:
    answer = requests.get(operation["url"], timeout=10)
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.fixture(autouse=True)
def quick(shopify: Calls) -> None:
    shopify.store.config.bulk_seconds = 0.02
    shopify.control("POST", "grant", {"shop": shopify.shop, "scopes": ["read_all_orders"]})


def test_every_object_is_a_line_and_one_that_is_nested_names_its_parent_after_it(shopify: Calls) -> None:
    operation = seen_through(shopify)
    lines = lines_of(operation)
    orders = shopify.store.shops[shopify.shop].all("Order")
    assert [line["id"] for line in lines if "__parentId" not in line] == [
        o["id"] for o in sorted(orders, key=lambda o: (o["processedAt"], o["id"]))
    ]
    seen: set[str] = set()
    for line in lines:
        assert line.get("__parentId", line["id"]) in seen | {line["id"]}
        seen.add(line["id"])
    assert {line["id"] for line in lines if "sku" in line} == {x["id"] for o in orders for x in o["lineItems"]}
    assert operation["objectCount"] == str(len(lines)) and int(operation["fileSize"]) > len(lines)
    assert any("__parentId" not in line for line in lines[1:2]), "not grouped: a child is not right below its parent"


def test_a_line_holds_what_the_same_query_shows_on_a_page(shopify: Calls) -> None:
    fields = "id name totalPriceSet { shopMoney { amount currencyCode } } refunds { id createdAt return { id } }"
    lines = lines_of(seen_through(shopify, f"{{ orders {{ edges {{ node {{ {fields} }} }} }} }}"))
    shown = shopify.post(f"{{ orders(first: 120) {{ nodes {{ {fields} }} }} }}").json()["data"]["orders"]["nodes"]
    assert lines == shown


def test_a_search_and_the_rights_of_the_app_bound_what_is_read(shopify: Calls) -> None:
    one = SIMPLE.replace("orders {", 'orders(query: "source_name:pos") {')
    assert 0 < sum("name" in x for x in lines_of(seen_through(shopify, one))) < 120
    shopify.control("POST", "grant", {"shop": shopify.shop, "scopes": ["read_orders"], "replace": True})
    assert sum("name" in x for x in lines_of(seen_through(shopify))) < 60
    denied = seen_through(shopify, "{ orders { edges { node { id customer { id } } } } }")
    assert (denied["status"], denied["errorCode"], denied["url"]) == ("FAILED", "ACCESS_DENIED", None)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("{ shop { id } }", "at least one connection"),
        ("{ orders { edges { node { nothing } } } }", "doesn't exist"),
        ("query Q($n: Int) { orders(first: $n) { nodes { id } } }", "variables"),
        ("mutation { bulkOperationCancel(id: 1) { bulkOperation { id } } }", ""),
        (
            "{ orders { nodes { returns { nodes { reverseFulfillmentOrders { nodes {"
            " lineItems { nodes { id } } } } } } } } }",
            "depth",
        ),
        (
            "{ orders { nodes { refunds { refundLineItems { nodes { id } } } } } }",
            "depth",
        ),
        (
            "{ orders { nodes { a: lineItems { nodes { id } } b: lineItems { nodes { id } }"
            " c: lineItems { nodes { id } } d: lineItems { nodes { id } } e: lineItems { nodes { id } } } } }",
            "more than 5",
        ),
    ],
)
def test_a_query_that_shopify_does_not_take_in_bulk_is_refused(shopify: Calls, query: str, why: str) -> None:
    payload = ask(shopify, query)
    assert payload["bulkOperation"] is None
    (refusal,) = payload["userErrors"]
    assert refusal["code"] == "INVALID" and why in refusal["message"]


def test_five_may_run_at_a_time_and_a_sixth_is_told_to_wait(shopify: Calls) -> None:
    shopify.store.config.bulk_seconds = 2
    begun = [ask(shopify, SIMPLE)["bulkOperation"]["id"] for _ in range(5)]
    (refusal,) = ask(shopify, SIMPLE)["userErrors"]
    assert refusal["code"] == "LIMIT_REACHED"
    cancelled = shopify.post(document("bulk_operation_cancel"), None, {"id": begun[0]}).json()["data"]
    assert cancelled["bulkOperationCancel"]["bulkOperation"]["status"] == "CANCELING"


def test_the_newest_operations_show_what_was_asked(shopify: Calls) -> None:
    first, second = (ask(shopify, SIMPLE)["bulkOperation"]["id"] for _ in range(2))
    found = shopify.post(document("bulk_operations_recent")).json()["data"]["bulkOperations"]["nodes"]
    assert [o["id"] for o in found] == [second, first] and found[0]["query"] == SIMPLE


def test_the_app_is_told_when_it_is_over(shopify: Calls, receiver: Any) -> None:
    operation = seen_through(shopify)
    assert shopify.store.webhooks.settle()
    told = receiver.bodies("bulk_operations/finish")
    assert [(t["admin_graphql_api_id"], t["status"], t["error_code"]) for t in told] == [
        (operation["id"], "completed", None)
    ]


def test_a_file_is_served_in_ranges_for_seven_days_and_to_nobody_who_guesses(shopify: Calls, clock: Any) -> None:
    operation = seen_through(shopify)
    whole = requests.get(operation["url"], timeout=10).content
    part = requests.get(operation["url"], headers={"Range": "bytes=100-"}, timeout=10)
    assert part.status_code == 206 and part.content == whole[100:]
    assert part.headers["Content-Range"] == f"bytes 100-{len(whole) - 1}/{len(whole)}"
    over = requests.get(operation["url"], headers={"Range": f"bytes={len(whole)}-"}, timeout=10)
    assert (over.status_code, over.headers["Content-Range"]) == (416, f"bytes */{len(whole)}")
    key = operation["url"].rsplit("/", 1)[1]
    assert requests.get(operation["url"].replace(key, "0" * 32 + ".jsonl"), timeout=10).status_code == 403
    assert requests.get(operation["url"].replace(shopify.shop, OTHER), timeout=10).status_code == 403
    clock.forward(seconds=KEPT.total_seconds())
    assert requests.get(operation["url"], timeout=10).status_code == 403
    shopify.token = shopify.exchange().json()["access_token"]
    assert look(shopify, operation["id"])["status"] == "EXPIRED" and look(shopify, operation["id"])["url"] is None


@pytest.mark.parametrize(("kind", "code"), [("fail", "TIMEOUT"), ("denied", "ACCESS_DENIED"), ("partial", "TIMEOUT")])
def test_a_bad_day_that_was_ordered_fails_it(shopify: Calls, kind: str, code: str) -> None:
    shopify.control("POST", "faults", [{"operation": "bulk.run", "kind": kind, "times": 1, "after": 10}])
    operation = seen_through(shopify)
    assert (operation["status"], operation["errorCode"], operation["url"]) == ("FAILED", code, None)
    assert bool(operation["partialDataUrl"]) == (kind == "partial")
    if kind == "partial":
        assert len(requests.get(operation["partialDataUrl"], timeout=10).text.splitlines()) == 10
    assert seen_through(shopify)["status"] == "COMPLETED", "once was ordered"


def test_a_fault_for_everything_is_not_meant_for_what_runs_aside(shopify: Calls) -> None:
    shopify.control("POST", "faults", [{"operation": "*", "kind": "cut_json", "times": 1}])
    assert shopify.store.faults.strike("bulk.run", exactly=True) is None
    assert shopify.store.faults.strike("BulkRunQuery") is not None


def test_a_past_is_the_same_each_time_it_is_made_and_is_seen_in_bulk_only(shopify: Calls) -> None:
    shopify.control("POST", "past", {"shop": shopify.shop, "orders": 50, "seed": 4})
    made = [line for line in lines_of(seen_through(shopify)) if str(line.get("name", "")).startswith("#P")]
    assert len(made) == 50 and len({line["id"] for line in made}) == 50
    about: dict[str, Any] = {"orders": 300, "seed": 4, "until": BASE, "staff": ["s"], "places": ["p"]}
    one, other = (list(documents_of(past(1, **about))) for _ in range(2))
    assert one == other and sum(len(documents) == 3 for documents in one) > 5
    page = shopify.post("{ orders(first: 200) { nodes { name } } }").json()["data"]["orders"]["nodes"]
    assert not any(o["name"].startswith("#P") for o in page)


def test_an_operation_that_was_running_when_the_stand_in_was_killed_runs_again(
    small_world: Any, clock: Any, receiver: Any, tmp_path: Any
) -> None:

    from simulators.shopify import ShopifyConfig
    from simulators.shopify.serving import ShopifyServer

    config = ShopifyConfig(app_url=receiver.url, clock=clock, retry_seconds=(0.05,), bulk_seconds=30)
    with ShopifyServer(config, path=tmp_path / "shopify.db", world=small_world.copy()) as server:
        first = Calls(server)
        first.install(scopes=["read_orders", "read_all_orders"])
        gid = ask(first, SIMPLE)["bulkOperation"]["id"]
    config.bulk_seconds = 0.01
    with ShopifyServer(config, path=tmp_path / "shopify.db") as server:
        again = Calls(server)
        again.token = again.exchange().json()["access_token"]
        for _ in range(300):
            if look(again, gid)["status"] == "COMPLETED":
                break
            time.sleep(0.02)
        assert len(lines_of(look(again, gid))) > 120
