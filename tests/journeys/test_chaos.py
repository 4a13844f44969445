"""A small chaos run with a fixed seed; bin/bench chaos is the full one. And that its checks see what they look for."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from benchmarks.chaos import Plan, Ran, play
from benchmarks.chaos_checks import Evidence, Found, Owners, calls, sent_twice
from benchmarks.chaos_play import write_webhooks
from simulators.world.crowd import Crowd, crowd

SMALL = Plan(
    seed=11,
    webhooks=150,
    orders=18,
    returns=12,
    endings=2,
    openings=4,
    kills=2,
    per_second=25,
    patience_seconds=300,
    slow=False,
    hurried=True,
)


def sentences(ran: Ran) -> list[str]:
    found = ran.found
    return [*found.lost, *found.double, *found.strangers]


@pytest.mark.xdist_group("many processes: one")
def test_nothing_is_lost_doubled_or_strange_on_sqlite(tmp_path: Path) -> None:
    ran = play(SMALL, f"sqlite:///{tmp_path}/app.db", tmp_path)
    assert not sentences(ran)
    assert ran.kills == {"web": 2, "worker": 2}


@pytest.mark.xdist_group("many processes: two")
def test_nothing_is_lost_doubled_or_strange_on_postgres(tmp_path: Path, empty_postgres_url: str) -> None:
    ran = play(SMALL, empty_postgres_url, tmp_path)
    assert not sentences(ran)
    assert ran.kills == {"web": 2, "worker": 2}


# --- the checks themselves


@pytest.fixture(scope="module")
def crowds() -> list[Crowd]:
    base = datetime(2026, 3, 2, tzinfo=UTC)
    return [crowd(number, base, seed=1, orders=4, returns=4, staff_from=71_400_000_000) for number in (1, 2)]


@pytest.fixture
def seen(crowds: list[Crowd]) -> Evidence:
    """What the stand-ins wrote down after a run in which all went as it should."""
    made = Evidence(crowds, {c.domain: n for n, c in enumerate(crowds, 1)}, [], [], [], [], [], {}, [], [], [], [])
    for domain, sold in ((c.domain, sold) for c in crowds for sold in c.sold):
        assert sold.return_ is not None
        gid = sold.return_["id"]
        rfo = gid.replace("Return", "ReverseFulfillmentOrder")
        if sold.return_["status"] == "REQUESTED":
            made.mutations.append(call(domain, "ReturnApproveRequest", input={"id": gid}))
        made.mutations.append(call(domain, "ReverseDeliveryCreateWithShipping", reverseFulfillmentOrderId=rfo))
        made.returns[gid] = {"id": gid, "shop": domain, "reverseFulfillmentOrders": [{"id": rfo, "deliveries": [1]}]}
        shipment = {"id": f"shp_{gid}", "postage_label": {"id": "pl_1"}, "to_address": {"email": sold.client["email"]}}
        made.shipments.append(shipment)
        made.purchases.append({"shipment_id": shipment["id"]})
    return made


def call(shop: str, name: str, **variables: Any) -> dict[str, Any]:
    return {"shop": shop, "operationName": name, "variables": variables}


def judged(seen: Evidence) -> tuple[int, int]:
    found = Found()
    calls(seen, found)
    sent_twice(seen, found)
    return len(found.lost), len(found.double)


def test_a_run_in_which_all_went_well_is_clean(seen: Evidence) -> None:
    assert judged(seen) == (0, 0)


@pytest.mark.parametrize(
    ("spoil", "verdict"),
    [
        (lambda seen: seen.mutations.append(seen.mutations[0]), (0, 2)),  # another approval, and the same once more
        (lambda seen: seen.mutations.append(seen.mutations[0] | {"operationName": "FlowTriggerReceive"}), (0, 0)),
        (lambda seen: seen.mutations.extend([call("a", "FlowTriggerReceive", handle="h")] * 2), (0, 1)),
        (lambda seen: seen.mutations.extend([call("a", "SoldBySet", metafields=[])] * 2), (0, 0)),
        (lambda seen: seen.mutations.pop(), (1, 0)),
        (lambda seen: seen.shipments.append(seen.shipments[0]), (0, 1)),
        (lambda seen: seen.purchases.append(seen.purchases[0]), (0, 1)),
        (lambda seen: seen.shipments.pop(), (1, 0)),
        (lambda seen: next(iter(seen.returns.values()))["reverseFulfillmentOrders"][0]["deliveries"].append(2), (0, 1)),
    ],
)
def test_what_is_missing_is_lost_and_what_is_there_twice_is_double(
    seen: Evidence, spoil: Callable[[Evidence], object], verdict: tuple[int, int]
) -> None:
    spoil(seen)
    assert judged(seen) == verdict


def test_what_is_anothers_is_seen_and_what_two_share_is_nobodys_secret(seen: Evidence, crowds: list[Crowd]) -> None:
    owners, (ours, theirs) = Owners(seen), crowds
    client = theirs.sold[0].client
    for word in (client["email"], client["phone"], client["lastName"], theirs.sold[0].order["id"]):
        assert owners.strangers(ours.domain, f"a row with '{word}' in it") == [word]
        assert owners.strangers(theirs.domain, f"a row with '{word}' in it") == []
    staff = theirs.shop.all("StaffMember")[1]
    assert owners.strangers(ours.domain, staff["id"]) == []
    assert owners.strangers(ours.domain, staff["phone"]) == [staff["phone"]]


def test_a_tenth_of_the_webhooks_are_copies_and_every_return_is_among_them(crowds: list[Crowd]) -> None:
    webhooks = write_webhooks(crowds, 100, Random(1))
    assert len(webhooks) == 100 and len({w.key for w in webhooks}) == 90
    approved = {w.about for w in webhooks if w.topic == "returns/approve"}
    assert approved == {sold.return_["id"] for c in crowds for sold in c.sold if sold.return_}
    assert webhooks == write_webhooks(crowds, 100, Random(1))
