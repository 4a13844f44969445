"""Rooms without a browser: what holds on both databases, whoever carries the picture."""

import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import jwt
import pytest
import responses
import sqlalchemy as sa
from sqlmodel import select
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VideoGrant

from consults import guests, room_jobs
from consults.booking import book_consult
from consults.events import GuestInvited, RecordingWished, RoomTold
from consults.history import change_state, history
from consults.jobs import close_rooms
from consults.kinds import Role
from consults.models import Consult, ConsultPolicy, Participant
from consults.rooms import consents, relays, rooms
from consults.rooms.built_in import BuiltInRooms
from consults.rooms.embedded import RoomFull
from consults.rooms.own_link import OwnLinkRooms, is_own_link
from consults.rooms.provider import EMBEDDED, LINK, TWILIO_VIDEO, Recorder, Seat
from consults.rooms.showing import on_the_table, put_away, show_piece
from consults.rooms.switching import switch_room
from consults.rooms.twilio_video import SCRIPT, TwilioRooms, access_token, room_name
from consults.states import ConsultState, InvalidMove
from kit.addresses import Addresses
from kit.db import Database
from kit.errors import AppError, OutsideError
from notifications.channels.sms import make_client
from notifications.models import Message
from shopify_app.adapters import make_relay
from shopify_app.wiring import EVENTS, PERIODIC
from simulators.twilio.signing import sign
from tests import cast
from tests.acceptance.room_house import START, TALK
from tests.webhooks.posting import payload
from webhooks.sources import Refused
from webhooks.sources.twilio import TwilioSource
from webhooks.topics import TOPICS, twilio_room

ADDRESSES = Addresses("https://app.example.com")
TWILIO = {
    "twilio_account_sid": "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "twilio_auth_token": "token",
    "twilio_messaging_service_sid": "MG1",
    "twilio_api_key_sid": "SKbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    "twilio_api_key_secret": "a secret of the length that such a secret has",
    "app_url": "https://app.example.com",
}
VIDEO = "https://video.twilio.com/v1/Rooms"


@pytest.fixture
def world(database: Database) -> cast.World:
    with database.begin() as session:
        world = cast.everyone(session)
        session.add(ConsultPolicy(shop_id=world.shop_id, notice_minutes=0))
        return world


def book(database: Database, world: cast.World, provider: str = EMBEDDED, link: str = "") -> Consult:
    with database.begin() as session:
        policy = session.get_one(ConsultPolicy, world.shop_id)
        policy.room_provider, policy.room_link = provider, link
        session.add(policy)
    with database.begin() as session:
        about: dict[str, Any] = {"shop_id": world.shop_id, "case_id": cast.number(world.case.id), "now": cast.NOW}
        return book_consult(
            session, starts_at=START, kind="video", client_zone="Europe/Paris", idempotency_key="k", **about
        )


def seats(database: Database, consult: Consult) -> tuple[int, int]:
    """The client's and the advisor's place."""
    with database.begin() as session:
        room = rooms.room_for(session, shop_id=consult.shop_id, consult_id=cast.number(consult.id))
        return cast.number(room.seat(Role.CLIENT).id), cast.number(room.seat(Role.ADVISOR).id)


def enter(database: Database, consult: Consult, who: int, at: datetime = TALK, **more: Any) -> rooms.JoinGrant:
    with database.begin() as session:
        about = {"shop_id": consult.shop_id, "consult_id": cast.number(consult.id), "participant_id": who}
        return rooms.join(session, **about, now=at, **more)  # type: ignore[arg-type]


def now_of(database: Database, consult: Consult) -> Consult:
    with database.begin() as session:
        return session.get_one(Consult, consult.id)


# --- the built-in room


