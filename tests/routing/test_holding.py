"""Evidence first: no return is decided while the word of who sold it lies unread in the inbox."""

import json
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from jobs.attempts import Job
from routing.events import ReturnChanged, ReturnSeen
from routing.levels import Level
from tests import cast, faults
from tests.routing.edge_house import Edge
from tests.routing.shopify_at_hand import BOB, ORDER, gid
from webhooks import inbox
from webhooks.inbox import order_unread, pump
from webhooks.models import Delivery, DeliveryState

ROUTE = {"routing.route_return", "routing.follow_return"}


def jobs_of(edge: Edge) -> dict[str, Job]:
    table = edge.jobs()
    for name in ROUTE:
        table[name] = partial(table[name], unread=order_unread)
    return table


def step(edge: Edge) -> list[str]:
    """Run what waits now, once, and not what that brings."""
    waiting, edge.queue.waiting = edge.queue.waiting, []
    for name, payload in waiting:
        faults.persist(partial(jobs_of(edge)[name], edge.database.begin, **payload["args"]), lambda _seconds: None)
    return [name for name, _ in waiting]


def delivered(edge: Edge, number: int = 1, *, order: str = ORDER, topic: str = "orders/create", **changed: Any) -> int:
    """Shopify's word of an order, with who sold its line, stored by the door and not read yet."""
    line = {"id": 9001, "admin_graphql_api_id": "gid://shopify/LineItem/11", "quantity": 1}
    body = {
        "admin_graphql_api_id": order,
        "name": "#1042",
        "updated_at": "2026-10-01T10:00:00Z",
        "line_items": [line | {"attributed_staffs": [{"id": BOB, "quantity": 1}]}],
    }
    about: dict[str, Any] = {
        "source": "shopify",
        "shop_domain": "verdane.myshopify.com",
        "topic": topic,
        "received_at": edge.at,
    }
    with edge.database.begin() as session:
        row = Delivery(external_id=f"o-{number}", body=json.dumps(body).encode(), **(about | changed))
        session.add(row)
    return cast.number(row.id)


@pytest.fixture(autouse=True)
def one_clock(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "clock_now", lambda: edge.at)


def test_a_return_the_sweep_finds_is_decided_after_the_word_of_its_order_is_read(edge: Edge) -> None:
    edge.shopify.put(1)
    delivered(edge)
    edge.sweep()
    for _ in range(3):
        assert step(edge) == ["routing.route_return"]
        assert edge.made()[0] == [] and "read" not in edge.shopify.calls, "and Shopify is not asked in vain"
    assert pump(edge.database.begin) == 1
    step(edge)
    (decision,) = edge.made()[0]
    assert (decision.return_gid, decision.level) == (gid(1), Level.LINE)


@pytest.mark.parametrize("event", [ReturnSeen(1, gid(1), None), ReturnChanged(1, gid(1), "update")])
def test_so_is_one_that_a_webhook_told_of_and_named_no_order(edge: Edge, event: Any) -> None:
    edge.shopify.put(1)
    delivered(edge)
    edge.tell(type(event)(edge.shop_id, gid(1), event.says if isinstance(event, ReturnChanged) else None))
    (told,) = step(edge)
    assert edge.made()[0] == []
    pump(edge.database.begin)
    assert step(edge) == [told], "the same job goes on, with all it was told"
    assert [d.level for d in edge.made()[0]] == [Level.LINE]


def test_what_comes_in_after_the_first_look_is_not_waited_for(edge: Edge) -> None:
    edge.shopify.put(1)
    delivered(edge, 1)
    edge.sweep()
    step(edge)
    pump(edge.database.begin)
    delivered(edge, 2, order="gid://shopify/Order/2")
    step(edge)
    assert len(edge.made()[0]) == 1


def test_one_whose_order_was_told_of_before_waits_for_nothing(edge: Edge) -> None:
    edge.shopify.put(1)
    delivered(edge, 1)
    pump(edge.database.begin)
    delivered(edge, 2, order="gid://shopify/Order/2")
    edge.sweep()
    step(edge)
    assert [d.level for d in edge.made()[0]] == [Level.LINE]


@pytest.mark.parametrize(
    "changed",
    [
        {"shop_domain": "dana.myshopify.com"},
        {"topic": "returns/request"},
        {"state": DeliveryState.FAILED},
        {"state": DeliveryState.UNCLAIMED, "shop_domain": "dana.myshopify.com"},
    ],
)
def test_nothing_else_is_waited_for(edge: Edge, changed: dict[str, Any]) -> None:
    edge.shopify.put(1)
    delivered(edge, **changed)
    edge.sweep()
    step(edge)
    assert len(edge.made()[0]) == 1


def test_a_return_made_just_now_is_left_to_shopifys_own_word_for_a_minute(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    begins: list[datetime | None] = []

    def put(*args: Any, at: datetime | None, **options: Any) -> None:
        begins.append(at)
        edge.queue.put(*args, **options)

    monkeypatch.setattr("jobs.queue.put", put)
    made_at = edge.at - timedelta(seconds=5)
    edge.shopify.put(1, at=made_at)
    edge.sweep()
    assert begins == [made_at + timedelta(minutes=1)]
    step(edge)
    assert len(edge.made()[0]) == 1
