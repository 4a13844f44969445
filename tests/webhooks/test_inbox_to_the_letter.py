"""The inbox to the letter: whose turn a delivery is, what stands in its row afterwards, what a person is told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlmodel import Session, select

from kit import metrics
from kit.db import Database
from kit.errors import AppError, Conflict, NotFound
from shops.models import Shop, ShopState
from tests import cast
from tests.cast import NOW
from tests.jobs_at_hand import Queue
from webhooks import inbox, topics
from webhooks.inbox import LEASE, claim, claim_for_shop, counts, oldest_age, pump, put_aside, recent, replay
from webhooks.models import Delivery, DeliveryState
from webhooks.topics import Context

SHOP, DANA = "verdane.myshopify.com", "dana.myshopify.com"
HANDED_ON = "returns_webhooks_handed_on_total"
Put = Callable[..., int]


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "clock_now", lambda: NOW)


@pytest.fixture
def shop(database: Database) -> Shop:
    with database.begin() as session:
        return cast.alice(session)


@pytest.fixture
def put(database: Database) -> Put:
    """Store a delivery; its id. A later one has a higher number."""
    made: list[int] = []

    def store(**changed: Any) -> int:
        about = {"source": "shopify", "shop_domain": SHOP, "topic": "returns/close", "body": b'{"id": 1}'}
        with database.begin() as session:
            row = Delivery(**{**about, "external_id": f"w-{len(made)}", "received_at": NOW, **changed})
            session.add(row)
        made.append(cast.number(row.id))
        return made[-1]

    return store


def row(database: Database, delivery_id: int) -> Delivery:
    with database.begin() as session:
        return session.exec(select(Delivery).where(Delivery.id == delivery_id)).one()


def told(ask: Any, *about: Any, **more: Any) -> tuple[type[AppError], str]:
    with pytest.raises(AppError) as refused:
        ask(*about, **more)
    return type(refused.value), refused.value.message


# --- whose turn it is


def test_a_batch_holds_so_many_of_those_that_wait_and_none_that_is_done_or_taken(
    database: Database, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "BATCH", 2)
    for state in (DeliveryState.HANDLED, DeliveryState.UNCLAIMED, DeliveryState.FAILED, DeliveryState.IGNORED):
        put(state=state)
    for _ in range(3):
        put(claimed_until=NOW + LEASE)
    first, second, third = put(), put(claimed_until=NOW - timedelta(microseconds=1)), put()
    with database.begin() as session:
        assert claim(session, now=NOW) == [first, second]
        assert claim(session, now=NOW) == [third]
        assert claim(session, now=NOW) == []
    assert {row(database, i).claimed_until for i in (first, second, third)} == {NOW + LEASE}
    with database.begin() as session:
        assert claim(session, now=NOW + LEASE) == []
        assert len(claim(session, now=NOW + LEASE + timedelta(microseconds=1))) == 2


def test_what_another_worker_took_between_our_looking_and_our_taking_is_left_to_it(
    database: Database, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "BATCH", 3)
    mine, taken, done, not_looked_at = put(), put(), put(), put()
    with database.begin() as session:
        look = session.exec

        def look_and_be_late(*statement: Any) -> Any:
            seen = list(look(*statement).all())
            for delivery_id, changed in ((taken, {"claimed_until": NOW + LEASE}), (done, {"state": "handled"})):
                for name, value in changed.items():
                    setattr(session.get(Delivery, delivery_id), name, value)
            session.flush()
            return _Seen(seen)

        monkeypatch.setattr(session, "exec", look_and_be_late)
        assert claim(session, now=NOW) == [mine]
    assert row(database, not_looked_at).claimed_until is None


class _Seen:
    def __init__(self, rows: list[Any]):
        self.all = lambda: rows


# --- what is handed on


def listen(monkeypatch: pytest.MonkeyPatch, *names: str) -> list[tuple[Any, Context, dict[str, Any]]]:
    """Instead of a topic's meaning: what its parser was given, and what a log event would carry meanwhile."""
    heard: list[tuple[Any, Context, dict[str, Any]]] = []

    def parse(payload: Any, context: Context) -> None:
        heard.append((payload, context, structlog.contextvars.get_contextvars()))

    for name in names:
        monkeypatch.setitem(topics.TOPICS, name, parse)
    return heard