def test_any_worker_serves_a_room_since_all_of_it_is_in_the_database(database_url: str, database, world) -> None:
    """Two processes' worth of connections: what one side tells the first, the other hears from the second."""
    consult = book(database, world)
    client, advisor = seats(database, consult)
    second = Database(database_url, pool_size=2)
    enter(database, consult, client)
    enter(second, consult, advisor)
    about: dict[str, Any] = {"consult_id": cast.number(consult.id), "now": TALK}
    with second.begin() as session:
        rooms.send_signal(session, sender_id=advisor, recipient_id=client, body='{"offer": 1}', **about)
    with database.begin() as session:
        heard = rooms.poll(session, participant_id=client, after_id=0, sitting=1, **about)
    assert [body for _, _, body in heard.signals] == ['{"offer": 1}'] and heard.state == "in_session"
    second.close()


def test_of_four_who_come_along_at_once_two_are_let_in(database, world) -> None:
    consult = book(database, world)
    for who in seats(database, consult):
        enter(database, consult, who)
    people = [somebody(database, consult, name) for name in ("Tom", "Ada", "Eve", "Max")]
    outcomes: list[str] = []
    barrier = threading.Barrier(len(people))

    def come(who: int) -> None:
        barrier.wait()
        try:
            enter(database, consult, who)
        except RoomFull:
            outcomes.append("full")
        else:
            outcomes.append("in")

    threads = [threading.Thread(target=come, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["full"] * 2 + ["in"] * 2


def test_who_comes_along_waits_until_the_client_or_the_advisor_is_there(database, world) -> None:
    consult = book(database, world)
    client, _ = seats(database, consult)
    tom, ada = somebody(database, consult, "Tom"), somebody(database, consult, "Ada")
    with pytest.raises(rooms.HostsFirst):
        enter(database, consult, tom)
    enter(database, consult, client)
    enter(database, consult, tom)
    with database.begin() as session:
        rooms.leave(session, consult_id=cast.number(consult.id), participant_id=client, sitting=1, now=TALK)
    with pytest.raises(rooms.HostsFirst):
        enter(database, consult, ada)


def somebody(database: Database, consult: Consult, name: str) -> int:
    """A place for who comes along, more of them than anybody is offered."""
    with database.begin() as session:
        row = Participant(shop_id=consult.shop_id, consult_id=cast.number(consult.id), role=Role.GUEST, name=name)
        session.add(row)
        session.flush()
        return cast.number(row.id)


def test_one_piece_lies_on_the_table_and_everybody_sees_which(database, world) -> None:
    consult = book(database, world)
    client, _ = seats(database, consult)
    enter(database, consult, client)
    bob = cast.number(world.bob.id)

    def seen() -> Any:
        with database.begin() as session:
            about: dict[str, Any] = {"consult_id": cast.number(consult.id), "participant_id": client, "sitting": 1}
            return rooms.poll(session, **about, after_id=0, now=TALK).as_json()["showing"]

    assert seen() is None
    for title in ("The lower Meridian", "The Alba"):
        with database.begin() as session:
            show_piece(session, session.merge(consult), title=title, detail=" €14,200 ", advisor_id=bob, now=TALK)
    assert (seen()["title"], seen()["detail"]) == ("The Alba", "€14,200")
    with database.begin() as session:
        put_away(session, session.merge(consult), now=TALK)
        assert on_the_table(session, session.merge(consult)) is None
    assert seen() is None


def test_who_comes_along_sees_the_piece_and_never_its_price(database, world) -> None:
    consult = book(database, world)
    with database.begin() as session:
        guest = rooms.add_guest(
            session, shop_id=world.shop_id, consult_id=cast.number(consult.id), name="Ada", now=TALK
        )
        about: dict[str, Any] = {"title": "The Alba", "detail": "€14,200", "advisor_id": 1, "now": TALK}
        show_piece(session, session.merge(consult), **about)
        guest_id = cast.number(guest.id)
    client, advisor = seats(database, consult)
    seen = {}
    for who in (client, advisor, guest_id):
        enter(database, consult, who)
        with database.begin() as session:
            asked: dict[str, Any] = {"consult_id": cast.number(consult.id), "participant_id": who, "sitting": 1}
            answer = rooms.poll(session, **asked, after_id=0, now=TALK).as_json()
        seen[who] = (answer["showing"]["title"], answer["showing"]["detail"])
        assert ("14,200" in str(answer)) is (who != guest_id)
    assert seen == {client: ("The Alba", "€14,200"), advisor: ("The Alba", "€14,200"), guest_id: ("The Alba", "")}


@pytest.mark.parametrize("words", [{"title": " "}, {"title": "x" * 121}, {"title": "x", "image": "http://a.b/c.jpg"}])
def test_what_cannot_be_shown_is_said(database, world, words) -> None:
    consult = book(database, world)
    with database.begin() as session, pytest.raises(AppError):
        show_piece(session, session.merge(consult), advisor_id=1, now=TALK, **words)


def test_the_advisor_is_nudged_once_when_somebody_waits(database, world, queue) -> None:
    assert PERIODIC["consults.nudge_advisors"] <= 60
    consult = book(database, world)
    client, advisor = seats(database, consult)
    early, just_before = START - timedelta(minutes=8), START - timedelta(minutes=4)
    enter(database, consult, client, at=early)
    nudge(database, early)
    assert texts(database) == [], "the start is still far"
    enter(database, consult, client, at=just_before)
    for _ in range(3):
        nudge(database, just_before)
    (text,) = texts(database)
    assert text.body.startswith("Mrs Whitlock is in your room now and waits for you. Open it from your desk: https://")
    assert len(text.body) <= 160 and text.recipient == "+33184880017"
    assert queue.names().count("notifications.deliver") >= 1
    enter(database, consult, advisor, at=just_before)
    nudge(database, just_before)
    assert len(texts(database)) == 1


def test_an_advisor_who_is_there_or_a_client_who_left_is_no_reason_to_write(database, world) -> None:
    consult = book(database, world)
    client, advisor = seats(database, consult)
    enter(database, consult, client)
    with database.begin() as session:
        rooms.leave(session, consult_id=cast.number(consult.id), participant_id=client, sitting=1, now=TALK)
    nudge(database, TALK)
    enter(database, consult, advisor)
    enter(database, consult, client)
    nudge(database, TALK)
    nudge(database, TALK + timedelta(minutes=3))
    assert texts(database) == []


def nudge(database: Database, at: datetime) -> None:
    with cast.clock(at):
        room_jobs.nudge_advisors(database.begin, addresses=ADDRESSES)


def texts(database: Database) -> list[Message]:
    with database.begin() as session:
        return list(session.exec(select(Message).where(Message.name == "waiting_advisor")))


# --- relays


class Lent:
    """A provider of relays that counts."""

    def __init__(self, error: OutsideError | None = None):
        self.asked, self.error = 0, error

    def lend(self, lifetime: timedelta) -> list[dict[str, Any]]:
        self.asked += 1
        if self.error:
            raise self.error
        return [{"urls": f"turn:{self.asked}.example", "username": "u", "credential": "c"}]


def open_(database: Database, lent: Any, at: datetime, **carriers: Any) -> None:
    with cast.clock(at):
        room_jobs.open_rooms(database.begin, rooms=carriers, relay=lent)


def test_relays_are_fetched_ahead_of_the_room_and_not_for_each_person(database, world) -> None:
    book(database, world)
    lent = Lent()
    open_(database, lent, START - timedelta(hours=1))
    assert lent.asked == 0, "no room opens soon"
    for minutes in (14, 10, 0, -20):
        open_(database, lent, START - timedelta(minutes=minutes))
    assert lent.asked == 1
    with database.begin() as session:
        about: dict[str, Any] = {"turn_urls": "turn:own.example", "turn_secret": "s", "participant_id": 1}
        given = relays.relays_for(session, **about, now=START)
        assert [server["urls"] for server in given] == ["turn:1.example", ["turn:own.example"]]
        assert [s["urls"] for s in relays.relays_for(session, **about, now=START + timedelta(hours=5))] == [
            ["turn:own.example"]
        ]


def test_a_relay_that_does_not_answer_holds_up_no_room(database, world) -> None:
    consult = book(database, world)
    open_(database, Lent(OutsideError("twilio", "no connection")), START - timedelta(minutes=5))
    assert enter(database, consult, seats(database, consult)[0]).as_json()["ice_servers"] == []


@responses.activate
@pytest.mark.parametrize("cut", ['{"ice_servers": [{"ur', "<html>"])
def test_nor_does_one_whose_answer_comes_cut(database, world, cut: str) -> None:
    consult = book(database, world)
    address = f"https://api.twilio.com/2010-04-01/Accounts/{TWILIO['twilio_account_sid']}/Tokens.json"
    responses.post(address, body=cut, status=201)
    open_(database, make_relay(cast.settings(**TWILIO)), START - timedelta(minutes=5))
    assert enter(database, consult, seats(database, consult)[0]).as_json()["ice_servers"] == []


@responses.activate
def test_twilios_relays_come_with_credentials_and_are_sealed(database, world) -> None:
    book(database, world)
    address = f"https://api.twilio.com/2010-04-01/Accounts/{TWILIO['twilio_account_sid']}/Tokens.json"
    server = {"url": "turn:g.example:3478", "urls": "turn:g.example:3478", "username": "u", "credential": "sesame"}
    answer = {"ice_servers": [server, {"url": "stun:g.example", "urls": "stun:g.example"}], "ttl": "14400"}
    responses.post(address, json=answer, status=201)
    open_(database, make_relay(cast.settings(**TWILIO)), START)
    assert "Ttl=14400" in str(responses.calls[0].request.body)
    with database.begin() as session:
        about: dict[str, Any] = {"turn_urls": "", "turn_secret": "", "participant_id": 1, "now": START}
        assert relays.relays_for(session, **about) == [
            {"urls": "turn:g.example:3478", "username": "u", "credential": "sesame"},
            {"urls": "stun:g.example"},
        ]
    with database.engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT servers FROM relayticket")).scalar_one()
        assert kept and "sesame" not in kept
    assert make_relay(cast.settings()) is None


# --- which provider


def test_the_provider_is_fixed_when_it_is_booked(database, world) -> None:
    consult = book(database, world, TWILIO_VIDEO)
    with database.begin() as session:
        session.get_one(ConsultPolicy, world.shop_id).room_provider = EMBEDDED
    assert now_of(database, consult).provider == TWILIO_VIDEO


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("https://meet.verdane.example/salon", True),
        ("https://verdane.zoom.us/j/1?pwd=a", True),
        ("http://meet.verdane.example/salon", False),
        ("https://localhost/x", False),
        ("https://127.0.0.1/x", False),
        ("https://[::1]/x", False),
        ("https://169.254.169.254/", False),
        ("https://bob@meet.example/", False),
        ("https://meet.example:8443/", False),
        ("https://meet.internal/", False),
        ("javascript:alert(1)", False),
        ("https://meet.example/a b", False),
        ("https://", False),
        ("https://meet.example:no/", False),
        ("https://meet.example/" + "x" * 500, False),
        ("", False),
    ],
)
def test_a_house_sends_its_clients_to_a_public_https_address_only(address: str, is_one: bool) -> None:
    assert is_own_link(address) is is_one


