"""Orders of many lines, read page by page; and clients that are kept from the app, remembered until they are shown."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
import responses

from kit import clock as kit_clock
from kit.db import Database
from routing.reads import SignalKeys
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.orders import ShopifyOrders
from shopify_app.admin_api.together import ReturnsWithOrders
from shops.models import Shop
from tests.admin_api.conftest import GRAPHQL
from tests.admin_api.test_returns import ORDER, R, a_return, an_order, price
from tests.cast import NOW

Shopify = responses.RequestsMock
KEYS = SignalKeys("custom", "advisor")
DENIED = {"message": "no", "extensions": {"code": "ACCESS_DENIED"}, "path": ["order", "customer"]}


def line(number: int) -> dict[str, Any]:
    """A line of the order; each carries a code of its own, and was sold by somebody of its own."""
    return {
        "id": f"line/{number}",
        "title": f"Piece {number}",
        "quantity": 1,
        "discountedTotalSet": {"shopMoney": price("10.00")},
        "customAttributes": [{"key": "_advisor_code", "value": f"PAR-{number:03}"}],
        "staffMember": {"id": f"staff/{number}"},
    }


def paged(shopify: Shopify, lines: int, size: int) -> list[str | None]:
    """Shopify with one order, `size` lines a page; the cursors it was asked for, in order."""
    asked: list[str | None] = []
    everything = [line(number) for number in range(lines)]

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        body = json.loads(request.body or "{}")
        after = body["variables"].get("afterLine")
        asked.append(after)
        start = int(after or 0)
        end = start + size
        page = {"hasNextPage": end < lines, "endCursor": str(end)}
        order = an_order(lineItems={"nodes": everything[start:end], "pageInfo": page})
        data = {"return": a_return(order=order | a_return()["order"])} if "ReturnWith" in body["query"] else {}
        return 200, {}, json.dumps({"data": {"order": order, **data}})

    shopify.add_callback(responses.POST, GRAPHQL, answer)
    return asked


@pytest.mark.parametrize(
    ("lines", "cursors"),
    [(1, [None]), (20, [None]), (21, [None, "20"]), (45, [None, "20", "40"]), (60, [None, "20", "40"])],
)
def test_every_line_of_an_order_is_read_however_many_pages_it_has(
    api: AdminApi, database: Database, shop_id: int, shopify: Shopify, lines: int, cursors: list[str | None]
) -> None:
    asked = paged(shopify, lines, 20)
    found = ShopifyOrders(api, database).order(shop_id, ORDER)
    assert found is not None and [one.line_gid for one in found[0].lines] == [f"line/{n}" for n in range(lines)]
    assert asked == cursors


def test_the_codes_and_the_staff_of_every_page_count(
    api: AdminApi, database: Database, shop_id: int, shopify: Shopify
) -> None:
    asked = paged(shopify, 45, 20)
    with database.begin() as session:
        session.get_one(Shop, shop_id).scopes = "read_orders,read_users"
    orders = ShopifyOrders(api, database)
    signals = orders.signals(shop_id, ORDER, KEYS)
    assert signals.attributes == tuple((f"line/{n}", "_advisor_code", f"PAR-{n:03}") for n in range(45))
    assert orders.staff(shop_id, ORDER).line_staff == tuple((f"line/{n}", f"staff/{n}") for n in range(45))
    assert asked == [None, "20", "40"] * 2


def test_an_order_of_more_than_one_page_does_not_come_with_its_return_but_is_read_whole_by_itself(
    api: AdminApi, database: Database, shop_id: int, shopify: Shopify
) -> None:
    asked = paged(shopify, 45, 20)
    together = ReturnsWithOrders(api, ShopifyOrders(api, database))
    assert together.read(shop_id, R) is not None and asked == [None]
    found = together.order(shop_id, ORDER)
    assert found is not None and len(found[0].lines) == 45
    assert len(together.signals(shop_id, ORDER, KEYS).attributes) == 45
    assert asked == [None] + [None, "20", "40"] * 2


def test_since_when_clients_are_kept_from_the_app_is_remembered_until_one_is_shown(
    api: AdminApi,
    database: Database,
    shop_id: int,
    shopify: Shopify,
    shop: Callable[[], Shop],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    orders = ShopifyOrders(api, database)
    withheld = {"data": {"order": an_order(customer=None)}, "errors": [DENIED]}
    shown = {"data": {"order": an_order(customer={"id": "gid://shopify/Customer/1"})}}
    seen: list[datetime | None] = []
    for minutes, body in enumerate([shown, withheld, withheld, shown, withheld]):
        monkeypatch.setattr(kit_clock, "now", lambda at=NOW + timedelta(minutes=minutes): at)
        shopify.reset()
        shopify.post(GRAPHQL, json=body)
        found = orders.order(shop_id, ORDER)
        assert found is not None and (found[1].gid == "") is (body is withheld)
        seen.append(shop().withheld_at)
    first, again = NOW + timedelta(minutes=1), NOW + timedelta(minutes=4)
    assert seen == [None, first, first, None, again]


def test_a_guests_order_that_has_no_customer_is_not_one_that_is_kept_from_the_app(
    api: AdminApi, database: Database, shop_id: int, shopify: Shopify, shop: Callable[[], Shop]
) -> None:
    shopify.post(GRAPHQL, json={"data": {"order": an_order(customer=None)}})
    ShopifyOrders(api, database).order(shop_id, ORDER)
    assert shop().withheld_at is None
