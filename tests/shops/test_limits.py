"""How often a thing may be tried in an hour, and how somebody who goes on is met."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from kit.db import Database
from kit.tokens import keyed_hash, token_hash
from shops import crypt
from shops.limits import Pace, forget_tallies, may_try, pace
from shops.models import Tally
from tests import cast

AT = datetime(2026, 11, 24, 9, 59, 59, 999_999, tzinfo=UTC)
NEXT_HOUR = AT + timedelta(microseconds=1)
EMAIL, ORDER = "email:cleo@example.com", "order:#1042"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite; the one test in which the database decides names the other."""
    return sqlite_url


def one_try(session: Session, shop_id: int, *, at: datetime = AT, secret: str = "key", **most: int) -> bool:
    tries = {what.replace("_", ":"): often for what, often in (most or {"email": 2}).items()}
    return may_try(session, shop_id=shop_id, tries=tries, secret=secret, now=at)


def test_as_often_as_was_said_and_not_once_more(database: Database) -> None:
    with database.begin() as session:
        shop_id = cast.number(cast.alice(session).id)
        assert [one_try(session, shop_id) for _ in range(4)] == [True, True, False, False]
        (row,) = session.exec(select(Tally)).all()
        assert row.count == 4, "a try over the limit counts as well"


def test_on_postgresql_tries_are_counted_in_the_same_way(postgres_url: str) -> None:
    crypt.use_keys("a-key-for-tests")
    database = Database(postgres_url)
    with database.begin() as session:
        shop_id = cast.number(cast.alice(session).id)
        assert [one_try(session, shop_id, order=2, email=2) for _ in range(3)] == [True, True, False]
        assert sorted(session.exec(select(Tally.count)).all()) == [3, 3]
    database.close()


def test_an_hour_is_the_clocks_and_the_next_one_begins_anew(database: Database) -> None:
    with database.begin() as session:
        shop_id = cast.number(cast.alice(session).id)
        assert not one_try(session, shop_id, email=0)
        assert one_try(session, shop_id, at=NEXT_HOUR, email=1)
        hours = session.exec(select(Tally.hour).order_by(sa.text("hour"))).all()
        assert hours == [datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 24, 10, tzinfo=UTC)]


def test_an_hour_of_a_zone_half_an_hour_off_ends_at_its_own_full_hour(database: Database) -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    with database.begin() as session:
        shop_id = cast.number(cast.alice(session).id)
        before = datetime(2026, 11, 24, 9, 29, tzinfo=UTC).astimezone(india)
        assert one_try(session, shop_id, at=before, email=1)
        assert one_try(session, shop_id, at=before + timedelta(minutes=1), email=1)


def test_other_shops_other_things_and_other_keys_are_counted_apart(database: Database) -> None:
    with database.begin() as session:
        shop_id = cast.number(cast.alice(session).id)
        other = cast.number(cast.alice(session, "dana.myshopify.com").id)
        assert one_try(session, shop_id, email=1) and not one_try(session, shop_id, email=1)
        assert one_try(session, other, email=1)
        assert one_try(session, shop_id, order=1)
        assert one_try(session, shop_id, secret="another", email=1)


def test_of_several_things_one_too_often_is_too_often_and_all_are_counted(database: Database) -> None:
    with database.begin() as session:
        shop_id = cast.number(cast.alice(session).id)
        assert one_try(session, shop_id, email=1, order=5)
        assert not one_try(session, shop_id, email=1, order=5)
        assert not one_try(session, shop_id, order=2), "the order was tried each time"


def test_what_was_tried_cannot_be_read_from_what_is_kept(database: Database) -> None:
    with database.begin() as session:
        shop_id = cast.number(cast.alice(session).id)
        may_try(session, shop_id=shop_id, tries={EMAIL: 1, ORDER: 1}, secret="key", now=AT)
        kept = set(session.exec(select(Tally.key)).all())
        assert kept == {keyed_hash("key", "limits", EMAIL), keyed_hash("key", "limits", ORDER)}
        assert not kept & {token_hash(EMAIL), token_hash(ORDER)}, "a plain hash could be guessed at"


def test_who_goes_on_is_slowed_down_and_then_kept_out(database: Database) -> None:
    with database.begin() as session:
        shop_id = cast.number(cast.alice(session).id)
        met = [pace(session, shop_id=shop_id, tries={EMAIL: (2, 4)}, secret="key", now=AT) for _ in range(6)]
        assert met == [Pace.FINE, Pace.FINE, Pace.SLOW, Pace.SLOW, Pace.OVER, Pace.OVER]


@pytest.mark.parametrize(
    ("email", "order", "met"),
    [
        ((1, 1), (1, 1), Pace.FINE),
        ((0, 1), (1, 1), Pace.SLOW),
        ((1, 1), (0, 1), Pace.SLOW),
        ((0, 1), (0, 0), Pace.OVER),
        ((0, 0), (1, 1), Pace.OVER),
    ],
)
def test_the_worst_of_several_decides(
    database: Database, email: tuple[int, int], order: tuple[int, int], met: Pace
) -> None:
    with database.begin() as session:
        shop_id = cast.number(cast.alice(session).id)
        tries = {EMAIL: email, ORDER: order}
        assert pace(session, shop_id=shop_id, tries=tries, secret="key", now=AT) is met


def test_nothing_to_count_is_nothing_too_often(database: Database) -> None:
    with database.begin() as session:
        shop_id = cast.number(cast.alice(session).id)
        assert may_try(session, shop_id=shop_id, tries={}, secret="key", now=AT)
        assert pace(session, shop_id=shop_id, tries={}, secret="key", now=AT) is Pace.FINE


def test_hours_that_are_over_are_forgotten_and_the_one_at_the_edge_is_not(database: Database) -> None:
    hour = AT.replace(minute=0, second=0, microsecond=0)
    with database.begin() as session:
        shop_id = cast.number(cast.alice(session).id)
        for hours in (0, 1, 2):
            one_try(session, shop_id, at=AT - timedelta(hours=hours))
        forget_tallies(session, hour - timedelta(hours=1))
        assert session.exec(select(Tally.hour).order_by(sa.text("hour"))).all() == [hour - timedelta(hours=1), hour]
