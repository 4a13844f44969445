"""What is behind the measures: how advisors kept their word, and what came back for which cause. By hand."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from consults.kinds import RootCause
from consults.models import Promise_
from consults.wishes import prefer_simple_return
from kit.db import Database
from measures import behind
from tests import cast
from tests.cast import NOW, number

SINCE = (NOW - timedelta(days=90)).date()
RETURNS = (
    ("Meridian ring", "ring", "Too large", RootCause.SIZE),
    ("Meridian ring", "ring", "Too large", RootCause.EXPECTATION),
    ("Alba pendant", "pendant", "Changed my mind", RootCause.SECOND_THOUGHTS),
    ("Halo ring", "ring", "", None),
    ("Halo ring", "ring", "Style", RootCause.CLIENT_DECLINED),
)


def test_causes_stand_by_kind_of_piece_and_by_piece_where_it_came_back_again(database: Database) -> None:
    with database.begin() as session:
        shop = cast.alice(session)
        bob = cast.bob(session, shop)
        for n, (title, category, stated, cause) in enumerate(RETURNS):
            case = cast.cleos_case(session, shop, bob, return_gid=f"gid://shopify/Return/7{n}")
            case.piece_title, case.category, case.reason_label, case.root_cause = title, category, stated, cause
            session.add(case)
        session.flush()
        kinds, pieces = behind.causes_of(session, shop_id=number(shop.id), since=SINCE)
        danas = cast.dana(session)
        assert behind.causes_of(session, shop_id=danas.shop_id, since=SINCE)[1] == []
    assert [(one.piece, one.cases) for one in kinds] == [("ring", 4), ("pendant", 1)]
    assert [(one.piece, one.cases) for one in pieces] == [("Halo ring", 2), ("Meridian ring", 2)]
    ring = pieces[1]
    assert ring.stated == [("Too large", 2)] and ring.found == [("size", 1), ("expectation", 1)]
    assert (ring.apart, ring.both) == (1, 2), "picked as too large, found to be another wish"
    assert (pieces[0].apart, pieces[0].both) == (0, 0), "who did not want to say is not counted as differing"


@pytest.mark.parametrize(
    ("what", "columns", "due"),
    [
        ("nobody has answered, and it is late", {}, 1),
        ("it is not due yet", {"first_answer_due_at": NOW + timedelta(minutes=1)}, 0),
        ("closed before it was due", {"closed_at": NOW - timedelta(hours=3)}, 0),
        ("closed after", {"closed_at": NOW - timedelta(hours=1)}, 1),
        ("the client waits for the owner", {"waits_since": NOW - timedelta(hours=4)}, 0),
        ("answered late", {"first_answer_at": NOW - timedelta(hours=1)}, 1),
    ],
)
@pytest.mark.parametrize("talks", [True, False])
def test_a_client_nobody_answered_counts_against_the_promise(
    database: Database, what: str, columns: dict[str, Any], due: int, talks: bool
) -> None:
    with database.begin() as session:
        world = cast.everyone(session)
        world.case.opened_at, world.case.first_answer_due_at = NOW - timedelta(hours=5), NOW - timedelta(hours=2)
        for name, value in columns.items():
            setattr(world.case, name, value)
        if not talks:
            prefer_simple_return(session, shop_id=world.shop_id, case_id=number(world.case.id), now=NOW)
        session.flush()
        (found,) = behind.advisors_of(session, shop_id=world.shop_id, since=SINCE, now=NOW)
    answered = "first_answer_at" in columns
    assert (found.cases, found.due, found.in_time) == (1, due if talks or answered else 0, 0), what


def test_a_promise_for_today_is_neither_kept_nor_broken_until_the_day_is_over(database: Database) -> None:
    with database.begin() as session:
        world = cast.everyone(session)
        about: dict[str, Any] = {"shop_id": world.shop_id, "case_id": world.case.id, "owner_advisor_id": world.bob.id}
        for days, done in ((0, None), (0, NOW), (1, None)):
            day = (NOW - timedelta(days=days)).date()
            session.add(Promise_(**about, what="Samples", due_on=day, done_at=done, created_at=NOW))
        session.flush()
        (found,) = behind.advisors_of(session, shop_id=world.shop_id, since=SINCE, now=NOW)
    assert (found.promises, found.promises_kept) == (2, 1)


@pytest.mark.parametrize(
    ("zone", "kept"),
    [("America/New_York", 1), ("Europe/Paris", 0), ("Asia/Tokyo", 0)],
)
def test_a_promise_is_kept_by_the_day_of_the_house(database: Database, zone: str, kept: int) -> None:
    """Done at two in the morning, UTC, of the day after: in New York it is still the evening of the day promised."""
    with database.begin() as session:
        world = cast.everyone(session)
        world.shop.zone = zone
        day = NOW.date() - timedelta(days=2)
        done = datetime.combine(day + timedelta(days=1), time(2), UTC)
        about: dict[str, Any] = {"shop_id": world.shop_id, "case_id": world.case.id, "owner_advisor_id": world.bob.id}
        session.add(Promise_(**about, what="Samples", due_on=day, done_at=done, created_at=NOW))
        session.flush()
        (found,) = behind.advisors_of(session, shop_id=world.shop_id, since=SINCE, now=NOW)
    assert (found.promises, found.promises_kept) == (1, kept)


def test_advisors_stand_by_name_with_first_answers_and_promises_and_no_refund(database: Database) -> None:
    with database.begin() as session:
        world = cast.everyone(session)
        shop_id, bob = world.shop_id, number(world.bob.id)
        late = cast.cleos_case(session, world.shop, world.bob, return_gid="gid://shopify/Return/80")
        for case, minutes in ((world.case, 30), (late, 400)):
            case.first_answer_due_at = case.opened_at + timedelta(minutes=120)
            case.first_answer_at = case.opened_at + timedelta(minutes=minutes)
            session.add(case)
        for days, done_days in ((5, 6), (5, 4), (3, None), (-1, None)):
            due_on = (NOW - timedelta(days=days)).date()
            done_at = None if done_days is None else NOW - timedelta(days=done_days)
            about: dict[str, Any] = {
                "shop_id": shop_id,
                "case_id": number(late.id),
                "owner_advisor_id": bob,
                "what": "Samples",
            }
            session.add(Promise_(**about, due_on=due_on, done_at=done_at, created_at=NOW))
        session.flush()
        (found,) = behind.advisors_of(session, shop_id=shop_id, since=SINCE, now=NOW)
    assert (found.name, found.cases, found.due, found.in_time) == (world.bob.name, 2, 2, 1)
    assert found.minutes == 215 and (found.promises, found.promises_kept) == (3, 1), "one is not due yet"
    assert not [name for name in found.__dataclass_fields__ if "refund" in name]
