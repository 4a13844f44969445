"""The demo house: open at any hour, planted once however often it is asked for, and never over what somebody chose."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from consults import advisors
from consults.catalogue.models import CatalogueWay
from consults.lines import own_line
from consults.models import ConsultPolicy
from kit.db import Database
from logistics.cover_models import CoverTerm
from logistics.models import LogisticsPolicy
from logistics.rmas import policy_of
from shopify_app.seeding import CATALOGUE, COVER, hours_around, plant
from shops.models import Shop, ShopState
from tests import cast
from tests.cast import NOW

SUNDAY = 6


def at(weekday: int, hour: int, minute: int = 0) -> datetime:
    """That moment in Paris, in a week without a change of clocks."""
    return datetime(2026, 6, 1 + weekday, hour, minute, tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "that_day"),
    [
        (at(0, 12, 20), [(600, 1080)]),  # an ordinary noon
        (at(0, 15, 59), [(600, 1140)]),  # a day that goes on an hour longer
        (at(0, 14, 0), [(600, 1080)]),
        (at(0, 18, 30), [(600, 1320)]),  # just closed: the day goes on
        (at(0, 19, 0), [(600, 1080), (1140, 1380)]),  # an evening of its own
        (at(0, 6, 0), [(360, 1080)]),  # early: open until the day begins
        (at(0, 5, 59), [(300, 540), (600, 1080)]),
        (at(0, 0, 5), [(0, 240), (600, 1080)]),
        (at(0, 23, 45), [(600, 1080), (1380, 1620)]),  # on past midnight
        (at(SUNDAY, 11), [(660, 900)]),  # a Sunday, for once
        (at(SUNDAY, 23), [(1380, 1620)]),
    ],
)
def test_the_demo_has_hours_whenever_it_is_given(now: datetime, that_day: list[tuple[int, int]]) -> None:
    weekday = now.astimezone(ZoneInfo("Europe/Paris")).weekday()
    kept = hours_around(now, "Europe/Paris")
    assert [(start, end) for day, start, end in kept if day == weekday] == that_day
    others = {(day, start, end) for day, start, end in kept if day != weekday}
    assert others == {(day, 600, 1080) for day in range(6) if day != weekday}
    assert list(kept) == sorted(kept)


@given(
    st.integers(0, 2 * 366 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.sampled_from(["Europe/Paris", "Asia/Tokyo", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Kiritimati"]),
)
def test_three_hours_from_now_are_always_open_and_no_two_spans_of_a_day_meet(now: datetime, zone: str) -> None:
    kept = hours_around(now, zone)
    here = now.astimezone(ZoneInfo(zone))
    minute = here.hour * 60 + here.minute
    assert any(day == here.weekday() and start <= minute and minute + 180 <= end for day, start, end in kept)
    for (day, _, end), (next_day, start, _) in pairwise(kept):
        assert day < next_day or end < start
    assert set(range(6)) <= {day for day, start, end in kept if start <= 600 and end >= 1080}


# --- planting


def person(number: int, **changed: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "name": f"Person {number}",
        "email": f"p{number}@verdane.example",
        "phone": f"+3360000000{number}",
        "role": "advisor",
        "languages": ["fr", "en"],
        "time_zone": "Europe/Paris",
        "staff_gid": f"gid://shopify/StaffMember/{number}",
        "location_gid": "gid://shopify/Location/1",
        "location": "Verdane Paris",
        "shop": "verdane-demo.myshopify.com",
    }
    return given | changed


PEOPLE = [
    person(1, role="manager"),
    person(2),
    person(3, location_gid="gid://shopify/Location/2", location="Verdane Tokyo", time_zone="Asia/Tokyo"),
]


@pytest.fixture
def sqlite(sqlite_url: str) -> Database:
    return Database(cast.settings(sqlite_url).database_url)


def planted(database: Database) -> dict[str, Any]:
    """What there is of the demo house, row by row, without ids that only count."""
    with database.begin() as session:
        (shop,) = session.exec(select(Shop)).all()
        assert shop.id is not None
        places = advisors.boutiques(session, shop_id=shop.id)
        people = advisors.advisors(session, shop_id=shop.id)
        return {
            "shop": (shop.domain, shop.house, shop.telephone, shop.state),
            "people": {(p.name, p.role.value, p.languages, p.zone, p.boutique_id) for p in people},
            "places": {(b.name, b.zone, own_line(session, shop_id=shop.id, boutique_id=b.id)) for b in places},
            "hours": [advisors.working_hours(session, shop_id=shop.id, advisor_id=cast.number(p.id)) for p in people],
            "ways": len(session.exec(select(CatalogueWay)).all()),
            "terms": len(session.exec(select(CoverTerm)).all()),
            "receiver": policy_of(session, shop.id).receiver.is_usable,
        }


def test_the_house_is_planted_with_its_people_places_lines_and_terms(sqlite: Database) -> None:
    assert plant(sqlite, PEOPLE, now=NOW) == 3
    there = planted(sqlite)
    assert there["shop"] == ("verdane-demo.myshopify.com", "Verdane", "+33 1 84 88 00 00", ShopState.UNINSTALLED)
    assert {row[:4] for row in there["people"]} == {
        ("Person 1", "manager", "fr,en", "Europe/Paris"),
        ("Person 2", "advisor", "fr,en", "Europe/Paris"),
        ("Person 3", "advisor", "fr,en", "Asia/Tokyo"),
    }
    assert {row[:2] for row in there["places"]} == {("Verdane Paris", "Europe/Paris"), ("Verdane Tokyo", "Asia/Tokyo")}
    lines = [line for *_, line in there["places"]]
    assert all(lines) and len(set(lines)) == 2
    assert (there["ways"], there["terms"], there["receiver"]) == (len(CATALOGUE), len(COVER), True)


def test_planting_twice_is_planting_once(sqlite: Database) -> None:
    plant(sqlite, PEOPLE, now=NOW)
    once = planted(sqlite)
    plant(sqlite, PEOPLE, now=NOW)
    assert planted(sqlite) == once


def test_planting_again_later_moves_the_hours_and_nothing_else(sqlite: Database) -> None:
    plant(sqlite, PEOPLE, now=NOW)
    once = planted(sqlite)
    plant(sqlite, PEOPLE, now=NOW + timedelta(hours=14))
    later = planted(sqlite)
    assert later.pop("hours") != once.pop("hours") and later == once


def test_what_somebody_chose_meanwhile_is_kept(sqlite: Database) -> None:
    with sqlite.begin() as session:
        shop = cast.alice(session, "verdane-demo.myshopify.com", "Maison Claire")
        shop_id = cast.number(shop.id)
        shop.telephone = "+41 22 000 00 00"
        session.add(ConsultPolicy(shop_id=shop_id, notice_minutes=240))
        session.add(LogisticsPolicy(shop_id=shop_id, receiving_city="Geneva"))
        cast.cover_terms(session, shop_id)
        state = shop.state
    plant(sqlite, PEOPLE, now=NOW)
    assert planted(sqlite)["shop"] == ("verdane-demo.myshopify.com", "Maison Claire", "+41 22 000 00 00", state)
    with sqlite.begin() as session:
        policy = session.get(ConsultPolicy, shop_id)
        assert policy and policy.notice_minutes == 240
        assert policy_of(session, shop_id).receiving_city == "Geneva"
        assert [term.policy_number for term in session.exec(select(CoverTerm))] == ["HM-77"]
