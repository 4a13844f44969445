"""Issue 7, ways forward beyond money: what fits is offered, what a week holds is promised once, over budget waits."""

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from consults.cases import get_case
from consults.catalogue.kinds import Fit, ready_on, week_of
from consults.catalogue.models import CatalogueWay, WayTaken
from consults.catalogue.takings import WeekFull, left_of_week, let_go, offers_for, take_way, takings_of
from consults.catalogue.ways import WayUnclear, move_way, read_way, switch_way, ways_of, write_way
from consults.gestures.gestures import answer, gestures_of, left_of_budget, shown_to_client
from consults.gestures.states import GestureState
from consults.kinds import StaffRole
from consults.models import Case
from consults.promises import promises_of
from kit.db import Database
from kit.errors import NotFound
from shopify_app.app import create_app
from shops import crypt
from tests import cast

ENGRAVE: dict[str, Any] = {
    "kind": "engrave", "title": "Engrave the day", "words": "By hand, inside the band.", "cost": "90", "per_week": "2",
    "lead_days": "6", "kinds": "ring", "from": "1000", "in_budget": "on",
}  # fmt: skip
FREE = ENGRAVE | {"kind": "viewing", "title": "A private viewing", "cost": "0", "kinds": "", "from": ""}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    crypt.use_keys("test-token-key")
    made = Database(database_url, pool_size=12)
    create_app(cast.settings(made.url), made)  # whose tables say what follows an answer
    yield made
    made.close()


@pytest.fixture
def world(database: Database) -> cast.World:
    with database.begin() as session:
        world = cast.everyone(session)
        world.bob.budget_cents = 10_000
        session.add(world.bob)
        return world


def row(session: Session, world: cast.World, form: dict[str, Any] = ENGRAVE) -> CatalogueWay:
    about: dict[str, Any] = {"shop_id": world.shop_id, "way_id": None, "by": "staff:7", "now": cast.NOW}
    return write_way(session, given=form, currency="USD", **about)


def case_of(session: Session, world: cast.World) -> Case:
    return get_case(session, shop_id=world.shop_id, case_id=cast.number(world.case.id))


def take(session: Session, world: cast.World, way: CatalogueWay, once: str = "one", **more: Any) -> WayTaken:
    about: dict[str, Any] = {"way_id": way.id, "week_on": week_of(cast.NOW.date()), "why": "It is their tenth."}
    about |= {"advisor_id": cast.number(world.bob.id), "now": cast.NOW, "once": once, **more}
    return take_way(session, about.pop("case", None) or case_of(session, world), **about)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 400), st.integers(0, 20))
def test_nothing_is_ready_before_its_week_begins_or_its_days_are_over(today: date, lead: int, ahead: int) -> None:
    week = week_of(today) + timedelta(days=7 * ahead)
    ready = ready_on(week, today=today, lead_days=lead)
    assert ready - timedelta(days=lead) == max(week, today) and week.weekday() == 0


@pytest.mark.parametrize(
    ("fit", "is_for_it"),
    [
        (Fit(), True),
        (Fit(kinds=["ring"]), True),
        (Fit(kinds=["watch"]), False),
        (Fit(from_cents=1_480_000, currency="USD"), True),
        (Fit(from_cents=1_480_001, currency="USD"), False),
        (Fit(from_cents=1, currency="EUR"), False),
        (Fit(boutique_ids=[4]), True),
        (Fit(boutique_ids=[5]), False),
    ],
)
def test_who_may_have_it(fit: Fit, is_for_it: bool) -> None:
    about: dict[str, Any] = {"kind": "ring", "value_cents": 1_480_000, "currency": "USD", "boutique_ids": [4, None]}
    assert fit.takes(**about) is is_for_it


@pytest.mark.parametrize(
    ("field", "words"),
    [("title", ""), ("kind", "lend"), ("cost", "-1"), ("cost", "much"), ("per_week", "0"), ("lead_days", "1e3")],
)
def test_a_row_that_says_nothing_is_not_written(field: str, words: str) -> None:
    with pytest.raises(WayUnclear) as told:
        read_way(ENGRAVE | {field: words}, currency="USD")
    assert list(told.value.fields) == [field]


def test_the_merchants_order_is_the_order_and_what_is_off_is_not_offered(database: Database, world: cast.World) -> None:
    with database.begin() as session:
        first, second = row(session, world), row(session, world, FREE)
        watch = row(session, world, ENGRAVE | {"title": "A strap", "kinds": "watch"})
        move_way(session, shop_id=world.shop_id, way_id=cast.number(second.id), up=True)
        assert [way.id for way in ways_of(session, shop_id=world.shop_id)] == [second.id, first.id, watch.id]
        assert [offer.way.id for offer in offers_for(session, case_of(session, world), now=cast.NOW)] == [
            second.id,
            first.id,
        ]
        about: dict[str, Any] = {"shop_id": world.shop_id, "by": "staff:7", "now": cast.NOW}
        switch_way(session, way_id=cast.number(second.id), on=False, **about)
        assert [offer.way.id for offer in offers_for(session, case_of(session, world), now=cast.NOW)] == [first.id]
        with pytest.raises(NotFound):
            take(session, world, second)