def test_nobody_knows_who_came_to_the_houses_own_room_so_it_is_no_no_show(database, world) -> None:
    ends = {}
    for provider, link in ((LINK, "https://meet.verdane.example/salon"),):
        consult = book(database, world, provider, link)
        with cast.clock(START + timedelta(hours=3)):
            close_rooms(database.begin)
        ends[provider] = now_of(database, consult).state
    assert ends == {LINK: ConsultState.COMPLETED}


def test_each_provider_tells_a_page_what_it_needs() -> None:
    config = cast.settings(**TWILIO)
    seat = Seat(7, 12, [{"urls": "turn:a"}], "https://meet.verdane.example")
    told = [
        provider.carriage(seat, now=START)
        for provider in (BuiltInRooms(relay_only=True), TwilioRooms(config, Path("."), make_client), OwnLinkRooms())
    ]
    assert told[0] == {"kind": EMBEDDED, "ice_servers": [{"urls": "turn:a"}], "relay_only": True}
    assert (told[1]["kind"], told[1]["room"]) == (TWILIO_VIDEO, "consult-7")
    assert told[2] == {"kind": LINK, "url": "https://meet.verdane.example"}


# --- Twilio Video


def test_our_token_is_the_one_twilios_library_makes() -> None:
    config = cast.settings(**TWILIO)
    ours = access_token(config, room=room_name(7), identity="12", now=START)
    sid, key, secret = TWILIO["twilio_account_sid"], TWILIO["twilio_api_key_sid"], TWILIO["twilio_api_key_secret"]
    theirs = AccessToken(sid, key, secret, identity="12", ttl=900)
    theirs.add_grant(VideoGrant(room="consult-7"))
    options: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
    claims = [jwt.decode(token, secret, algorithms=["HS256"], options=options) for token in (ours, theirs.to_jwt())]
    for one in claims:
        one.pop("jti")
        assert one.pop("exp") - one.pop("iat", one.get("nbf", 0)) == 900
        one.pop("nbf", None)
    assert claims[0] == claims[1]
    assert jwt.get_unverified_header(ours) == jwt.get_unverified_header(theirs.to_jwt())


