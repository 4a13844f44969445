"""What the merchant sees in the first minutes after an installation: the qualifier, and the silent leak."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from measures import figures, history
from measures.measured import Measuring
from measures.models import HistoricOrder, HistoricReturn, HistoryRead, ReadState
from measures.reads import Detail
from shops.models import Shop, ShopFigures
from tests.cast import NOW
from tests.pages.admin_caller import read
from tests.pages.admin_world import Admin, open_admin


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        yield made


def progress(admin: Admin, **values: Any) -> None:
    with admin.database.begin() as session:
        shop_id = admin.world.shop_id
        row = session.get(HistoryRead, shop_id) or HistoryRead(shop_id=shop_id, hash_key="k")
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)


def bought(admin: Admin, orders: tuple[tuple[str, int, bool], ...], cents: int) -> None:
    """(household, how many orders, whether something came back), each order of so much."""
    with admin.database.begin() as session:
        for household, count, gave_back in orders:
            for n in range(count):
                gid, at = f"gid://shopify/Order/{household}{n}", NOW - timedelta(days=30 + n)
                about: dict[str, Any] = {"shop_id": admin.world.shop_id, "order_gid": gid}
                of_it: dict[str, Any] = {"placed_at": at, "updated_at": at, "total_cents": cents, "currency": "USD"}
                session.add(HistoricOrder(**about, **of_it, household=household))
                if gave_back and n == 0:
                    session.add(HistoricReturn(**about, return_gid=f"{gid}r", status="CLOSED", opened_at=at))


FEW = (("a", 1, True), ("b", 3, True), ("c", 2, False), ("d", 1, False), ("e", 1, False), ("f", 1, False))


@pytest.mark.parametrize(
    ("average", "plus", "words"),
    [
        (600_000, True, "A person decides here"),
        (65_000, True, "A good place for a person"),
        (12_000, True, "It fits"),
        (6_000, True, "Not for you yet"),
        (600_000, False, "Not for you yet"),
    ],
)
def test_the_qualifier_reads_plan_and_average_order_and_says_its_reasons(
    admin: Admin, average: int, plus: bool, words: str
) -> None:
    progress(admin, state=ReadState.IDLE, complete_at=NOW, read_detail=Detail.STAFF)
    bought(admin, FEW, average)
    with admin.database.begin() as session:
        shop = session.get_one(Shop, admin.world.shop_id)
        shop.plus = plus
        session.add(shop)
        figures.count(session, shop_id=admin.world.shop_id, now=NOW)
    shown = read(admin.alice.open("/app")).text
    assert words in shown
    assert "made for shops on Shopify Plus" in shown if plus is False else "An order comes to" in shown


def test_who_gave_something_back_and_ordered_again_stands_beside_the_others(admin: Admin) -> None:
    """By hand: a and b gave back, of whom b ordered twice; c to f did not, of whom c did."""
    progress(admin, state=ReadState.IDLE, complete_at=NOW, read_detail=Detail.STAFF)
    bought(admin, FEW, 60_000)
    with admin.database.begin() as session:
        about: dict[str, Any] = {"shop_id": admin.world.shop_id, "now": NOW}
        found = history.bought_twice(session, **about, since=NOW - history.WINDOW)
        figures.count(session, **about)
    assert [(one.households, one.twice) for one in found] == [(2, 1), (4, 1)]
    shown = read(admin.alice.open("/app")).text
    assert "of those who gave something back 50% 1 of 2 households" in shown
    assert "of the others 25% 1 of 4 households" in shown


def test_visits_are_typed_in_because_shopify_does_not_tell_and_stay_when_figures_are_counted_anew(
    admin: Admin,
) -> None:
    assert admin.alice.send("/app/history/visits", visits="9000").status_code == 409, "nothing is counted yet"
    progress(admin, state=ReadState.IDLE, complete_at=NOW, read_detail=Detail.STAFF)
    bought(admin, FEW, 60_000)
    for _ in range(2):
        with admin.database.begin() as session:
            figures.count(session, shop_id=admin.world.shop_id, now=NOW)
        assert admin.alice.send("/app/history/visits", visits="many").status_code == 422
        assert admin.alice.send("/app/history/visits", visits="1,500").status_code == 200
    with admin.database.begin() as session:
        figures.count(session, shop_id=admin.world.shop_id, now=NOW)
        assert session.exec(select(ShopFigures.monthly_visits)).one() == 1_500
    shown = read(admin.alice.open("/app")).text
    assert "Orders for each 1,000 visits 0.5 1,500 visits a month, as you say" in shown, "9 orders in 12 months"
    assert "1,500" not in admin.stranger.open("/app").text


def test_the_list_of_those_who_did_not_come_back_shows_its_progress_until_it_stands(admin: Admin) -> None:
    """Read, then counted: each with a share a person can watch, fetched anew until it is done."""

    def shares() -> list[tuple[str, str]]:
        found = []
        for path, block in (("/app", "past"), ("/app/measures/quiet", "quiet")):
            html = admin.alice.open(path).text
            share = re.search(r'<s-progress[^>]*value="(\d+)"', html)
            found.append((share[1] if share else "", "refreshing" if f'id="{block}" data-refresh' in html else ""))
        return found

    progress(admin, state=ReadState.READING, lines_read=250, lines_total=1_000)
    assert shares() == [("25", "refreshing")] * 2
    progress(admin, state=ReadState.IDLE, complete_at=NOW, read_detail=Detail.STAFF)
    with admin.database.begin() as session:
        session.add(Measuring(shop_id=admin.world.shop_id, rebuilding=True, done=300, total=400))
    assert shares() == [("75", "refreshing")] * 2
    assert "Counting what returners did next: 300 of 400 returns." in read(admin.alice.open("/app")).text
    with admin.database.begin() as session:
        row = session.get_one(Measuring, admin.world.shop_id)
        row.rebuilding, row.refreshed_at = False, NOW
        session.add(row)
    assert shares() == [("", "")] * 2
