"""Whichever way and in whatever order a return reaches us: one decision, one case, one RMA."""

import json
from itertools import count, permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.errors import OutsideError
from routing import openings
from routing.events import ReturnSeen
from routing.reads import SweptReturn
from routing.sweeps import _feed
from shops.models import Shop
from tests import cast
from tests.routing.edge_house import Edge
from tests.routing.shopify_at_hand import ORDER, FakeShopify, gid
from webhooks.topics import TOPICS, Context

PAYLOADS = Path(__file__).parents[1] / "payloads"
BY_WEBHOOK = {
    "request": "returns_request__one_line",
    "approve": "returns_approve",
    "update": "returns_update",
    "process": "returns_process",
}
WAYS = (*BY_WEBHOOK, "sweep", "hand")
numbers = count(10_000)


def arrive(edge: Edge, way: str, return_gid: str, opened_id: int | None) -> None:
    """The return comes once by that way, and all jobs that follow run."""
    if way in BY_WEBHOOK:
        body = json.loads((PAYLOADS / f"{BY_WEBHOOK[way]}.json").read_text())
        body |= {"id": int(return_gid.rsplit("/", 1)[1]), "admin_graphql_api_id": return_gid}
        topic = f"returns/{way}"
        edge.tell(TOPICS[topic](body, Context(edge.shop_id, "verdane.myshopify.com", "")))
    elif way == "sweep":
        edge.sweep(wide=True)
    elif opened_id is not None:
        openings.open_return(edge.database.begin, openings=edge.shopify, shop_id=edge.shop_id, opened_id=opened_id)
    edge.work()


def begin_by_hand(edge: Edge, key: str) -> tuple[int, str]:
    """An advisor pressed the button, Shopify made it, and its answer was lost: all else may be quicker now."""
    opened_id = edge.ask(key, line=f"gid://shopify/FulfillmentLineItem/{next(numbers)}")
    edge.queue.waiting.clear()
    edge.shopify.loses["create"] = [OutsideError("shopify", "ReadTimeout", ambiguous=True)]
    with pytest.raises(OutsideError):
        openings.open_return(edge.database.begin, openings=edge.shopify, shop_id=edge.shop_id, opened_id=opened_id)
    return opened_id, gid(edge.shopify.next_number)


def forget(edge: Edge) -> None:
    edge.shopify.found.clear()
    edge.shopify.calls.clear()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(WAYS), more=st.lists(st.sampled_from(WAYS), max_size=3))
def test_every_order_of_all_six_ways_makes_one_of_each_and_it_is_the_openers(
    edge: Edge, order: list[str], more: list[str]
) -> None:
    forget(edge)
    opened_id, return_gid = begin_by_hand(edge, f"k-{next(numbers)}")
    for way in (*order, *more):
        arrive(edge, way, return_gid, opened_id)
    decisions, cases, rmas = edge.made_of(return_gid)
    assert [len(rows) for rows in (decisions, cases, rmas)] == [1, 1, 1]
    assert decisions[0].advisor_id == cases[0].advisor_id == edge.bob_id
    assert decisions[0].words.startswith("Opened by Bob Laurent.")
    assert edge.opened(opened_id).return_gid == return_gid
    assert edge.shopify.calls.count("create") == 1


@pytest.mark.parametrize("first", WAYS)
def test_each_way_alone_is_enough(edge: Edge, first: str) -> None:
    if first == "hand":
        opened_id, return_gid = begin_by_hand(edge, "k-1")
    else:
        opened_id, return_gid = None, edge.shopify.put(1, "REQUESTED" if first == "request" else "OPEN")
    arrive(edge, first, return_gid, opened_id)
    assert [len(rows) for rows in edge.made_of(return_gid)] == [1, 1, 1]


def test_a_return_born_approved_is_one_whatever_topic_tells_of_it_first(edge: Edge) -> None:
    for n, order in enumerate(permutations(("approve", "update", "process", "sweep")), 1):
        return_gid = edge.shopify.put(n, "OPEN")
        for way in order:
            arrive(edge, way, return_gid, None)
        assert [len(rows) for rows in edge.made_of(return_gid)] == [1, 1, 1], order
        edge.shopify.found.clear()


