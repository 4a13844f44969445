"""Calendar: the facts of an iCalendar text, as a person would want to read them. RFC 5545, the little we need."""

import re

# In the order they are shown, each in a reader's words.
SHOWN = {
    "SUMMARY": "What",
    "DTSTART": "Starts",
    "DTEND": "Ends",
    "LOCATION": "Where",
    "URL": "Link",
    "ORGANIZER": "From",
    "ATTENDEE": "With",
    "STATUS": "Status",
    "METHOD": "Method",
    "SEQUENCE": "Version",
    "UID": "UID",
}
ALARM = re.compile(r"BEGIN:VALARM.*?END:VALARM", re.DOTALL)
ZONE = re.compile(r"BEGIN:VTIMEZONE.*?END:VTIMEZONE", re.DOTALL)


def facts(ics: str | None) -> list[tuple[str, str]]:
    """What matters in an event, as words and values, in the order of SHOWN; empty for no calendar."""
    unfolded = re.sub(r"\r?\n[ \t]", "", ics or "").replace("\r\n", "\n")
    # Zone rules and alarms have a DTSTART and a DESCRIPTION of their own.
    lines = ZONE.sub("", ALARM.sub("", unfolded)).split("\n")
    found: dict[str, list[str]] = {}
    for line in lines:
        left, _, value = line.partition(":")
        name, *parameters = left.split(";")
        if name in SHOWN and value:
            found.setdefault(name, []).append(_readable(name, parameters, value))
    return [(words, value) for name, words in SHOWN.items() for value in found.get(name, [])]


def _readable(name: str, parameters: list[str], value: str) -> str:
    if name in ("DTSTART", "DTEND"):
        return _moment(value, next((p[5:] for p in parameters if p.startswith("TZID=")), ""))
    text = value.replace("\\n", " ").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
    return text.removeprefix("mailto:").removeprefix("MAILTO:")


def _moment(value: str, zone: str) -> str:
    parts = re.match(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d))?", value)
    if not parts:
        return value
    year, month, day, hour, minute = parts.groups()
    clock = f" {hour}:{minute}" if hour else ""
    return f"{year}-{month}-{day}{clock} {zone or ('UTC' if value.endswith('Z') else '')}".strip()
