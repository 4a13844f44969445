"""What a shop keeps of its duties: requests to answer, who looked at what, its figures; and what is thrown away."""

from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from sqlmodel import select

from kit.db import Database
from kit.errors import NotFound
from kit.money import Money
from shops import accesses, jobs
from shops.account_models import SignInTry
from shops.account_sessions import begin_try
from shops.data_requests import get_request, mark_answered, note_request, requests_of, waiting_requests
from shops.figures import average_order_value, figures_of, keep_figures, say_visits
from shops.limits import may_try
from shops.links import RETURN, issue_link
from shops.models import AccessLog, DataRequest, DeskSession, Link, ShopFigures, Tally
from tests import cast
from tests.cast import NOW

CLEO = "gid://shopify/Customer/9"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: nothing here is the database's own to decide."""
    return sqlite_url


@pytest.fixture
def shop_id(database: Database) -> int:
    with database.begin() as session:
        return cast.number(cast.alice(session).id)


@pytest.fixture
def dana_id(database: Database) -> int:
    with database.begin() as session:
        return cast.number(cast.alice(session, "dana.myshopify.com").id)


# --- requests


def asked(database: Database, shop_id: int, request_id: str, at: datetime = NOW, client_gid: str = CLEO) -> bool:
    with database.begin() as session:
        about = {"client_gid": client_gid, "request_id": request_id, "order_gids": ["o-1"]}
        return note_request(session, shop_id=shop_id, now=at, **about)  # type: ignore[arg-type]


def ours(database: Database, shop_id: int) -> list[DataRequest]:
    with database.begin() as session:
        return requests_of(session, shop_id=shop_id)


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (NOW, date(2026, 12, 24)),
        (datetime(2026, 12, 15, 23, 59, tzinfo=NOW.tzinfo), date(2027, 1, 14)),
        (datetime(2028, 1, 30, tzinfo=NOW.tzinfo), date(2028, 2, 29)),
        (datetime(2027, 1, 30, tzinfo=NOW.tzinfo), date(2027, 3, 1)),
    ],
)
def test_a_request_is_due_in_thirty_days(database: Database, shop_id: int, at: datetime, due: date) -> None:
    assert asked(database, shop_id, "1", at)
    (row,) = ours(database, shop_id)
    assert (row.due_on, row.asked_at, row.order_gids, row.answered_at) == (due, at, ["o-1"], None)


def test_a_copy_is_not_a_second_request_and_anothers_is(database: Database, shop_id: int, dana_id: int) -> None:
    assert asked(database, shop_id, "1")
    assert not asked(database, shop_id, "1", NOW + timedelta(days=1))
    assert asked(database, shop_id, "1", client_gid=f"{CLEO}9") and asked(database, shop_id, "2")
    assert asked(database, dana_id, "1")
    assert len(ours(database, shop_id)) == 3 and len(ours(database, dana_id)) == 1


def test_what_is_owed_comes_first_the_soonest_due_and_then_what_was_answered_the_newest(
    database: Database, shop_id: int
) -> None:
    for request_id, days in (("1", 5), ("2", 1), ("3", 3), ("4", 0), ("5", 1)):
        asked(database, shop_id, request_id, NOW + timedelta(days=days))
    ids = {row.request_id: cast.number(row.id) for row in ours(database, shop_id)}
    with database.begin() as session:
        for name in ("1", "4"):
            mark_answered(session, shop_id=shop_id, request_id=ids[name], by="staff:7", now=NOW)
    assert [row.request_id for row in ours(database, shop_id)] == ["2", "5", "3", "4", "1"]
    with database.begin() as session:
        owed = [row.request_id for row in waiting_requests(session, shop_id=shop_id)]
    assert sorted(owed[:2]) == ["2", "5"] and owed[2:] == ["3"]


def test_who_answered_first_and_when_stays(database: Database, shop_id: int, dana_id: int) -> None:
    asked(database, shop_id, "1")
    (row,) = ours(database, shop_id)
    about = {"request_id": cast.number(row.id)}
    with database.begin() as session:
        for by, at in (("staff:7", NOW), ("staff:8", NOW + timedelta(days=1))):
            found = mark_answered(session, shop_id=shop_id, by=by, now=at, **about)
            assert (found.answered_by, found.answered_at) == ("staff:7", NOW)
        with pytest.raises(NotFound, match=r"^That request is not here\.$"):
            get_request(session, shop_id=dana_id, **about)
        with pytest.raises(NotFound):
            mark_answered(session, shop_id=dana_id, by="dana", now=NOW, **about)