@pytest.mark.parametrize("name", ["returns_cancel", "returns_close", "returns_decline"])
def test_a_return_first_heard_of_when_it_ended_opens_nothing(edge: Edge, name: str) -> None:
    body = json.loads((PAYLOADS / f"{name}.json").read_text())
    return_gid = body["admin_graphql_api_id"]
    status = body["status"].upper()
    edge.shopify.put(int(return_gid.rsplit("/", 1)[1]), status)
    edge.tell(TOPICS[name.replace("_", "/", 1)](body, Context(edge.shop_id, "verdane.myshopify.com", "")))
    edge.work()
    assert edge.made() == ([], [], [])


def test_reopened_in_shopify_after_we_first_heard_of_its_end_it_gets_its_case(edge: Edge) -> None:
    return_gid = edge.shopify.put(1, "CLOSED")
    edge.tell(ReturnSeen(edge.shop_id, return_gid, ORDER))
    edge.work()
    edge.shopify.move(return_gid, "OPEN", at=edge.at)
    edge.tell(TOPICS["returns/reopen"]({"admin_graphql_api_id": return_gid}, Context(edge.shop_id, "", "")))
    edge.work()
    assert [len(rows) for rows in edge.made()] == [1, 1, 1]


@pytest.mark.parametrize("way", ["update", "process"])
def test_a_change_of_a_return_older_than_the_app_is_the_houses_own(edge: Edge, way: str) -> None:
    with edge.database.begin() as session:
        installed = session.get_one(Shop, edge.shop_id).installed_at
    return_gid = edge.shopify.put(1, "OPEN", at=installed.replace(year=installed.year - 1))
    arrive(edge, way, return_gid, None)
    assert edge.made() == ([], [], [])


def test_a_cancelled_return_is_followed_by_its_webhook(edge: Edge) -> None:
    return_gid = edge.shopify.put(1, "OPEN")
    arrive(edge, "approve", return_gid, None)
    edge.shopify.move(return_gid, "CANCELED", at=edge.at)
    edge.tell(TOPICS["returns/cancel"]({"admin_graphql_api_id": return_gid}, Context(edge.shop_id, "", "")))
    edge.work()
    assert edge.made()[2][0].ended_how == "canceled"


@pytest.mark.parametrize("by", ["line", "order", "stranger"])
def test_what_became_of_pieces_is_followed_by_our_own_rows(edge: Edge, by: str) -> None:
    return_gid = edge.shopify.put(1, "OPEN")
    arrive(edge, "approve", return_gid, None)
    rfo = edge.shopify.found[return_gid].rfos[0]
    line = {"reverse_fulfillment_order_line_item": {"admin_graphql_api_id": rfo.lines[0].gid}, "quantity": 1}
    bodies: dict[str, dict[str, Any]] = {
        "line": {"dispositions": [line, line]},
        "order": {"admin_graphql_api_id": rfo.gid, "dispositions": []},
        "stranger": {"admin_graphql_api_id": "gid://shopify/ReverseFulfillmentOrder/5"},
    }
    edge.shopify.calls.clear()
    event = TOPICS["reverse_fulfillment_orders/dispose"](bodies[by], Context(edge.shop_id, "", ""))
    edge.tell(event)
    assert edge.queue.names() == ([] if by == "stranger" else ["routing.follow_return"])


def test_pieces_of_another_shop_are_not_found_by_their_numbers(edge: Edge) -> None:
    return_gid = edge.shopify.put(1, "OPEN")
    arrive(edge, "approve", return_gid, None)
    with edge.database.begin() as session:
        other = cast.dana(session).shop_id
    edge.queue.waiting.clear()
    body = {"admin_graphql_api_id": edge.shopify.found[return_gid].rfos[0].gid}
    edge.tell(TOPICS["reverse_fulfillment_orders/dispose"](body, Context(other, "", "")))
    assert edge.queue.waiting == []


def test_a_sweep_that_sees_an_old_state_of_a_known_return_changes_nothing(edge: Edge) -> None:
    """The list was read before the webhook that ended it was handled."""
    return_gid = edge.shopify.put(1, "OPEN")
    edge.sweep()
    arrive(edge, "approve", return_gid, None)
    edge.shopify.move(return_gid, "CANCELED", at=edge.at)
    arrive(edge, "update", return_gid, None)
    stale = SweptReturn(return_gid, ORDER, "OPEN", edge.at)
    with edge.database.begin() as session:
        assert _feed(session, edge.mark(), [stale]) == (0, 1)
    edge.work()
    assert edge.made()[2][0].ended_how == "canceled" and isinstance(edge.shopify, FakeShopify)
