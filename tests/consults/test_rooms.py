"""The room: who is let in, what is passed on in which order, when it begins and ends."""

import base64
import hmac
import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from consults import booking, jobs, privacy
from consults.events import ConsultEnded
from consults.kinds import Role
from consults.models import Case, Consult, Participant, Signal
from consults.rooms import rooms
from consults.rooms.embedded import RoomFull
from consults.rooms.ice import ice_servers
from consults.rooms.rooms import RoomClosed
from consults.rooms.window import in_window
from consults.states import ConsultState
from kit.errors import AppError, NotFound
from tests import cast
from tests.cast import CLEO, NOW

START = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
END = START + timedelta(minutes=30)


@pytest.fixture
def room(database, town):
    """Ids: conversation, client, advisor."""
    with database.begin() as session:
        consult = booking.book_consult(
            session,
            shop_id=town.shop_id,
            case_id=town.case_id,
            starts_at=START,
            kind="video",
            client_zone="Europe/Paris",
            idempotency_key="k",
            now=NOW,
        )
        place = rooms.room_for(session, shop_id=town.shop_id, consult_id=cast.number(consult.id))
        return consult.id, place.seat(Role.CLIENT).id, place.seat(Role.ADVISOR).id


def enter(database, town, consult_id, who, now=START):
    with database.begin() as session:
        return rooms.join(session, shop_id=town.shop_id, consult_id=consult_id, participant_id=who, now=now)


def ask(database, consult_id, who, after=0, sitting=1, now=START):
    with database.begin() as session:
        return rooms.poll(session, consult_id=consult_id, participant_id=who, after_id=after, sitting=sitting, now=now)


def go(database, consult_id, who, sitting=1, now=START):
    with database.begin() as session:
        rooms.leave(session, consult_id=consult_id, participant_id=who, sitting=sitting, now=now)


def say(database, consult_id, sender, recipient, body='{"s": 1}'):
    with database.begin() as session:
        return rooms.send_signal(
            session, consult_id=consult_id, sender_id=sender, recipient_id=recipient, body=body, now=START
        )


def state(database, consult_id):
    with database.begin() as session:
        return session.get(Consult, consult_id).state


@pytest.mark.parametrize(
    ("minutes", "open_"), [(-11, False), (-10, True), (0, True), (30, True), (60, True), (61, False)]
)
def test_the_room_opens_ten_minutes_before_and_closes_half_an_hour_after(minutes, open_):
    assert in_window(START, END, now=START + timedelta(minutes=minutes)) is open_


def test_nobody_is_let_in_too_early_or_after_cancelling(database, town, room):
    consult_id, client, _ = room
    with pytest.raises(RoomClosed):
        enter(database, town, consult_id, client, now=START - timedelta(minutes=11))
    with database.begin() as session:
        booking.cancel_consult(session, shop_id=town.shop_id, consult_id=consult_id, now=NOW)
    with pytest.raises(RoomClosed):
        enter(database, town, consult_id, client)


def test_whoever_comes_later_hears_who_is_there(database, town, room):
    consult_id, client, advisor = room
    assert enter(database, town, consult_id, client).people == ()
    grant = enter(database, town, consult_id, advisor)
    assert [(p.id, p.name, p.role) for p in grant.people] == [(client, "Mrs Whitlock", "client")]
    assert [p.id for p in ask(database, consult_id, client).people] == [advisor]
    assert json.loads(json.dumps(grant.as_json()))["people"] == [
        {"id": client, "name": "Mrs Whitlock", "role": "client", "sitting": 1}
    ]


def test_it_is_in_session_when_both_are_there_and_over_when_both_left(database, town, room, published):
    consult_id, client, advisor = room
    enter(database, town, consult_id, client)
    assert state(database, consult_id) is ConsultState.BOOKED
    enter(database, town, consult_id, advisor)
    assert state(database, consult_id) is ConsultState.IN_SESSION
    go(database, consult_id, client)
    assert state(database, consult_id) is ConsultState.IN_SESSION
    go(database, consult_id, advisor)
    assert state(database, consult_id) is ConsultState.COMPLETED
    assert published == [ConsultEnded(town.shop_id, consult_id, CLEO.return_gid)]


