"""Handing a case over, in the database: claimed once, counted in the right ledger, logged, given back."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from consults import first_answers
from consults.booking import book_consult, consults_of, free_times
from consults.cases import get_case, take_case
from consults.history import history
from consults.kinds import Ledger, WhyNot
from consults.ladder import fire_due
from consults.models import Advisor, Case, Consult
from consults.promises import add_promise, promises_of
from consults.rungs import Rung
from consults.states import ConsultState
from kit.db import Database
from kit.errors import Conflict
from notifications.messages import attachments_of
from notifications.models import Message
from routing import hand_overs, pool_places, rosters
from routing.absences import give_back
from routing.leaving import leave
from routing.ledgers import PoolLoad
from shops.models import Shop
from tests import cast
from tests.cast import NOW, number
from tests.jobs_at_hand import Queue
from tests.routing.answering_house import DAY, House, make_house

CALENDARS = {"consults.confirm_consult", "consults.tell_passed", "consults.tell_cancelled"}


@pytest.fixture
def house(database: Database, queue: Queue) -> House:
    return make_house(database, queue)


def book(house: House, days: float) -> Consult:
    """Cleo reserves the first time from that many days on."""
    case = house.case()
    with house.database.begin() as session:
        slots = free_times(session, shop_id=house.shop_id, advisor_id=case.advisor_id, now=NOW, days=20)
        slot = next(slot for slot in slots if slot.starts_at >= NOW + days * DAY)
        about: dict[str, Any] = {
            "shop_id": house.shop_id,
            "case_id": number(case.id),
            "kind": "video",
            "client_zone": "Europe/Paris",
        }
        return book_consult(session, **about, starts_at=slot.starts_at, idempotency_key="k", now=NOW)


def calendar(house: House, to: str) -> list[str]:
    """METHOD and SEQUENCE of the entries that address was sent, in order."""
    with house.database.begin() as session:
        rows = [m for m in session.exec(select(Message).order_by(Message.id)) if m.recipient == to]  # type: ignore[arg-type]
        entries = [file.content.decode() for row in rows for file in attachments_of(row)]
    found = []
    for entry in entries:
        lines = dict(line.split(":", 1) for line in entry.splitlines() if line.startswith(("METHOD", "SEQUENCE")))
        found.append(f"{lines['METHOD']} {lines['SEQUENCE']}")
    return found


# --- the pool


def test_a_place_in_the_pool_is_taken_by_one_of_many_at_once(house: House) -> None:
    house.change(house.hugo, limit_pool=3)
    gate, got = threading.Barrier(6), []

    def work() -> None:
        gate.wait(20)
        with house.database.begin() as session:
            got.append(pool_places.claim(session, shop_id=house.shop_id, advisor_id=house.hugo))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(got) == [False] * 3 + [True] * 3 and house.loads() == {house.hugo: 3}


def test_when_the_chosen_one_was_filled_meanwhile_the_next_is_chosen(house: House) -> None:
    """As with several processes: memory says Hugo has room, the database says he has not."""
    house.away(house.bob)
    ada = house.colleague("Ada Roux")
    with house.database.begin() as session:
        drawn = rosters.roster(session, shop_id=house.shop_id, now=NOW)
        drawn = replace(drawn, drawn_at=drawn.drawn_at + 3600)
        rosters._kept[house.database.engine] = {house.shop_id: drawn}
        session.add(PoolLoad(advisor_id=house.hugo, shop_id=house.shop_id, open_cases=8))
    assert house.route().advisor_id == ada and house.loads() == {house.hugo: 8, ada: 1}


def test_an_advisor_of_another_shop_is_never_handed_a_case(house: House) -> None:
    with house.database.begin() as session:
        other = cast.alice(session, "dana.myshopify.com")
        stranger = number(cast.bob(session, other, name="Dana Okafor").id)
    house.change(house.hugo, active=False)
    house.change(house.bob, deputy_id=stranger)
    house.away(house.bob)
    case = house.route()
    assert (case.advisor_id, case.why_not) == (house.bob, WhyNot.AWAY) and house.loads() == {}
    with house.database.begin() as session:
        assert not pool_places.claim(session, shop_id=house.shop_id, advisor_id=stranger)


def test_with_many_people_the_roster_is_kept_and_with_few_it_is_drawn_anew(house: House, monkeypatch) -> None:
    def drawn():
        with house.database.begin() as session:
            return rosters.roster(session, shop_id=house.shop_id, now=NOW)

    assert drawn() is not drawn()
    monkeypatch.setattr(rosters, "MANY", 1)
    assert drawn() is drawn()


# --- the ledgers


def test_the_two_ledgers_follow_a_case_through_every_pair_of_hands(house: House) -> None:
    house.away(house.bob)
    case = house.route()
    assert (case.advisor_id, case.owner_id, case.ledger) == (house.hugo, house.bob, Ledger.POOL)
    with cast.clock(NOW + 8 * DAY), house.database.begin() as session:
        assert give_back(session, shop_id=house.shop_id, case_id=number(case.id), now=NOW + 8 * DAY)
    assert house.held() == [(house.hugo, "pool", True), (house.bob, "owned", False)] and house.loads() == {}


def test_whoever_moves_a_case_the_ledgers_follow(house: House) -> None:
    """A rung of the clock, or a person, gives it to Hugo without asking here."""
    case = house.route()
    with house.database.begin() as session:
        row = get_case(session, shop_id=house.shop_id, case_id=number(case.id))
        row.advisor_id = house.hugo
    args = {"shop_id": house.shop_id, "case_id": case.id, "return_gid": case.return_gid}
    for _ in range(2):
        house.table["routing.note_hands"](
            house.database.begin, **args, from_advisor_id=house.bob, to_advisor_id=house.hugo
        )
    assert house.held() == [(house.bob, "owned", True), (house.hugo, "pool", False)]
    assert house.loads() == {house.hugo: 1} and house.case().owner_id == house.bob


def test_a_case_that_is_done_is_in_nobodys_hands_and_however_often_that_is_said(house: House) -> None:
    house.away(house.bob)
    case = house.route()
    for _ in range(2):
        with house.database.begin() as session:
            hand_overs.release(session, shop_id=house.shop_id, case_id=number(case.id), now=NOW)
    assert house.loads() == {} and house.held() == [(house.hugo, "pool", True)]


def test_two_reasons_to_route_a_case_again_move_it_once(house: House) -> None:
    """Leaving asks for it, and so does the look that finds a case of somebody who left."""
    ada = house.colleague("Ada Roux")
    house.route()
    with cast.clock(), house.database.begin() as session:
        about: dict[str, Any] = {
            "shop_id": house.shop_id,
            "advisor_id": house.bob,
            "successor_id": None,
            "by": "staff:7",
        }
        leave(session, **about, on=NOW.date(), now=NOW)
    with cast.clock():
        house.table["routing.look_after"](house.database.begin)
    assert house.queue.names().count("routing.route_again") == 2
    house.run()
    assert (house.case().advisor_id, len(house.reroutings())) == (house.hugo, 1) and ada not in house.loads()


# --- given back


def test_a_case_goes_back_once_its_owner_is_at_work_and_not_an_hour_before(house: House) -> None:
    house.away(house.bob, days=6.5)  # until Monday 30 November, 21:00 UTC
    house.route()
    house.look_after(NOW + 6.6 * DAY)
    assert house.case().advisor_id == house.hugo, "it is night in Paris"
    house.look_after(NOW + 7 * DAY)
    case = house.case()
    assert (case.advisor_id, case.why_not, case.sold_by_advisor, case.handed_over) == (house.bob, None, True, 1)
    assert house.reroutings()[-1].why == "the owner is back"


def test_a_conversation_within_two_days_stays_with_who_stands_in(house: House) -> None:
    house.away(house.bob, days=6)
    house.route()
    book(house, 7)
    house.look_after(NOW + 6 * DAY)
    assert house.case().advisor_id == house.hugo
    with house.database.begin() as session:
        (consult,) = consults_of(session, shop_id=house.shop_id, case_id=number(house.case().id))
        assert consult.state is ConsultState.BOOKED and consult.advisor_id == house.hugo


def test_a_later_conversation_goes_back_with_the_case_and_so_do_the_calendars(house: House) -> None:
    house.away(house.bob, days=6)
    house.route()
    booked = book(house, 13)
    house.run(only=CALENDARS)
    house.look_after(NOW + 6 * DAY + timedelta(hours=1))
    with house.database.begin() as session:
        (consult,) = consults_of(session, shop_id=house.shop_id, case_id=number(house.case().id))
    assert (consult.advisor_id, consult.starts_at) == (house.bob, booked.starts_at)
    assert calendar(house, "hugo@verdane.example") == ["REQUEST 0", "CANCEL 1"]
    assert calendar(house, "bob@verdane.example") == ["REQUEST 1"]
    assert calendar(house, "cleo@example.com") == ["REQUEST 0", "REQUEST 1"]


def test_from_one_to_another_and_back_the_entry_is_in_the_first_calendar_again(house: House) -> None:
    case = house.route()
    book(house, 13)
    house.run(only=CALENDARS)
    house.away(house.bob, days=5)
    house.look_after(NOW + timedelta(minutes=5))
    assert house.case().advisor_id == house.hugo
    house.look_after(NOW + 6 * DAY + timedelta(hours=1))
    assert house.case().advisor_id == house.bob
    assert calendar(house, "bob@verdane.example") == ["REQUEST 0", "CANCEL 1", "REQUEST 2"]
    assert calendar(house, "hugo@verdane.example") == ["REQUEST 1", "CANCEL 2"]
    with house.database.begin() as session:
        kinds = [line.kind for line in history(session, shop_id=house.shop_id, case_id=number(case.id))]
    assert kinds.count("case.handed_over") == 2 and kinds.count("consult.handed_over") == 2


def test_a_time_at_which_the_other_is_not_free_is_called_off_and_the_client_may_choose_again(house: House) -> None:
    house.route()
    book(house, 1)
    house.away(house.bob, days=7)
    house.away(house.hugo, days=0.4, since=NOW + 1 * DAY - timedelta(hours=2))
    house.look_after(NOW + timedelta(minutes=5))
    case = house.case()
    with house.database.begin() as session:
        (consult,) = consults_of(session, shop_id=house.shop_id, case_id=number(case.id))
        assert consult.state is ConsultState.CANCELLED and case.advisor_id == house.hugo
        assert free_times(session, shop_id=house.shop_id, advisor_id=house.hugo, now=NOW)
    assert calendar(house, "bob@verdane.example") == ["REQUEST 0", "CANCEL 1"]


def test_what_was_promised_is_kept_by_whoever_has_the_case(house: House) -> None:
    case = house.route()
    with house.database.begin() as session:
        about = {"shop_id": house.shop_id, "case_id": number(case.id), "advisor_id": house.bob}
        add_promise(session, **about, what="Sketches", due_on=(NOW + 3 * DAY).date(), now=NOW)
    house.change(house.bob, active=False)
    house.look_after(NOW)
    with house.database.begin() as session:
        (promise,) = promises_of(session, shop_id=house.shop_id, case_id=number(case.id))
    assert promise.owner_advisor_id == house.hugo


# --- what is in hand while somebody is away


def test_a_day_away_takes_nothing_from_who_has_answered_already(house: House) -> None:
    case = house.route()
    with house.database.begin() as session:
        take_case(session, shop_id=house.shop_id, case_id=number(case.id), advisor_id=house.bob, now=NOW)
    house.away(house.bob, days=1)
    house.look_after(NOW + timedelta(hours=1))
    assert house.case().advisor_id == house.bob
    house.away(house.bob, days=10)
    house.look_after(NOW + timedelta(hours=2))
    assert house.case().advisor_id == house.hugo


def test_one_who_is_full_gets_back_only_what_nobody_has_begun(house: House) -> None:
    house.change(house.bob, limit_own=0)
    case = house.route()
    assert (case.advisor_id, case.why_not) == (house.hugo, WhyNot.FULL)
    with house.database.begin() as session:
        take_case(session, shop_id=house.shop_id, case_id=number(case.id), advisor_id=house.hugo, now=NOW)
    house.change(house.bob, limit_own=40)
    house.look_after(NOW + timedelta(hours=1))
    assert house.case().advisor_id == house.hugo


def test_who_answers_from_the_start_is_reminded_and_a_late_case_counts_in_the_pool_of_who_has_it_next(
    house: House,
) -> None:
    lena = house.colleague("Léna Petit")
    house.away(house.bob)
    case = house.route()
    first, second = (house.hugo, lena) if case.advisor_id == house.hugo else (lena, house.hugo)
    for minutes in range(10, 240, 10):
        at = cast.NOW + timedelta(minutes=minutes)
        with cast.clock(at):
            house.table["consults.keep_first_answers"](house.database.begin)
        house.run(at)
    late = house.case()
    assert (late.owner_id, late.advisor_id, late.ledger) == (house.bob, second, Ledger.POOL)
    assert house.loads() == {second: 1}
    with house.database.begin() as session:
        rungs = first_answers.rungs_of(session, shop_id=house.shop_id, case_id=cast.number(late.id))
        assert (rungs[0].rung.value, rungs[0].advisor_id) == ("owner", first)
        told = [(m.name, m.channel) for m in session.exec(select(Message).order_by(col(Message.id)))]
    assert told.count(("reminded_advisor", "sms")) == told.count(("stands_in_advisor", "sms")) == 1
    assert told.count(("handed_over", "email")) == 1, "the client reads the new name once"


# --- the ladder's last rung


def two_cases_late(house: House, places: int) -> list[int]:
    """Two of Bob's cases at their last rung, with so many places left at Hugo; nobody else is there."""
    house.change(house.hugo, limit_pool=places)
    with house.database.begin() as session:
        shop, bob = session.get_one(Shop, house.shop_id), session.get_one(Advisor, house.bob)
        cases = [cast.cleos_case(session, shop, bob, return_gid=f"gid://shopify/Return/{n}") for n in (1, 2)]
        for case in cases:
            case.next_rung, case.next_rung_at = Rung.POOL, NOW
            session.add(case)
        return [number(case.id) for case in cases]


