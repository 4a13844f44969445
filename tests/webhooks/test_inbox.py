"""What was stored and what becomes of it, on a real database, with the queue in the test's hands."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from kit.db import Database
from kit.errors import NotFound
from routing.evidence import find
from shopify_app.wiring import AT_ONCE, EVENTS
from shops.models import Shop, ShopState
from tests import cast
from tests.cast import NOW
from tests.jobs_at_hand import Queue
from tests.webhooks.posting import payload
from webhooks import inbox
from webhooks.inbox import LEASE, MOST_ATTEMPTS, claim, claim_for_shop, hand_on, pump, recent, replay
from webhooks.models import Delivery, DeliveryState
from webhooks.topics import TOPICS

SHOP = "maison-demo.myshopify.com"


class Clock:
    at = NOW

    def __call__(self):
        return self.at


@pytest.fixture
def clock(monkeypatch) -> Clock:
    mine = Clock()
    monkeypatch.setattr(inbox, "clock_now", mine)
    return mine


@pytest.fixture(autouse=True)
def events(monkeypatch):
    monkeypatch.setattr("jobs.queue._events", EVENTS)
    monkeypatch.setattr("jobs.queue._at_once", AT_ONCE)


def deliver(database: Database, name: str = "returns_request__one_line", **changed: Any) -> int:
    values: dict[str, Any] = {
        "source": "shopify",
        "shop_domain": SHOP,
        "topic": name.split("__")[0].replace("_", "/", 1),
        "external_id": f"w-{name}",
        "triggered_at": "2026-11-24T09:00:00Z",
        "body": json.dumps(payload(name)).encode(),
        "received_at": NOW,
        **changed,
    }
    with database.begin() as session:
        row = Delivery(**values)
        session.add(row)
    return cast.number(row.id)


def installed(database: Database, state: ShopState = ShopState.ACTIVE) -> Shop:
    with database.begin() as session:
        shop = cast.alice(session, SHOP)
        shop.state = state
        return shop


def row(database: Database, delivery_id: int) -> Delivery:
    with database.begin() as session:
        found = session.get(Delivery, delivery_id)
        assert found is not None
        return found


def state(database: Database, delivery_id: int) -> DeliveryState:
    return row(database, delivery_id).state


def test_a_stored_delivery_is_handed_on_as_the_jobs_of_its_event(
    database: Database, queue: Queue, clock: Clock
) -> None:
    shop, delivery = installed(database), deliver(database)
    assert pump(database.begin) == 1
    ((name, secured),) = queue.waiting
    assert name == "routing.route_return"
    assert secured["args"] == {
        "shop_id": shop.id,
        "return_gid": "gid://shopify/Return/18273645501",
        "order_gid": "gid://shopify/Order/6128840917103",
    }
    assert state(database, delivery) is DeliveryState.HANDLED and row(database, delivery).handled_at == NOW
    assert pump(database.begin) == 0 and len(queue.waiting) == 1


def test_who_sold_it_is_kept_in_the_transaction_that_hands_the_order_on(
    database: Database, queue: Queue, clock: Clock
) -> None:
    shop, delivery = installed(database), deliver(database, "orders_create")
    pump(database.begin)
    with database.begin() as session:
        kept = find(session, shop_id=cast.number(shop.id), order_gid="gid://shopify/Order/6128840917103")
        assert kept is not None and kept.order_name == "#1042"
    assert state(database, delivery) is DeliveryState.HANDLED


def test_a_carriers_scan_reaches_its_job_with_its_time(database: Database, queue: Queue, clock: Clock) -> None:
    deliver(database, "tracker_updated", source="easypost", shop_domain="", topic="tracker.updated")
    pump(database.begin)
    ((name, secured),) = queue.waiting
    assert name == "logistics.record_scan" and secured["args"]["at"] == "2026-11-24T10:00:00Z"


def test_a_texts_status_reaches_its_job(database: Database, queue: Queue, clock: Clock) -> None:
    deliver(
        database,
        "twilio_status",
        source="twilio",
        shop_domain="",
        topic="twilio/status",
        body=b"MessageSid=SM1&MessageStatus=delivered&To=%2B336",
    )
    pump(database.begin)
    assert queue.waiting[0][1]["args"] == {"provider_id": "SM1", "status": "delivered", "error_code": ""}


def test_a_delivery_of_a_shop_we_never_met_is_kept_and_shown_as_unclaimed(
    database: Database, queue: Queue, clock: Clock
) -> None:
    delivery = deliver(database)
    pump(database.begin)
    assert state(database, delivery) is DeliveryState.UNCLAIMED and queue.waiting == []
    with database.begin() as session:
        assert [d.id for d in recent(session, state=DeliveryState.UNCLAIMED)] == [delivery]


def test_when_that_shop_installs_what_came_before_is_handed_on(database: Database, queue: Queue, clock: Clock) -> None:
    delivery, strangers = deliver(database), deliver(database, shop_domain="dana.myshopify.com")
    pump(database.begin)
    shop = installed(database)
    with database.begin() as session:
        assert claim_for_shop(session, shop) == 1
    pump(database.begin)
    assert queue.names() == ["routing.route_return"]
    assert state(database, delivery) is DeliveryState.HANDLED
    assert state(database, strangers) is DeliveryState.UNCLAIMED


def test_a_shop_that_left_keeps_its_returns_for_its_coming_back_but_its_data_leaves_at_once(
    database: Database, queue: Queue, clock: Clock
) -> None:
    installed(database, ShopState.UNINSTALLED)
    returned = deliver(database)
    ways = ["shop_redact", "customers_redact", "customers_data_request", "app_uninstalled"]
    for name in ways:
        deliver(database, name)
    pump(database.begin)
    assert state(database, returned) is DeliveryState.UNCLAIMED
    assert sorted(queue.names()) == [
        "installs.uninstall",
        "privacy.note_data_request",
        "privacy.redact_client",
        "privacy.redact_shop",
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"topic": "products/create"},
        {"body": b"[]"},
        {"body": b"7"},
        {"body": b"null"},
        {"topic": "shop/redact", "body": b'{"shop_domain": "dana.myshopify.com"}'},
    ],
)
def test_what_says_nothing_to_us_is_ignored_and_kept(
    database: Database, queue: Queue, clock: Clock, changed: dict[str, Any]
) -> None:
    installed(database)
    delivery = deliver(database, **changed)
    pump(database.begin)
    assert state(database, delivery) is DeliveryState.IGNORED and queue.waiting == []


def test_deliveries_are_handed_on_oldest_first(database: Database, queue: Queue, clock: Clock) -> None:
    installed(database)
    for number in (3, 1, 2):
        deliver(database, external_id=f"w-{number}", body=json.dumps({"id": number}).encode())
    pump(database.begin)
    assert [p["args"]["return_gid"][-1] for _, p in queue.waiting] == ["3", "1", "2"]


def test_two_workers_that_pump_at_once_hand_on_each_delivery_once(
    database: Database, queue: Queue, clock: Clock
) -> None:
    installed(database)
    ids = [deliver(database, external_id=f"w-{n}", body=json.dumps({"id": n}).encode()) for n in range(1, 31)]
    gate, claimed = threading.Barrier(2), []

    def work() -> None:
        gate.wait()
        claimed.append(pump(database.begin))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(claimed) == 30
    assert len(queue.waiting) == 30 == len({p["args"]["return_gid"] for _, p in queue.waiting})
    assert {state(database, i) for i in ids} == {DeliveryState.HANDLED}


def test_a_worker_that_died_after_claiming_is_replaced_when_its_lease_ends(
    database: Database, queue: Queue, clock: Clock
) -> None:
    installed(database)
    delivery = deliver(database)
    with database.begin() as session:
        assert claim(session, now=NOW) == [delivery]
    clock.at = NOW + LEASE
    assert pump(database.begin) == 0
    clock.at = NOW + LEASE + timedelta(microseconds=1)
    assert pump(database.begin) == 1 and queue.names() == ["routing.route_return"]


def test_a_worker_that_died_while_handing_on_leaves_neither_jobs_nor_a_mark(
    database: Database, queue: Queue, clock: Clock
) -> None:
    class Killed(BaseException):
        pass

    installed(database)
    delivery = deliver(database)
    with pytest.raises(Killed), database.begin() as session:
        hand_on(session, delivery, now=NOW)
        raise Killed
    assert state(database, delivery) is DeliveryState.NEW and queue.waiting == []
    assert pump(database.begin) == 1 and queue.names() == ["routing.route_return"]


def test_a_slow_worker_whose_lease_ended_does_not_hand_on_what_another_did(
    database: Database, queue: Queue, clock: Clock
) -> None:
    installed(database)
    delivery = deliver(database)
    with database.begin() as session:
        claim(session, now=NOW)
    clock.at = NOW + 2 * LEASE
    pump(database.begin)
    with database.begin() as session:
        hand_on(session, delivery, now=clock.at)
    assert len(queue.waiting) == 1


def test_two_who_hand_on_the_same_delivery_at_once_hand_it_on_once(
    database: Database, queue: Queue, clock: Clock
) -> None:
    installed(database)
    delivery = deliver(database)
    gate = threading.Barrier(4)

    def work() -> None:
        gate.wait()
        with database.begin() as session:
            hand_on(session, delivery, now=NOW)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(queue.waiting) == 1


def test_one_that_fails_does_not_hold_its_neighbours_up_and_is_given_up_after_five_times(
    database: Database, queue: Queue, clock: Clock, monkeypatch
) -> None:
    installed(database)

    def broken(_payload: Any, _context: Any) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setitem(TOPICS, "returns/close", broken)
    bad, good = deliver(database, "returns_close"), deliver(database)
    for number in range(1, MOST_ATTEMPTS + 1):
        assert state(database, bad) is DeliveryState.NEW
        pump(database.begin)
        assert row(database, bad).attempts == number
        clock.at += 2 * LEASE
    found = row(database, bad)
    assert (found.state, found.error) == (DeliveryState.FAILED, "ZeroDivisionError: a bug")
    assert state(database, good) is DeliveryState.HANDLED
    assert pump(database.begin) == 0


def test_a_failed_or_handled_delivery_can_be_replayed(database: Database, queue: Queue, clock: Clock) -> None:
    installed(database)
    delivery = deliver(database, state=DeliveryState.FAILED, attempts=5, error="x", claimed_until=NOW + LEASE)
    for handed_on in (1, 2):
        with database.begin() as session:
            replay(session, delivery)
        pump(database.begin)
        assert len(queue.waiting) == handed_on
    assert row(database, delivery).error == "" and row(database, delivery).attempts == 0


def test_what_is_not_there_cannot_be_replayed(database: Database) -> None:
    with pytest.raises(NotFound), database.begin() as session:
        replay(session, 404)


def test_the_newest_are_listed_by_shop(database: Database) -> None:
    first, second = deliver(database), deliver(database, "returns_close")
    strangers = deliver(database, shop_domain="dana.myshopify.com")
    with database.begin() as session:
        assert [d.id for d in recent(session, domain=SHOP)] == [second, first]
        assert [d.id for d in recent(session)] == [strangers, second, first]
        assert session.connection().execute(sa.select(sa.func.count()).select_from(Delivery)).scalar() == 3
        assert len(session.exec(select(Delivery)).all()) == 3
