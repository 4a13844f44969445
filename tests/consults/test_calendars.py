"""Calendar entries, as a calendar reads them back."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy.orm import configure_mappers

from consults.calendars import CANCEL, PUBLISH, REQUEST, feed, google_link, invitation, outlook_link
from consults.kinds import Kind
from consults.models import Consult
from consults.states import ConsultState
from tests.cast import NOW

AT = datetime(2026, 11, 24, 16, 30, tzinfo=ZoneInfo("Europe/Paris"))
HOUSE, CLEO = ("Verdane", "consults@verdane.example"), ("Cleo Whitlock", "cleo@client.example")
SAID = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\\"), max_size=120)


def consult(**more: Any) -> Consult:
    configure_mappers()
    about: dict[str, Any] = {
        "id": 7, "state": ConsultState.BOOKED, "starts_at": AT, "ends_at": AT + timedelta(minutes=30), "sequence": 2,
        "kind": Kind.VIDEO, "created_at": NOW, "began_at": None, "over_at": None,
    }  # fmt: skip
    return Consult.model_construct(**(about | more))


def invited(**more: Any) -> bytes:
    about: dict[str, Any] = {"host": "verdane.example", "organiser": HOUSE, "attendee": CLEO, "summary": "With Bob"}
    return invitation(consult(), **(about | {"now": NOW} | more))


def entry(file: bytes) -> Any:
    (found,) = Calendar.from_ical(file).walk("VEVENT")
    return found


def test_an_invitation_asks_one_person_and_is_organised_by_the_house() -> None:
    file = invited(description="Bring the ring.", location="Video", url="https://a.example/c/1")
    event = entry(file)
    assert Calendar.from_ical(file)["METHOD"] == REQUEST and event["STATUS"] == "CONFIRMED"
    assert event["ORGANIZER"] == "mailto:consults@verdane.example" and event["ORGANIZER"].params["CN"] == "Verdane"
    assert event["ATTENDEE"] == "mailto:cleo@client.example"
    asked = {name: event["ATTENDEE"].params[name] for name in ("CN", "ROLE", "PARTSTAT", "RSVP")}
    assert asked == {
        "CN": "Cleo Whitlock", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE",
    }  # fmt: skip
    assert (event["DESCRIPTION"], event["LOCATION"], event["URL"]) == (
        "Bring the ring.", "Video", "https://a.example/c/1",
    )  # fmt: skip


def test_the_same_conversation_is_the_same_entry_with_a_higher_sequence_and_its_times_need_no_table_of_zones() -> None:
    event = entry(invited())
    assert (event["UID"], event["SEQUENCE"]) == ("consult-7@verdane.example", 2)
    file = invited().decode()
    assert "DTSTART:20261124T153000Z" in file and "DTEND:20261124T160000Z" in file and "VTIMEZONE" not in file
    assert "DTSTAMP:20261124T090000Z" in file


def test_it_reminds_ten_minutes_before_and_what_is_called_off_reminds_nobody() -> None:
    (alarm,) = Calendar.from_ical(invited()).walk("VALARM")
    assert (alarm["ACTION"], alarm["TRIGGER"].to_ical()) == ("DISPLAY", b"-PT10M")
    off = invited(method=CANCEL)
    assert entry(off)["STATUS"] == "CANCELLED" and Calendar.from_ical(off)["METHOD"] == CANCEL
    assert not Calendar.from_ical(off).walk("VALARM")


def test_a_file_to_open_oneself_asks_nobody_and_says_nothing_that_is_empty() -> None:
    event = entry(invited(method=PUBLISH, attendee=None))
    assert "ATTENDEE" not in event and not {"DESCRIPTION", "LOCATION", "URL"} & set(event)


@settings(max_examples=25, deadline=None)
@given(summary=SAID, description=SAID, name=SAID)
def test_whatever_is_in_it_reads_back_and_no_line_is_longer_than_a_calendar_takes(
    summary: str, description: str, name: str
) -> None:
    file = invited(summary=summary, description=description, attendee=(name, CLEO[1]))
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    event = entry(file)
    assert (event["SUMMARY"], event.get("DESCRIPTION", "")) == (summary, description)
    assert event["ATTENDEE"] == "mailto:cleo@client.example"


def test_two_lines_of_a_description_stay_two() -> None:
    assert entry(invited(description="One, two;\nthree"))["DESCRIPTION"] == "One, two;\nthree"


# --- the feed an advisor subscribes to


def test_a_feed_is_asked_for_again_each_quarter_of_an_hour_as_the_standard_writes_it() -> None:
    file = feed([], host="verdane.example", desk="https://a.example/desk").decode()
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT15M" in file and "X-PUBLISHED-TTL:PT15M" in file
    assert "METHOD:PUBLISH" in file and "BEGIN:VEVENT" not in file


def test_a_feed_says_how_and_where_to_look_and_names_nobody() -> None:
    event = entry(feed([consult(kind=Kind.TELEPHONE)], host="verdane.example", desk="https://a.example/desk/today"))
    assert event["SUMMARY"] == "Conversation, telephone" and event["DESCRIPTION"] == "https://a.example/desk/today"
    assert not {"ATTENDEE", "ORGANIZER", "LOCATION"} & set(event)


@pytest.mark.parametrize(
    ("times", "stamp"),
    [
        ({}, NOW),
        ({"began_at": AT}, AT),
        ({"began_at": AT, "over_at": AT + timedelta(minutes=25)}, AT + timedelta(minutes=25)),
        ({"over_at": AT}, AT),
    ],
    ids=["as it was booked", "as it began", "as it ended", "as it was called off"],
)
def test_an_entry_is_stamped_with_its_last_change_so_that_the_same_feed_is_the_same_bytes(
    times: dict[str, datetime], stamp: datetime
) -> None:
    made = [feed([consult(**times)], host="v.example", desk="d") for _ in range(2)]
    assert made[0] == made[1] and entry(made[0])["DTSTAMP"].dt == stamp.astimezone(UTC)


@pytest.mark.parametrize("state", list(ConsultState))
def test_only_what_was_called_off_is_taken_out_of_the_calendar(state: ConsultState) -> None:
    status = entry(feed([consult(state=state)], host="v.example", desk="d"))["STATUS"]
    assert status == ("CANCELLED" if state is ConsultState.CANCELLED else "CONFIRMED")


# --- links that add it


@settings(max_examples=25, deadline=None)
@given(summary=SAID, description=SAID, location=SAID)
def test_a_link_carries_every_word_to_either_calendar(summary: str, description: str, location: str) -> None:
    about = {"summary": summary, "description": description, "location": location}
    google, outlook = (urlsplit(link(consult(), **about)) for link in (google_link, outlook_link))
    assert (google.netloc, outlook.netloc) == ("calendar.google.com", "outlook.live.com")
    there = {name: values[0] for name, values in parse_qs(google.query, keep_blank_values=True).items()}
    assert there == {
        "action": "TEMPLATE", "text": summary, "details": description, "location": location,
        "dates": "20261124T153000Z/20261124T160000Z",
    }  # fmt: skip
    there = {name: values[0] for name, values in parse_qs(outlook.query, keep_blank_values=True).items()}
    assert there == {
        "rru": "addevent", "subject": summary, "body": description, "location": location,
        "startdt": "2026-11-24T15:30:00+00:00", "enddt": "2026-11-24T16:00:00+00:00",
    }  # fmt: skip
