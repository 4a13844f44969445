"""When a calendar file says that somebody is busy."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from consults.feed_words import FeedTrouble, FeedUnreadable
from consults.ics import as_instants, busy_in

SINCE = datetime(2027, 3, 22, tzinfo=UTC)
UNTIL = datetime(2027, 4, 5, tzinfo=UTC)


def file(*events: str) -> bytes:
    inside = "".join(f"BEGIN:VEVENT\r\nUID:{n}\r\n{event.strip()}\r\nEND:VEVENT\r\n" for n, event in enumerate(events))
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{inside}END:VCALENDAR\r\n".replace("\r\n", "\n")
        .replace("\n", "\r\n")
        .encode()
    )


def read(*events: str, zone: str = "Europe/Paris") -> list[str]:
    found = busy_in(file(*events), zone=zone, since=SINCE, until=UNTIL)
    return [f"{start:%m-%d %H:%M}-{end:%m-%d %H:%M}" for start, end in as_instants(found.spans)]


@pytest.mark.parametrize(
    ("what", "event", "spans"),
    [
        ("in UTC", "DTSTART:20270324T090000Z\nDTEND:20270324T093000Z", ["03-24 09:00-03-24 09:30"]),
        (
            "under Windows's name of a zone, as Outlook writes it",
            "DTSTART;TZID=Eastern Standard Time:20270324T090000\nDTEND;TZID=Eastern Standard Time:20270324T100000",
            ["03-24 13:00-03-24 14:00"],
        ),
        (
            "every week over the change of clocks, at the same hour of the wall",
            "DTSTART;TZID=Europe/Paris:20270309T100000\nDTEND;TZID=Europe/Paris:20270309T110000\nRRULE:FREQ=WEEKLY",
            ["03-23 09:00-03-23 10:00", "03-30 08:00-03-30 09:00"],
        ),
        ("the whole day, as long as it is there", "DTSTART;VALUE=DATE:20270328", ["03-27 23:00-03-28 22:00"]),
        (
            "floating, so in the advisor's own zone",
            "DTSTART:20270324T090000\nDURATION:PT45M",
            ["03-24 08:00-03-24 08:45"],
        ),
        ("shown as free", "DTSTART:20270324T090000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT", []),
        ("free, as Outlook says it", "DTSTART:20270324T090000Z\nDURATION:PT1H\nX-MICROSOFT-CDO-BUSYSTATUS:FREE", []),
        ("called off", "DTSTART:20270324T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED", []),
        (
            "with a day left out",
            "DTSTART:20270323T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20270324T090000Z",
            ["03-23 09:00-03-23 10:00", "03-25 09:00-03-25 10:00"],
        ),
        (
            "until a day, included",
            "DTSTART:20270323T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20270324",
            ["03-23 09:00-03-23 10:00", "03-24 09:00-03-24 10:00"],
        ),
        (
            "over several lines, with a colon in quotes and an alarm inside",
            'DTSTART;X-A="a:b";TZID=Europe/\n Paris:20270324T100000\nDURATION:PT1H\n'
            "BEGIN:VALARM\nDTSTART:20270101T000000Z\nEND:VALARM",
            ["03-24 09:00-03-24 10:00"],
        ),
        ("over before the days asked for", "DTSTART:20270301T090000Z\nDURATION:PT1H", []),
    ],
)
def test_a_busy_time_is_understood(what: str, event: str, spans: list[str]) -> None:
    assert read(event) == spans, what


def test_one_occurrence_that_was_moved_stands_in_for_its_day() -> None:
    weekly = "UID:w\nDTSTART:20270323T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2"
    moved = "UID:w\nRECURRENCE-ID:20270330T090000Z\nDTSTART:20270331T120000Z\nDURATION:PT1H"
    off = "UID:w\nRECURRENCE-ID:20270323T090000Z\nDTSTART:20270323T090000Z\nSTATUS:CANCELLED"
    content = re.sub(rb"UID:[0-2]\r\n", b"", file(weekly, moved, off))
    found = busy_in(content, zone="UTC", since=SINCE, until=UNTIL)
    assert [start.day for start, _ in as_instants(found.spans)] == [31]


def test_zones_defined_in_the_file_are_never_run() -> None:
    """Their rules repeat too: one by the second would never end."""
    zone = "BEGIN:VTIMEZONE\r\nTZID:Bad\r\nBEGIN:STANDARD\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    content = file("DTSTART;TZID=Bad:20270324T090000\nDURATION:PT1H").replace(
        b"BEGIN:VEVENT", zone.encode() + b"BEGIN:VEVENT", 1
    )
    assert len(busy_in(content, zone="UTC", since=SINCE, until=UNTIL).spans) == 1


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"<html>Sign in</html>", FeedTrouble.NO_CALENDAR),
        (b"", FeedTrouble.NO_CALENDAR),
        (file("DTSTART:20270324T090000Z\nRRULE:FREQ=SECONDLY"), FeedTrouble.TOO_OFTEN),
        (file(*["DTSTART:20270324T090000Z"] * 10_001), FeedTrouble.TOO_MUCH),
        (file(*["DTSTART:00010101T090000Z\nRRULE:FREQ=DAILY;COUNT=999999"] * 5), FeedTrouble.TOO_MUCH),
    ],
    ids=["a page", "nothing", "by the second", "too many", "too long ago"],
)
def test_a_calendar_made_to_hurt_is_put_down_at_once(content: bytes, trouble: FeedTrouble) -> None:
    began = time.thread_time()
    with pytest.raises(FeedUnreadable) as refused:
        busy_in(content, zone="UTC", since=SINCE, until=UNTIL)
    assert refused.value.trouble is trouble
    assert time.thread_time() - began < 5


@pytest.mark.parametrize(
    "event", ["DTSTART:soon", "SUMMARY:none", "DTSTART:20270324T090000Z\nRRULE:FREQ=YEARLY;BYWEEKNO=3"]
)
def test_an_entry_that_is_not_understood_is_counted_and_hides_no_other(event: str) -> None:
    found = busy_in(file(event, "DTSTART:20270324T090000Z\nDURATION:PT1H"), zone="UTC", since=SINCE, until=UNTIL)
    assert (len(found.spans), found.left_out) == (1, 1)


def test_an_entry_without_an_end_takes_no_time_and_one_of_a_year_is_cut() -> None:
    assert read("DTSTART:20270324T090000Z") == []
    found = busy_in(file("DTSTART:20200101T000000Z\nDTEND:20300101T000000Z"), zone="UTC", since=SINCE, until=UNTIL)
    assert found.spans == () or found.spans[0][1] - found.spans[0][0] <= timedelta(days=400).total_seconds()