def test_a_client_alone_does_not_begin_it(database, town, room):
    consult_id, client, _ = room
    enter(database, town, consult_id, client)
    with database.begin() as session:
        guest = rooms.add_guest(session, shop_id=town.shop_id, consult_id=consult_id, name="Tom", now=NOW)
    enter(database, town, consult_id, guest.id)
    assert state(database, consult_id) is ConsultState.BOOKED


def test_two_who_reload_at_once_are_back_in_session(database, town, room):
    consult_id, client, advisor = room
    for who in (client, advisor):
        enter(database, town, consult_id, who)
    for who in (client, advisor):
        go(database, consult_id, who)
    for who in (client, advisor):
        enter(database, town, consult_id, who)
    assert state(database, consult_id) is ConsultState.IN_SESSION


def test_a_room_they_come_back_to_does_not_begin_anew_where_another_time_is_reserved(database, town, room):
    """A case has one conversation at a time; a network that finds itself again tells us of a talk that is over."""
    consult_id, client, advisor = room
    for who in (client, advisor):
        enter(database, town, consult_id, who)
    for who in (client, advisor):
        go(database, consult_id, who)
    with database.begin() as session:
        following = booking.book_consult(
            session,
            shop_id=town.shop_id,
            case_id=town.case_id,
            starts_at=START + timedelta(days=1),
            kind="video",
            client_zone="Europe/Paris",
            idempotency_key="next",
            now=START,
        ).id
    for who in (client, advisor):
        assert enter(database, town, consult_id, who, now=END).state == "completed"
    assert ask(database, consult_id, client, sitting=2, now=END).state == "completed"
    assert state(database, following) is ConsultState.BOOKED


def test_the_late_goodbye_of_a_reloaded_page_takes_nobody_out(database, town, room):
    consult_id, client, advisor = room
    for who in (client, advisor, client):
        enter(database, town, consult_id, who)
    go(database, consult_id, client, sitting=1)
    assert [p.sitting for p in ask(database, consult_id, advisor).people] == [2]


def test_a_page_that_was_replaced_is_told_so(database, town, room):
    consult_id, client, _ = room
    enter(database, town, consult_id, client)
    enter(database, town, consult_id, client)
    old = ask(database, consult_id, client, sitting=1)
    assert (old.again, old.replaced) == (True, True)
    assert not ask(database, consult_id, client, sitting=2).again


def test_a_page_that_overslept_joins_anew(database, town, room):
    consult_id, client, advisor = room
    enter(database, town, consult_id, client)
    enter(database, town, consult_id, advisor)
    late = START + timedelta(seconds=31)
    overslept = ask(database, consult_id, client, now=late)
    assert (overslept.again, overslept.replaced) == (True, False)
    assert overslept.as_json()["signals"] == []
    assert enter(database, town, consult_id, client, now=late).people == ()


def test_asking_keeps_one_present(database, town, room):
    consult_id, client, advisor = room
    enter(database, town, consult_id, client)
    enter(database, town, consult_id, advisor)
    for seconds in range(3, 60, 3):
        for who in (client, advisor):
            result = ask(database, consult_id, who, now=START + timedelta(seconds=seconds))
            assert len(result.people) == 1


def test_messages_arrive_in_order_and_once(database, town, room):
    consult_id, client, advisor = room
    enter(database, town, consult_id, client)
    enter(database, town, consult_id, advisor)
    sent = [say(database, consult_id, client, advisor, json.dumps({"n": n})) for n in range(5)]
    say(database, consult_id, advisor, client)
    heard = ask(database, consult_id, advisor)
    assert [json.loads(body)["n"] for _, _, body in heard.signals] == [0, 1, 2, 3, 4]
    assert heard.as_json()["signals"][0] == {"id": sent[0], "from": client, "body": '{"n": 0}'}
    assert ask(database, consult_id, advisor, after=sent[-1]).signals == ()
    assert enter(database, town, consult_id, advisor).after > sent[-1]  # a new page hears nothing of the old one's