def test_within_the_budget_it_is_promised_at_once_for_the_day_it_is_ready_and_a_second_tap_is_the_same(
    database: Database, world: cast.World
) -> None:
    with database.begin() as session:
        way = row(session, world)
        taken, again = take(session, world, way), take(session, world, way)
        assert taken.id == again.id
        (promise,) = promises_of(session, shop_id=world.shop_id, case_id=cast.number(world.case.id))
        assert (promise.what, promise.due_on) == ("Engrave the day", cast.NOW.date() + timedelta(days=6))
        assert shown_to_client(session, case_of(session, world)) == ["Engrave the day"]
        about: dict[str, Any] = {"shop_id": world.shop_id, "advisor_id": cast.number(world.bob.id), "now": cast.NOW}
        assert left_of_budget(session, **about).cents == 1_000
        let_go(session, case_of(session, world), taken_id=cast.number(taken.id), advisor_id=about["advisor_id"],
               now=cast.NOW)  # fmt: skip
        assert left_of_budget(session, **about).cents == 10_000
        assert takings_of(session, case_of(session, world)) == []
        assert shown_to_client(session, case_of(session, world)) == []
        assert promises_of(session, shop_id=world.shop_id, case_id=cast.number(world.case.id)) == []


@pytest.mark.parametrize("allow", [True, False])
def test_beyond_the_budget_the_place_is_kept_and_nothing_promised_before_an_answer(
    database: Database, world: cast.World, allow: bool
) -> None:
    with database.begin() as session:
        way = row(session, world, ENGRAVE | {"cost": "400", "per_week": "1"})
        week = week_of(cast.NOW.date())
        take(session, world, way)
        case = case_of(session, world)
        (asked,) = gestures_of(session, case)
        assert asked.state is GestureState.ASKED and left_of_week(session, way, week_on=week) == 0
        assert promises_of(session, shop_id=world.shop_id, case_id=cast.number(case.id)) == []
        assert shown_to_client(session, case) == []
        manager = cast.bob(session, session.merge(world.shop), name="Claire", role=StaffRole.MANAGER, staff_gid="g/8")
        about: dict[str, Any] = {"advisor_id": cast.number(manager.id), "now": cast.NOW + timedelta(hours=1)}
        answer(session, case, gesture_id=cast.number(asked.id), allow=allow, **about)
        promised = promises_of(session, shop_id=world.shop_id, case_id=cast.number(case.id))
        assert [p.what for p in promised] == (["Engrave the day"] if allow else [])
        assert left_of_week(session, way, week_on=week) == (0 if allow else 1)


def test_a_full_week_shows_the_next_one_and_a_lowered_one_promises_no_more(
    database: Database, world: cast.World
) -> None:
    with database.begin() as session:
        way, week = row(session, world, FREE), week_of(cast.NOW.date())
        take(session, world, way, "one")
        take(session, world, way, "two")
        (offer,) = offers_for(session, case_of(session, world), now=cast.NOW)
        assert offer.week_on == week + timedelta(days=7)
        with pytest.raises(WeekFull):
            take(session, world, way, "three")
        way.per_week = 1
        session.add(way)
        first = takings_of(session, case_of(session, world))[0]
        let_go(session, case_of(session, world), taken_id=cast.number(first.id), advisor_id=1, now=cast.NOW)
        with pytest.raises(WeekFull):
            take(session, world, way, "four")


def test_of_ten_who_promise_the_last_two_places_at_once_two_have_them(database: Database, world: cast.World) -> None:
    with database.begin() as session:
        way = row(session, world, FREE)
        shop, bob = session.merge(world.shop), session.merge(world.bob)
        cases = [
            cast.number(cast.cleos_case(session, shop, bob, return_gid=f"gid://shopify/Return/{n}").id)
            for n in range(500, 510)
        ]
    together, have, full = threading.Barrier(len(cases)), [], []

    def ask(case_id: int) -> None:
        together.wait(timeout=60)
        try:
            with database.begin() as session:
                case = get_case(session, shop_id=world.shop_id, case_id=case_id)
                take(session, world, way, f"of {case_id}", case=case)
            have.append(case_id)
        except WeekFull:
            full.append(case_id)

    threads = [threading.Thread(target=ask, args=(case_id,)) for case_id in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    with database.begin() as session:
        live = session.exec(select(WayTaken).where(col(WayTaken.freed_at).is_(None))).all()
    assert (len(have), len(full)) == (2, 8) and sorted(taken.place for taken in live) == [0, 1]


def test_another_shop_sees_and_takes_nothing_of_it(database: Database, world: cast.World) -> None:
    with database.begin() as session:
        way, other = row(session, world, FREE), cast.dana(session)
        assert offers_for(session, other.case, now=cast.NOW) == []
        with pytest.raises(NotFound):
            take(session, other, way)
