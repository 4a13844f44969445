"""Two records of a client become one: her cases and returns follow, in her shop only."""

from collections.abc import Callable
from itertools import permutations
from threading import Barrier, Thread

import pytest

from consults.models import Case
from kit.db import Database
from logistics.models import Rma
from shopify_app.clients import merge
from shopify_app.privacy import erase_client
from shopify_app.wiring import AT_ONCE
from shops.events import ClientsMerged
from shops.merges import merged_into
from tests import cast

CLEO, KEPT = "gid://shopify/Customer/9", "gid://shopify/Customer/10"


def test_her_cases_and_returns_are_the_kept_records_and_another_shops_are_not(
    database: Database, queue: Callable
) -> None:
    with database.begin() as session:
        world, other = cast.everyone(session), cast.dana(session)
        AT_ONCE[ClientsMerged](session, ClientsMerged(world.shop_id, KEPT, CLEO))
    with database.begin() as session:
        cases = [session.get_one(Case, case.id).client_gid for case in (world.case, other.case)]
        rmas = [session.get_one(Rma, rma.id).client_gid for rma in (world.rma, other.rma)]
    assert cases == rmas == [KEPT, CLEO]


def test_told_twice_and_of_nobody_it_changes_nothing(database: Database, queue: Callable) -> None:
    with database.begin() as session:
        world = cast.everyone(session)
        for _ in range(2):
            merge(session, ClientsMerged(world.shop_id, KEPT, CLEO))
        merge(session, ClientsMerged(world.shop_id, "gid://shopify/Customer/11", "gid://shopify/Customer/12"))
    with database.begin() as session:
        assert session.get_one(type(world.rma), world.rma.id).client_gid == KEPT


A, B, C, D = (f"gid://shopify/Customer/{n}" for n in (9, 10, 11, 12))


@pytest.mark.parametrize("order", list(permutations([(A, B), (B, C), (C, D)])), ids=str)
def test_told_in_any_order_a_client_ends_at_the_record_that_stands(
    database: Database, queue: Callable, order: tuple[tuple[str, str], ...]
) -> None:
    with database.begin() as session:
        world, other = cast.everyone(session), cast.dana(session)
    for gone, kept in (*order, *order):
        with database.begin() as session:
            merge(session, ClientsMerged(world.shop_id, kept, gone))
    with database.begin() as session:
        assert session.get_one(Rma, world.rma.id).client_gid == D
        assert session.get_one(Case, world.case.id).client_gid == D
        assert session.get_one(Rma, other.rma.id).client_gid == A, "another shop's client is another"
        assert sorted(merged_into(session, shop_id=world.shop_id, client_gid=D)) == sorted([A, B, C])


def test_two_merges_at_once_are_one_after_the_other(database: Database, queue: Callable) -> None:
    with database.begin() as session:
        world = cast.everyone(session)
    gate = Barrier(2)

    def tell(gone: str, kept: str) -> None:
        gate.wait()
        with database.begin() as session:
            merge(session, ClientsMerged(world.shop_id, kept, gone))

    threads = [Thread(target=tell, args=pair) for pair in ((A, B), (B, C))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with database.begin() as session:
        assert session.get_one(Rma, world.rma.id).client_gid == C


def test_merges_in_a_circle_come_to_an_end(database: Database, queue: Callable) -> None:
    with database.begin() as session:
        world = cast.everyone(session)
        for gone, kept in ((A, B), (B, A), (B, C)):
            merge(session, ClientsMerged(world.shop_id, kept, gone))
    with database.begin() as session:
        assert session.get_one(Rma, world.rma.id).client_gid in (A, B)


def test_with_the_client_their_former_records_are_forgotten(database: Database, queue: Callable) -> None:
    with database.begin() as session:
        world = cast.everyone(session)
        for gone, kept in ((A, B), (B, C)):
            merge(session, ClientsMerged(world.shop_id, kept, gone))
        erase_client(session, shop_id=world.shop_id, client_gid=C, order_gids=[])
    with database.begin() as session:
        assert merged_into(session, shop_id=world.shop_id, client_gid=C) == []
        assert session.get_one(Rma, world.rma.id).client_name == ""
