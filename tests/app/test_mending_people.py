"""Who answers: an advisor, a boutique, somebody by default; reachable, with a calendar; and rules in today's money."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from consults.feed_words import FeedTrouble
from consults.kinds import StaffRole
from consults.models import Advisor, Boutique
from consults.time_models import BusyFeed
from jobs.models import JobTrouble, TroubleState
from kit.causes import Cause
from kit.db import Database
from routing.policies import change_policy, choose_default
from shopify_app.mending import people
from shopify_app.mending.look import HERE, Look, Place
from shops.models import Shop
from tests import cast
from tests.cast import NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    config = cast.settings(sqlite_url)
    database = Database(config.database_url)
    with database.begin() as session:
        yield session
    database.close()


@pytest.fixture
def shop(session: Session) -> Shop:
    return cast.alice(session)


@pytest.fixture
def bob(session: Session, shop: Shop) -> Advisor:
    return cast.bob(session, shop)


def look(session: Session, shop: Shop, now: datetime = NOW) -> Look:
    session.flush()
    return Look(session, shop, cast.settings(), now)


def told(session: Session, shop: Shop) -> set[str]:
    seen = look(session, shop)
    return {failure.kind for failure in people.PEOPLE if failure.find(seen)}


def page(advisor: Advisor) -> Place:
    return Place(advisor.name, f"/app/advisors/{advisor.id}")


# --- somebody to ask


def test_a_house_without_anybody_is_told_that_alone(session: Session, shop: Shop) -> None:
    """Nobody by default and no boutique follow from it, and are no further work."""
    assert told(session, shop) == {"no_advisor"}


def test_with_one_advisor_it_is_asked_who_stands_in(session: Session, shop: Shop, bob: Advisor) -> None:
    assert told(session, shop) == {"no_default"}
    choose_default(session, shop_id=cast.number(shop.id), advisor_id=bob.id)
    assert told(session, shop) == set()


def test_a_manager_stands_in_without_being_chosen(session: Session, shop: Shop) -> None:
    cast.bob(session, shop, role=StaffRole.MANAGER)
    assert told(session, shop) == set()


def test_who_stands_in_and_has_left_stands_in_no_more(session: Session, shop: Shop, bob: Advisor) -> None:
    cast.bob(session, shop, name="Ines Laurent", staff_gid="gid://shopify/StaffMember/8")
    choose_default(session, shop_id=cast.number(shop.id), advisor_id=bob.id)
    bob.active = False
    assert told(session, shop) == {"no_default"}


def test_an_advisor_who_takes_no_returns_is_nobody_to_ask(session: Session, shop: Shop, bob: Advisor) -> None:
    bob.active = False
    assert told(session, shop) == {"no_advisor"}


def test_people_without_a_place_are_told_that_no_boutique_is_known(session: Session, shop: Shop, bob: Advisor) -> None:
    place = session.get(Boutique, bob.boutique_id)
    bob.boutique_id = None
    session.flush()
    session.delete(place)
    assert told(session, shop) == {"no_boutique", "no_default"}


# --- reachable


@pytest.mark.parametrize("nothing", [None, ""])
@pytest.mark.parametrize(("field", "kind"), [("phone", "advisor_phone"), ("email", "advisor_email")])
def test_an_advisor_without_a_number_or_address_is_named_while_they_take_returns(
    session: Session, shop: Shop, bob: Advisor, field: str, kind: str, nothing: str | None
) -> None:
    ines = cast.bob(session, shop, name="Ines Laurent", staff_gid="gid://shopify/StaffMember/8", role=StaffRole.MANAGER)
    setattr(bob, field, nothing)
    (failure,) = [failure for failure in people.PEOPLE if failure.kind == kind]
    assert failure.find(look(session, shop)) == [page(bob)] and told(session, shop) == {kind}
    bob.active, ines.active = False, True
    assert failure.find(look(session, shop)) == []


# --- calendars


def calendar(session: Session, advisor: Advisor, trouble: FeedTrouble | None, read: timedelta | None = None) -> None:
    address = "https://calendar.example.com/b.ics"
    session.add(
        BusyFeed(
            shop_id=advisor.shop_id,
            advisor_id=cast.number(advisor.id),
            address=address,
            added_at=NOW - timedelta(days=9),
            read_at=None if read is None else NOW - read,
            trouble=trouble,
        )
    )


DAY = timedelta(hours=24)


@pytest.mark.parametrize(
    ("trouble", "read", "is_told"),
    [
        (None, timedelta(0), False),
        (None, 9 * DAY, False),  # not tried again yet, and nobody's fault
        (FeedTrouble.UNREACHABLE, timedelta(0), False),
        (FeedTrouble.UNREACHABLE, DAY, False),
        (FeedTrouble.UNREACHABLE, DAY + MINUTE, True),
        (FeedTrouble.UNREACHABLE, None, True),  # it never could be, for nine days
        *((other, timedelta(0), True) for other in FeedTrouble if other is not FeedTrouble.UNREACHABLE),
    ],
)
def test_a_calendar_is_told_at_once_where_a_person_must_act_and_after_a_day_where_it_does_not_answer(
    session: Session, shop: Shop, bob: Advisor, trouble: FeedTrouble | None, read: timedelta | None, is_told: bool
) -> None:
    calendar(session, bob, trouble, read)
    assert people.unread_calendar(look(session, shop)) == ([page(bob)] if is_told else [])


def test_two_calendars_of_one_advisor_are_one_person_to_ask(session: Session, shop: Shop, bob: Advisor) -> None:
    for _ in range(2):
        calendar(session, bob, FeedTrouble.NOT_SHOWN)
    assert people.unread_calendar(look(session, shop)) == [page(bob)]
    bob.active = False
    assert people.unread_calendar(look(session, shop)) == []


# --- the shop's money


def test_rules_in_another_currency_than_orders_are_told_until_they_are_taken_anew(session: Session, shop: Shop) -> None:
    shop_id = cast.number(shop.id)
    change_policy(session, shop_id=shop_id, limit="2000", default_advisor_id=None)
    assert people.other_currency(look(session, shop)) == []
    shop.currency = "EUR"
    assert people.other_currency(look(session, shop)) == [HERE]
    change_policy(session, shop_id=shop_id, limit="2000", default_advisor_id=None)
    assert people.other_currency(look(session, shop)) == []


def test_a_return_in_a_currency_left_behind_is_told_once_the_rules_are_in_the_new_one(
    session: Session, shop: Shop
) -> None:
    """Before that the rules are what is wrong, and mending them may be all it takes."""
    shop_id = cast.number(shop.id)
    about: dict[str, Any] = {"first_at": NOW, "last_at": NOW, "state": TroubleState.WAITING, "shop_id": shop_id}
    waiting = JobTrouble(root_id="r", name="routing.route_return", cause=Cause.OTHER_CURRENCY, **about)
    session.add(waiting)
    change_policy(session, shop_id=shop_id, limit="2000", default_advisor_id=None)
    assert people.former_currency(look(session, shop)) == [Place("", f"/app/activity#step-{waiting.id}")]
    shop.currency = "EUR"
    assert people.former_currency(look(session, shop)) == []


# --- whose they are


def test_another_shops_people_are_not_ours(session: Session, shop: Shop) -> None:
    dana = cast.dana(session)
    dana.bob.phone = None
    calendar(session, dana.bob, FeedTrouble.NOT_SHOWN)
    assert told(session, dana.shop) == {"advisor_phone", "busy_calendar"}
    assert told(session, shop) == {"no_advisor"}
