"""A pilot decides who is invited, and the switch takes the very next return."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlmodel import select

from kit.db import Database
from kit.errors import Conflict, NotFound
from kit.money import Money
from measures import pilots, tying
from measures.arms import Arm, drawn
from measures.measured import HouseholdTie
from measures.pilot_models import Pilot, PilotMode, PilotReturn
from routing.decide import Outcome
from routing.jobs import find_decision
from tests import cast
from tests.cast import NOW
from tests.jobs_at_hand import Queue
from tests.routing.answering_house import House, make_house

CLEO = cast.CLEO_READ.gid


@pytest.fixture
def house(sqlite_url: str, queue: Queue) -> Iterator[House]:
    database = Database(sqlite_url)
    yield make_house(database, queue)
    database.close()


def salt_for(wanted: Arm, household: str = CLEO) -> str:
    return next(f"salt-{n}" for n in count() if drawn(f"salt-{n}", household) is wanted)


def begin_pilot(house: House, arm: Arm = Arm.INVITED, mode: PilotMode = PilotMode.COMPARE, **more: Any) -> Pilot:
    with house.database.begin() as session:
        plan: dict[str, Any] = {
            "mode": mode, "limit": Money(500_000, "USD"), "before_share": 20, "hoped_share": 40, "expected": 60,
            "by": "staff:7", "now": NOW, **more,
        }  # fmt: skip
        pilot = pilots.register(session, shop_id=house.shop_id, **plan)
        pilot.salt = salt_for(arm)
        session.add(pilot)
    return pilot


def decided(house: House) -> tuple[Outcome, str]:
    house.arrive()
    with house.database.begin() as session:
        found = find_decision(session, shop_id=house.shop_id, return_gid=cast.RETURN_GID)
    assert found is not None
    return found.outcome, found.words


def test_a_household_drawn_to_be_invited_is_invited(house: House) -> None:
    begin_pilot(house)
    assert decided(house)[0] is Outcome.ASSISTED
    with house.database.begin() as session:
        (kept,) = session.exec(select(PilotReturn)).all()
    assert (kept.arm, kept.key, kept.return_gid) == (Arm.INVITED, CLEO, cast.RETURN_GID)


def test_a_household_drawn_for_todays_flow_has_it_and_the_decision_says_why(house: House) -> None:
    begin_pilot(house, Arm.TODAY)
    outcome, words = decided(house)
    assert outcome is Outcome.SIMPLE
    assert words.startswith("By the pilot's draw this household has today's flow. By the rule alone: ")
    assert house.rma().assisted is False


def test_observing_invites_nobody_and_writes_down_what_would_have_been(house: House) -> None:
    begin_pilot(house, mode=PilotMode.OBSERVE)
    assert decided(house)[0] is Outcome.SIMPLE
    with house.database.begin() as session:
        assert session.exec(select(PilotReturn.arm)).one() is Arm.INVITED


def test_switched_off_the_next_return_has_the_houses_own_flow_and_ended_the_rules_stand_again(house: House) -> None:
    begin_pilot(house)
    with house.database.begin() as session:
        pilots.switch_off(session, shop_id=house.shop_id, by="staff:7", now=NOW)
    outcome, words = decided(house)
    assert outcome is Outcome.SIMPLE and "switched off" in words
    with house.database.begin() as session:
        pilots.end(session, shop_id=house.shop_id, by="staff:7", now=NOW)
        about: dict[str, Any] = {"shop_id": house.shop_id, "key": CLEO, "value": cast.PRICE}
        assert pilots.invites(session, **about, return_gid="gid://shopify/Return/50", now=NOW) == (True, "")
        assert session.exec(select(PilotReturn)).all() == []


@pytest.mark.parametrize("value", [Money(499_999, "USD"), Money(900_000, "EUR")])
def test_what_the_pilot_is_not_about_goes_by_the_rules_alone(house: House, value: Money) -> None:
    begin_pilot(house, Arm.TODAY)
    with house.database.begin() as session:
        about: dict[str, Any] = {"shop_id": house.shop_id, "key": CLEO, "value": value, "now": NOW}
        assert pilots.invites(session, **about, return_gid=cast.RETURN_GID) == (True, "")


def test_after_its_end_a_pilot_decides_nothing(house: House) -> None:
    begin_pilot(house, Arm.TODAY)
    with house.database.begin() as session:
        later = NOW + timedelta(days=60)
        about: dict[str, Any] = {"shop_id": house.shop_id, "key": CLEO, "value": cast.PRICE, "now": later}
        assert pilots.invites(session, **about, return_gid=cast.RETURN_GID) == (True, "")


def test_there_is_one_pilot_at_a_time_and_its_plan_is_clear(house: House) -> None:
    begin_pilot(house)
    with pytest.raises(Conflict):
        begin_pilot(house)
    with house.database.begin() as session:
        pilots.end(session, shop_id=house.shop_id, by="staff:7", now=NOW)
    with pytest.raises(pilots.PlanUnclear, match="the same as before"):
        begin_pilot(house, hoped_share=20)
    assert begin_pilot(house).needed == 82


def arms(house: House, pilot: Pilot, *clients: str) -> list[Arm]:
    with house.database.begin() as session:
        return [pilots.arm_of(session, pilot, client) for client in clients]


def test_a_household_keeps_its_arm_for_ever_across_merges_and_when_they_are_undone(house: House) -> None:
    """Cleo is invited; a second record of hers was drawn for today's flow before anybody knew it was hers."""
    pilot = begin_pilot(house)
    other = next(
        f"gid://shopify/Customer/9{n}"
        for n in count()
        if drawn(pilot.salt, f"gid://shopify/Customer/9{n}") is Arm.TODAY
    )
    with house.database.begin() as session:
        about: dict[str, Any] = {"shop_id": house.shop_id, "value": cast.PRICE}
        for key, minutes in ((CLEO, 0), (other, 5)):
            gid = f"gid://shopify/Return/{key[-4:]}"
            pilots.invites(session, **about, return_gid=gid, key=key, now=NOW + timedelta(minutes=minutes))
    assert arms(house, pilot, CLEO, other) == [Arm.INVITED, Arm.TODAY]
    with house.database.begin() as session:
        one, two = sorted((CLEO, other))
        tie = HouseholdTie(shop_id=house.shop_id, one=one, other=two, by="email", tied_at=NOW)
        session.add(tie)
        session.flush()
        tying.settle(session, house.shop_id, [one])
    assert arms(house, pilot, CLEO, other) == [Arm.INVITED, Arm.INVITED], "one household, one arm: the earlier"
    with house.database.begin() as session:
        tying.undo(session, shop_id=house.shop_id, tie_id=cast.number(tie.id), by="alice", now=NOW)
    assert arms(house, pilot, CLEO, other) == [Arm.INVITED, Arm.TODAY]


def test_nothing_of_another_shops_pilot_is_asked(house: House) -> None:
    begin_pilot(house, Arm.TODAY)
    with house.database.begin() as session:
        danas = cast.dana(session)
        about: dict[str, Any] = {"shop_id": danas.shop_id, "key": CLEO, "value": cast.PRICE, "now": NOW}
        assert pilots.invites(session, **about, return_gid=cast.RETURN_GID) == (True, "")
        with pytest.raises(NotFound):
            pilots.complain(session, shop_id=danas.shop_id, row_id=1, now=NOW)