def test_messages_of_many_threads_are_all_heard(database, town, room):
    consult_id, client, advisor = room
    enter(database, town, consult_id, advisor)
    heard, after = [], 0
    threads = [threading.Thread(target=say, args=(database, consult_id, client, advisor)) for _ in range(20)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        for i, _, _ in ask(database, consult_id, advisor, after=after).signals:
            heard.append(i)
            after = i
    heard += [i for i, _, _ in ask(database, consult_id, advisor, after=after).signals]
    assert len(heard) == len(set(heard)) == 20


@pytest.mark.parametrize(("body", "status"), [("no json", 400), (json.dumps("x" * 70_000), 413)])
def test_a_message_that_is_no_message_is_refused(database, town, room, body, status):
    consult_id, client, advisor = room
    with pytest.raises(AppError) as refused:
        say(database, consult_id, client, advisor, body)
    assert refused.value.status == status


def test_nobody_of_another_conversation_is_let_in_or_written_to(database, town, room):
    consult_id, client, _ = room
    for act in (
        lambda: enter(database, town, consult_id, 999),
        lambda: say(database, consult_id, client, 999),
        lambda: ask(database, consult_id, 999),
        lambda: go(database, consult_id, 999),
        lambda: enter(database, replace(town, shop_id=town.shop_id + 1), consult_id, client),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_fifth_person_is_told_that_four_is_as_many_as_it_holds(database, town, room):
    consult_id = room[0]
    with database.begin() as session:
        for name in ("Tom", "Ada"):
            rooms.add_guest(session, shop_id=town.shop_id, consult_id=consult_id, name=name, now=NOW)
        with pytest.raises(RoomFull):
            rooms.add_guest(session, shop_id=town.shop_id, consult_id=consult_id, name="Eve", now=NOW)


def test_the_clients_seat_is_found_by_the_case(database, town, room):
    consult_id, client, _ = room
    with database.begin() as session:
        found = rooms.client_seat(session, shop_id=town.shop_id, case_id=town.case_id)
        assert found is not None
        consult, seat = found
        assert (consult.id, seat.id) == (consult_id, client)
        assert rooms.client_seat(session, shop_id=town.shop_id + 1, case_id=town.case_id) is None


def test_relay_credentials_are_what_coturn_expects():
    (server,) = ice_servers("turn:a.example:3478, turns:a.example:5349", "secret", 7, NOW)
    assert server["urls"] == ["turn:a.example:3478", "turns:a.example:5349"]
    assert server["username"] == f"{int(NOW.timestamp()) + 4 * 3600}:7"
    wanted = hmac.digest(b"secret", server["username"].encode(), "sha1")
    assert base64.b64decode(server["credential"]) == wanted
    assert ice_servers("", "secret", 7, NOW) == ice_servers("turn:a", "", 7, NOW) == []


def close(database, at):
    with cast.clock(at):
        jobs.close_rooms(database.begin)


def test_a_room_nobody_came_to_is_a_no_show_after_it_closes(database, town, room, published):
    consult_id = room[0]
    close(database, END + timedelta(minutes=30))
    assert state(database, consult_id) is ConsultState.BOOKED
    close(database, END + timedelta(minutes=31))
    assert state(database, consult_id) is ConsultState.NO_SHOW
    assert len(published) == 1


def test_a_room_all_vanished_from_is_over_after_five_minutes(database, town, room):
    consult_id, client, advisor = room
    for who in (client, advisor):
        enter(database, town, consult_id, who)
    close(database, START + timedelta(minutes=4))
    assert state(database, consult_id) is ConsultState.IN_SESSION
    close(database, START + timedelta(minutes=6))
    assert state(database, consult_id) is ConsultState.COMPLETED


def test_what_the_pages_told_one_another_is_forgotten_an_hour_later(database, town, room):
    consult_id, client, advisor = room
    for who in (client, advisor):
        enter(database, town, consult_id, who)
    say(database, consult_id, client, advisor)
    for who in (client, advisor):
        go(database, consult_id, who)
    for minutes, left in ((59, 1), (61, 0)):
        close(database, START + timedelta(minutes=minutes))
        with database.begin() as session:
            assert len(session.exec(select(Signal)).all()) == left


def test_an_erased_client_has_no_name_in_the_room(database, town, room):
    with database.begin() as session:
        privacy.erase_case(session, session.get(Case, town.case_id))
    with database.begin() as session:
        names = {p.role.value: p.name for p in session.exec(select(Participant)).all()}
        assert names == {"client": "", "advisor": "Bob Laurent"}