def twilio_rooms() -> TwilioRooms:
    return TwilioRooms(cast.settings(**TWILIO), Path("nowhere"), make_client)


@responses.activate
def test_a_room_at_twilio_is_made_once_ahead_of_time_unrecorded_and_closed_when_it_is_over(database, world) -> None:
    consult = book(database, world, TWILIO_VIDEO)
    empty = {"rooms": [], "meta": {"key": "rooms", "page": 0, "page_size": 1, "next_page_url": None}}
    responses.get(VIDEO, json=empty)
    responses.post(VIDEO, json={"sid": "RM1", "unique_name": room_name(cast.number(consult.id))}, status=201)
    for minutes in (60, 14, 13):
        open_(database, None, START - timedelta(minutes=minutes), twilio_video=twilio_rooms())
    made = [str(call.request.body) for call in responses.calls if call.request.method == "POST"]
    assert len(made) == 1
    for words in (
        f"UniqueName=consult-{consult.id}",
        "RecordParticipantsOnConnect=False",
        "MaxParticipants=8",
        "StatusCallback=https%3A%2F%2Fapp.example.com%2Fwebhooks%2Ftwilio%2Froom",
    ):
        assert words.lower() in made[0].lower(), made[0]
    assert now_of(database, consult).room_ref == "RM1"
    responses.post(f"{VIDEO}/RM1", json={"sid": "RM1", "status": "completed"})
    for _ in range(2):
        open_(database, None, START + timedelta(hours=4), twilio_video=twilio_rooms())
    closed = [call for call in responses.calls if str(call.request.url).endswith("/RM1")]
    assert len(closed) == 1 and now_of(database, consult).room_ref == ""


