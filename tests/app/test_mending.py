"""What needs attention, found in rows: the same on both databases, of one shop only, and counted once a place."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from consults.feed_words import FeedTrouble
from consults.time_models import BusyFeed
from jobs.models import JobTrouble, TroubleState, WorkerBeat
from kit.causes import Cause
from kit.db import Database
from logistics.foreign_models import ForeignLabel
from logistics.models import Parcel, RmaStep, Settlement
from logistics.statement_models import StatementState, WithdrawalStatement
from logistics.states import Goods, SettlementState
from logistics.ways import Way
from notifications.models import Message
from notifications.states import MessageState
from routing.decide import Outcome
from routing.models import Decision, OpenedReturn, Sweep
from routing.sellers import Level
from routing.states import OpeningState
from shopify_app.mending import FAILURES, Look, needs_of
from shopify_app.mending.granted import RIGHTS
from shopify_app.mending.look import HERE, Failure, Place
from shops.data_requests import note_request
from shops.models import Shop, ShopState
from tests import cast
from tests.cast import NOW
from webhooks.models import Delivery, DeliveryState

LONG_AGO = NOW - timedelta(hours=2)


def kinds(session: Session, shop: Shop) -> dict[str, int]:
    return {need.kind: len(need.places) for need in needs_of(Look(session, shop, cast.settings(), NOW))}


REFUSALS = ("number", "opted_out", "address", "account", "unregistered", "window")


def everything_goes_wrong(session: Session, world: cast.World) -> None:
    shop_id, rma_id = world.shop_id, cast.number(world.rma.id)
    world.shop.state, world.shop.scopes, world.shop.withheld_at = ShopState.RECONNECT, "read_orders", NOW
    world.shop.currency = "EUR"
    world.bob.phone = world.bob.email = None
    world.rma.goods_state = Goods.ENDED
    other = cast.cleos_return(session, world.shop, return_gid="gid://shopify/Return/77")
    box: dict[str, Any] = {
        "shop_id": shop_id,
        "rfo_gid": "r",
        "need_cents": 1,
        "cover_currency": "USD",
        "scan_status": "failure",
        "way": Way.COURIER,
    }
    note_request(session, shop_id=shop_id, client_gid="c", request_id="1", order_gids=[], now=NOW)
    about: dict[str, Any] = {
        "shop_id": shop_id,
        "first_at": NOW,
        "last_at": NOW,
        "state": TroubleState.WAITING,
        "name": "logistics.x",
    }
    step: dict[str, Any] = {"shop_id": shop_id, "at": NOW, "actor": "shopify", "kind": "ended"}
    session.add_all(
        [
            world.shop,
            world.bob,
            world.rma,
            BusyFeed(
                shop_id=shop_id,
                advisor_id=cast.number(world.bob.id),
                address="https://calendar.example.com/b.ics",
                added_at=NOW,
                trouble=FeedTrouble.NO_CALENDAR,
            ),
            WithdrawalStatement(
                shop_id=shop_id, key="k", order_name="#1", received_at=NOW, state=StatementState.PERSON
            ),
            Parcel(rma_id=cast.number(other.id), reference=f"p-{shop_id}", **box),
            ForeignLabel(rma_id=cast.number(other.id), shop_id=shop_id, delivery_gid="d", seen_at=NOW),
            RmaStep(rma_id=rma_id, from_state="in_transit", to_state="ended", **step),
            Settlement(rma_id=rma_id, shop_id=shop_id, batch=1, amount_cents=1, currency="USD", proposed_at=NOW,
                       state=SettlementState.UNSETTLED),
            OpenedReturn(shop_id=shop_id, key="k", order_gid="o", order_name="#1", asked_at=NOW,
                         state=OpeningState.UNSETTLED),
            Sweep(shop_id=shop_id, begins_at=NOW, swept_until=NOW, last_run_at=LONG_AGO, missed_at=LONG_AGO),
            Delivery(source="shopify", shop_domain=world.shop.domain, topic="returns/update", external_id="1",
                     body=b"{}", received_at=LONG_AGO - timedelta(minutes=1), state=DeliveryState.FAILED),
            Decision(shop_id=shop_id, return_gid="g", order_gid="o", outcome=Outcome.ASSISTED, level=Level.DEFAULT,
                     words="", policy_version=1, total_cents=1, currency="USD", decided_at=NOW),
            *(JobTrouble(root_id=f"{cause}-{shop_id}", cause=cause, **about) for cause in Cause),
            JobTrouble(root_id=f"none-{shop_id}", **{**about, "state": TroubleState.GIVEN_UP}),
            *(
                Message(shop_id=shop_id, name="desk_link", channel=channel, key=f"{state}{n}", recipient=f"{n}",
                        body="x", state=state, error_code=code, created_at=NOW)
                for n, (state, channel, code) in enumerate(
                    [(MessageState.HELD, "sms", ""), (MessageState.HELD, "email", ""),
                     (MessageState.UNSETTLED, "email", ""), (MessageState.UNDELIVERED, "sms", "30003"),
                     *((MessageState.FAILED, "sms", c) for c in REFUSALS)]
                )
            ),
        ]
    )  # fmt: skip
    session.flush()


def test_all_is_found_in_one_shop_and_nothing_of_it_in_another(database: Database) -> None:
    with database.begin() as session:
        world, dana = cast.everyone(session), cast.dana(session)
        dana.shop.installed_at = NOW
        session.add(dana.shop)
        before = kinds(session, dana.shop)
        everything_goes_wrong(session, world)
        # Nobody to ask, and nowhere; rules in another currency, and orders: these exclude each other. And a lost grant
        # is not looked past.
        missing = {failure.kind for failure in FAILURES} - set(kinds(session, world.shop))
        assert missing == {"no_advisor", "no_boutique", "currency", "sweep"}
        assert kinds(session, dana.shop) == before == {"work_stands_still": 1, "receiver": 1}


def test_a_return_put_aside_is_listed_again_when_it_ends_against_us_again(database: Database) -> None:
    from logistics.reopening import ended_against_us, see_to

    with database.begin() as session:
        world = cast.everyone(session)
        rma_id = cast.number(world.rma.id)

        def end() -> list[str]:
            world.rma.goods_state = Goods.ENDED
            step = RmaStep(rma_id=rma_id, shop_id=world.shop_id, at=NOW, actor="shopify", kind="ended",
                           from_state="arrived", to_state="ended")  # fmt: skip
            session.add_all([world.rma, step])
            session.flush()
            return [rma.number for rma in ended_against_us(session, shop_id=world.shop_id)]

        assert end() == [world.rma.number]
        see_to(session, shop_id=world.shop_id, rma_id=rma_id, by="staff:7", now=NOW)
        session.flush()
        assert ended_against_us(session, shop_id=world.shop_id) == []
        assert end() == [world.rma.number]


@pytest.mark.parametrize(
    ("found", "heading", "places", "more"),
    [([HERE], "One", ["All"], 0), ([Place(f"R-{n}", "/r") for n in range(7)], "7 of them", 5, 2),
     ([Place("", f"/s#{n}") for n in range(3)], "3 of them", ["All"], 0), ([], None, [], 0),
     # Two people of one name are two; a place found twice is one link.
     ([Place("Marie Dubois", f"/a/{n}") for n in (3, 4, 3)], "3 of them", ["Marie Dubois", "Marie Dubois"], 0)],
)  # fmt: skip
def test_places_are_counted_and_five_are_shown(
    database: Database, found: list[Place], heading: str | None, places: int | list[str], more: int
) -> None:
    failure = Failure("k", lambda _look: found, "One", "{n} of them", "w", "h", "All", "/p")
    with database.begin() as session:
        need = failure.look(Look(session, cast.alice(session), cast.settings(), NOW))
    if heading is None:
        assert need is None
        return
    assert need and (need.heading, need.more) == (heading, more)
    assert [p.words for p in need.places] == (places if isinstance(places, list) else [f"R-{n}" for n in range(5)])


OF_MESSAGES = ("number", "opted_out", "landline", "unreachable", "filtered", "unregistered", "window")


def test_every_cause_leads_to_a_sentence(database: Database) -> None:
    with database.begin() as session:
        shop = cast.alice(session)
        session.add(WorkerBeat(slot="w", beat_at=NOW, started_at=NOW))
        for cause in set(Cause) - {"reconnect", *OF_MESSAGES}:
            about: dict[str, Any] = {
                "name": "logistics.x",
                "first_at": NOW,
                "last_at": NOW,
                "state": TroubleState.WAITING,
            }
            row = JobTrouble(root_id=cause, cause=cause, shop_id=shop.id, **about)
            before = kinds(session, shop)
            session.add(row)
            session.flush()
            after = kinds(session, shop)
            assert after != before or cause == Cause.RECEIVING_ADDRESS, cause  # an address is missing already
            session.delete(row)
            session.flush()


def test_the_rights_said_to_be_needed_are_those_the_app_asks_for() -> None:
    manifest = (Path(__file__).parents[2] / "shopify.app.toml").read_text()
    asked = next(line for line in manifest.splitlines() if line.startswith("scopes = ")).split('"')[1].split(",")
    of_the_shop = {scope for scope in asked if not scope.startswith("customer_")}  # those a client gives by signing in
    assert {right.scope for right in RIGHTS if right.is_needed} == of_the_shop


def test_every_failure_there_is_has_one_name_and_reads_as_sentences() -> None:
    assert len({failure.kind for failure in FAILURES}) == len(FAILURES)
    for failure in FAILURES:
        assert "{" not in failure.one and not failure.one.endswith("."), failure.kind
        assert "{" not in failure.several.format(n=3), failure.kind
        assert failure.words.endswith(".") and failure.how.endswith("."), failure.kind
        assert failure.path.split("/")[:2] == ["", "app"] and failure.link, failure.kind
