"""What is wrong with a shop's side of Shopify, to the instant: the grant, rights, looks, words that did not come."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from jobs.models import BEAT_LIMIT, JobTrouble, TroubleState, WorkerBeat
from kit.causes import Cause
from kit.db import Database
from routing.decide import Outcome
from routing.models import Decision, Sweep
from routing.sellers import Level
from shopify_app.mending import rights
from shopify_app.mending.granted import RIGHTS, grant_page, missing_rights
from shopify_app.mending.look import HERE, Look, Place
from shops.data_requests import mark_answered, note_request, requests_of
from shops.models import Shop, ShopState
from tests import cast
from tests.cast import NOW
from webhooks.models import Delivery, DeliveryState

NEEDED = ",".join(right.scope for right in RIGHTS if right.is_needed)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    config = cast.settings(sqlite_url)
    database = Database(config.database_url)
    with database.begin() as session:
        yield session
    database.close()


@pytest.fixture
def shop(session: Session) -> Shop:
    shop = cast.alice(session)
    shop.scopes = NEEDED
    return shop


def look(session: Session, shop: Shop, now: datetime = NOW) -> Look:
    session.flush()
    return Look(session, shop, cast.settings(), now)


def stopped(session: Session, shop: Shop, cause: Cause) -> None:
    about: dict[str, Any] = {"name": "logistics.x", "first_at": NOW, "last_at": NOW, "state": TroubleState.WAITING}
    session.add(JobTrouble(root_id=f"{cause}", cause=cause, shop_id=shop.id, **about))


# --- the grant, and rights


@pytest.mark.parametrize(
    ("state", "token", "lost"),
    [
        (ShopState.ACTIVE, "shpat_x", False),
        (ShopState.ACTIVE, None, True),
        (ShopState.RECONNECT, "shpat_x", True),
        (ShopState.RECONNECT, None, True),
    ],
)
def test_a_grant_is_lost_without_a_token_or_by_shopifys_word(
    session: Session, shop: Shop, state: ShopState, token: str | None, lost: bool
) -> None:
    shop.state, shop.access_token = state, token
    assert rights.lost_grant(look(session, shop)) == ([HERE] if lost else [])


def test_a_right_every_shop_grants_is_missed_by_its_name(session: Session, shop: Shop) -> None:
    assert rights.without_rights(look(session, shop)) == []
    shop.scopes = NEEDED.replace("read_products,", "")
    assert rights.without_rights(look(session, shop)) == [Place("Read products", "/app/settings#rights")]
    shop.scopes = ""  # Shopify has not said yet
    assert rights.without_rights(look(session, shop)) == [] and missing_rights(shop) == []


def test_steps_that_met_a_closed_door_are_told_once(session: Session, shop: Shop) -> None:
    stopped(session, shop, Cause.WITHHELD)
    assert rights.without_rights(look(session, shop)) == [HERE]


def test_a_right_to_write_is_one_to_read(session: Session, shop: Shop) -> None:
    shop.scopes = ",".join(scope for scope in NEEDED.split(",") if scope not in ("read_orders", "read_returns"))
    assert missing_rights(shop, needed=True) == []
    optional = [right.scope for right in missing_rights(shop, needed=False)]
    assert optional == ["read_all_orders", "read_users", "read_customer_merge"]
    assert [right.scope for right in missing_rights(shop)] == optional


def test_a_right_is_asked_for_on_shopifys_own_page(shop: Shop) -> None:
    (right,) = [right for right in RIGHTS if right.scope == "read_users"]
    assert grant_page(shop, "client&id", right) == (
        "https://admin.shopify.com/store/verdane/oauth/install?client_id=client%26id&optional_scopes=read_users"
    )


@pytest.mark.parametrize(("withheld", "found"), [(None, []), (NOW, [HERE])])
def test_clients_kept_from_the_app_are_told_while_they_are(
    session: Session, shop: Shop, withheld: datetime | None, found: list[Place]
) -> None:
    shop.withheld_at = withheld
    assert rights.hidden_clients(look(session, shop)) == found


# --- who sold it


@pytest.mark.parametrize(
    ("scopes", "level", "outcome", "before", "found"),
    [
        (NEEDED, Level.DEFAULT, Outcome.ASSISTED, timedelta(0), True),
        (NEEDED, Level.BOUTIQUE, Outcome.ASSISTED, timedelta(days=30) - INSTANT, True),
        (NEEDED, Level.DEFAULT, Outcome.ASSISTED, timedelta(days=30), False),
        (NEEDED, Level.PERSON, Outcome.ASSISTED, timedelta(0), False),
        (NEEDED, Level.DEFAULT, Outcome.SIMPLE, timedelta(0), False),
        (f"{NEEDED},read_users", Level.DEFAULT, Outcome.ASSISTED, timedelta(0), False),
        ("", Level.DEFAULT, Outcome.ASSISTED, timedelta(0), False),
    ],
)
def test_a_case_that_went_to_somebody_who_did_not_sell_it_is_told_for_a_month_where_staff_are_not_shown(
    session: Session, shop: Shop, scopes: str, level: Level, outcome: Outcome, before: timedelta, found: bool
) -> None:
    shop.scopes = scopes
    session.add(
        Decision(
            shop_id=cast.number(shop.id), return_gid="g", order_gid="o", outcome=outcome, level=level, words="",
            policy_version=1, total_cents=1, currency="USD", decided_at=NOW - before,
        )
    )  # fmt: skip
    assert rights.unknown_sellers(look(session, shop)) == ([HERE] if found else [])


# --- our own looks, and Shopify's words


def swept(session: Session, shop: Shop, **values: Any) -> None:
    given = {"begins_at": NOW, "swept_until": NOW, "last_run_at": NOW, **values}
    session.merge(Sweep(shop_id=cast.number(shop.id), **given))
    session.merge(WorkerBeat(slot="w", beat_at=NOW, started_at=NOW))


@pytest.mark.parametrize(
    ("ago", "error", "behind"),
    [
        (timedelta(minutes=30), "", False),
        (timedelta(minutes=30) + INSTANT, "", True),
        (timedelta(0), "shopify: answered 502", True),
    ],
)
def test_a_look_for_untold_returns_is_overdue_after_half_an_hour_or_when_it_failed(
    session: Session, shop: Shop, ago: timedelta, error: str, behind: bool
) -> None:
    swept(session, shop, last_run_at=NOW - ago, last_error=error)
    assert rights.sweep_behind(look(session, shop)) == ([HERE] if behind else [])


def test_a_shop_that_came_just_now_is_given_its_half_hour(session: Session, shop: Shop) -> None:
    swept(session, shop, last_run_at=NOW - timedelta(days=5))
    shop.installed_at = NOW - timedelta(minutes=30)
    assert rights.sweep_behind(look(session, shop)) == []
    shop.installed_at -= INSTANT
    assert rights.sweep_behind(look(session, shop)) == [HERE]


@pytest.mark.parametrize("state", [ShopState.RECONNECT, ShopState.UNINSTALLED])
def test_where_nobody_can_look_it_is_the_other_thing_that_is_told(
    session: Session, shop: Shop, state: ShopState
) -> None:
    swept(session, shop, last_run_at=NOW - timedelta(days=5))
    assert rights.sweep_behind(look(session, shop, NOW + 2 * BEAT_LIMIT)) == [], "a worker that stands still"
    shop.state = state
    assert rights.sweep_behind(look(session, shop)) == []


def test_a_worker_stands_still_when_its_last_beat_is_too_long_ago(session: Session, shop: Shop) -> None:
    assert rights.idle_worker(look(session, shop)) == [HERE]
    session.add(WorkerBeat(slot="old", beat_at=NOW - timedelta(days=1), started_at=NOW))
    session.add(WorkerBeat(slot="new", beat_at=NOW, started_at=NOW))
    assert rights.idle_worker(look(session, shop, NOW + BEAT_LIMIT)) == []
    assert rights.idle_worker(look(session, shop, NOW + BEAT_LIMIT + INSTANT)) == [HERE]


@pytest.mark.parametrize(
    ("topic", "after", "domain", "told"),
    [
        ("returns/request", INSTANT, "verdane.myshopify.com", True),
        ("returns/update", timedelta(hours=1), "verdane.myshopify.com", True),
        ("returns/request", timedelta(0), "verdane.myshopify.com", False),
        ("orders/create", timedelta(hours=1), "verdane.myshopify.com", False),
        ("returns/request", timedelta(hours=1), "dana.myshopify.com", False),
    ],
)
def test_an_untold_return_is_a_finding_until_shopify_tells_of_one_again(
    session: Session, shop: Shop, topic: str, after: timedelta, domain: str, told: bool
) -> None:
    swept(session, shop, missed_at=NOW)
    assert rights.untold_returns(look(session, shop)) == [HERE]
    session.add(
        Delivery(source="shopify", shop_domain=domain, topic=topic, external_id="1", body=b"", received_at=NOW + after)
    )
    assert rights.untold_returns(look(session, shop)) == ([] if told else [HERE])


def test_where_nothing_was_missed_nothing_is_found(session: Session, shop: Shop) -> None:
    assert rights.untold_returns(look(session, shop)) == []
    swept(session, shop)
    assert rights.untold_returns(look(session, shop)) == []


def test_what_nobody_could_make_sense_of_is_found_a_delivery_each_and_in_ones_own_shop(
    session: Session, shop: Shop
) -> None:
    rows = [
        Delivery(
            source="shopify", shop_domain=domain, topic="t", external_id=str(n), body=b"", received_at=NOW, state=state
        )
        for n, (domain, state) in enumerate(
            [
                (shop.domain, DeliveryState.FAILED),
                (shop.domain, DeliveryState.HANDLED),
                (shop.domain, DeliveryState.FAILED),
                ("dana.myshopify.com", DeliveryState.FAILED),
            ]
        )
    ]
    session.add_all(rows)
    found = rights.unread_deliveries(look(session, shop))
    assert found == [Place("", f"/app/activity#delivery-{rows[n].id}") for n in (0, 2)]


def test_an_export_is_owed_by_its_day_until_it_was_handed_over(session: Session, shop: Shop) -> None:
    shop_id = cast.number(shop.id)
    for number, day in ((1, 5), (2, 30)):  # due on 5 December and on 30 December
        asked = datetime(2026, 11, day, 9, tzinfo=NOW.tzinfo)
        note_request(session, shop_id=shop_id, client_gid="c", request_id=str(number), order_gids=[], now=asked)
    ids = {row.request_id: row.id for row in requests_of(session, shop_id=shop_id)}
    assert rights.owed_exports(look(session, shop)) == [
        Place("Due 5 December", f"/app/privacy#request-{ids['1']}"),
        Place("Due 30 December", f"/app/privacy#request-{ids['2']}"),
    ]
    mark_answered(session, shop_id=shop_id, request_id=cast.number(ids["1"]), by="staff:7", now=NOW)
    assert [place.words for place in rights.owed_exports(look(session, shop))] == ["Due 30 December"]
