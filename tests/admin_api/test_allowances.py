"""A shop's points are shared: whichever process spent them, the next call waits."""

from datetime import timedelta
from typing import Any

import pytest

from kit.db import Database
from shopify_app.admin_api.allowances import Allowances
from tests import cast
from tests.admin_api.conftest import Clock
from tests.cast import NOW


def said(available: float, *, requested: float = 100, size: float = 1000, rate: float = 100) -> dict[str, Any]:
    status = {"maximumAvailable": size, "currentlyAvailable": available, "restoreRate": rate}
    return {"extensions": {"cost": {"requestedQueryCost": requested, "throttleStatus": status}}}


@pytest.fixture
def pair(database: Database, clock: Clock) -> tuple[Allowances, Allowances]:
    """Two processes of ours."""
    return Allowances(database, now=clock), Allowances(database, now=clock)


def test_where_points_are_plenty_nothing_is_kept_and_nobody_waits(pair: Any, shop_id: int) -> None:
    ours, theirs = pair
    ours.hear(shop_id, "x", said(900), hold=None)
    assert theirs.take(shop_id, "x") == 0


def test_a_throttled_call_of_one_process_holds_the_other_until_its_points_are_back(
    pair: Any, shop_id: int, clock: Clock
) -> None:
    ours, theirs = pair
    ours.hear(shop_id, "x", said(20, requested=320), hold=3.0)
    assert theirs.take(shop_id, "y") == pytest.approx(3.0)
    clock.at += timedelta(seconds=2)
    assert theirs.take(shop_id, "y") == pytest.approx(1.0)
    clock.at += timedelta(seconds=1)
    assert theirs.take(shop_id, "y") == 0


def test_short_points_are_set_aside_by_each_call_before_it_is_sent(pair: Any, shop_id: int, clock: Clock) -> None:
    ours, theirs = pair
    ours.hear(shop_id, "x", said(250), hold=None)
    theirs.hear(shop_id, "x", said(250), hold=None)
    assert [ours.take(shop_id, "x"), theirs.take(shop_id, "x")] == [0, 0]
    assert ours.take(shop_id, "x") == pytest.approx(0.5), "50 of 100 points are left, and 100 a second come back"
    clock.at += timedelta(seconds=0.5)
    assert theirs.take(shop_id, "x") == 0 and ours.take(shop_id, "x") == pytest.approx(1.0)


def test_points_come_back_with_time_and_never_above_the_bucket(pair: Any, shop_id: int, clock: Clock) -> None:
    ours, _ = pair
    ours.hear(shop_id, "x", said(0), hold=None)
    assert ours.take(shop_id, "x") == pytest.approx(1.0)
    clock.at += timedelta(hours=1)
    assert [ours.take(shop_id, "x") for _ in range(3)] == [0, 0, 0]


def test_retry_after_holds_every_process_and_the_longer_of_two_counts(pair: Any, shop_id: int, clock: Clock) -> None:
    ours, theirs = pair
    ours.hold(shop_id, 7)
    theirs.hold(shop_id, 2)
    assert theirs.take(shop_id, "x") == pytest.approx(7.0)
    clock.at += timedelta(seconds=7)
    assert theirs.take(shop_id, "x") == 0


def test_one_shops_wait_is_not_anothers(pair: Any, shop_id: int, database: Database) -> None:
    with database.begin() as session:
        other = cast.number(cast.alice(session, "other.myshopify.com").id)
    pair[0].hold(shop_id, 7)
    assert pair[1].take(other, "x") == 0


def test_a_document_dearer_than_the_bucket_waits_for_a_full_one_and_is_then_tried(
    pair: Any, shop_id: int, clock: Clock
) -> None:
    ours, _ = pair
    ours.hear(shop_id, "x", said(400, requested=2000), hold=None)
    assert ours.take(shop_id, "x") == pytest.approx(6.0)
    clock.at = NOW + timedelta(seconds=6)
    assert ours.take(shop_id, "x") == 0