@responses.activate
def test_a_room_that_twilio_made_before_our_answer_was_lost_is_found_again(database, world) -> None:
    consult = book(database, world, TWILIO_VIDEO)
    found = {"rooms": [{"sid": "RM9"}], "meta": {"key": "rooms", "page": 0, "page_size": 1, "next_page_url": None}}
    responses.get(VIDEO, json=found)
    open_(database, None, START, twilio_video=twilio_rooms())
    assert now_of(database, consult).room_ref == "RM9"


@responses.activate
def test_twilio_being_away_keeps_nobody_from_their_token(database, world) -> None:
    consult = book(database, world, TWILIO_VIDEO)
    responses.get(VIDEO, status=503, json={"code": 20503, "message": "away", "status": 503})
    open_(database, None, START, twilio_video=twilio_rooms())
    assert now_of(database, consult).room_ref == ""
    grant = enter(database, consult, seats(database, consult)[0], provider=twilio_rooms()).as_json()
    assert grant["token"] and grant["max_people"] == 8


def note(database: Database, consult: Consult, kind: str, who: int | None, at: datetime) -> None:
    number = cast.number(consult.id)
    room_jobs.note_room(
        database.begin, provider=TWILIO_VIDEO, consult_id=number, participant_id=who, kind=kind, at=at.isoformat()
    )


