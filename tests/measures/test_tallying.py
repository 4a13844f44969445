"""The sums are what the rows say: after webhooks, after a night, after a rebuild that was interrupted."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import sqlalchemy as sa
from sqlmodel import select

import measures.jobs
from consults.catalogue.models import WayTaken
from consults.events import CaseClosed
from consults.gestures.models import Gesture
from consults.gestures.states import GestureState
from consults.models import Case
from kit.db import Database
from kit.money import Money
from measures import history, privacy, rebuilding, summing, tallying, tying
from measures.measured import HouseholdTie, MeasuredDay, MeasuredReturn, NextOrders
from measures.models import HistoricOrder
from measures.reads import OrderRecord, RefundRecord, ReturnWord
from shopify_app.wiring import EVENTS
from tests import cast
from tests.cast import NOW
from tests.jobs_at_hand import Queue
from tests.measures.forty import ORDER, RETURN, Forty, forty, noon, rebuild


@pytest.fixture
def town(database: Database, queue: Queue) -> Forty:
    return forty(database)


def sums(database: Database) -> list[dict[str, Any]]:
    with database.begin() as session:
        rows = [row.model_dump() for model in (MeasuredDay, NextOrders) for row in session.exec(select(model))]
    # A day whose cases all left stays as a row of noughts; a rebuild leaves it out.
    plain = [row for row in rows if row.get("returns", row.get("count"))]
    return sorted(plain, key=lambda row: str(sorted(row.items(), key=str)))


def same_after_remaking(database: Database, town: Forty) -> bool:
    before = sums(database)
    with database.begin() as session:
        for month in summing.months_of(session, shop_id=town.shop_id):
            summing.remake_month(session, shop_id=town.shop_id, month=month)
    return before == sums(database)


def case(database: Database, town: Forty, name: str) -> MeasuredReturn:
    with database.begin() as session:
        found = tallying.measured(session, shop_id=town.shop_id, return_gid=RETURN.format(name))
    assert found is not None
    return found


def order(client: str, **changed: Any) -> OrderRecord:
    given: dict[str, Any] = {
        "order_gid": ORDER.format("told"), "client_gid": f"gid://shopify/Customer/{client}", "email": "", "phone": "",
        "placed_at": noon("2026-11-23"), "updated_at": NOW, "total": Money(40_000, "USD"), "refunded": None,
        "channel": "web", "staff_gid": None, "location_gid": None, "cancelled": False,
    }  # fmt: skip
    return OrderRecord(**given | changed)


def test_what_webhooks_say_is_counted_at_once_and_the_sums_stay_what_the_rows_say(
    database: Database, town: Forty
) -> None:
    about = {"shop_id": town.shop_id}
    with database.begin() as session:
        history.keep_order(session, **about, order=order("A16"))
    assert (case(database, town, "A16").next_days, case(database, town, "A16").later_cents) == (3, 40_000)
    refund = RefundRecord("gid://shopify/Refund/told", ORDER.format("A01"), None, NOW, Money(100_000, "USD"))
    assert case(database, town, "A01").exchanges == 1
    with database.begin() as session:
        history.keep_refund(session, **about, refund=refund)
    moved = case(database, town, "A01")
    assert (moved.exchanges, moved.refunds, moved.refunded_cents) == (0, 1, 100_000), "a refund after the exchange"
    with database.begin() as session:
        word = ReturnWord(RETURN.format("S01"), ORDER.format("S01"), "OPEN", NOW)
        history.keep_returns(session, **about, words=[word])
        assert tallying.measured(session, **about, return_gid=RETURN.format("S01")) is None, "it is open again"
        history.keep_order(session, **about, order=order("A16", cancelled=True, updated_at=NOW + timedelta(minutes=1)))
    assert rebuilding.compare(database.begin, **about, now=NOW) == 0
    assert case(database, town, "A16").not_yet == 1
    assert same_after_remaking(database, town)


def test_the_same_word_twice_counts_once(database: Database, town: Forty) -> None:
    before = sums(database)
    with database.begin() as session:
        for _ in range(2):
            tallying.follow_returns(session, shop_id=town.shop_id, return_gids=[RETURN.format("A09b")])
            tallying.follow_orders(session, shop_id=town.shop_id, order_gids=[ORDER.format("later0")])
    assert sums(database) == before


def test_what_was_given_after_shopify_closed_the_return_counts_when_its_case_is_closed(
    database: Database, town: Forty
) -> None:
    """By the job that follows the closing, so that a night finds no difference; a way let go costs nothing again."""
    gid = RETURN.format("A01")
    with database.begin() as session:
        case_ = session.exec(select(Case).where(Case.return_gid == gid)).one()
        about: dict[str, Any] = {"case_id": cast.number(case_.id), "advisor_id": case_.advisor_id}
        words: dict[str, Any] = {"what": "A loan", "why": "She asked", "once": "1", "state": GestureState.ALLOWED}
        session.add(Gesture(**about, **words, shop_id=town.shop_id, cents=700, currency="USD", asked_at=NOW))
        session.connection().execute(sa.update(WayTaken).values(freed_at=NOW))
        closed = [CaseClosed(town.shop_id, about["case_id"], gid), CaseClosed(town.shop_id, 0, RETURN.format("A07"))]
    for event in closed:
        assert "measures.follow_case" in EVENTS[type(event)]
        measures.jobs.follow_case(database.begin, **asdict(event))
    assert (case(database, town, "A01").given_cents, case(database, town, "A07").given_cents) == (700, 0)
    assert rebuilding.compare(database.begin, shop_id=town.shop_id, now=NOW) == 0
    assert same_after_remaking(database, town)


def test_a_rebuild_interrupted_after_each_batch_ends_with_the_same(database: Database, town: Forty) -> None:
    before = sums(database)
    with database.begin() as session:
        rebuilding.want(session, shop_id=town.shop_id)
    with patch.object(rebuilding, "BATCH", 7):
        turns = rebuild(database, town.shop_id, seconds=0)
        with database.begin() as session:
            state = rebuilding.state_of(session, shop_id=town.shop_id)
        assert state is not None and state.done == len(town.cases) == state.total
        rebuilding.rebuild(database.begin, shop_id=town.shop_id, turn=1)  # of somebody who was believed dead
    assert turns == 7 and sums(database) == before


def test_a_night_finds_sums_that_are_not_what_the_rows_say_and_mends_them(database: Database, town: Forty) -> None:
    before = sums(database)
    with cast.clock():
        rebuilding.check(database.begin, shop_id=town.shop_id)
        with database.begin() as session:
            state = rebuilding.state_of(session, shop_id=town.shop_id)
            assert state is not None and (state.differences, state.checked_at) == (0, NOW)
            session.connection().execute(sa.update(MeasuredDay).values(exchanges=MeasuredDay.exchanges + 1))
            session.connection().execute(sa.update(MeasuredReturn).values(later_orders=9))
        rebuilding.check(database.begin, shop_id=town.shop_id)
        with database.begin() as session:
            state = rebuilding.state_of(session, shop_id=town.shop_id)
        assert state is not None and state.differences > 1 and state.rebuilding
        rebuild(database, town.shop_id)
    assert sums(database) == before


def test_a_tie_undone_is_not_tied_again_and_may_be_looked_at(database: Database, town: Forty) -> None:
    assert tying.tie_all(database.begin, shop_id=town.shop_id, now=NOW) == 0
    with database.begin() as session:
        ties = {tie.one.rsplit("/", 1)[-1]: tie for tie in tying.ties_of(session, shop_id=town.shop_id)}
        assert set(ties) == {"A11", "S19", "S20"} and (ties["A11"].by, ties["S19"].by) == ("email", "phone")
        assert ties["S20"].undone_by == "alice"
        tying.undo(session, shop_id=town.shop_id, tie_id=cast.number(ties["A11"].id), by="alice", now=NOW)
    assert case(database, town, "A11").not_yet == 1
    assert same_after_remaking(database, town)


def test_an_address_that_many_share_ties_nobody(database: Database, town: Forty) -> None:
    with database.begin() as session:
        for number in range(6):
            record = order(f"C{number}", order_gid=ORDER.format(f"c{number}"), email="concierge@example.com")
            history.keep_order(session, shop_id=town.shop_id, order=record)
    assert tying.tie_all(database.begin, shop_id=town.shop_id, now=NOW) == 0


def test_a_client_who_is_erased_is_in_no_measure_by_name(database: Database, town: Forty) -> None:
    gid = "gid://shopify/Customer/A11"
    with database.begin() as session:
        privacy.erase_client(session, shop_id=town.shop_id, client_gid=gid, order_gids=[], now=NOW)
        rows = [*session.exec(select(MeasuredReturn.household)), *session.exec(select(HistoricOrder.household))]
        ties = session.exec(select(HouseholdTie.one)).all()
    assert gid not in rows and gid not in ties
    assert case(database, town, "A11").exchanges == 1, "that it happened stays"
    assert same_after_remaking(database, town)


def test_a_record_merged_at_shopify_brings_its_orders(database: Database, town: Forty) -> None:
    with database.begin() as session:
        shop = {"shop_id": town.shop_id}
        history.keep_order(session, **shop, order=order("S01x"))
        assert case(database, town, "S02").not_yet == 1
        privacy.move_client(
            session, **shop, from_gid="gid://shopify/Customer/A02", to_gid="gid://shopify/Customer/A02z"
        )
    moved = case(database, town, "A02")
    assert (moved.household, moved.next_days) == ("gid://shopify/Customer/A02z", 60)
    assert same_after_remaking(database, town)
