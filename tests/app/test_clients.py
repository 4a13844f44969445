"""Two records of a client become one: her cases and returns follow, in her shop only."""

from collections.abc import Callable

from consults.models import Case
from kit.db import Database
from logistics.models import Rma
from shopify_app.clients import merge
from shopify_app.wiring import AT_ONCE
from shops.events import ClientsMerged
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
