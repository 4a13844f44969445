"""One time, one client: reserving, moving, cancelling, and twenty who want the same."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from consults import booking
from consults.advisors import set_hours
from consults.booking import SlotTaken
from consults.events import ConsultBooked, ConsultCancelled, ConsultMoved
from consults.history import history
from consults.models import Advisor, Case, Consult, Participant, SlotCell
from consults.policy import set_policy
from consults.states import ConsultState, InvalidMove
from kit.errors import AppError, Conflict, NotFound
from shops.models import Shop
from tests import cast
from tests.cast import CLEO, NOW

FOUR = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 16:00 in Paris


def book(session, town, starts_at=FOUR, key="k1", case_id=None, now=NOW, kind="video", how=booking.book_consult):
    return how(
        session,
        shop_id=town.shop_id,
        case_id=case_id or town.case_id,
        starts_at=starts_at,
        kind=kind,
        client_zone="America/New_York",
        idempotency_key=key,
        now=now,
    )


def other_cases(database, town, count):
    with database.begin() as session:
        shop, bob = session.get(Shop, town.shop_id), session.get(Advisor, town.advisor_id)
        return [cast.cleos_case(session, shop, bob, return_gid=f"gid://return/{n}").id for n in range(count)]


def taken_cells(session):
    return Counter(session.exec(select(SlotCell.consult_id)).all())


def at_once(count, act):
    """What `count` threads got from `act(n)`, released together."""
    gate, results = threading.Barrier(count), []

    def run(n):
        gate.wait()
        try:
            results.append(act(n))
        except Conflict as refused:
            results.append(refused)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == count
    return results


def test_booking_takes_the_time_seats_both_and_tells(database, town, published):
    with database.begin() as session:
        consult = book(session, town)
        assert consult.state is ConsultState.BOOKED
        assert consult.ends_at - consult.starts_at == timedelta(minutes=30)
        assert consult.label_client == "Tuesday 24 November, 10:00, New York (UTC-5). In Paris (UTC+1): 16:00"
        assert taken_cells(session) == {consult.id: 8}
        people = session.exec(select(Participant)).all()
        assert [(p.role.value, p.name) for p in people] == [("client", "Mrs Whitlock"), ("advisor", "Bob Laurent")]
        assert published == [ConsultBooked(town.shop_id, consult.id, CLEO.return_gid)]
        assert booking.next_consult(session, shop_id=town.shop_id, case_id=town.case_id) == consult
        assert booking.upcoming(session, shop_id=town.shop_id, advisor_id=town.advisor_id, now=NOW) == [consult]


@pytest.mark.parametrize(("minutes", "is_there"), [(-5, True), (0, True), (29, True), (31, False)])
def test_a_conversation_stands_on_the_desk_while_its_room_may_be_entered(database, town, minutes, is_there):
    with database.begin() as session:
        consult = book(session, town)
        at = consult.ends_at + timedelta(minutes=minutes)
        found = booking.upcoming(session, shop_id=town.shop_id, advisor_id=town.advisor_id, now=at)
        assert found == ([consult] if is_there else [])


def test_a_booked_time_and_its_pause_are_not_offered_again(database, town):
    with database.begin() as session:
        book(session, town)
        free = booking.free_times(session, shop_id=town.shop_id, advisor_id=town.advisor_id, now=NOW, days=1)
        starts = {slot.starts_at for slot in free}
        assert FOUR - timedelta(minutes=45) in starts  # its own pause of ten minutes is over by then
        assert not starts & {FOUR + timedelta(minutes=15 * n) for n in range(-2, 3)}
        assert FOUR + timedelta(minutes=45) in starts


@pytest.mark.parametrize(
    "starts_at", [FOUR + timedelta(minutes=7), FOUR - timedelta(days=1), FOUR + timedelta(hours=4)]
)
def test_a_time_that_is_not_offered_cannot_be_booked(database, town, starts_at):
    with database.begin() as session, pytest.raises(SlotTaken):
        book(session, town, starts_at)


def test_a_double_click_is_one_booking(database, town, published):
    with database.begin() as session:
        assert book(session, town).id == book(session, town).id
    assert len(published) == 1


def test_the_key_of_another_case_is_another_key(database, town):
    (other,) = other_cases(database, town, 1)
    with database.begin() as session:
        first = book(session, town)
        second = book(session, town, FOUR - timedelta(hours=2), case_id=other)
        assert first.id != second.id


def test_a_case_has_one_time_and_may_move_it(database, town):
    with database.begin() as session:
        book(session, town)
        with pytest.raises(Conflict, match="move it"):
            book(session, town, FOUR - timedelta(hours=2), key="k2")
        assert len(session.exec(select(Consult)).all()) == 1


def test_twenty_want_the_same_time_and_one_gets_it(database, town):
    case_ids = other_cases(database, town, 20)

    def act(n):
        with database.begin() as session:
            return book(session, town, FOUR + timedelta(minutes=15 * (n % 2)), key=f"k{n}", case_id=case_ids[n]).id

    results = at_once(20, act)
    assert sum(isinstance(r, int) for r in results) == 1
    assert all(isinstance(r, SlotTaken) for r in results if not isinstance(r, int))
    with database.begin() as session:
        assert list(taken_cells(session).values()) == [8]
        assert len(session.exec(select(Consult)).all()) == 1


def test_twenty_clicks_of_one_key_are_one_booking(database, town):
    def act(_):
        with database.begin() as session:
            return book(session, town).id

    assert len(set(at_once(20, act))) == 1


def test_the_key_of_the_cells_is_the_guard_when_all_looked_before(database, town, monkeypatch):
    monkeypatch.setattr(
        "consults.reservations.check_offered", lambda *a, **k: a[3] + timedelta(minutes=30)
    )  # everybody saw it free
    case_ids = other_cases(database, town, 10)

    def act(n):
        with database.begin() as session:
            return book(session, town, key=f"k{n}", case_id=case_ids[n]).id

    assert sum(isinstance(r, int) for r in at_once(10, act)) == 1


def test_twelve_move_to_one_time_and_one_gets_there(database, town):
    case_ids = other_cases(database, town, 12)
    with database.begin() as session:
        set_policy(session, shop_id=town.shop_id, daily_cap=50)
        set_hours(session, shop_id=town.shop_id, advisor_id=town.advisor_id, hours=[(d, 0, 1440) for d in range(7)])
        starts = [FOUR + timedelta(days=1, minutes=45 * n) for n in range(12)]
        ids = [book(session, town, starts[n], key=f"k{n}", case_id=case_ids[n]).id for n in range(12)]

    def act(n):
        with database.begin() as session:
            return booking.move_consult(session, shop_id=town.shop_id, consult_id=ids[n], starts_at=FOUR, now=NOW).id

    assert sum(isinstance(r, int) for r in at_once(12, act)) == 1
    with database.begin() as session:
        assert set(taken_cells(session).values()) == {8}
        assert sum(c.starts_at == FOUR for c in session.exec(select(Consult)).all()) == 1


def test_whoever_chooses_a_time_by_a_clock_is_where_that_clock_is(database, town):
    with database.begin() as session:
        case = session.get(Case, town.case_id)
        held = book(session, town, how=booking.hold_time)
        assert case.client_zone == "Europe/Paris", "nothing is said yet"
        booking.confirm_hold(session, shop_id=town.shop_id, consult_id=held.id, now=NOW)
        assert case.client_zone == "America/New_York"


@pytest.mark.parametrize(
    ("zone", "shown", "label"),
    [
        ("Asia/Tokyo", "Asia/Tokyo", "Wednesday 25 November, 01:00, Tokyo (UTC+9)"),
        ("", "America/New_York", "Tuesday 24 November, 11:00, New York (UTC-5)"),
        ("Nowhere/Land", "America/New_York", "Tuesday 24 November, 11:00, New York (UTC-5)"),
    ],
)
def test_a_time_moved_by_another_clock_is_shown_by_that_one(database, town, zone, shown, label):
    with database.begin() as session:
        talk = book(session, town)
        about = {"shop_id": town.shop_id, "consult_id": talk.id, "client_zone": zone, "now": NOW}
        moved = booking.move_consult(session, starts_at=FOUR + timedelta(hours=1), **about)
        assert (moved.client_zone, session.get(Case, town.case_id).client_zone) == (shown, shown)
        assert moved.label_client.startswith(label) and moved.label_advisor.startswith("Tuesday 24 November, 17:00")


def test_moving_keeps_the_entry_and_raises_its_sequence(database, town, published):
    with database.begin() as session:
        consult = book(session, town)
        for n, minutes in enumerate((15, -60), start=1):  # a quarter of an hour onto itself, too
            to = FOUR + timedelta(minutes=minutes)
            moved = booking.move_consult(session, shop_id=town.shop_id, consult_id=consult.id, starts_at=to, now=NOW)
            assert (moved.id, moved.starts_at, moved.sequence) == (consult.id, to, n)
            assert taken_cells(session) == {consult.id: 8}
    assert [type(event) for event in published] == [ConsultBooked, ConsultMoved, ConsultMoved]


def test_a_move_that_fails_keeps_the_old_time(database, town):
    (other,) = other_cases(database, town, 1)
    with database.begin() as session:
        consult = book(session, town)
        book(session, town, FOUR - timedelta(hours=1), key="k2", case_id=other)
        before = set(session.exec(select(SlotCell.at_epoch).where(SlotCell.consult_id == consult.id)))
        with pytest.raises(SlotTaken):
            booking.move_consult(
                session,
                shop_id=town.shop_id,
                consult_id=consult.id,
                starts_at=FOUR - timedelta(minutes=45),
                now=NOW,
            )
        assert set(session.exec(select(SlotCell.at_epoch).where(SlotCell.consult_id == consult.id))) == before
        assert (consult.starts_at, consult.sequence) == (FOUR, 0)


def test_cancelling_gives_the_time_back_and_lets_one_book_again(database, town, published):
    with database.begin() as session:
        consult = book(session, town)
        for _ in range(2):
            booking.cancel_consult(session, shop_id=town.shop_id, consult_id=consult.id, by="client", now=NOW)
        assert (consult.state, consult.sequence) == (ConsultState.CANCELLED, 1)
        assert taken_cells(session) == {}
        assert book(session, town, key="k2").id != consult.id
    assert [type(event) for event in published] == [ConsultBooked, ConsultCancelled, ConsultBooked]


def test_a_hold_that_ran_out_is_offered_again_and_cannot_be_confirmed(database, town):
    (other,) = other_cases(database, town, 1)
    late = NOW + timedelta(minutes=10)
    with database.begin() as session:
        held = book(session, town, how=booking.hold_time)
        with pytest.raises(SlotTaken):
            book(session, town, key="k2", case_id=other)
        free = booking.free_times(session, shop_id=town.shop_id, advisor_id=town.advisor_id, now=late, days=1)
        assert FOUR in {slot.starts_at for slot in free}
        with pytest.raises(SlotTaken):
            booking.confirm_hold(session, shop_id=town.shop_id, consult_id=held.id, now=late)
        booked = book(session, town, key="k2", case_id=other, now=late)
        assert held.state is ConsultState.EXPIRED
        assert taken_cells(session) == {booked.id: 8}


def test_a_hold_confirmed_in_time_is_the_booking(database, town, published):
    with database.begin() as session:
        held = book(session, town, how=booking.hold_time)
        assert booking.next_consult(session, shop_id=town.shop_id, case_id=town.case_id) is None
        booked = booking.confirm_hold(session, shop_id=town.shop_id, consult_id=held.id, now=NOW)
        assert (booked.id, booked.state) == (held.id, ConsultState.BOOKED)
    assert published == [ConsultBooked(town.shop_id, held.id, CLEO.return_gid)]


def test_what_is_cancelled_is_not_moved(database, town):
    with database.begin() as session:
        consult = book(session, town)
        booking.cancel_consult(session, shop_id=town.shop_id, consult_id=consult.id, now=NOW)
        with pytest.raises(InvalidMove):
            booking.move_consult(session, shop_id=town.shop_id, consult_id=consult.id, starts_at=NOW, now=NOW)


def test_an_advisor_who_left_or_is_full_is_not_offered(database, town):
    with database.begin() as session:
        set_policy(session, shop_id=town.shop_id, daily_cap=1)
        book(session, town)
        free = booking.free_times(session, shop_id=town.shop_id, advisor_id=town.advisor_id, now=NOW, days=1)
        assert {slot.starts_at.date() for slot in free} <= {(NOW + timedelta(days=1)).date()}
        session.get(Advisor, town.advisor_id).active = False
        session.flush()
        assert booking.free_times(session, shop_id=town.shop_id, advisor_id=town.advisor_id, now=NOW) == []


def test_lengths_are_multiples_of_five_minutes(database, town):
    with database.begin() as session, pytest.raises(ValueError):
        set_policy(session, shop_id=town.shop_id, minutes=32)


def test_another_shop_cannot_touch_it(database, town):
    with database.begin() as session:
        consult = book(session, town)
        dana = cast.number(cast.alice(session, "dana.myshopify.com", "Dana").id)
        with pytest.raises(NotFound):
            booking.cancel_consult(session, shop_id=dana, consult_id=consult.id, now=NOW)
        with pytest.raises(NotFound):
            book(session, replace(town, shop_id=dana))
        assert booking.free_times(session, shop_id=dana, advisor_id=town.advisor_id, now=NOW) == []


def test_an_unknown_way_of_meeting_is_asked_for_again(database, town):
    with database.begin() as session, pytest.raises(AppError):
        book(session, town, kind="hologram")


def test_each_step_is_in_the_history(database, town):
    with database.begin() as session:
        consult = book(session, town)
        booking.cancel_consult(session, shop_id=town.shop_id, consult_id=consult.id, by="advisor:1", now=NOW)
        lines = [(row.kind, row.actor) for row in history(session, shop_id=town.shop_id, case_id=town.case_id)]
        assert lines[1:] == [("consult.booked", "client"), ("consult.cancelled", "advisor:1")]
