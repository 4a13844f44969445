"""What order and refund webhooks say of a shop's past: kept at once, in no job, and nothing that is not said."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

import jobs.queue
from kit.db import Database
from kit.money import Money
from measures.events import OrderTold, RefundTold, ReturnTold
from measures.models import HistoricOrder, HistoricRefund, HistoricReturn
from measures.reads import OrderRecord, RefundRecord, ReturnWord
from shopify_app.wiring import AT_ONCE, EVENTS
from tests import cast
from tests.cast import number
from tests.jobs_at_hand import Queue
from tests.webhooks.posting import SHOP, payload
from webhooks.inbox import pump
from webhooks.models import Delivery
from webhooks.topics import ALSO, TOPICS, Context, sales

CONTEXT = Context(7, "maison-demo.myshopify.com", "2026-11-20T16:05:40.000000Z")
ORDER, REFUND = "gid://shopify/Order/6128840917103", "gid://shopify/Refund/980112233445"
RETURN = "gid://shopify/Return/18273645501"


def refunds(*amounts: tuple[str, str], kind: str = "refund", status: str = "success") -> list[dict[str, Any]]:
    return [
        {
            "id": n,
            "created_at": "2026-11-21T16:02:10-05:00",
            "transactions": [{"kind": kind, "status": status, "amount": amount, "currency": currency}],
        }
        for n, (amount, currency) in enumerate(amounts, start=1)
    ]


def order(**changed: Any) -> OrderRecord | None:
    told = sales.parse_order(payload("orders_create") | changed, CONTEXT)
    assert told is None or told.shop_id == 7
    return told.order if told else None


def test_the_documented_order_is_kept_as_it_was_placed() -> None:
    found = order()
    assert found is not None and found.order_gid == ORDER
    assert found.total == Money(513_000, "USD") and found.refunded == Money(0, "USD")
    assert found.placed_at == datetime(2026, 11, 2, 20, 41, 19, tzinfo=UTC)
    assert (found.channel, found.staff_gid) == ("pos", "gid://shopify/StaffMember/90871234567")
    assert found.client_gid == "gid://shopify/Customer/7301122334455" and found.email.startswith("elena")
    assert found.location_gid == "gid://shopify/Location/71122334455" and not found.cancelled


def test_the_documented_refund_is_kept_with_its_return() -> None:
    told = sales.parse_refund(payload("refunds_create"), CONTEXT)
    at = datetime(2026, 11, 21, 21, 2, 10, tzinfo=UTC)
    assert told == RefundTold(7, RefundRecord(REFUND, ORDER, RETURN, at, Money(485_000, "USD")))


def test_an_order_tells_what_went_back_of_it() -> None:
    found = order(refunds=refunds(("10.00", "USD"), ("5.50", "USD")))
    assert found is not None and found.refunded == Money(1_550, "USD") and len(found.refunds) == 2


def test_what_went_back_in_another_currency_is_left_to_be_read() -> None:
    found = order(refunds=refunds(("10.00", "USD"), ("1500", "JPY")))
    assert found is not None and found.refunded is None and found.refunds == ()


def test_a_sale_without_a_member_of_staff_is_the_one_credited_with_a_line() -> None:
    credited = [
        {"attributed_staffs": []},
        {"attributed_staffs": [{"id": "gid://shopify/StaffMember/8", "quantity": 1}]},
    ]
    found = order(user_id=None, line_items=credited)
    assert found is not None and found.staff_gid == "gid://shopify/StaffMember/8"


@pytest.mark.parametrize(
    "changed",
    [
        {"test": True}, {"id": None, "admin_graphql_api_id": None}, {"created_at": None}, {"created_at": "yesterday"},
        {"total_price_set": None, "total_price": None}, {"total_price_set": {"shop_money": {"amount": "x"}}},
        {"total_price_set": {"shop_money": {"amount": 5, "currency_code": "USD"}}},
    ],
)  # fmt: skip
def test_what_does_not_say_what_was_sold_is_no_sale(changed: dict[str, Any]) -> None:
    assert order(**changed) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"order_id": None}, {"created_at": None}, {"transactions": []}, {"transactions": None},
        {"id": "x", "admin_graphql_api_id": 5.5},
        {"transactions": [{"kind": "refund", "status": "failure", "amount": "5.00", "currency": "USD"}]},
        {"transactions": [{"kind": "refund", "status": "success", "amount": None, "currency": "USD"}]},
        {
            "transactions": [
                {"kind": "refund", "status": "success", "amount": "5.00", "currency": c} for c in ("USD", "EUR")
            ]
        },
    ],
)  # fmt: skip
def test_what_does_not_say_how_much_went_back_is_no_refund(changed: dict[str, Any]) -> None:
    assert sales.parse_refund(payload("refunds_create") | changed, CONTEXT) is None


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_nothing_a_body_holds_makes_it_fail(data: st.DataObject) -> None:
    bodies: list[tuple[str, Any]] = [
        ("orders_create", sales.parse_order),
        ("refunds_create", sales.parse_refund),
        ("returns_decline", sales.parse_return),
    ]
    for name, parse in bodies:
        body = payload(name)
        for key in data.draw(st.lists(st.sampled_from(sorted(body)), max_size=4)):
            body[key] = data.draw(ODD)
        found = parse(body, CONTEXT)
        assert found is None or found.shop_id == 7


def test_every_topic_that_says_more_is_one_of_the_topics_and_goes_into_no_job() -> None:
    assert set(ALSO) <= set(TOPICS)
    for kind in (OrderTold, RefundTold, ReturnTold):
        assert kind in AT_ONCE and kind not in EVENTS, "a job would keep the client's addresses"


def test_an_order_and_its_refund_are_kept_as_they_are_handed_on(
    database: Database, queue: Queue, monkeypatch: Any
) -> None:
    monkeypatch.setattr(jobs.queue, "_events", EVENTS)
    monkeypatch.setattr(jobs.queue, "_at_once", AT_ONCE)
    with database.begin() as session:
        shop_id = number(cast.alice(session, SHOP).id)
        for topic in ("orders/create", "refunds/create"):
            body = json.dumps(payload(topic.replace("/", "_"))).encode()
            about: dict[str, Any] = {"source": "shopify", "shop_domain": SHOP, "external_id": topic, "triggered_at": ""}
            session.add(Delivery(topic=topic, body=body, received_at=cast.NOW, **about))
    while pump(database.begin):
        pass
    with database.begin() as session:
        (kept,) = session.exec(select(HistoricOrder)).all()
        (refund,) = session.exec(select(HistoricRefund)).all()
    assert (kept.shop_id, kept.order_gid, kept.total_cents) == (shop_id, ORDER, 513_000)
    assert (refund.order_gid, refund.cents, refund.return_gid) == (ORDER, 485_000, RETURN)
    assert "elena" not in str(kept.model_dump()).lower() + str(queue.waiting).lower()


# --- returns


@pytest.mark.parametrize(
    ("name", "status", "opens"),
    [
        ("returns_request__one_line", "REQUESTED", True),
        ("returns_request__documented_minimal", "REQUESTED", True),
        ("returns_approve", "OPEN", False),
        ("returns_decline", "DECLINED", False),
        ("returns_cancel", "CANCELED", False),
        ("returns_close", "CLOSED", False),
        ("returns_reopen", "OPEN", False),
        ("returns_process", "OPEN", False),
    ],
)
def test_each_documented_body_of_a_return_says_what_became_of_it_and_as_of_when(
    name: str, status: str, opens: bool
) -> None:
    assert ALSO[name.split("__")[0].replace("_", "/", 1)] is sales.parse_return
    told = sales.parse_return(payload(name), CONTEXT)
    at = datetime(2026, 11, 20, 16, 5, 40, tzinfo=UTC)
    assert told == ReturnTold(7, ReturnWord(RETURN, ORDER, status, at, at if opens else None))


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "shipped"},
        {"status": None},
        {"order": None},
        {"order": {"id": "x"}},
        {"id": None, "admin_graphql_api_id": 1.5},
    ],
)
def test_a_body_that_does_not_say_what_or_of_which_order_says_nothing_of_the_past(changed: dict[str, Any]) -> None:
    assert sales.parse_return(payload("returns_request__one_line") | changed, CONTEXT) is None


def test_nor_does_one_of_which_nobody_knows_when_it_was_sent() -> None:
    assert sales.parse_return(payload("returns_close"), Context(7, SHOP, "")) is None


def test_a_delivered_word_is_kept_in_the_transaction_that_hands_it_on(
    database: Database, queue: Queue, monkeypatch
) -> None:
    monkeypatch.setattr("jobs.queue._events", EVENTS)
    monkeypatch.setattr("jobs.queue._at_once", AT_ONCE)
    with database.begin() as session:
        cast.alice(session, SHOP)
        for n, name in enumerate(("returns_close", "returns_request__one_line", "returns_close")):
            body = json.dumps(payload(name)).encode()
            topic = name.split("__")[0].replace("_", "/", 1)
            at = f"2026-11-2{n}T09:00:00Z"
            session.add(Delivery(source="shopify", shop_domain=SHOP, topic=topic, external_id=f"r{n}", body=body,
                                 received_at=cast.NOW, triggered_at=at))  # fmt: skip
    pump(database.begin)
    with database.begin() as session:
        row = session.exec(select(HistoricReturn)).one()
    assert (row.return_gid, row.order_gid, row.status) == (RETURN, ORDER, "CLOSED")
    assert (row.opened_at.day, row.closed_at and row.closed_at.day) == (21, 22)
