"""Reading a shop's past from the stand-in, whatever happens on the way."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from kit.db import Database
from measures import history, jobs
from measures.models import HistoricOrder, HistoryRead, ReadState
from measures.reads import Detail
from shops.figures import average_order_value, figures_of
from simulators.world import World
from simulators.world.past import documents_of
from tests.jobs_at_hand import Queue
from tests.measures.past_town import BASE, DOMAIN, FULL, PastTown, open_past_town


def stand_ins_orders(town: PastTown) -> list[dict[str, Any]]:
    """What the stand-in holds, in its own words: another way to the same figures."""
    with town.shopify.store.lock:
        return town.shopify.store.shops[DOMAIN].all("Order")


def put_a_fee_on_one(town: PastTown) -> str:
    """Ten per cent kept back of one piece; its gid."""
    with town.shopify.store.lock:
        shop = town.shopify.store.shops[DOMAIN]
        one = next(r for r in shop.all("Return") if r["status"] == "CLOSED" and not r["exchangeLines"])
        one["returnLines"][0]["restockingFee"] = 10
        shop.save(one)
        return str(one["returnLines"][0]["id"])


def test_every_order_refund_and_return_of_two_years_is_kept_with_what_it_came_to(past_town: PastTown) -> None:
    charged = put_a_fee_on_one(past_town)
    row = past_town.read()
    assert (row.state, row.problem, row.lines_odd) == (ReadState.IDLE, "", 0)
    kept, orders = past_town.kept(), stand_ins_orders(past_town)
    assert {o["order_gid"] for o in kept["HistoricOrder"]} == {o["id"] for o in orders}
    refunds = {r["id"]: r for o in orders for r in o["refunds"]}
    assert {r["refund_gid"]: r["cents"] for r in kept["HistoricRefund"]} == {
        gid: round(float(r["amount"]) * 100) for gid, r in refunds.items()
    }
    returns = past_town.shopify.store.shops[DOMAIN].all("Return")
    assert {(r["return_gid"], r["order_gid"], r["status"]) for r in kept["HistoricReturn"]} == {
        (r["id"], r["orderId"], r["status"]) for r in returns
    }
    assert {p["piece_gid"] for p in kept["HistoricPiece"]} == {
        line["id"] for r in returns for line in r["returnLines"] + [x for x in r["exchangeLines"] if x["lineItemIds"]]
    }
    fees = {p["piece_gid"]: (p["fee_cents"], p["cents"]) for p in kept["HistoricPiece"] if p["fee_cents"]}
    assert list(fees) == [charged] and fees[charged][0] == round(fees[charged][1] / 10), "ten of a hundred"
    assert row.lines_read == row.lines_total > len(orders)
    by_gid = {o["order_gid"]: o for o in kept["HistoricOrder"]}
    for order in orders:
        mine = by_gid[order["id"]]
        lines = {s["staffId"] for line in order["lineItems"] for s in line.get("attributed", [])}
        assert mine["client_gid"] == order["customerId"] and mine["location_gid"] == order["retailLocationId"]
        assert mine["staff_gid"] == order["staffId"] and ({mine["line_staff_gid"]} - {None}) <= lines
        assert bool(mine["line_staff_gid"]) == bool(lines)


def test_it_says_how_far_back_it_reached_and_what_it_was_allowed_to_see(past_town: PastTown) -> None:
    past_town.read()
    with past_town.database.begin() as session:
        found = history.progress(session, shop_id=past_town.shop_id)
    assert found is not None and not found.first and found.all_orders and found.with_staff and found.with_contacts
    assert found.back_to == BASE - timedelta(days=731)


def test_without_the_right_to_old_orders_sixty_days_are_read_and_said(
    database: Database, queue: Queue, past_world: World
) -> None:
    scopes = tuple(s for s in FULL if s != "read_all_orders")
    with open_past_town(database, queue, past_world, scopes=scopes) as town:
        row = town.read()
        kept = town.kept()["HistoricOrder"]
        assert row.reaches_back_to is not None and abs(row.reaches_back_to - (BASE - timedelta(days=60))) < timedelta(
            minutes=5
        )
        assert 0 < len(kept) < len(stand_ins_orders(town))
        assert min(o["placed_at"] for o in kept) >= BASE - timedelta(days=60)
        # The right comes: all is read, and the nights after that read what changed only.
        town.control("POST", "grant", {"scopes": list(FULL)})
        with database.begin() as session:
            from shops.shops import get_shop

            get_shop(session, town.shop_id).scopes = ",".join(FULL)
        assert town.read().reaches_back_to == town.row().since
        assert len(town.kept()["HistoricOrder"]) == len(stand_ins_orders(town))
        assert town.read().changed_only


def test_who_sold_it_is_not_asked_for_without_the_right_to_know(
    database: Database, queue: Queue, past_world: World
) -> None:
    scopes = tuple(s for s in FULL if s != "read_users")
    with open_past_town(database, queue, past_world, scopes=scopes) as town:
        assert town.read().read_detail is Detail.CONTACTS
        assert not any(o["staff_gid"] or o["line_staff_gid"] for o in town.kept()["HistoricOrder"])
        with database.begin() as session:
            figures = figures_of(session, shop_id=town.shop_id)
            assert figures is not None and figures.orders > 0 and figures.staff_orders is None


def test_a_read_that_is_denied_is_asked_for_with_less(past_town: PastTown) -> None:
    past_town.fault("bulk.run", "denied", times=2)
    row = past_town.read()
    assert (row.state, row.read_detail) == (ReadState.IDLE, Detail.LEAST)
    with past_town.database.begin() as session:
        orders = session.exec(select(HistoricOrder)).all()
    assert orders and not any(o.email_hash or o.phone_hash or o.staff_gid for o in orders)
    assert all(o.client_gid for o in orders)
    # What was denied once is not asked for again every night.
    past_town.pass_by(days=1)
    assert past_town.read().detail is Detail.LEAST


def test_a_read_that_is_denied_altogether_stops_and_says_so(past_town: PastTown) -> None:
    past_town.fault("bulk.run", "denied", times=3)
    row = past_town.read()
    assert row.state is ReadState.STOPPED and "does not let the app read" in row.problem


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("bulk.run", "fail"),
        ("bulk.run", "partial"),
        ("bulk.run", "silent"),
        ("bulk.file", "gone"),
        ("bulk.file", "cut"),
        ("bulk.file", "gzip"),
        ("bulk.file", "whole"),
        ("BulkRunQuery", "500"),
        ("BulkRunQuery", "cut_json"),
        ("BulkOperation", "html"),
        ("BulkOperation", "cut_json"),
    ],
)
def test_whatever_goes_wrong_once_the_same_is_kept_in_the_end(
    past_town: PastTown, operation: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopify_app.admin_api.history.LINES_A_BATCH", 40)
    past_town.fault(operation, kind)
    row = past_town.read()
    assert [rule["times"] for rule in past_town.shopify.store.faults.rules] == [0], "it did go wrong"
    assert (row.state, row.problem) == (ReadState.IDLE, "")
    assert len(past_town.kept()["HistoricOrder"]) == len(stand_ins_orders(past_town))
    assert not any(
        o["status"] in ("CREATED", "RUNNING") for o in past_town.shopify.store.shops[DOMAIN].all("BulkOperation")
    )


def test_a_question_whose_answer_was_lost_is_not_asked_twice(past_town: PastTown) -> None:
    past_town.fault("BulkRunQuery", "cut_json")
    past_town.read()
    assert len(past_town.told("BulkRunQuery")) == 1


def test_a_read_that_fails_again_and_again_stops_keeps_what_came_and_can_be_begun_anew(past_town: PastTown) -> None:
    past_town.fault("bulk.run", "partial", times=3, after=60)
    row = past_town.read()
    assert row.state is ReadState.STOPPED and "3 times" in row.problem
    some = len(past_town.kept()["HistoricOrder"])
    assert 0 < some < len(stand_ins_orders(past_town))
    assert past_town.read().state is ReadState.IDLE
    assert len(past_town.kept()["HistoricOrder"]) == len(stand_ins_orders(past_town))


def test_a_result_that_ran_out_before_it_was_read_is_asked_for_anew(past_town: PastTown) -> None:
    past_town.begin()
    past_town.queue.waiting.clear()
    read = past_town.jobs["measures.read_history"]
    read(past_town.database.begin, shop_id=past_town.shop_id)
    past_town.shopify.store.webhooks.settle()
    wait_until_over(past_town)
    past_town.pass_by(days=8)
    past_town.work()
    assert past_town.row().state is ReadState.IDLE
    assert len(past_town.told("BulkRunQuery")) == 2


def wait_until_over(town: PastTown) -> None:
    import time

    for _ in range(6000):
        if all(o["status"] == "COMPLETED" for o in town.shopify.store.shops[DOMAIN].all("BulkOperation")):
            return
        time.sleep(0.01)
    raise AssertionError("the stand-in does not end")


def test_a_shop_with_nothing_to_read_is_read(database: Database, queue: Queue, past_world: World) -> None:
    empty = World(
        {DOMAIN: [d for d in past_world.shops[DOMAIN] if "/Order/" not in d["id"] and "/Return/" not in d["id"]]}, []
    )
    with open_past_town(database, queue, empty) as town:
        row = town.read()
        assert (row.state, row.lines_read) == (ReadState.IDLE, 0) and row.complete_at is not None
        with database.begin() as session:
            assert average_order_value(session, shop_id=town.shop_id) is None


def test_a_read_cancelled_at_shopify_stops_and_says_so(past_town: PastTown) -> None:
    past_town.shopify.store.config.bulk_seconds = 1.0
    past_town.begin()
    name, payload = past_town.queue.waiting.pop(0)
    past_town.jobs[name](past_town.database.begin, **payload["args"])
    with past_town.shopify.store.change():
        (operation,) = past_town.shopify.store.shops[DOMAIN].all("BulkOperation")
        operation["status"] = "CANCELING"
    past_town.work()
    row = past_town.row()
    assert row.state is ReadState.STOPPED and "cancelled" in row.problem


def test_a_word_from_shopify_that_it_is_over_reads_at_once_and_ends_the_polling(past_town: PastTown) -> None:
    past_town.begin()
    name, payload = past_town.queue.waiting.pop(0)
    past_town.jobs[name](past_town.database.begin, **payload["args"])
    wait_until_over(past_town)
    poll, gid = past_town.queue.waiting.pop(0), past_town.row().operation_gid
    hear = past_town.jobs["measures.hear_history"]
    hear(past_town.database.begin, shop_id=past_town.shop_id, operation_gid="gid://shopify/BulkOperation/1")
    assert past_town.row().state is ReadState.WORKING, "somebody else's operation is nothing to us"
    hear(past_town.database.begin, shop_id=past_town.shop_id, operation_gid=gid)
    past_town.work()
    assert past_town.row().state is ReadState.IDLE
    turn = past_town.row().turn
    past_town.jobs[poll[0]](past_town.database.begin, **poll[1]["args"])
    assert past_town.row().turn == turn and past_town.queue.waiting == []


def test_the_nights_after_read_what_changed_only(past_town: PastTown) -> None:
    past_town.read()
    before = past_town.row()
    past_town.pass_by(days=1)
    made = past_town.control("POST", "orders", {"shop": DOMAIN})
    jobs.keep_current(past_town.database.begin)
    past_town.work()
    row = past_town.row()
    assert row.changed_only and row.complete_at == before.complete_at
    assert row.reaches_back_to == before.reaches_back_to and 0 < row.lines_read < before.lines_read
    assert made["id"] in {o["order_gid"] for o in past_town.kept()["HistoricOrder"]}


def test_the_figures_are_counted_when_the_read_ends_and_every_package_can_read_them(past_town: PastTown) -> None:
    past_town.read()
    with past_town.database.begin() as session:
        figures = figures_of(session, shop_id=past_town.shop_id)
        average = average_order_value(session, shop_id=past_town.shop_id)
        now = past_town.times["now"]
        since = now - timedelta(days=365)
        assert average == history.totals(session, shop_id=past_town.shop_id, since=since, now=now).average
    assert figures is not None and average is not None and average.currency == "USD"
    recent = [
        o
        for o in past_town.kept()["HistoricOrder"]
        if o["placed_at"] >= now - timedelta(days=365) and not o["cancelled"]
    ]
    assert figures.orders == len(recent)
    assert average.cents == sum(o["total_cents"] for o in recent) // len(recent)
    assert figures.dear_orders == sum(o["total_cents"] >= 500_000 for o in recent)
    assert figures.staff_orders == sum(bool(o["staff_gid"] or o["line_staff_gid"]) for o in recent)


def test_reading_it_all_again_changes_nothing(past_town: PastTown) -> None:
    past_town.read()
    before = past_town.kept()
    with past_town.database.begin() as session:
        session.get_one(HistoryRead, past_town.shop_id).complete_at = None
    assert not past_town.read().changed_only
    assert past_town.kept() == before


@pytest.fixture
def long_town(database: Database, queue: Queue, past_world: World) -> Iterator[PastTown]:
    with open_past_town(database, queue, past_world, past=3_000) as town:
        yield town


def test_a_read_goes_on_slice_by_slice_by_ranges(long_town: PastTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "SLICE_SECONDS", 0.0)
    row = long_town.read()
    assert row.state is ReadState.IDLE and row.lines_read == row.lines_total
    assert long_town.ran.count("measures.read_history") > 10
    made = sum(1 for kept in long_town.shopify.store.shops[DOMAIN].all("Past") for _ in documents_of(kept))
    assert len(long_town.kept()["HistoricOrder"]) == made + len(stand_ins_orders(long_town))