def test_twilio_tells_who_came_and_went_and_late_or_doubled_news_change_nothing(database, world) -> None:
    consult = book(database, world, TWILIO_VIDEO)
    client, advisor = seats(database, consult)

    def after(seconds: int) -> datetime:
        return TALK + timedelta(seconds=seconds)

    note(database, consult, "joined", client, after(0))
    assert now_of(database, consult).state is ConsultState.BOOKED
    note(database, consult, "joined", advisor, after(5))
    assert now_of(database, consult).state is ConsultState.IN_SESSION
    note(database, consult, "joined", client, after(20))  # their page was loaded again
    note(database, consult, "left", client, after(10))  # what follows from the page before, too late
    note(database, consult, "joined", client, after(0))
    assert now_of(database, consult).state is ConsultState.IN_SESSION
    note(database, consult, "left", client, after(30))
    note(database, consult, "left", advisor, after(31))
    note(database, consult, "left", advisor, after(31))
    assert now_of(database, consult).state is ConsultState.COMPLETED
    note(database, consult, "joined", 999, after(40))
    note(database, consult, "ended", None, after(50))
    assert now_of(database, consult).state is ConsultState.COMPLETED


def test_a_room_closed_at_twilio_is_over_here_and_one_of_another_provider_is_not_touched(database, world) -> None:
    consult = book(database, world, TWILIO_VIDEO)
    for who in seats(database, consult):
        enter(database, consult, who, provider=twilio_rooms())
    with database.begin() as session:
        session.get_one(Consult, consult.id).provider = EMBEDDED
    note(database, consult, "ended", None, TALK)
    assert now_of(database, consult).state is ConsultState.IN_SESSION
    with database.begin() as session:
        session.get_one(Consult, consult.id).provider = TWILIO_VIDEO
    note(database, consult, "ended", None, TALK)
    assert now_of(database, consult).state is ConsultState.COMPLETED


def test_a_callback_of_a_room_is_read_with_care() -> None:
    told = payload("twilio_room")
    assert twilio_room.parse(told, None) == RoomTold(TWILIO_VIDEO, 7, 12, "joined", "2026-11-24T15:00:04.250000+00:00")
    odd: list[dict[str, Any]] = [
        {"StatusCallbackEvent": "track-added"},
        {"RoomName": "their-own"},
        {"RoomName": "consult-0"},
        {"ParticipantIdentity": "Bob"},
        {"ParticipantIdentity": "9" * 30},
        {"Timestamp": "yesterday"},
        {"Timestamp": None},
    ]
    assert [twilio_room.parse({**told, **more}, None) for more in odd] == [None] * len(odd)


def test_a_callback_of_a_room_is_taken_once_and_only_with_twilios_signature() -> None:
    source, url = TwilioSource("token", "https://app.example.com"), "https://app.example.com/webhooks/twilio/room"

    def posted(number: str, token: str = "token") -> str:
        fields = {**payload("twilio_room"), "SequenceNumber": number}
        headers = {"x-twilio-signature": sign(token, url, fields)}
        envelope = source.open(headers, urlencode(fields).encode(), "room", "")
        assert envelope.topic in TOPICS and envelope.topic == "twilio/room"
        return envelope.external_id

    assert len({posted("1"), posted("2"), posted("2")}) == 2
    with pytest.raises(Refused) as refused:
        posted("3", token="another")
    assert refused.value.status == 403


