"""Today: who waits in a room stands first, and only in a room of one's own cases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from consults.booking import book_consult, free_times
from consults.gestures.gestures import give
from consults.kinds import Role, StaffRole
from consults.models import Consult, Participant
from tests import cast
from tests.pages.words import text


@pytest.fixture
def talk(world, made) -> Consult:
    def book(session):
        about = {"shop_id": world.shop_id, "now": cast.NOW}
        slot = free_times(session, advisor_id=world.bob.id, **about)[0]
        place: dict[str, Any] = {"kind": "video", "client_zone": "Europe/Paris", "idempotency_key": "k"}
        return book_consult(session, case_id=world.case.id, starts_at=slot.starts_at, **place, **about)

    return made(book)


def arrive(made, talk: Consult, at) -> None:
    def write(session):
        mine = (Participant.consult_id == talk.id, Participant.role == Role.CLIENT)
        row = session.exec(select(Participant).where(*mine)).first()
        row = row or Participant(
            shop_id=talk.shop_id, consult_id=cast.number(talk.id), role=Role.CLIENT, name="Cleo Whitlock"
        )
        row.seen_at, row.sitting = at, 1
        session.add(row)

    made(write)


def test_who_waits_in_a_room_stands_on_today_and_goes_with_their_leaving(world, made, at_desk, talk) -> None:
    client = at_desk(world.bob)
    soon = talk.starts_at - timedelta(minutes=2)
    with cast.clock(soon):
        assert "Somebody waits" not in text(client.get("/desk").text)
        arrive(made, talk, soon)
        assert "Somebody waits Mrs Whitlock is in the room" in text(client.get("/desk").text)
    with cast.clock(soon + timedelta(minutes=5)):
        assert "Somebody waits" not in text(client.get("/desk").text), "they were not seen for minutes"


def test_another_advisor_and_dana_see_nobody_wait(world, made, at_desk, talk) -> None:
    soon = talk.starts_at - timedelta(minutes=2)
    arrive(made, talk, soon)
    other = made(lambda s: cast.bob(s, s.merge(world.shop), name="Ada", staff_gid="gid://shopify/StaffMember/8"))
    dana = made(cast.dana).bob
    with cast.clock(soon):
        for somebody in (other, dana):
            assert "Whitlock" not in at_desk(somebody).get("/desk").text


def test_what_a_colleague_asked_for_beyond_their_budget_stands_on_today_of_who_may_answer(world, made, at_desk) -> None:
    rose = made(
        lambda s: cast.bob(
            s, s.merge(world.shop), name="Rose", role=StaffRole.MANAGER, staff_gid="gid://shopify/StaffMember/8"
        )
    )
    assert "Waits for your yes" not in at_desk(rose).get("/desk").text
    about: dict[str, Any] = {"what": "A polish", "why": "She waited.", "once": "o", "now": cast.NOW}
    made(lambda s: give(s, s.merge(world.case), cents=50_000, advisor_id=cast.number(world.bob.id), **about))
    shown = text(at_desk(rose).get("/desk").text)
    assert "Waits for your yes Mrs Whitlock Bob Laurent asks: $500" in shown
    assert "Waits for your yes" not in at_desk(world.bob).get("/desk").text
    assert "Waits for your yes" not in at_desk(made(cast.dana).bob).get("/desk").text
