"""What was read of a shop's past leaves when a client or the shop does, and comes back with no later read."""

from typing import Any

import pytest
from sqlmodel import select

from measures.models import HistoricOrder
from shopify_app.clients import merge
from shopify_app.installs import uninstall
from shopify_app.privacy import redact_client, redact_shop, show_client
from shops.events import ClientsMerged
from shops.models import ShopFigures
from tests.measures.past_town import DOMAIN, OTHER, PastTown, settle_in
from tests.measures.past_town import FULL as ALL


@pytest.fixture
def client(past_town: PastTown) -> dict[str, Any]:
    """Somebody who bought at least twice, and everything was read."""
    past_town.read()
    shop = past_town.shopify.store.shops[DOMAIN]
    bought = [o["customerId"] for o in shop.all("Order")]
    found: dict[str, Any] = shop.get(max(set(bought), key=bought.count))
    assert bought.count(found["id"]) > 1
    return found


def orders_of(town: PastTown, client: dict[str, Any]) -> list[HistoricOrder]:
    with town.database.begin() as session:
        return list(session.exec(select(HistoricOrder).where(HistoricOrder.client_gid == client["id"])))


def test_no_address_of_any_client_is_in_the_rows(past_town: PastTown, client: dict[str, Any]) -> None:
    kept = str(past_town.kept()).lower()
    with past_town.database.begin() as session:
        kept += str([row.model_dump() for row in session.exec(select(HistoricOrder))]).lower()
    for one in past_town.shopify.store.shops[DOMAIN].all("Customer"):
        for word in (one["email"], one["phone"], one["lastName"]):
            assert not word or len(word) < 4 or word.lower() not in kept


def test_an_export_holds_every_order_of_the_client_and_nobody_elses(
    past_town: PastTown, client: dict[str, Any]
) -> None:
    with past_town.database.begin() as session:
        shown = show_client(session, shop_id=past_town.shop_id, client_gid=client["id"], order_gids=[])["orders"]
    stand_ins = past_town.shopify.store.shops[DOMAIN].all("Order")
    assert {entry["order"] for entry in shown} == {o["id"] for o in stand_ins if o["customerId"] == client["id"]}


def test_a_client_who_is_erased_leaves_the_count_and_comes_back_with_no_later_read(
    past_town: PastTown, client: dict[str, Any]
) -> None:
    count = len(past_town.kept()["HistoricOrder"])
    hashes = {row.email_hash for row in orders_of(past_town, client)}
    redact_client(
        past_town.database.begin, shop_id=past_town.shop_id, client_gid=client["id"], order_gids=[], again=False
    )
    assert orders_of(past_town, client) == []
    with past_town.database.begin() as session:
        session.get_one(past_town.row().__class__, past_town.shop_id).complete_at = None
    assert not past_town.read().changed_only, "all of it was read once more"
    assert orders_of(past_town, client) == []
    with past_town.database.begin() as session:
        assert not hashes & set(session.exec(select(HistoricOrder.email_hash)))
    assert len(past_town.kept()["HistoricOrder"]) == count


def test_a_client_whose_records_were_merged_is_one_from_then_on(past_town: PastTown, client: dict[str, Any]) -> None:
    count = len(orders_of(past_town, client))
    with past_town.database.begin() as session:
        merge(session, ClientsMerged(past_town.shop_id, "gid://shopify/Customer/5", client["id"]))
    assert orders_of(past_town, client) == []
    assert len(orders_of(past_town, {"id": "gid://shopify/Customer/5"})) == count


def test_a_shop_that_is_erased_leaves_nothing_and_another_shop_keeps_its_own(past_town: PastTown) -> None:
    past_town.read()
    danas = settle_in(past_town.database, past_town.shopify, ALL, OTHER)
    past_town.jobs["measures.begin_history"](past_town.database.begin, shop_id=danas)
    past_town.work()
    with past_town.database.begin() as session:
        hers = session.exec(select(HistoricOrder).where(HistoricOrder.shop_id == danas)).all()
    alices = {o["id"] for o in past_town.shopify.store.shops[DOMAIN].all("Order")}
    theirs = {o["id"] for o in past_town.shopify.store.shops[OTHER].all("Order")}
    assert {row.order_gid for row in hers} == theirs and not theirs & alices
    uninstall(past_town.database.begin, shop_id=past_town.shop_id, triggered_at="")
    redact_shop(past_town.database.begin, shop_id=past_town.shop_id)
    kept = past_town.kept()
    assert {row["shop_id"] for rows in kept.values() for row in rows} == {danas}
    with past_town.database.begin() as session:
        assert {row.shop_id for row in session.exec(select(ShopFigures))} == {danas}