@pytest.mark.parametrize(
    ("absent", "words"),
    [
        ({}, "fetches with bin/twilio-video"),
        ({"twilio_api_key_sid": "", "twilio_api_key_secret": ""}, "TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET"),
    ],
)
def test_what_twilio_video_still_needs_is_said(absent: dict[str, str], words: str, tmp_path: Path) -> None:
    assert words in TwilioRooms(cast.settings(**TWILIO | absent), tmp_path, make_client).missing()
    (tmp_path / SCRIPT).write_text("")
    assert TwilioRooms(cast.settings(**TWILIO), tmp_path, make_client).missing() == ""


# --- recording


def test_nothing_may_be_recorded_until_each_person_has_agreed_and_nobody_took_it_back(database, world) -> None:
    consult = book(database, world)
    client, advisor = seats(database, consult)

    def allowed(do: Callable[..., None] | None = None, **about: Any) -> bool:
        with database.begin() as session:
            if do:
                do(session, session.merge(consult), now=TALK, **about)
        with database.begin() as session:
            return consents.may_record(session, session.merge(consult))

    for who in (client, advisor):
        assert not allowed(consents.give, participant_id=who), "the house has not said that it may be asked"
    allow_recordings(database, world)
    assert allowed()
    assert not allowed(consents.take_back, participant_id=client)
    assert allowed(consents.give, participant_id=client, words="Recorded for the atelier.")
    tom = somebody(database, consult, "Tom")
    assert not allowed(), "who comes along has not agreed"
    with database.begin() as session:
        guests.uninvite(
            session, shop_id=world.shop_id, consult_id=cast.number(consult.id), participant_id=tom, now=TALK
        )
    assert allowed(), "who does not come along any more is not asked"
    with pytest.raises(AppError):
        allowed(consents.give, participant_id=999)


def allow_recordings(database: Database, world: cast.World) -> None:
    with database.begin() as session:
        session.get_one(ConsultPolicy, world.shop_id).may_record = True


def agree(database: Database, consult: Consult, who: int, *, yes: bool = True) -> None:
    """As the page's form does."""
    with database.begin() as session:
        do = consents.give if yes else consents.take_back
        do(session, session.get_one(Consult, consult.id), participant_id=who, now=TALK)


def keep(database: Database, consult: Consult, carrier: Any) -> bool:
    """What the job of every word makes of it; whether it is recorded then."""
    number = cast.number(consult.id)
    with cast.clock(TALK):
        room_jobs.keep_recording(
            database.begin, rooms={TWILIO_VIDEO: carrier}, shop_id=consult.shop_id, consult_id=number
        )
    return now_of(database, consult).recorded_since is not None


class Taping(TwilioRooms):
    """A provider that notes what it was told, and fails when it is to."""

    def __init__(self) -> None:
        self.told: list[tuple[str, bool]] = []
        self.error: OutsideError | None = None

    def record(self, room_ref: str, *, on: bool) -> None:
        if self.error:
            raise self.error
        self.told.append((room_ref, on))


def test_recorded_is_while_everybody_agrees_and_no_longer(database, world) -> None:
    consult = book(database, world, TWILIO_VIDEO)
    allow_recordings(database, world)
    client, advisor = seats(database, consult)
    taping = Taping()
    for who in (client, advisor):
        agree(database, consult, who)
    assert "consults.keep_recording" in EVENTS[RecordingWished]
    assert not keep(database, consult, taping) and taping.told == [], "there is no room to record yet"
    with database.begin() as session:
        session.get_one(Consult, consult.id).room_ref = "RM1"
    assert keep(database, consult, taping) and taping.told == [("RM1", True)]
    enter(database, consult, client)
    with database.begin() as session:
        about: dict[str, Any] = {"consult_id": cast.number(consult.id), "participant_id": client, "sitting": 1}
        assert rooms.poll(session, **about, after_id=0, now=TALK).as_json()["recorded"] is True
    agree(database, consult, client, yes=False)
    assert not keep(database, consult, taping) and taping.told[-1] == ("RM1", False)
    with database.begin() as session:
        lines = [line.kind for line in history(session, shop_id=world.shop_id, case_id=cast.number(world.case.id))]
    assert [kind for kind in lines if "recording" in kind] == ["consult.recording_began", "consult.recording_ended"]


