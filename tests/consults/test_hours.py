"""When an advisor can be booked, from the rows that say when they work and what they are doing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from consults import booking
from consults.absences import away_now, not_away, note_away, time_off
from consults.advisors import set_hours, working_hours
from consults.day_plans import days_otherwise, drop_day, set_day
from consults.hands import Hands, give
from consults.hours import free_slots_of, is_free_at
from consults.models import Advisor, Case, Consult, TimeOff
from consults.policy import policy_of, set_policy
from consults.presence import is_at_work
from consults.states import ConsultState
from consults.time_models import BusyBlock, BusyFeed, DateOverride
from kit.db import Database
from kit.errors import NotFound
from shops import crypt
from shops.models import Shop
from tests import cast
from tests.cast import NOW

TUESDAY = date(2026, 11, 24)
FOUR = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 16:00 in Paris
THURSDAY = FOUR + timedelta(days=2)
HALF = timedelta(minutes=30)


@dataclass
class Bob:
    """Bob at work, ten to six, Monday to Friday, in Paris."""

    session: Session
    shop_id: int
    advisor: Advisor
    case: Case

    @property
    def about(self) -> dict[str, Any]:
        return {"shop_id": self.shop_id, "advisor_id": cast.number(self.advisor.id)}

    def is_free(self, at: datetime, now: datetime = NOW, minutes: int = 30) -> bool:
        policy = policy_of(self.session, shop_id=self.shop_id)
        return is_free_at(self.session, self.advisor, policy, at, at + timedelta(minutes=minutes), now=now)

    def starts(self, day: date = TUESDAY, now: datetime = NOW) -> list[str]:
        policy = policy_of(self.session, shop_id=self.shop_id)
        slots = free_slots_of(self.session, self.advisor, policy, now=now)
        return [f"{slot.starts_at:%H:%M}" for slot in slots if slot.starts_at.date() == day]

    def reserve(
        self, at: datetime, how: Any = booking.book_consult, key: str = "k", case_id: int | None = None
    ) -> Consult:
        about = {"case_id": case_id or cast.number(self.case.id), "kind": "video", "client_zone": "Europe/Paris"}
        made: Consult = how(self.session, shop_id=self.shop_id, starts_at=at, idempotency_key=key, now=NOW, **about)
        return made


@pytest.fixture
def bob(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bob]:
    crypt.use_keys("test-token-key")
    monkeypatch.setattr("jobs.enqueue", lambda *_args, **_more: None)
    for module in ("consults.booking", "consults.hands"):
        monkeypatch.setattr(f"{module}.publish", lambda *_args: None)
    database = Database(sqlite_url)
    with database.begin() as session:
        shop = cast.alice(session)
        advisor = cast.bob(session, shop)
        shop_id = cast.number(shop.id)
        set_policy(session, shop_id=shop_id, notice_minutes=0, step_minutes=30, buffer_before=0, buffer_after=10)
        yield Bob(session, shop_id, advisor, cast.cleos_case(session, shop, advisor))
    database.close()


# --- the week, and days that are otherwise


@pytest.mark.parametrize(
    ("at", "free"),
    [
        ("2026-11-24T09:00", True),
        ("2026-11-24T08:59", False),
        ("2026-11-24T16:30", True),
        ("2026-11-24T16:31", False),
        ("2026-11-28T10:00", False),
        ("2027-03-29T08:00", True),  # ten in Paris is eight in UTC by then
        ("2027-03-29T07:30", False),
    ],
)
def test_a_conversation_lies_inside_the_hours_of_the_week_by_the_clock_there(bob: Bob, at: str, free: bool) -> None:
    assert bob.is_free(datetime.fromisoformat(at).replace(tzinfo=UTC)) is free


def test_who_left_is_free_for_nothing(bob: Bob) -> None:
    bob.advisor.active = False
    assert not bob.is_free(FOUR)


def test_who_works_through_midnight_is_free_across_it(bob: Bob) -> None:
    set_hours(bob.session, **bob.about, hours=[(1, 20 * 60, 24 * 60), (2, 0, 2 * 60)])
    midnight = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    assert bob.is_free(midnight - timedelta(minutes=15)) and bob.is_free(midnight)
    assert bob.is_free(midnight + timedelta(minutes=90)) and not bob.is_free(midnight + timedelta(minutes=91))


def test_a_day_that_is_otherwise_takes_the_place_of_its_week_until_it_is_dropped(bob: Bob) -> None:
    day = set_day(bob.session, **bob.about, day=TUESDAY, ranges=[(20 * 60, 21 * 60), (12 * 60, 13 * 60)])
    assert day.ranges == [[720, 780], [1200, 1260]]
    assert bob.starts() == ["11:00", "11:30", "19:00", "19:30"] and not bob.is_free(FOUR)
    assert set_day(bob.session, **bob.about, day=TUESDAY, ranges=[]).id == day.id, "the same day is the same row"
    assert bob.starts() == [] and bob.starts(day=date(2026, 11, 25))[0] == "09:00"
    drop_day(bob.session, **bob.about, override_id=cast.number(day.id))
    bob.session.flush()
    assert bob.is_free(FOUR)


@pytest.mark.parametrize(
    "ranges", [[(60, 60)], [(120, 60)], [(-1, 60)], [(1440, 1500)], [(0, 2881)], [(600, 660), (5, 5)]]
)
def test_hours_that_run_backwards_or_out_of_their_day_are_no_hours(bob: Bob, ranges: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="not hours"):
        set_day(bob.session, **bob.about, day=TUESDAY, ranges=ranges)
    with pytest.raises(ValueError, match="not weekly hours"):
        set_hours(bob.session, **bob.about, hours=[(0, *one) for one in ranges])
    assert len(working_hours(bob.session, **bob.about)) == 5 and bob.session.exec(select(DateOverride)).all() == []


def test_days_that_are_over_are_not_listed_and_another_shop_touches_none(bob: Bob) -> None:
    for n in (0, 1, -1):
        set_day(bob.session, **bob.about, day=TUESDAY + timedelta(days=n), ranges=[])
    rows = days_otherwise(bob.session, **bob.about, since=TUESDAY)
    assert [row.day for row in rows] == [TUESDAY, TUESDAY + timedelta(days=1)]
    others = bob.about | {"shop_id": bob.shop_id + 1}
    assert days_otherwise(bob.session, **others, since=TUESDAY) == []
    with pytest.raises(NotFound):
        drop_day(bob.session, **others, override_id=cast.number(rows[0].id))
    with pytest.raises(NotFound):
        set_day(bob.session, **others, day=TUESDAY, ranges=[])


# --- away


def test_time_away_is_noted_once_and_ends_with_its_last_moment(bob: Bob) -> None:
    span: dict[str, Any] = {"starts_at": FOUR, "ends_at": FOUR + HALF}
    row = note_away(bob.session, **bob.about, **span)
    assert note_away(bob.session, **bob.about, **span).id == row.id
    moments = (FOUR - timedelta(seconds=1), FOUR, FOUR + HALF - timedelta(seconds=1), FOUR + HALF)
    away = [away_now(bob.session, shop_id=bob.shop_id, now=now) for now in moments]
    assert away == [set(), {bob.advisor.id}, {bob.advisor.id}, set()]
    assert [is_at_work(bob.session, bob.advisor, now=now) for now in moments] == [True, False, False, True]
    assert time_off(bob.session, **bob.about, now=FOUR) == [row]
    assert time_off(bob.session, **bob.about, now=FOUR + HALF) == []


def test_nobody_is_booked_while_away_and_away_is_struck_only_by_their_own_house(bob: Bob) -> None:
    row = note_away(bob.session, **bob.about, starts_at=FOUR, ends_at=FOUR + HALF)
    assert not bob.is_free(FOUR) and not bob.is_free(FOUR - HALF), "the pause after it would be inside"
    assert bob.is_free(FOUR + HALF) and bob.is_free(FOUR - timedelta(minutes=40))
    with pytest.raises(NotFound):
        not_away(
            bob.session, shop_id=bob.shop_id + 1, advisor_id=bob.about["advisor_id"], time_off_id=cast.number(row.id)
        )
    not_away(bob.session, **bob.about, time_off_id=cast.number(row.id))
    bob.session.flush()
    assert bob.is_free(FOUR) and bob.session.exec(select(TimeOff)).all() == []


# --- what is reserved already


def test_a_conversation_keeps_its_time_and_the_pause_after_it(bob: Bob) -> None:
    bob.reserve(THURSDAY)
    assert [minutes for minutes in (-40, -30, 0, 30, 40) if bob.is_free(THURSDAY + timedelta(minutes=minutes))] == [
        -40,
        40,
    ]


def test_a_hold_keeps_a_time_days_ahead_for_its_ten_minutes_and_not_for_one_more(bob: Bob) -> None:
    bob.reserve(THURSDAY, how=booking.hold_time)
    assert not bob.is_free(THURSDAY), "it was held a moment ago"
    assert not bob.is_free(THURSDAY, now=NOW + timedelta(minutes=9))
    assert bob.is_free(THURSDAY, now=NOW + timedelta(minutes=10)) and bob.is_free(THURSDAY, now=THURSDAY - HALF)


def test_a_hold_for_today_that_ran_out_keeps_nothing(bob: Bob) -> None:
    bob.reserve(FOUR, how=booking.hold_time)
    assert bob.is_free(FOUR, now=NOW + timedelta(minutes=11)) and "15:00" in bob.starts(now=NOW + timedelta(minutes=11))


@pytest.mark.parametrize(
    ("later", "state", "passes"), [(11, ConsultState.BOOKED, True), (5, ConsultState.CANCELLED, False)]
)
def test_a_colleague_takes_over_a_time_that_somebody_held_and_let_go(
    bob: Bob, later: int, state: ConsultState, passes: bool
) -> None:
    shop = bob.session.get_one(Shop, bob.shop_id)
    ines = cast.bob(bob.session, shop, name="Inès Laurent", staff_gid="gid://shopify/StaffMember/8")
    other = cast.cleos_case(bob.session, shop, ines, return_gid="gid://shopify/Return/43")
    booked = bob.reserve(THURSDAY)
    bob.reserve(THURSDAY, how=booking.hold_time, key="held", case_id=cast.number(other.id))
    now = NOW + timedelta(minutes=later)
    give(
        bob.session,
        bob.case,
        Hands(advisor_id=cast.number(ines.id), owner_id=cast.number(bob.advisor.id)),
        why="x",
        now=now,
    )
    bob.session.refresh(booked)
    assert (booked.state, booked.advisor_id == ines.id) == (state, passes)


# --- what their calendars say


def test_a_calendar_that_could_not_be_read_for_a_day_offers_nothing_where_it_is_needed(bob: Bob) -> None:
    feed = BusyFeed(**bob.about, address="https://c.example/1.ics", added_at=NOW - timedelta(days=9), read_at=NOW)
    bob.session.add(feed)
    bob.session.flush()
    block: dict[str, Any] = {"feed_id": cast.number(feed.id), "starts_at": FOUR, "ends_at": FOUR + HALF}
    bob.session.add(BusyBlock(**bob.about, **block))
    bob.session.flush()
    assert "15:00" not in bob.starts() and "15:30" in bob.starts() and not bob.is_free(FOUR)
    assert bob.starts(now=NOW + timedelta(hours=24), day=TUESDAY + timedelta(days=1)) != []
    too_old = NOW + timedelta(hours=24, seconds=1)
    assert bob.starts(now=too_old, day=TUESDAY + timedelta(days=1)) == []
    feed.needed = False
    assert bob.starts(now=too_old, day=TUESDAY + timedelta(days=1)) != []
