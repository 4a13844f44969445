"""What a webhook adds: the same as counting everything anew, and found by indexes, never by going through a shop."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import Session

from kit.db import Database
from kit.money import Money
from measures import history, tallying
from measures.models import HistoricReturn
from measures.reads import RefundRecord, ReturnWord
from shops import crypt
from tests.cast import NOW
from tests.jobs_at_hand import Queue
from tests.measures.forty import ORDER, RETURN, Forty, forty
from tests.measures.test_tallying import order

CLIENTS = ("A01", "A09", "A16", "S01", "S15", "S22", "S23")
PLACED = (3, 60, 200)
"""Days before now: when an order was placed never changes, whoever it is said to belong to."""
TOLD = st.tuples(st.sampled_from(CLIENTS), st.integers(0, 90_000), st.booleans(), st.integers(0, len(PLACED) - 1))


@pytest.fixture
def town(database: Database, queue: Queue) -> Forty:
    return forty(database)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(TOLD, min_size=1, max_size=4))
def test_orders_told_in_any_number_are_counted_as_counting_anew_would(
    database: Database, town: Forty, told: list[tuple[str, int, bool, int]]
) -> None:
    """The short way, which reads only what follows, leaves nothing that the long way would change."""
    with database.engine.connect() as connection, connection.begin() as undone:
        session = Session(connection, join_transaction_mode="create_savepoint")
        for client, cents, cancelled, number in told:
            about = {
                "placed_at": NOW - timedelta(days=PLACED[number]),
                "total": Money(cents, "USD"),
                "cancelled": cancelled,
            }
            record = order(client, order_gid=ORDER.format(f"told{number}"), **about)
            history.keep_order(session, shop_id=town.shop_id, order=record)
        orders = [ORDER.format(row["case"]) for row in town.cases]
        for row in tallying.reckoned(session, shop_id=town.shop_id, order_gids=orders):
            kept = tallying.measured(session, shop_id=town.shop_id, return_gid=row["return_gid"])
            assert kept is not None and {name: getattr(kept, name) for name in row} == row
        undone.rollback()


def test_no_statement_of_a_webhook_goes_through_the_returns_or_orders_of_a_shop(sqlite_url: str, queue: Queue) -> None:
    """By SQLite's own plan, which asks no statistics: each table of the past by more than the shop."""
    crypt.use_keys("a-key-for-tests")
    database = Database(sqlite_url)
    town, said = forty(database), dict[str, Any]()
    event.listen(
        database.engine, "before_cursor_execute", lambda _c, _u, text, values, *_: said.setdefault(text, values)
    )
    about = {"shop_id": town.shop_id}
    with database.begin() as session:
        history.keep_order(session, **about, order=order("A16"))
        refund = RefundRecord("gid://shopify/Refund/told", ORDER.format("A01"), None, NOW, Money(100_000, "USD"))
        history.keep_refund(session, **about, refund=refund)
        word = ReturnWord(RETURN.format("S01"), ORDER.format("S01"), "CLOSED", NOW)
        history.keep_returns(session, **about, words=[word])
        plans = [
            row.detail
            for text, values in list(said.items())
            if text.startswith("SELECT") and re.search(r"historic|measured|rma|sidesale|\"case\"", text)
            for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
        ]
    assert len(plans) > 15
    tables = [
        plan
        for plan in plans
        if re.match(r"(SCAN|SEARCH) (historic|measured|rma|sidesale|case|gesture|waytaken)", plan)
    ]
    slow = [plan for plan in tables if plan.startswith("SCAN") or re.search(r"\(shop_id=\?\)", plan)]
    database.close()
    assert tables and slow == []


def test_a_return_that_is_open_again_and_closed_again_counts_once(database: Database, town: Forty) -> None:
    with database.begin() as session:
        gid = RETURN.format("S02")
        before = tallying.measured(session, shop_id=town.shop_id, return_gid=gid)
        for status in ("OPEN", "CLOSED"):
            mine = sa.update(HistoricReturn).where(HistoricReturn.return_gid == gid)  # type: ignore[arg-type]
            session.connection().execute(mine.values(status=status))
            tallying.follow_returns(session, shop_id=town.shop_id, return_gids=[gid])
        assert tallying.measured(session, shop_id=town.shop_id, return_gid=gid) == before