def whose(house: House) -> dict[int, int]:
    with house.database.begin() as session:
        return {number(case.id): case.advisor_id for case in session.exec(select(Case))}


@pytest.mark.parametrize("places", [0, 1, 2])
def test_two_workers_on_the_last_rung_give_nobody_more_than_they_take(house: House, places: int) -> None:
    late, gate = two_cases_late(house, places), threading.Barrier(2)

    def climb(case_id: int) -> None:
        gate.wait(20)
        with house.database.begin() as session:
            fire_due(session, shop_id=house.shop_id, case_id=case_id, colleague=hand_overs.next_in_turn, now=NOW)

    threads = [threading.Thread(target=climb, args=(case_id,)) for case_id in late]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(whose(house).values()) == sorted([house.hugo] * places + [house.bob] * (2 - places))
    assert house.loads().get(house.hugo, 0) == places, "counted at once, not when the ledgers follow"
    house.run(only={"routing.note_hands"})
    assert house.loads().get(house.hugo, 0) == places, "and not twice"


def test_one_look_at_both_gives_the_last_place_once(house: House) -> None:
    two_cases_late(house, 1)
    with cast.clock(NOW):
        house.table["consults.keep_first_answers"](house.database.begin)
    assert sorted(whose(house).values()) == sorted([house.hugo, house.bob]) and house.loads() == {house.hugo: 1}


def test_a_rung_that_is_undone_takes_nobodys_place(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id, _ = two_cases_late(house, 1)

    def lost(*args: Any, **kwargs: Any) -> None:
        raise Conflict("Somebody changed it meanwhile. Look again.")

    monkeypatch.setattr("consults.ladder.give", lost)
    with pytest.raises(Conflict), house.database.begin() as session:
        fire_due(session, shop_id=house.shop_id, case_id=case_id, colleague=hand_overs.next_in_turn, now=NOW)
    assert house.loads() == {} and set(whose(house).values()) == {house.bob}
