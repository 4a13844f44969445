"""What a shop's orders come to: by hand, and the database's sums against the pure ones."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, SQLModel, delete

from kit.db import Database
from kit.money import Money
from measures import figures, history
from measures.models import HistoricOrder, HistoricPiece, HistoricReturn
from measures.totals import Sold, Totals, add_up, limits
from shops.figures import average_order_value
from shops.models import Shop
from tests import cast
from tests.cast import NOW, number

YEAR = timedelta(days=365)


def usd(cents: int) -> Money:
    return Money(cents, "USD")


def test_totals_of_a_few_orders_by_hand() -> None:
    orders = [
        Sold(NOW - timedelta(days=1), usd(50_000), by_staff=True),
        Sold(NOW - timedelta(days=2), usd(49_999), returned=True),
        Sold(NOW - YEAR, usd(500_000)),
        Sold(NOW - YEAR - timedelta(seconds=1), usd(900_000)),  # before the window
        Sold(NOW, usd(900_000)),  # and at its end, which is not in it
        Sold(NOW - timedelta(days=3), usd(900_000), cancelled=True),
        Sold(NOW - timedelta(days=3), usd(0)),
        Sold(NOW - timedelta(days=3), Money(900_000, "EUR")),
    ]
    found = add_up(orders, currency="USD", since=NOW - YEAR, now=NOW)
    assert found == Totals("USD", orders=3, cents=599_999, mid=2, dear=1, by_staff=1, returned=1)
    assert found.average == usd(199_999) and found.share(found.mid) == pytest.approx(2 / 3)


def test_without_orders_there_is_no_average_and_no_share() -> None:
    assert Totals("USD").average is None and Totals("USD").share(0) is None


@pytest.mark.parametrize(
    ("currency", "mid"), [("USD", 50_000), ("EUR", 50_000), ("JPY", 75_000), ("KWD", 500_000), ("HUF", 18_000_000)]
)
def test_what_is_dear_is_said_in_each_currency(currency: str, mid: int) -> None:
    assert limits(currency) == (Money(mid, currency), Money(mid * 10, currency))


SOLD = st.builds(
    Sold,
    placed_at=st.sampled_from([NOW - YEAR - timedelta(days=1), NOW - YEAR, NOW - timedelta(days=1), NOW]),
    total=st.builds(Money, st.sampled_from([0, 49_999, 50_000, 499_999, 500_000]), st.sampled_from(["USD", "EUR"])),
    cancelled=st.booleans(),
    by_staff=st.booleans(),
    returned=st.booleans(),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(sold=st.lists(SOLD, max_size=12))
def test_the_database_adds_up_to_the_same(database: Database, sold: list[Sold]) -> None:
    with database.begin() as session:
        shop = session.get(Shop, 1) or cast.alice(session)
        shop_id = number(shop.id)
        for kind in (HistoricOrder, HistoricReturn):
            session.connection().execute(delete(kind))
        for n, one in enumerate(sold):
            keep(session, shop_id, n, one)
        session.flush()
        found = history.totals(session, shop_id=shop_id, since=NOW - YEAR, now=NOW)
        if found.currency:
            assert found == add_up(sold, currency=found.currency, since=NOW - YEAR, now=NOW)
        else:
            assert not any(add_up(sold, currency=c, since=NOW - YEAR, now=NOW).orders for c in ("USD", "EUR"))


def keep(session: Session, shop_id: int, n: int, one: Sold) -> None:
    staff: dict[str, Any] = {
        "staff_gid" if n % 2 else "line_staff_gid": "gid://shopify/StaffMember/1" if one.by_staff else None
    }
    rows: list[SQLModel] = [
        HistoricOrder(
            shop_id=shop_id, order_gid=f"o{n}", placed_at=one.placed_at, updated_at=one.placed_at,
            total_cents=one.total.cents, currency=one.total.currency, cancelled=one.cancelled, **staff,
        ),
        HistoricReturn(shop_id=shop_id, return_gid=f"d{n}", order_gid=f"o{n}", status="DECLINED", opened_at=NOW),
    ]  # fmt: skip
    if one.returned:  # twice: an order of which two things came back is one order
        rows += [
            HistoricReturn(shop_id=shop_id, return_gid=f"r{n}-{m}", order_gid=f"o{n}", status="CLOSED", opened_at=NOW)
            for m in range(2)
        ]
    session.add_all(rows)


def test_the_figures_begin_where_the_reading_begins(database: Database) -> None:
    from measures.models import HistoryRead

    with database.begin() as session:
        shop_id = number(cast.alice(session).id)
        keep(session, shop_id, 1, Sold(NOW - timedelta(days=1), usd(70_000)))
        session.add(HistoryRead(shop_id=shop_id, hash_key="k", reaches_back_to=NOW - timedelta(days=60)))
        session.flush()
        assert figures.count(session, shop_id=shop_id, now=NOW).since == NOW - timedelta(days=60)
        assert average_order_value(session, shop_id=shop_id) == usd(70_000)
        keep(session, shop_id, 2, Sold(NOW - timedelta(days=1), usd(90_000)))
        figures.count(session, shop_id=shop_id, now=NOW)
        assert average_order_value(session, shop_id=shop_id) == usd(80_000)


def test_restocking_fees_are_added_up_by_return_and_those_of_returns_that_came_to_nothing_are_not(
    database: Database,
) -> None:
    """Two returns of this year stand; one has a fee on both its pieces: 15 + 5. A fee in other money is not added."""
    with database.begin() as session:
        shop_id = number(cast.alice(session).id)
        keep(session, shop_id, 1, Sold(NOW - timedelta(days=1), usd(70_000), returned=True))
        keep(session, shop_id, 2, Sold(NOW - timedelta(days=2), usd(70_000)))
        keep(session, shop_id, 3, Sold(NOW - YEAR - timedelta(days=1), usd(70_000), returned=True))
        about: dict[str, Any] = {"shop_id": shop_id, "is_new": False, "quantity": 1, "cents": 30_000}
        for return_gid, currency, fees_ in (
            ("r1-0", "USD", (1_500, 500)), ("r1-1", "USD", (0,)), ("d2", "USD", (900,)), ("r1-1", "EUR", (700,)),
            ("r3-0", "USD", (800,)),
        ):  # fmt: skip
            for n, fee in enumerate(fees_):
                gid = f"{return_gid}/{currency}{n}"
                row = HistoricPiece(**about, return_gid=return_gid, piece_gid=gid, currency=currency, fee_cents=fee)
                session.add(row)
        session.flush()
        found = history.fees(session, shop_id=shop_id, since=NOW - YEAR, now=NOW, currency="USD")
        assert found == history.Fees(returns=2, charged=1, cents=2_000)
        counted = figures.count(session, shop_id=shop_id, now=NOW)
        assert (counted.returns, counted.fee_returns, counted.fee_cents) == (2, 1, 2_000)


def test_orders_with_an_advisors_case_are_told_from_those_returned_alone(database: Database) -> None:
    with database.begin() as session:
        world = cast.everyone(session)
        for n in (1, 2, 3):
            keep(session, world.shop_id, n, Sold(NOW - timedelta(days=1), usd(70_000), returned=n < 3))
        for gid in ("r1-0", "r1-1", "d3"):
            cast.cleos_case(session, world.shop, world.bob, return_gid=gid)
        session.flush()
        found = figures.count(session, shop_id=world.shop_id, now=NOW)
        assert (found.returned_orders, found.assisted_orders) == (2, 1), "two cases of one order, one that was declined"


def test_dana_of_another_shop_has_no_average_of_alices_orders(database: Database) -> None:
    with database.begin() as session:
        alices = number(cast.alice(session).id)
        danas = number(cast.alice(session, "dana.myshopify.com", "Dana and Daughters").id)
        keep(session, alices, 1, Sold(NOW - timedelta(days=1), usd(70_000)))
        session.flush()
        figures.count(session, shop_id=alices, now=NOW)
        assert figures.count(session, shop_id=danas, now=NOW).orders == 0
        assert average_order_value(session, shop_id=danas) is None
        assert average_order_value(session, shop_id=alices) == usd(70_000)
