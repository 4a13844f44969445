"""What issue 9 must show of the switch and of observing: today's flow at once, and no word to any client."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import responses
from sqlmodel import SQLModel, select

from consults.models import Case
from kit.db import Database
from measures import pilots
from measures.arms import Arm
from measures.endings import Kind
from measures.pilot_models import PilotMode, PilotReturn
from measures.pilot_result import Enrolled, weeks
from notifications.models import Message
from routing.decide import Outcome
from tests import cast
from tests.cast import NOW
from tests.jobs_at_hand import Queue
from tests.pages.admin_world import open_admin
from tests.routing.answering_house import House, make_house
from tests.routing.test_piloting import begin_pilot, decided


@pytest.fixture
def house(sqlite_url: str, queue: Queue) -> Iterator[House]:
    database = Database(sqlite_url)
    yield make_house(database, queue)
    database.close()


@pytest.mark.parametrize("seconds", [0, 1, 60])
def test_switched_off_every_return_from_the_same_second_on_has_the_native_flow(house: House, seconds: int) -> None:
    """By the clock alone: nothing is kept anywhere that would have to run out. Within a minute is at once."""
    begin_pilot(house)
    with house.database.begin() as session:
        pilots.switch_off(session, shop_id=house.shop_id, by="staff:7", now=NOW)
        about: dict[str, Any] = {"shop_id": house.shop_id, "key": "k", "value": cast.PRICE}
        invited, why = pilots.invites(
            session, **about, return_gid="gid://shopify/Return/77", now=NOW + timedelta(seconds=seconds)
        )
    assert not invited and "house's own flow stands for everybody" in why
    assert decided(house)[0] is Outcome.SIMPLE and house.rma().assisted is False


def written(house: House) -> list[str]:
    """Names of the messages to anybody, once every job has run."""
    house.queue.drain(house.database, house.table)
    with house.database.begin() as session:
        return sorted(row.name for row in session.exec(select(Message)))


def test_observing_writes_what_happens_down_and_nobody_is_written_to_about_talking(house: House) -> None:
    begin_pilot(house, mode=PilotMode.OBSERVE)
    assert decided(house)[0] is Outcome.SIMPLE
    with house.database.begin() as session:
        assert session.exec(select(PilotReturn)).one().at == NOW, "the baseline has its return"
        assert session.exec(select(Case)).all() == []
    assert written(house) == []


def everything_kept(database: Database) -> dict[str, list[Any]]:
    """Every row of every table of ours."""
    with database.engine.connect() as connection:
        tables = SQLModel.metadata.tables.items()
        return {name: sorted(map(repr, connection.execute(table.select()))) for name, table in tables}


def test_a_pilot_begun_switched_off_and_ended_changes_its_own_row_and_nothing_else_anywhere(sqlite_url: str) -> None:
    """No rule, no price, no page of the shop: nobody at Shopify is asked. Uninstalling has nothing to take back."""
    plan = {"mode": "compare", "limit": "500", "before": "20", "hoped": "40"}
    with open_admin(sqlite_url) as admin, responses.RequestsMock() as outside:
        before = everything_kept(admin.database)
        for path, form in (("/app/pilot", plan), ("/app/pilot/off", {}), ("/app/pilot/end", {})):
            assert admin.alice.send(path, **form).status_code == 200
            after = everything_kept(admin.database)
            assert {name for name, rows in after.items() if rows != before[name]} == {"pilot"}
        assert len(outside.calls) == 0
        text = admin.alice.open("/app/pilot").text
    assert "No fee and no card for the pilot" in text


def test_comparing_invites_by_messages_that_observing_does_not_send(house: House) -> None:
    begin_pilot(house)
    assert decided(house)[0] is Outcome.ASSISTED
    assert written(house) != []


def test_guard_rails_are_kept_by_week_and_arm_complaints_delay_and_refunds_chosen() -> None:
    rows = [
        Enrolled("a", Arm.INVITED, NOW, Kind.REFUND, 4, complained=True),
        Enrolled("b", Arm.TODAY, NOW + timedelta(days=6, hours=23), Kind.EXCHANGE),
        Enrolled("c", Arm.TODAY, NOW + timedelta(days=7), Kind.REFUND, 9),
        Enrolled("d", Arm.INVITED, NOW + timedelta(days=8)),
    ]
    first, second = weeks(rows, begins_at=NOW)
    assert (first.number, second.number) == (1, 2)
    assert (first.complaints[Arm.INVITED], first.refund_days[Arm.INVITED], first.refunds[Arm.INVITED].count) == (
        1,
        4,
        1,
    )
    assert (first.refunds[Arm.TODAY].count, first.refunds[Arm.TODAY].of) == (0, 1)
    assert second.refund_days == {Arm.INVITED: None, Arm.TODAY: 9} and second.refunds[Arm.INVITED].of == 0