def test_a_topic_is_read_with_its_envelope_and_every_event_of_the_log_names_the_delivery(
    database: Database, queue: Queue, shop: Shop, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = listen(monkeypatch, "returns/close", "tracker.updated")
    ours = put(triggered_at="2026-11-24T09:00:00Z")
    carriers = put(source="easypost", shop_domain="", topic="tracker.updated", triggered_at="then")
    pump(database.begin)
    assert heard == [
        (
            {"id": 1}, Context(shop.id, SHOP, "2026-11-24T09:00:00Z"),
            {"delivery": ours, "topic": "returns/close", "shop": SHOP},
        ),
        ({"id": 1}, Context(None, "", "then"), {"delivery": carriers, "topic": "tracker.updated", "shop": ""}),
    ]  # fmt: skip
    assert structlog.contextvars.get_contextvars() == {}


def test_a_topic_with_two_meanings_is_read_for_both(
    database: Database, queue: Queue, shop: Shop, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Any] = []
    monkeypatch.setattr("webhooks.inbox.jobs.publish", lambda _session, event: said.append(event))
    monkeypatch.setitem(topics.TOPICS, "orders/create", lambda _payload, _context: "an order")
    also: list[str | None] = [None]
    monkeypatch.setitem(topics.ALSO, "orders/create", lambda _payload, _context: also[0])
    for also[0], heard in (("a sale", ["an order", "a sale"]), (None, ["an order"])):
        delivery = put(topic="orders/create")
        pump(database.begin)
        assert said == heard and row(database, delivery).state is DeliveryState.HANDLED
        said.clear()


@pytest.mark.parametrize("source", ["shopify", "flow"])
@pytest.mark.parametrize("state", [None, ShopState.UNINSTALLED])
def test_what_names_a_shop_without_the_app_waits_for_it(
    database: Database, queue: Queue, put: Put, monkeypatch: pytest.MonkeyPatch, source: str, state: ShopState | None
) -> None:
    heard = listen(monkeypatch, "returns/close")
    if state:
        with database.begin() as session:
            cast.alice(session).state = state
    delivery = put(source=source)
    pump(database.begin)
    assert (row(database, delivery).state, heard) == (DeliveryState.UNCLAIMED, [])


def test_a_handled_delivery_says_when_and_forgets_what_went_wrong_before(
    database: Database, queue: Queue, shop: Shop, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen(monkeypatch, "returns/close")
    delivery = put(error="ValueError: x", attempts=1)
    pump(database.begin)
    found = row(database, delivery)
    assert (found.state, found.error, found.handled_at) == (DeliveryState.IGNORED, "", NOW)


@pytest.mark.parametrize(
    ("claimed", "counted"),
    [("2026-07", "2026-07"), ("unstable", "unstable"), ("", "other"), ("2026-07x", "other"), ("x" * 20, "other")],
)
def test_webhooks_of_shopify_are_counted_by_a_version_that_can_be_one(
    database: Database, queue: Queue, shop: Shop, put: Put, claimed: str, counted: str
) -> None:
    def now() -> dict[str, float]:
        return {labels["version"]: value for name, labels, value in metrics.snapshot() if name == HANDED_ON}

    before = now()
    put(topic="products/create", api_version=claimed)
    put(source="easypost", topic="products/create", api_version="2026-01")
    pump(database.begin)
    assert {k: v - before.get(k, 0) for k, v in now().items() if v != before.get(k, 0)} == {counted: 1}


def test_a_failure_is_kept_as_long_as_its_column_is_wide(
    database: Database, queue: Queue, shop: Shop, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_payload: Any, _context: Any) -> None:
        raise ValueError("x" * 2000)

    monkeypatch.setitem(topics.TOPICS, "returns/close", broken)
    delivery = put(attempts=3)
    pump(database.begin)
    found = row(database, delivery)
    assert (found.attempts, found.state, found.handled_at) == (4, DeliveryState.NEW, None)
    assert found.error == ("ValueError: " + "x" * 2000)[:1000]


def test_one_erased_while_it_failed_stops_nobody(
    database: Database, queue: Queue, shop: Shop, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, other = put(), put()
    hand_on = inbox.hand_on

    def erased_meanwhile(session: Session, delivery_id: int, **how: Any) -> None:
        if delivery_id == gone:
            session.delete(session.get(Delivery, gone))
            session.commit()
            raise ValueError("too late")
        hand_on(session, delivery_id, **how)

    monkeypatch.setattr(inbox, "hand_on", erased_meanwhile)
    assert pump(database.begin) == 2
    assert row(database, other).state is DeliveryState.HANDLED


# --- what a person does


def test_only_what_waited_for_its_shop_begins_anew_with_it(database: Database, shop: Shop, put: Put) -> None:
    waits = put(state=DeliveryState.UNCLAIMED, claimed_until=NOW + LEASE)
    done, failed = put(state=DeliveryState.HANDLED), put(state=DeliveryState.FAILED)
    gone = put(state=DeliveryState.UNCLAIMED, body_gone_at=NOW)
    danas = put(state=DeliveryState.UNCLAIMED, shop_domain=DANA)
    with database.begin() as session:
        assert claim_for_shop(session, shop) == 1
    assert (row(database, waits).state, row(database, waits).claimed_until) == (DeliveryState.NEW, None)
    assert [row(database, i).state for i in (done, failed, gone, danas)] == [
        DeliveryState.HANDLED, DeliveryState.FAILED, DeliveryState.UNCLAIMED, DeliveryState.UNCLAIMED,
    ]  # fmt: skip


def test_a_delivery_of_another_shop_is_none(database: Database, put: Put) -> None:
    failed = put(state=DeliveryState.FAILED)
    none = (NotFound, "No such delivery.")
    with database.begin() as session:
        assert told(replay, session, failed, domain=DANA) == told(put_aside, session, failed, domain=DANA) == none
        assert told(replay, session, 404) == told(put_aside, session, 404, domain=SHOP) == none
    assert row(database, failed).state is DeliveryState.FAILED
    with database.begin() as session:
        assert replay(session, failed, domain=SHOP).id == failed


def test_what_is_handed_on_again_begins_anew(database: Database, put: Put) -> None:
    failed = put(state=DeliveryState.FAILED, attempts=5, claimed_until=NOW + LEASE)
    envelope = put(state=DeliveryState.HANDLED, body_gone_at=NOW)
    with database.begin() as session:
        replay(session, failed)
        assert told(replay, session, envelope) == (
            Conflict, "Only the envelope of that delivery is still here, so it cannot be handed on again.",
        )  # fmt: skip
    found = row(database, failed)
    assert (found.state, found.attempts, found.claimed_until) == (DeliveryState.NEW, 0, None)
    assert row(database, envelope).state is DeliveryState.HANDLED


def test_only_what_could_not_be_understood_is_put_aside_and_once(database: Database, put: Put) -> None:
    failed = put(state=DeliveryState.FAILED)
    with database.begin() as session:
        assert put_aside(session, failed, domain=SHOP).state is DeliveryState.IGNORED
    for other in (failed, put(), put(state=DeliveryState.HANDLED), put(state=DeliveryState.UNCLAIMED)):
        with database.begin() as session:
            assert told(put_aside, session, other, domain=SHOP) == (Conflict, "There is nothing to see to any more.")


def test_the_newest_hundred_are_listed(database: Database) -> None:
    with database.begin() as session:
        about: dict[str, Any] = {"source": "shopify", "topic": "x", "body": b"", "received_at": NOW}
        session.add_all([Delivery(**about, shop_domain=SHOP, external_id=str(n)) for n in range(102)])
    with database.begin() as session:
        found = [cast.number(delivery.id) for delivery in recent(session, domain=SHOP, state=DeliveryState.NEW)]
        assert len(found) == 100 and found == sorted(found, reverse=True) and min(found) == 3
        assert recent(session, domain=DANA) == recent(session, state=DeliveryState.FAILED) == []


def test_deliveries_are_counted_by_their_state(database: Database, put: Put) -> None:
    for state in (DeliveryState.NEW, DeliveryState.NEW, DeliveryState.FAILED):
        put(state=state)
    with database.begin() as session:
        assert counts(session) == {DeliveryState.NEW: 2, DeliveryState.FAILED: 1}


def test_nothing_has_waited_for_less_than_no_time(database: Database, put: Put) -> None:
    put(received_at=NOW + timedelta(seconds=5))  # another machine's clock
    with database.begin() as session:
        assert oldest_age(session, now=NOW) == timedelta()
