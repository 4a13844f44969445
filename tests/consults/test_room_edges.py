"""The small rules of rooms: a house's own address, the pass of a page, when a room is open, relays."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consults.rooms.built_in import BuiltInRooms
from consults.rooms.embedded import MAX_PEOPLE
from consults.rooms.own_link import OwnLinkRooms, is_own_link
from consults.rooms.passes import MOST_ID, Pass, read_pass, write_pass
from consults.rooms.provider import Seat
from consults.rooms.relays import TwilioRelay, is_wanted, keep, relays_for
from consults.rooms.window import in_window, is_present, room_hours
from kit.db import Database
from tests.cast import NOW

BEGIN, END = NOW, NOW + timedelta(minutes=30)
IDS = st.integers(1, MOST_ID)


# --- a room the house has elsewhere


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        pytest.param("https://meet.example.com/verdane", True, id="an address"),
        pytest.param("https://meet.example.com:443/verdane?pwd=1#x", True, id="with everything that belongs to one"),
        pytest.param("https://xn--caf-dma.example/x", True, id="an international name as it is dialled"),
        pytest.param("HTTPS://Meet.Example.com/x", True, id="in capitals"),
        pytest.param("", False, id="nothing"),
        pytest.param("meet.example.com/verdane", False, id="without how to get there"),
        pytest.param("http://meet.example.com/verdane", False, id="in the clear"),
        pytest.param("javascript:alert(1)//a.b", False, id="a script"),
        pytest.param("https://meet/verdane", False, id="a name of the house's own network"),
        pytest.param("https://meet./verdane", False, id="the same with its dot"),
        pytest.param("https://printer.local/x", False, id="a device"),
        pytest.param("https://a.localhost./x", False, id="this machine"),
        pytest.param("https://rooms.internal/x", False, id="inside a cloud"),
        pytest.param("https://127.0.0.1/x", False, id="a number"),
        pytest.param("https://[::1]/x", False, id="a long number"),
        pytest.param("https://127.1/x", False, id="a number cut short, as browsers understand it"),
        pytest.param("https://0x7f.0x1/x", False, id="a number in sixteens"),
        pytest.param("https://cleo@meet.example.com/x", False, id="in somebody's name"),
        pytest.param("https://meet.example.com:8443/x", False, id="at a door of its own"),
        pytest.param("https://meet.example.com:99999/x", False, id="at a door there is not"),
        pytest.param("https://café.example/x", False, id="a name that may look like another"),
        pytest.param("https://meet.example.com/a b", False, id="with a space"),
        pytest.param("https://meet.example.com/\u202egro.live", False, id="with a sign that turns it around"),
        pytest.param(f"https://meet.example.com/{'x' * 475}", True, id="of five hundred signs"),
        pytest.param(f"https://meet.example.com/{'x' * 476}", False, id="of one more"),
    ],
)
def test_clients_are_sent_only_to_a_public_name_by_a_safe_way(address: str, is_one: bool) -> None:
    assert len(f"https://meet.example.com/{'x' * 475}") == 500
    assert is_own_link(address) is is_one


def test_of_a_room_elsewhere_we_hand_out_the_address_and_know_nothing_else() -> None:
    rooms = OwnLinkRooms()
    assert rooms.carriage(Seat(1, 2, address="https://a.b/c"), now=NOW) == {"kind": "link", "url": "https://a.b/c"}
    assert not rooms.caps.knows_presence and rooms.ensure_room(1) == rooms.missing() == ""


@pytest.mark.parametrize(
    ("relay_only", "relays", "hides"),
    [(False, [], False), (False, [{"urls": []}], False), (True, [{"urls": []}], True), (True, [], False)],
)
def test_people_are_hidden_from_one_another_only_where_there_is_a_relay_to_hide_behind(
    relay_only: bool, relays: list[dict[str, Any]], hides: bool
) -> None:
    rooms = BuiltInRooms(relay_only=relay_only)
    assert rooms.carriage(Seat(1, 2, relays), now=NOW) == {
        "kind": "embedded", "ice_servers": relays, "relay_only": hides,
    }  # fmt: skip
    assert rooms.caps.most_people == MAX_PEOPLE == 4 and rooms.ensure_room(1) == rooms.missing() == ""


# --- the pass of a page


@given(consult=IDS, person=IDS, sitting=IDS, seconds=st.floats(0, 59.0))
def test_a_pass_reads_back_for_a_minute_under_either_secret(
    consult: int, person: int, sitting: int, seconds: float
) -> None:
    who = Pass(consult, person, sitting)
    given_ = write_pass("new", who, now=NOW)
    assert read_pass(["new", "old"], given_, now=NOW + timedelta(seconds=seconds)) == who
    assert read_pass(["newer", "new"], given_, now=NOW) == who


def test_it_ends_with_its_minute() -> None:
    given_ = write_pass("s", Pass(1, 2, 3), now=NOW)
    assert read_pass(["s"], given_, now=NOW + timedelta(seconds=59, microseconds=999_999))
    assert read_pass(["s"], given_, now=NOW + timedelta(seconds=60)) is None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: text.replace("1.2.3", "1.4.3"), id="another person"),
        pytest.param(lambda text: text.replace("1.2.3", "9.2.3"), id="another conversation"),
        pytest.param(lambda text: text.rpartition(".")[0], id="without its signature"),
        pytest.param(lambda text: f"{text}0", id="with a longer one"),
        pytest.param(lambda text: f"{text}é", id="with a sign no header has"),
        pytest.param(lambda _: "", id="nothing"),
        pytest.param(lambda _: "." * 300, id="dots"),
        pytest.param(lambda _: "a.b.c.d.e", id="letters"),
    ],
)
def test_a_pass_that_was_changed_is_none(change: Any) -> None:
    assert read_pass(["s"], change(write_pass("s", Pass(1, 2, 3), now=NOW)), now=NOW) is None


@given(st.text(max_size=80))
def test_whatever_is_shown_for_a_pass_is_read_without_a_fault(given_: str) -> None:
    assert read_pass(["s"], given_, now=NOW) is None


def test_without_a_secret_nobody_has_a_pass() -> None:
    assert read_pass([], write_pass("s", Pass(1, 2, 3), now=NOW), now=NOW) is None


# --- when it is open, and who is there


@pytest.mark.parametrize(
    ("seconds", "is_open"), [(-601, False), (-600, True), (0, True), (3600, True), (3601, False)],
)  # fmt: skip
def test_a_room_is_open_from_ten_minutes_before_to_half_an_hour_after_both_included(
    seconds: int, is_open: bool
) -> None:
    assert in_window(BEGIN, END, now=BEGIN + timedelta(seconds=seconds)) is is_open


def test_a_house_may_open_it_for_other_times() -> None:
    opens, closes = room_hours(BEGIN, END, before_minutes=0, after_minutes=5)
    assert (opens, closes) == (BEGIN, END + timedelta(minutes=5))
    assert not in_window(BEGIN, END, now=BEGIN - timedelta(seconds=1), before_minutes=0)
    assert not in_window(BEGIN, END, now=END + timedelta(minutes=6), after_minutes=5)


@pytest.mark.parametrize(
    ("seen", "left", "there"),
    [
        (None, None, False),
        (NOW, None, True),
        (NOW - timedelta(seconds=30), None, True),
        (NOW - timedelta(seconds=31), None, False),
        (NOW, NOW, False),
        (None, NOW, False),
    ],
    ids=["never came", "just seen", "half a minute ago", "a second longer", "said goodbye", "left without coming"],
)
def test_who_was_seen_within_half_a_minute_is_there(seen: datetime | None, left: datetime | None, there: bool) -> None:
    assert is_present(seen, left, now=NOW) is there


# --- relays


@pytest.mark.parametrize(
    ("answer", "lent"),
    [
        pytest.param(None, [], id="an answer without servers"),
        pytest.param([], [], id="none"),
        pytest.param([{"url": "stun:a", "urls": "stun:a"}], [{"urls": "stun:a"}], id="one that asks for no name"),
        pytest.param(
            [{"url": "turn:b", "urls": "turn:b", "username": "u", "credential": "c"}],
            [{"urls": "turn:b", "username": "u", "credential": "c"}],
            id="one with a name and a password",
        ),
        pytest.param([{"urls": "turn:b", "username": "", "credential": None}], [{"urls": "turn:b"}], id="empty ones"),
    ],
)
def test_what_twilio_lends_is_handed_on_as_browsers_take_it(answer: Any, lent: list[dict[str, str]]) -> None:
    asked: list[int] = []

    def create(ttl: int) -> Any:
        asked.append(ttl)
        return SimpleNamespace(ice_servers=answer)

    relay = TwilioRelay(lambda: SimpleNamespace(tokens=SimpleNamespace(create=create)))
    assert relay.lend(timedelta(hours=4)) == lent and asked == [14_400]


@pytest.fixture
def database(sqlite_url: str) -> Any:
    database = Database(sqlite_url)
    yield database
    database.close()


def test_credentials_are_used_for_four_hours_and_fetched_anew_while_they_last_for_two(database: Database) -> None:
    about: dict[str, Any] = {"turn_urls": "", "turn_secret": "", "participant_id": 1}
    with database.begin() as session:
        assert is_wanted(session, now=NOW) and relays_for(session, **about, now=NOW) == []
        keep(session, [{"urls": "turn:a"}], now=NOW)
    with database.begin() as session:
        assert not is_wanted(session, now=NOW + timedelta(minutes=119))
        assert is_wanted(session, now=NOW + timedelta(hours=2))
        keep(session, [{"urls": "turn:b"}], now=NOW + timedelta(hours=2))
        late = NOW + timedelta(hours=3)
        assert relays_for(session, **about, now=late) == [{"urls": "turn:b"}], "those that hold longest"
        assert relays_for(session, **about, now=NOW + timedelta(hours=6)) == []


def test_the_houses_own_relay_is_given_beside_what_was_fetched(database: Database) -> None:
    own: dict[str, Any] = {"turn_urls": "turn:own.example:3478", "turn_secret": "s", "participant_id": 9}
    with database.begin() as session:
        keep(session, [{"urls": "turn:a"}], now=NOW)
        lent, ours = relays_for(session, **own, now=NOW)
    until = int(datetime(2026, 11, 24, 13, 0, tzinfo=UTC).timestamp())
    assert (lent, ours["urls"], ours["username"]) == ({"urls": "turn:a"}, ["turn:own.example:3478"], f"{until}:9")
