"""The shop in figures on Home: counts beside shares, how far the reading is, and nobody else's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from measures.history import HistoryProgress
from measures.models import HistoryRead, ReadState
from measures.reads import Detail
from shopify_app.pages.admin.past import sentences, table
from shops.models import Shop, ShopFigures
from tests.cast import NOW
from tests.pages.admin_caller import DANA, read
from tests.pages.admin_world import Admin, open_admin

DONE = HistoryProgress(
    state=ReadState.IDLE, read=8, total=8, share=None, first=False, back_to=NOW - timedelta(days=731), all_orders=True,
    with_staff=True, with_contacts=True, odd=0, problem="", finished_at=NOW,
)  # fmt: skip
FIRST = replace(DONE, first=True, back_to=None)


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        yield made


def keep(admin: Admin, **values: Any) -> None:
    given: dict[str, Any] = {
        "state": ReadState.IDLE, "complete_at": NOW, "reaches_back_to": datetime(2024, 11, 23, tzinfo=NOW.tzinfo),
        "read_rights": "read_all_orders,read_users", "read_detail": Detail.STAFF,
    } | values  # fmt: skip
    with admin.database.begin() as session:
        session.add(HistoryRead(shop_id=admin.world.shop_id, hash_key="k", **given))


def count(admin: Admin, **values: Any) -> None:
    given: dict[str, Any] = {
        "counted_at": NOW, "since": NOW - timedelta(days=365), "currency": "USD", "orders": 1_204,
        "total_cents": 282_338_000, "average_order_cents": 234_500, "mid_cents": 50_000, "mid_orders": 758,
        "dear_cents": 500_000, "dear_orders": 144, "staff_orders": 602, "returned_orders": 96, "assisted_orders": 24,
        "returns": 98, "fee_returns": 12, "fee_cents": 84_000,
    } | values  # fmt: skip
    with admin.database.begin() as session:
        session.add(ShopFigures(shop_id=admin.world.shop_id, **given))


def test_figures_stand_beside_their_counts(admin: Admin) -> None:
    keep(admin)
    count(admin)
    text = read(admin.alice.open("/app")).text
    for words in (
        "Your shop in figures", "Last 12 months", "Average order $2,345 1,204 orders, tax and shipping included",
        "Orders of $500 or more 63% 758 of 1,204 orders", "Orders of $5,000 or more 12% 144 of 1,204 orders",
        "Sold by somebody of the house 50% 602 of 1,204 orders",
        "something came back, with an advisor 2% 24 of 1,204 orders",
        "something came back, self-service 6% 72 of 1,204 orders", "How many orders come back is no goal",
        "Restocking fees $840 kept of 12 of 98 returns",
        "Orders since 23 November 2024 are read.",
    ):  # fmt: skip
        assert words in text, words
    assert "data-refresh" not in admin.alice.open("/app").text


def test_figures_of_less_than_a_year_say_since_when_they_count(admin: Admin) -> None:
    keep(admin)
    count(admin, since=NOW - timedelta(days=60))
    text = read(admin.alice.open("/app")).text
    assert "Since 25 September 2026" in text and "Last 12 months" not in text


def test_who_sold_is_said_to_be_unknown_where_shopify_does_not_tell(admin: Admin) -> None:
    keep(admin)
    count(admin, staff_orders=None)
    assert (
        "Sold by somebody of the house Not known Shopify does not tell this app who sold"
        in read(admin.alice.open("/app")).text
    )


def test_a_person_can_watch_the_first_reading(admin: Admin) -> None:
    keep(admin, state=ReadState.READING, complete_at=None, reaches_back_to=None, lines_read=84_300, lines_total=260_000)
    page = admin.alice.open("/app")
    assert "Reading your orders: 84,300 of 260,000 records." in read(page).text
    assert 'data-refresh="4"' in page.text and ("s-progress", "32") in {
        (tag, a.get("value")) for tag, a in read(page).tags if tag == "s-progress"
    }


def test_before_anything_was_asked_there_is_no_block(admin: Admin) -> None:
    assert "Your shop in figures" not in read(admin.alice.open("/app")).text


def test_dana_of_another_shop_sees_none_of_it(admin: Admin) -> None:
    keep(admin, state=ReadState.STOPPED, problem="Shopify did not take the question.")
    count(admin)
    text = read(admin.stranger.open("/app")).text
    assert "Your shop in figures" not in text and "1,204" not in text and "stopped" not in text


def test_what_stopped_says_why_and_a_click_begins_it_again(admin: Admin) -> None:
    keep(admin, state=ReadState.STOPPED, complete_at=None, reaches_back_to=None, problem="It was cancelled at Shopify.")
    page = admin.alice.open("/app")
    assert "Reading your orders stopped. It was cancelled at Shopify." in read(page).text
    assert 'action="/app/history"' in page.text
    assert admin.alice.send("/app/history").json == {"redirect": "", "toast": "Your orders are being read."}
    with admin.database.begin() as session:
        assert session.get_one(HistoryRead, admin.world.shop_id).state is ReadState.WANTED


def test_dana_begins_only_her_own(admin: Admin) -> None:
    keep(admin, state=ReadState.STOPPED)
    assert admin.stranger.send("/app/history").status_code == 200
    with admin.database.begin() as session:
        mine = session.get_one(HistoryRead, admin.world.shop_id)
        danas = session.exec(select(Shop.id).where(Shop.domain == DANA)).one()
        assert mine.state is ReadState.STOPPED
        assert session.get_one(HistoryRead, danas).state is ReadState.WANTED


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (DONE, ["Orders since 23 November 2024 are read."]),
        (replace(FIRST, state=ReadState.WANTED, total=0), ["Shopify is collecting your orders of the last two years."]),
        (
            replace(FIRST, state=ReadState.WORKING, total=1500),
            ["Shopify is collecting your orders of the last two years. 1,500 records so far."],
        ),
        (
            replace(DONE, all_orders=False, back_to=NOW - timedelta(days=60)),
            [
                "Shopify shows this app the orders of the last 60 days only. Those since 25 September 2026 are read.",
            ],
        ),
        (
            replace(DONE, odd=3),
            [
                "Orders since 23 November 2024 are read.",
                "3 records were not as Shopify documents them and are left out.",
            ],
        ),
        # A night's small read says nothing while it goes well.
        (replace(DONE, state=ReadState.READING), ["Orders since 23 November 2024 are read."]),
    ],
)
def test_how_far_it_is_in_sentences(found: HistoryProgress, said: list[str]) -> None:
    assert sentences(found, "UTC") == said


def test_other_currencies_have_limits_of_their_own_size() -> None:
    figures = ShopFigures(
        shop_id=1, counted_at=NOW, since=NOW, currency="JPY", orders=2, average_order_cents=300_000,
        mid_cents=75_000, mid_orders=1, dear_cents=750_000,
    )  # fmt: skip
    assert [f.name for f in table(figures)][1:3] == ["Orders of ¥75,000 or more", "Orders of ¥750,000 or more"]
