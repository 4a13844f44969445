"""What is answered before the pages: a room in which nothing is new."""

import asyncio
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from consults.booking import book_consult
from consults.guests import uninvite
from consults.kinds import Role
from consults.models import Consult, ConsultPolicy, Participant
from consults.rooms import rooms
from consults.rooms.passes import LIFETIME, Pass, read_pass, write_pass
from consults.rooms.showing import show_piece
from kit.db import Database
from kit.tokens import derive_key
from shopify_app.before import Before
from tests import cast

START = cast.NOW.replace(hour=15)
WHO = Pass(1, 2, 3)


class Behind:
    """Whatever stands behind; it notes what came through to it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.bodies.append((await receive())["body"])


class Room:
    """Cleo and Bob are in; `ask` is one poll at the door."""

    def __init__(self, database: Database) -> None:
        self.database, self.behind = database, Behind()
        self.config = cast.settings(database.url)
        self.door = Before(self.behind, self.config, database.begin)
        with database.begin() as session:
            self.world = cast.everyone(session)
            session.add(ConsultPolicy(shop_id=self.world.shop_id, notice_minutes=0))
            about: dict[str, Any] = {"shop_id": self.world.shop_id, "case_id": cast.number(self.world.case.id)}
            consult = book_consult(
                session,
                starts_at=START,
                kind="video",
                client_zone="Europe/Paris",
                idempotency_key="k",
                now=cast.NOW,
                **about,
            )
            self.id = cast.number(consult.id)
            place = rooms.room_for(session, shop_id=self.world.shop_id, consult_id=self.id)
            self.client, self.advisor = (cast.number(place.seat(role).id) for role in (Role.CLIENT, Role.ADVISOR))
            self.here: dict[str, Any] = {"shop_id": self.world.shop_id, "consult_id": self.id}
        for who in (self.client, self.advisor):
            self.act(lambda s, who=who: rooms.join(s, participant_id=who, now=START, **self.here))
        self.knows = self.act(
            lambda s: rooms.poll(s, consult_id=self.id, participant_id=self.client, after_id=0, sitting=1, now=START)
        ).as_of

    def act(self, do: Any) -> Any:
        with self.database.begin() as session:
            return do(session)

    def ask(self, at: Any = START, *, after: Any = 0, person: int = 0, sitting: int = 1, **more: Any) -> Any:
        """The answer, or None where it went on to the pages."""
        shown = write_pass(self.config.secret_key, Pass(self.id, person or self.client, sitting), now=START)
        body = more.get("body", json.dumps({"after": after, "as_of": self.knows}).encode())
        headers = {"content-length": str(len(body)), "x-room-pass": more.get("shown", shown)}
        with cast.clock(at):
            return self.send("POST", "/consult/x/room/poll", headers, body)

    def send(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Any:
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        scope = {"type": "http", "method": method, "path": path, "headers": raw}
        asyncio.run(self.door(scope, receive, send))
        return json.loads(sent[1]["body"]) if sent else None


@pytest.fixture
def room(database: Database) -> Room:
    return Room(database)


def test_a_poll_with_nothing_new_is_answered_at_the_door_by_one_statement(room: Room) -> None:
    import sqlalchemy as sa

    asked: list[str] = []
    sa.event.listen(room.database.engine, "before_cursor_execute", lambda c, k, statement, *_: asked.append(statement))
    assert room.ask() == {"same": True} and room.behind.bodies == []
    assert len(asked) == 1 and asked[0].startswith("SELECT")


def test_what_is_new_goes_on_to_the_page_with_its_body(room: Room) -> None:
    about: dict[str, Any] = {"consult_id": room.id, "sender_id": room.advisor, "recipient_id": room.client}
    number = room.act(lambda s: rooms.send_signal(s, body="{}", now=START, **about))
    assert room.ask() is None and json.loads(room.behind.bodies[0])["after"] == 0
    assert room.ask(after=number) == {"same": True}, "heard already"
    bob = cast.number(room.world.bob.id)
    room.act(lambda s: show_piece(s, s.get_one(Consult, room.id), title="The Alba", advisor_id=bob, now=START))
    assert room.ask(after=number) is None


def test_somebody_who_comes_anew_or_leaves_is_news(room: Room) -> None:
    room.act(lambda s: rooms.join(s, participant_id=room.advisor, now=START, **room.here))
    assert room.ask() is None
    leaving: dict[str, Any] = {"consult_id": room.id, "participant_id": room.advisor, "sitting": 2, "now": START}
    room.act(lambda s: rooms.leave(s, **leaving))
    assert room.ask() is None


def test_a_page_that_was_replaced_overslept_or_taken_off_the_list_is_not_answered_here(room: Room) -> None:
    assert room.ask(sitting=2) is None
    assert room.ask(START + timedelta(seconds=31)) is None
    tom = room.act(lambda s: rooms.add_guest(s, name="Tom", now=START, **room.here)).id
    room.act(lambda s: rooms.join(s, participant_id=tom, now=START, **room.here))
    room.knows = room.act(
        lambda s: rooms.poll(s, consult_id=room.id, participant_id=tom, after_id=0, sitting=1, now=START)
    ).as_of
    assert room.ask(person=tom) == {"same": True}
    room.act(lambda s: uninvite(s, participant_id=tom, now=START, **room.here))
    assert room.ask(person=tom) is None


def test_that_one_was_seen_is_written_every_ten_seconds_only(room: Room) -> None:
    def seen() -> Any:
        return room.act(lambda s: s.get_one(Participant, room.client).seen_at)

    assert room.ask(START + timedelta(seconds=9)) == {"same": True} and seen() == START
    later = START + timedelta(seconds=11)
    assert room.ask(later) == {"same": True} and seen() == later


def test_a_conversation_about_to_begin_is_left_to_the_page(room: Room) -> None:
    from consults.states import ConsultState

    def begin_again(session: Session) -> None:
        session.get_one(Consult, room.id).state = ConsultState.COMPLETED

    room.act(begin_again)
    room.knows = room.knows.replace("in_session", "completed")
    assert room.ask() is None


@pytest.mark.parametrize(
    "more",
    [
        {"shown": ""},
        {"shown": "1.1.1.9999999999.00"},
        {"shown": "é" * 20},
        {"at": START + LIFETIME},
        {"body": b"no json"},
        {"body": b"[]"},
        {"body": b'{"after": true, "as_of": "x"}'},
        {"body": b'{"after": -1, "as_of": "x"}'},
        {"body": b'{"after": 0, "as_of": ""}'},
        {"body": b"x" * 5000},
    ],
)
def test_what_is_odd_is_left_to_the_page(room: Room, more: dict[str, Any]) -> None:
    assert room.ask(**more) is None and len(room.behind.bodies) == 1


# --- passes, which are pure


def test_a_pass_is_read_until_it_runs_out_and_under_the_key_before() -> None:
    shown = write_pass("old", WHO, now=START)
    assert read_pass(["new", "old"], shown, now=START + LIFETIME - timedelta(seconds=1)) == WHO
    assert read_pass(["new", "old"], shown, now=START + LIFETIME) is None
    assert read_pass(["new"], shown, now=START) is None


def test_a_signature_for_something_else_is_none_for_a_pass() -> None:
    text = write_pass("key", WHO, now=START).rpartition(".")[0]
    signed = {
        purpose: f"{text}.{hmac.digest(derive_key('key', purpose), text.encode(), 'sha256').hex()}"
        for purpose in ("room-pass", "card", "")
    }
    read = {purpose: read_pass(["key"], shown, now=START) for purpose, shown in signed.items()}
    assert read == {"room-pass": WHO, "card": None, "": None}


@pytest.mark.parametrize(("letters", "is_read"), [(200, True), (201, False)])
def test_what_is_longer_than_any_of_ours_is_not_looked_at(letters: int, is_read: bool) -> None:
    who = Pass(10 ** (letters - 81), 2, 3)
    shown = write_pass("key", who, now=START)
    assert len(shown) == letters
    assert read_pass(["key"], shown, now=START) == (who if is_read else None)


@given(st.integers(0, 200), st.characters())
def test_a_pass_with_a_letter_changed_is_none(at: int, letter: str) -> None:
    shown = write_pass("key", WHO, now=START)
    at %= len(shown)
    changed = shown[:at] + letter + shown[at + 1 :]
    assert read_pass(["key"], changed, now=START) == (WHO if changed == shown else None)


@given(st.text())
def test_whatever_is_shown_is_read_without_failing(text: str) -> None:
    assert read_pass(["key"], text, now=START) is None
