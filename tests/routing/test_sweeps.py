"""The sweep: what no webhook told is found, page by page, and the mark never passes what was not read."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from jobs.models import JobTrouble, TroubleState
from kit import clock as kit_clock
from kit.errors import OutsideError, Waiting
from measures.models import HistoricReturn
from routing import sweeps
from routing.events import ReturnSeen
from routing.sweeps import EVERY_SECONDS, LEASE, OVERLAP, look_through
from shopify_app.wiring import PERIODIC
from shops.models import Shop, ShopState
from tests import cast
from tests.routing.edge_house import Edge
from tests.routing.shopify_at_hand import FakeShopify, gid

AWAY = OutsideError("shopify", "answered 502")


def test_a_return_whose_webhook_never_came_is_found_and_decided_once(edge: Edge) -> None:
    edge.shopify.put(1)
    swept = edge.sweep()
    assert swept and (swept.unknown, swept.changed, swept.problem) == (1, 0, "")
    edge.work()
    assert [len(kind) for kind in edge.made()] == [1, 1, 1]
    edge.pass_by(minutes=10)
    swept = edge.sweep()
    assert swept and swept.unknown == 0, "it is known now, though the overlap shows it again"
    edge.work()
    assert [len(kind) for kind in edge.made()] == [1, 1, 1]


@pytest.mark.calm(reason="counts pages")
def test_all_pages_are_read_in_the_order_orders_changed(edge: Edge) -> None:
    for n in range(7):
        edge.shopify.put(n, at=cast.NOW - timedelta(minutes=n))
    swept = edge.sweep()
    assert swept and swept.unknown == 7
    narrow = [after for query, after in edge.shopify.queries if query.startswith("updated_at")]
    assert narrow == [None, "2", "4", "6"]


def test_each_look_begins_before_the_last_one_did(edge: Edge) -> None:
    edge.sweep()
    first = edge.at
    edge.pass_by(minutes=10)
    edge.shopify.queries.clear()
    edge.sweep()
    query = edge.shopify.queries[0][0]
    assert query == f"updated_at:>='{first - OVERLAP:%Y-%m-%dT%H:%M:%SZ}' AND -return_status:no_return"
    assert edge.mark().swept_until == edge.at


@pytest.mark.parametrize("error", [AWAY, Waiting("Shopify does not let the app work in this shop now (answer 402).")])
def test_the_mark_stays_when_a_page_could_not_be_read(edge: Edge, error: Exception) -> None:
    edge.sweep()
    mark = edge.mark().swept_until
    edge.pass_by(minutes=10)
    for n in range(4):
        edge.shopify.put(n, at=edge.at)
    edge.shopify.loses["page"] = [error]
    swept = edge.sweep()
    assert swept and swept.problem == str(error)
    row = edge.mark()
    assert (row.swept_until, row.last_error, row.last_run_at, row.leased_until) == (mark, str(error), edge.at, None)
    edge.pass_by(minutes=45)
    swept = edge.sweep()
    assert swept and swept.unknown == 4 and edge.mark().last_error == "" and edge.mark().swept_until == edge.at


@pytest.mark.calm(reason="says which page fails")
def test_a_failure_on_the_second_page_keeps_what_the_first_brought(edge: Edge) -> None:
    for n in range(4):
        edge.shopify.put(n)

    calls, page = [], edge.shopify.page

    def second_fails(shop_id, query, after):
        calls.append(after)
        if len(calls) == 2:
            raise AWAY
        return page(shop_id, query, after)

    edge.shopify.page = second_fails  # type: ignore[method-assign]
    mark = edge.mark().swept_until if calls else None
    swept = edge.sweep()
    assert swept and swept.problem and mark is None
    edge.work()
    assert len(edge.made()[0]) == 2
    edge.sweep()
    edge.work()
    assert len(edge.made()[0]) == 4


def test_a_fault_of_our_own_gives_the_lease_back_and_is_not_hidden(edge: Edge) -> None:
    edge.shopify.fails["page"] = [KeyError("orders")]
    with pytest.raises(KeyError):
        edge.sweep()
    assert (edge.mark().leased_until, edge.mark().last_error) == (None, "KeyError")
    assert edge.sweep() is not None


def test_what_was_begun_before_the_app_came_is_left_to_the_house(edge: Edge) -> None:
    installed = cast.NOW - timedelta(days=90)
    edge.shopify.put(1, "OPEN", at=installed - timedelta(days=3))
    edge.shopify.put(2, "OPEN", at=installed + timedelta(days=3))
    swept = edge.sweep(wide=True)
    assert swept and swept.unknown == 1
    edge.work()
    assert {d.return_gid for d in edge.made()[0]} == {gid(2)}


def test_a_reconnected_shop_does_not_forget_when_it_began(edge: Edge) -> None:
    edge.sweep()
    edge.pass_by(days=1)
    edge.shopify.put(1, at=edge.at - timedelta(hours=20))
    with edge.database.begin() as session:
        session.get_one(Shop, edge.shop_id).installed_at = edge.at  # as installs.install does after a lost grant
    swept = edge.sweep()
    assert swept and swept.unknown == 1


@pytest.mark.parametrize("status", ["CLOSED", "CANCELED", "DECLINED"])
def test_a_return_that_ended_before_we_heard_of_it_opens_nothing(edge: Edge, status: str) -> None:
    edge.shopify.put(1, status)
    swept = edge.sweep()
    assert swept and swept.unknown == 0
    edge.tell(ReturnSeen(edge.shop_id, gid(1), None))  # nor when a late webhook brings it
    edge.work()
    assert edge.made() == ([], [], [])


@pytest.mark.parametrize(("status", "how"), [("CANCELED", "canceled"), ("DECLINED", "declined"), ("CLOSED", "closed")])
def test_a_change_no_webhook_told_is_followed(edge: Edge, status: str, how: str) -> None:
    edge.shopify.put(1)
    edge.sweep()
    edge.work(only={"routing.route_return"})
    edge.pass_by(minutes=10)
    edge.shopify.move(gid(1), status, at=edge.at)
    swept = edge.sweep()
    assert swept and (swept.unknown, swept.changed) == (0, 1)
    edge.work()
    assert edge.made()[2][0].ended_how == how
    edge.pass_by(minutes=10)
    swept = edge.sweep()
    assert swept and swept.changed == 0, "they agree again"


def test_an_open_return_that_shopify_does_not_list_any_more_is_asked_after_at_night(edge: Edge) -> None:
    edge.shopify.put(1)
    edge.sweep()
    edge.work()
    edge.shopify.move(gid(1), "CANCELED", at=edge.at)
    edge.shopify.changed[gid(1)] -= timedelta(days=9)  # as if the search for returns did not find it
    edge.pass_by(minutes=10)
    swept = edge.sweep()
    assert swept and swept.changed == 0
    edge.pass_by(days=1)
    swept = edge.sweep()
    assert swept and swept.changed == 1
    edge.work()
    assert edge.made()[2][0].ended_how == "canceled"


def test_open_returns_are_looked_at_once_a_night_by_the_shops_own_clock(edge: Edge) -> None:
    edge.sweep()
    looks = []
    for _ in range(72):  # half a day either side of the night, every twenty minutes
        edge.pass_by(minutes=20)
        edge.shopify.queries.clear()
        edge.sweep()
        if any(query == "return_status:in_progress" for query, _ in edge.shopify.queries):
            looks.append(edge.at)
    assert [f"{at:%d %H:%M}" for at in looks] == ["25 02:00"], "three in the morning in Paris"


def test_the_nightly_look_is_made_up_for_after_an_outage(edge: Edge) -> None:
    edge.sweep()
    edge.pass_by(days=1)
    edge.shopify.fails["page"] = [AWAY]
    edge.sweep()
    assert edge.mark().wide_on == cast.NOW.date()
    edge.pass_by(minutes=10)
    edge.sweep()
    assert edge.mark().wide_on == edge.at.date()


def test_a_return_that_waits_for_a_person_is_not_told_of_every_night(edge: Edge) -> None:
    edge.shopify.put(1)
    event = ReturnSeen(edge.shop_id, gid(1), None)
    with edge.database.begin() as session:
        session.add(
            JobTrouble(
                root_id="r",
                name="routing.route_return",
                key=event.order_key,
                shop_id=edge.shop_id,
                state=TroubleState.WAITING,
                first_at=edge.at,
                last_at=edge.at,
            )
        )
    swept = edge.sweep(wide=True)
    assert swept and swept.unknown == 0


def test_only_one_of_two_workers_sweeps_a_shop(edge: Edge) -> None:
    edge.shopify.put(1)
    inside, go = threading.Event(), threading.Event()
    page = edge.shopify.page

    def slow(shop_id, query, after):
        inside.set()
        assert go.wait(20)
        return page(shop_id, query, after)

    edge.shopify.page = slow  # type: ignore[method-assign]
    found = []
    first = threading.Thread(target=lambda: found.append(edge.sweep()))
    first.start()
    assert inside.wait(20)
    assert edge.sweep() is None, "the other is at it"
    go.set()
    first.join(30)
    assert found[0] and found[0].unknown == 1


def test_two_sweeps_at_once_after_all_make_one_case_and_the_mark_goes_forward_only(edge: Edge) -> None:
    """A worker that slept through its lease ends after the one that took over."""
    edge.shopify.put(1)
    page = edge.shopify.page
    inner: list[Any] = []

    def overtaken(shop_id, query, after):
        if not inner:
            inner.append(None)
            edge.pass_by(seconds=LEASE.total_seconds() + 1)
            edge.shopify.page = page  # type: ignore[method-assign]
            inner.append(edge.sweep())
        return page(shop_id, query, after)

    edge.shopify.page = overtaken  # type: ignore[method-assign]
    began = edge.at
    slow = edge.sweep()
    assert slow and inner[1] and slow.unknown == inner[1].unknown == 1
    assert edge.mark().swept_until == began + LEASE + timedelta(seconds=1), "not back to when the slow one began"
    assert sorted(edge.queue.names()) == ["routing.route_return"] * 2
    edge.work()
    assert [len(kind) for kind in edge.made()] == [1, 1, 1]


@pytest.mark.parametrize("state", [ShopState.RECONNECT, ShopState.UNINSTALLED])
def test_a_shop_the_app_may_not_read_is_not_swept_and_keeps_its_mark(edge: Edge, state: ShopState) -> None:
    edge.sweep()
    mark = edge.mark().swept_until
    edge.pass_by(minutes=10)
    with edge.database.begin() as session:
        session.get_one(Shop, edge.shop_id).state = state
    edge.shopify.queries.clear()
    assert edge.sweep() is None
    sweeps.sweep_shops(edge.database.begin)
    assert (edge.shopify.queries, edge.queue.names(), edge.mark().swept_until) == ([], [], mark)


def test_every_ten_minutes_each_shop_is_swept_once_however_many_workers_ask(edge: Edge) -> None:
    with edge.database.begin() as session:
        other = cast.dana(session).shop_id
    edge.queue.waiting.clear()
    for _ in range(3):
        sweeps.sweep_shops(edge.database.begin)
    assert [payload["args"]["shop_id"] for _, payload in edge.queue.waiting] == [edge.shop_id, other]
    edge.pass_by(seconds=EVERY_SECONDS)
    sweeps.sweep_shops(edge.database.begin)
    assert len(edge.queue.waiting) == 4
    assert PERIODIC["reconcile.sweep_shops"] == EVERY_SECONDS <= 10 * 60


@pytest.mark.calm(reason="runs another shop's sweep by hand, once")
def test_one_shops_sweep_tells_nothing_to_another(edge: Edge) -> None:
    edge.shopify.put(1)
    with edge.database.begin() as session:
        other = cast.dana(session).shop_id
    edge.queue.waiting.clear()
    look_through(edge.database.begin, sweeps=FakeShopify(), shop_id=other)
    assert [payload["args"]["shop_id"] for _, payload in edge.queue.waiting] == [other], "hers, which is not listed"
    edge.queue.waiting.clear()
    edge.sweep()
    edge.work()
    assert [d.shop_id for d in edge.made()[0]] == [edge.shop_id]
    with edge.database.begin() as session:
        marks = session.connection().execute(sa.text("SELECT count(*) FROM sweep")).scalar_one()
    assert marks == 2 and kit_clock.now() == edge.at


def test_what_the_look_finds_of_returns_is_kept_with_the_past_known_or_not(edge: Edge) -> None:
    edge.shopify.put(1)
    edge.shopify.put(2, "CLOSED", at=edge.at - timedelta(minutes=3))
    edge.sweep()
    with edge.database.begin() as session:
        rows = {row.return_gid: row for row in session.exec(select(HistoricReturn))}
    assert {found: row.status for found, row in rows.items()} == {gid(1): "REQUESTED", gid(2): "CLOSED"}
    assert rows[gid(2)].opened_at == edge.at - timedelta(minutes=3)
    edge.shopify.move(gid(1), "DECLINED", at=edge.at)
    edge.pass_by(minutes=10)
    edge.sweep()
    with edge.database.begin() as session:
        mine = select(HistoricReturn.status).where(HistoricReturn.return_gid == gid(1))
        assert session.exec(mine).one() == "DECLINED"