def test_a_guest_who_is_invited_ends_the_recording_until_they_agree_too(database, world) -> None:
    consult = book(database, world, TWILIO_VIDEO)
    allow_recordings(database, world)
    for who in seats(database, consult):
        agree(database, consult, who)
    with database.begin() as session:
        session.get_one(Consult, consult.id).room_ref = "RM1"
    taping = Taping()
    assert keep(database, consult, taping)
    with database.begin() as session:
        about: dict[str, Any] = {"shop_id": world.shop_id, "consult_id": cast.number(consult.id), "now": TALK}
        guests.invite(session, name="Tom", relation="brother", email="tom@example.com", **about)
    assert "consults.keep_recording" in EVENTS[GuestInvited]
    assert not keep(database, consult, taping)


def test_a_recording_that_cannot_be_ended_is_tried_again_and_said_until_it_is(database, world) -> None:
    consult = book(database, world, TWILIO_VIDEO)
    allow_recordings(database, world)
    client, advisor = seats(database, consult)
    for who in (client, advisor):
        agree(database, consult, who)
    with database.begin() as session:
        session.get_one(Consult, consult.id).room_ref = "RM1"
    taping = Taping()
    assert keep(database, consult, taping)
    agree(database, consult, client, yes=False)
    taping.error = OutsideError("twilio", "away")
    with pytest.raises(OutsideError):
        keep(database, consult, taping)
    assert now_of(database, consult).recorded_since is not None
    taping.error = None
    assert not keep(database, consult, taping)


def test_a_provider_that_cannot_record_is_never_asked_to(database, world) -> None:
    consult = book(database, world)
    allow_recordings(database, world)
    for who in seats(database, consult):
        agree(database, consult, who)
    number = cast.number(consult.id)
    room_jobs.keep_recording(
        database.begin, rooms={EMBEDDED: BuiltInRooms()}, shop_id=consult.shop_id, consult_id=number
    )
    assert now_of(database, consult).recorded_since is None
    assert not isinstance(BuiltInRooms(), Recorder) and not isinstance(OwnLinkRooms(), Recorder)


@responses.activate
def test_twilio_is_told_by_the_rules_of_the_room() -> None:
    responses.post(f"{VIDEO}/RM1/RecordingRules", json={"room_sid": "RM1", "rules": []}, status=202)
    for on in (True, False):
        twilio_rooms().record("RM1", on=on)
    sent = [parse_qs(str(call.request.body))["Rules"][0] for call in responses.calls]
    assert [json.loads(rules) for rules in sent] == [
        [{"type": "include", "all": True}],
        [{"type": "exclude", "all": True}],
    ]


# --- another room


def test_a_conversation_is_led_over_to_another_room_and_its_links_stay(database, world) -> None:
    consult = book(database, world, TWILIO_VIDEO)
    client, _ = seats(database, consult)
    number = cast.number(consult.id)
    with database.begin() as session:
        session.get_one(Consult, number).room_ref = "RM1"
    enter(database, consult, client)
    about: dict[str, Any] = {"shop_id": world.shop_id, "consult_id": number, "now": TALK}
    with database.begin() as session:
        switch_room(session, provider=EMBEDDED, advisor_id=cast.number(world.bob.id), **about)
    after = now_of(database, consult)
    assert (after.provider, after.room_ref, after.sequence) == (EMBEDDED, "", 0)
    with database.begin() as session:
        told = rooms.poll(session, consult_id=number, participant_id=client, after_id=0, sitting=1, now=TALK)
        assert told.as_json()["provider"] == EMBEDDED, "a page that is open sees it and comes over"
        rooms.leave(session, consult_id=number, participant_id=client, sitting=1, now=TALK)
        change_state(session, session.get_one(Consult, number), ConsultState.CANCELLED, now=TALK)
    with database.begin() as session, pytest.raises(InvalidMove):
        switch_room(session, provider=TWILIO_VIDEO, advisor_id=1, **about)
