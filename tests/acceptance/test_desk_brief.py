"""Issue 7, the brief: ready before each call, each fact with a source that exists, and nothing made up."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlmodel import select

from consults.booking import book_consult, free_times
from consults.briefs.briefs import facts_in, find_brief
from consults.briefs.facts import LABELS, Fact
from consults.briefs.jobs import prepare_brief
from consults.briefs.seen import SaleSeen, Seen
from consults.models import Advisor, Case
from kit.db import Database
from shops.models import Shop
from simulators.world.cast import order_gid
from tests import cast
from tests.journeys.edge_town import BASE, DOMAIN, Town
from tests.journeys.edge_town import town as town

AMARAS = order_gid(1042)


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    made = Database(sqlite_url)
    yield made
    made.close()


class AtHand:
    """Records in which only one thing stands."""

    def seen(self, shop_id: int, **_about: Any) -> Seen:
        return Seen(sale=SaleSeen(AMARAS, BASE))


def open_cases(town: Town) -> list[Case]:
    """A case for each return the seeded house has open, and for Amara's ring and her neighbours' pieces."""
    for name in ("1042", "1043", "1044", "1046"):
        lines = [{"line_item_id": line["id"], "quantity": 1} for line in town.control("GET", f"order/{name}")["lines"]]
        town.control("POST", "returns", {"order_name": f"#{name}", "lines": lines, "as": "create", "shop": DOMAIN})
    world = town.shopify.store.shops[DOMAIN]
    returns = [r for r in world.all("Return") if r["status"] in ("REQUESTED", "OPEN")]
    assert len(returns) >= 6
    made = []
    for return_ in returns:
        sold = world.get(return_["orderId"])
        with town.database.begin() as session:
            shop, advisor = session.get_one(Shop, town.shop_id), session.get_one(Advisor, town.advisor_id)
            about = {"return_gid": return_["id"], "order_gid": sold["id"], "client_gid": sold["customerId"]}
            made.append(cast.cleos_case(session, shop, advisor, now=town.times["now"], **about))
    return made


def brief(town: Town, case: Case) -> dict[str, Fact]:
    town.jobs["consults.prepare_brief"](town.database.begin, shop_id=town.shop_id, case_id=case.id)
    with town.database.begin() as session:
        return facts_in(find_brief(session, case))


def stands(town: Town, source: str) -> Any:
    """What stands at that source in the stand-in's own documents; None where nothing does."""
    gid, _, field = source.partition("#")
    shop = town.shopify.store.shops[DOMAIN]
    found = shop.get(gid)
    assert found is not None, source
    kind, _, name = field.partition(":")
    if kind == "metafield":
        mine = [m for m in found["metafields"] if f"{m['namespace']}.{m['key']}" == name]
        return mine[0]["value"] if mine else None
    if kind == "attribute":
        return next((a["value"] for a in found["customAttributes"] if a["key"] == name), None)
    if kind == "option":
        return next((o["value"] for o in found["selectedOptions"] if o["name"] == name), None)
    if field in ("orders", "amountSpent"):
        return [o for o in shop.all("Order") if o["customerId"] == gid]
    return found[{"retailLocation": "retailLocationId"}.get(field, field)]


def test_on_the_seeded_world_every_case_has_a_brief_in_which_each_facts_source_exists(town: Town) -> None:
    cases = open_cases(town)
    for case in cases:
        facts = brief(town, case)
        assert {"sold", "since", "languages"} <= set(facts), "what every order and client has"
        for fact in facts.values():
            assert fact.sources and all(stands(town, source) for source in fact.sources), fact
    of_amara = next(c for c in cases if c.order_gid == AMARAS)
    told = {key: fact.words for key, fact in brief(town, of_amara).items()}
    assert told["occasion"] == "Tenth anniversary, 12 December"
    assert (told["size"], told["sizes"]) == ("52", "Ring 52")
    assert (told["cut"], told["setting"]) == ("emerald", "four claws, 6.1 mm high")
    assert told["people"] == "Tom Whitlock (husband)"
    assert told["dates"] == "Anniversary 12 December 2016"
    assert told["languages"] == "English, French"
    assert told["address"] == "Mrs"


def test_a_fact_removed_in_the_stand_in_becomes_unknown(town: Town) -> None:
    case = next(c for c in open_cases(town) if c.order_gid == AMARAS)
    before = brief(town, case)
    taken = ("occasion", "sizes", "certificate", "cut", "dates")
    store = town.shopify.store
    with store.change():
        shop = store.shops[DOMAIN]
        for source in (source for key in taken for source in before[key].sources):
            owner = shop.get(source.partition("#")[0])
            holder = shop.get(owner["productId"]) if "productId" in owner else owner
            gone = source.rpartition(".")[2]
            owner["metafields"] = [m for m in owner["metafields"] if m["key"] != gone]
            shop.save(holder)
    after = brief(town, case)
    assert set(before) - set(after) == set(taken)
    assert {key for key, _ in LABELS} >= set(before)


def test_the_brief_is_there_fifteen_minutes_before_each_call(town: Town) -> None:
    case = next(c for c in open_cases(town) if c.order_gid == AMARAS)
    about: dict[str, Any] = {"shop_id": town.shop_id, "now": town.times["now"]}
    with town.database.begin() as session:
        slot = free_times(session, advisor_id=town.advisor_id, **about)[0]
        book_consult(
            session, case_id=case.id or 0, starts_at=slot.starts_at, kind="video", client_zone="Europe/Paris",
            idempotency_key="k", **about,
        )  # fmt: skip
    # Their tokens last an hour in the stand-in and the talk is later, so the records are at hand here.
    town.jobs["consults.prepare_brief"] = partial(prepare_brief, reads=AtHand())
    town.queue.waiting.clear()  # whatever was secured when it was booked is lost: the watch makes up for it
    town.times["now"] = slot.starts_at - timedelta(minutes=20)
    town.jobs["consults.watch_briefs"](town.database.begin)
    assert town.queue.names() == ["consults.prepare_brief"]
    town.queue.drain(town.database, town.jobs)
    with town.database.begin() as session:
        row = find_brief(session, session.exec(select(Case).where(Case.id == case.id)).one())
    assert row is not None and slot.starts_at - row.made_at >= timedelta(minutes=15)
    town.jobs["consults.watch_briefs"](town.database.begin)
    assert town.queue.names() == [], "a fresh one is not made again"


def test_an_order_the_app_may_not_see_makes_its_sums_unknown_and_not_smaller(town: Town) -> None:
    case = next(c for c in open_cases(town) if c.order_gid == AMARAS)
    facts = brief(town, case)
    shop = town.shopify.store.shops[DOMAIN]
    hers = [o for o in shop.all("Order") if o["customerId"] == case.client_gid]
    assert len(hers) == 3, "two of which are older than the app may read"
    assert "pieces" not in facts and "year" not in facts
    assert facts["lifetime"].sources == (f"{case.client_gid}#amountSpent",)
