"""The seeded world: the same each time, quick, and with the people everyone counts on."""

import json
import time

from simulators.shopify import ShopifyConfig, Store, amounts
from simulators.world import DOMAIN, generate
from tests.simulators.shopify_calls import BASE, Clock


def test_the_world_is_made_in_under_ten_seconds_and_the_same_each_time():
    begun = time.monotonic()
    first = generate(7, BASE)
    assert time.monotonic() - begun < 10
    assert json.dumps(first.shops) == json.dumps(generate(7, BASE).shops)
    assert json.dumps(first.shops) != json.dumps(generate(8, BASE).shops)


def test_the_cast_is_as_promised():
    store = Store(ShopifyConfig(app_url="http://127.0.0.1:1", clock=Clock()))
    store.seed(generate(7, BASE))
    shop = store.shops[DOMAIN]
    totals = {"1042": 14800, "1043": 3950, "1044": 8200, "1045": 6400, "1046": 9900, "1047": 7500}
    for name, total in totals.items():
        order = shop.get(f"gid://shopify/Order/612884090{name}")
        assert order["name"] == f"#{name}" and amounts.original_total(order) == total
        assert order["fulfillments"][0]["deliveredAt"] and not order["returnIds"]
    ring = shop.find("Order", name="#1042")
    assert shop.get(ring["customerId"])["email"] == "amara.whitlock@example.com"
    assert shop.get(ring["lineItems"][0]["attributed"][0]["staffId"])["firstName"] == "Inès"
    assert shop.find("Order", name="#1044")["lineItems"][0]["attributed"] == []
    assert shop.find("Order", name="#1045")["retailLocationId"] is None
    assert len(shop.all("Order")) == 1500 and len(shop.all("Customer")) == 200
    assert 55 <= len(shop.all("Product")) <= 65 and len(store.directory) == 8
    assert len({order["name"] for order in shop.all("Order")}) == 1500


def test_sellers_are_known_by_line_by_order_by_place_or_not_at_all():
    world = generate(7, BASE)
    orders = [d for d in world.shops[DOMAIN] if "/Order/" in d["id"]]
    by_line = sum(bool(o["lineItems"][0]["attributed"]) for o in orders)
    by_order = sum(bool(o["staffId"]) and not o["lineItems"][0]["attributed"] for o in orders)
    by_place = sum(bool(o["retailLocationId"]) and not o["staffId"] for o in orders)
    by_none = sum(o["sourceName"] == "web" for o in orders)
    assert min(by_line, by_order, by_place, by_none) > 100
    open_requests = [d for d in world.shops[DOMAIN] if "/Return/" in d["id"] and d["status"] == "REQUESTED"]
    closed = [d for d in world.shops[DOMAIN] if "/Return/" in d["id"] and d["status"] == "CLOSED"]
    assert len(open_requests) == 4 and len(closed) > 60