# --- who looked


def test_looks_are_told_newest_first_so_many_and_of_one_shop(database: Database, shop_id: int, dana_id: int) -> None:
    with database.begin() as session:
        for n in range(4):
            accesses.note_access(
                session, shop_id=shop_id, who="w" * 200, what=accesses.CASE, subject=f"case:{n}" + "0" * 80, now=NOW
            )
        accesses.note_access(session, shop_id=dana_id, who="dana", what=accesses.CASE, subject="case:9", now=NOW)
    with database.begin() as session:
        seen = accesses.latest_accesses(session, shop_id=shop_id, most=3)
        assert [row.subject[:6] for row in seen] == ["case:3", "case:2", "case:1"]
        assert all((len(row.who), len(row.subject), row.at) == (120, 60, NOW) for row in seen)


# --- figures


def counted(shop_id: int, **changed: object) -> ShopFigures:
    values: dict[str, Any] = {"counted_at": NOW, "since": NOW - timedelta(days=365), "currency": "JPY", **changed}
    return ShopFigures(shop_id=shop_id, **values)


def test_figures_take_the_place_of_those_before_and_what_the_merchant_said_stays(
    database: Database, shop_id: int
) -> None:
    with database.begin() as session:
        assert average_order_value(session, shop_id=shop_id) is None
        assert not say_visits(session, shop_id=shop_id, visits=5)
        keep_figures(session, counted(shop_id, orders=3))
        assert average_order_value(session, shop_id=shop_id) is None, "of no order there is no average"
        assert say_visits(session, shop_id=shop_id, visits=12_000)
    with database.begin() as session:
        keep_figures(session, counted(shop_id, orders=4, average_order_cents=0, total_cents=2**40))
        found = figures_of(session, shop_id=shop_id)
        assert found is not None and (found.orders, found.monthly_visits, found.total_cents) == (4, 12_000, 2**40)
        assert average_order_value(session, shop_id=shop_id) == Money(0, "JPY")
        assert say_visits(session, shop_id=shop_id, visits=None) and found.monthly_visits is None


# --- what is thrown away


def test_every_day_what_ran_out_goes_to_the_instant_and_nothing_else(database: Database, shop_id: int) -> None:
    instant, month, year = timedelta(microseconds=1), timedelta(days=30), timedelta(days=365)
    with database.begin() as session:
        for number, at in enumerate((NOW - month, NOW - month - instant)):
            issue_link(session, shop_id=shop_id, purpose=RETURN, subject_id=number, person_id=None, now=NOW)
            session.flush()
            link = session.exec(select(Link).where(Link.subject_id == number)).one()
            link.expires_at = at
        for number, at in enumerate((NOW, NOW - instant)):
            session.add(
                DeskSession(shop_id=shop_id, advisor_id=number, token_hash=str(number), made_at=NOW, expires_at=at)
            )
        for who, at in (("kept", NOW - year), ("gone", NOW - year - instant)):
            accesses.note_access(session, shop_id=shop_id, who=who, what=accesses.RETURN, subject="rma:1", now=at)
        for hours in (0, 2, 3):
            may_try(session, shop_id=shop_id, tries={"x": 1}, secret="k", now=NOW - timedelta(hours=hours))
        begin_try(session, shop_id=shop_id, browser="b", verifier="v", now=NOW - timedelta(hours=1))
    with patch.object(jobs, "clock_now", lambda: NOW):
        jobs.purge(database.begin)
    with database.begin() as session:
        assert session.exec(select(Link.subject_id)).all() == [0]
        assert session.exec(select(DeskSession.advisor_id)).all() == [0]
        assert session.exec(select(AccessLog.who)).all() == ["kept"]
        hour = NOW.replace(minute=0)
        assert sorted(session.exec(select(Tally.hour)).all()) == [hour - timedelta(hours=2), hour]
        assert session.exec(select(SignInTry)).all() == []
