"""Calendar entries. Pure but for the library that folds and quotes them. Times are written in UTC: no zone tables."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from consults.models import Consult
from consults.states import ConsultState

if TYPE_CHECKING:
    from icalendar import Alarm, Event, vCalAddress

# icalendar is imported where it is used: it would be six megabytes of every web process, which seldom needs it.

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


def invitation(
    consult: Consult,
    *,
    host: str,
    method: str = REQUEST,
    organiser: tuple[str, str],
    attendee: tuple[str, str] | None,
    summary: str,
    description: str = "",
    location: str = "",
    url: str = "",
    now: datetime,
) -> bytes:
    """A calendar file for one person. `organiser` and `attendee` are (name, email).

    The organiser is the house's mailbox and not the advisor: somebody who organises is not asked for an answer. One
    attendee, so that nobody's address is shown to another. The UID stays for ever and the sequence rises.
    """
    from icalendar import Event

    event = Event()
    event.add("uid", f"consult-{consult.id}@{host}")
    event.add("sequence", consult.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", consult.starts_at.astimezone(UTC))
    event.add("dtend", consult.ends_at.astimezone(UTC))
    event.add("summary", summary)
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    for name, value in (("description", description), ("location", location), ("url", url)):
        if value:
            event.add(name, value)
    event["organizer"] = _person(*organiser)
    if attendee is not None:
        event.add("attendee", _invited(*attendee), encode=False)
    if method != CANCEL:
        event.add_component(_reminder(summary))
    return _calendar(method, event)


def feed(consults: Sequence[Consult], *, host: str, desk: str) -> bytes:
    """Conversations of one advisor as a calendar to subscribe to. It says how and where to look, and names nobody.

    Stamped with when each was last changed as far as we know, so that the same conversations are the same bytes.
    """
    from icalendar import Event

    events = []
    for consult in consults:
        event = Event()
        event.add("uid", f"consult-{consult.id}@{host}")
        event.add("sequence", consult.sequence)
        event.add("dtstamp", (consult.over_at or consult.began_at or consult.created_at).astimezone(UTC))
        event.add("dtstart", consult.starts_at.astimezone(UTC))
        event.add("dtend", consult.ends_at.astimezone(UTC))
        event.add("summary", f"Conversation, {consult.kind.value}")
        event.add("description", desk)
        event.add("status", "CANCELLED" if consult.state is ConsultState.CANCELLED else "CONFIRMED")
        events.append(event)
    return _calendar(PUBLISH, *events, refresh="PT15M")


def google_link(consult: Consult, *, summary: str, description: str = "", location: str = "") -> str:
    """Adds the conversation to a Google calendar."""
    dates = f"{_stamp(consult.starts_at)}/{_stamp(consult.ends_at)}"
    query = {"action": "TEMPLATE", "text": summary, "dates": dates, "details": description, "location": location}
    return "https://calendar.google.com/calendar/render?" + urlencode(query)


def outlook_link(consult: Consult, *, summary: str, description: str = "", location: str = "") -> str:
    """Adds the conversation to an Outlook calendar."""
    query = {
        "rru": "addevent",
        "subject": summary,
        "startdt": consult.starts_at.astimezone(UTC).isoformat(),
        "enddt": consult.ends_at.astimezone(UTC).isoformat(),
        "body": description,
        "location": location,
    }
    return "https://outlook.live.com/calendar/0/deeplink/compose?" + urlencode(query)


def _calendar(method: str, *events: "Event", refresh: str = "") -> bytes:
    from icalendar import Calendar, vText

    calendar = Calendar()
    calendar.add("prodid", "-//Assisted returns//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if refresh:
        every = vText(refresh)
        every.params["VALUE"] = "DURATION"  # it has no kind of its own: RFC 7986, 5.7
        calendar["refresh-interval"] = every
        calendar["x-published-ttl"] = refresh
    for event in events:
        calendar.add_component(event)
    return calendar.to_ical()


def _person(name: str, email: str) -> "vCalAddress":
    from icalendar import vCalAddress, vText

    person = vCalAddress(f"mailto:{email}")
    person.params["CN"] = vText(name)
    return person


def _invited(name: str, email: str) -> "vCalAddress":
    from icalendar import vText

    # Outlook shows Accept and Decline only for a request with an attendee who is asked to answer.
    person = _person(name, email)
    person.params["ROLE"] = vText("REQ-PARTICIPANT")
    person.params["PARTSTAT"] = vText("NEEDS-ACTION")
    person.params["RSVP"] = vText("TRUE")
    return person


def _reminder(summary: str) -> "Alarm":
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm["trigger"] = "-PT10M"
    return alarm


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
