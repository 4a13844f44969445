"""When a calendar file says that somebody is busy. Pure: lines in, spans out, in time that its length bounds.

Read by hand and not by a library: definitions of time zones in the file are never run, because they repeat too, and
what an entry is about is never even looked at. Names of zones are IANA's, or Windows's as Outlook writes them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from consults.feed_words import FeedTrouble, FeedUnreadable
from consults.recurrence import NotFollowed, Purse, days_of, read_rule
from consults.slots import Span, merge
from consults.zones import is_zone

MOST_ENTRIES = 10_000
MOST_PERIODS = 400_000
DURATION = re.compile(r"([+-])?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?")
LONGEST = timedelta(days=400)


@dataclass(frozen=True)
class Busy:
    """`spans` are merged and in order. `left_out`: entries that could not be followed."""

    spans: tuple[Span, ...]
    left_out: int


@dataclass(frozen=True)
class Moment:
    """A day, or a wall time in a zone."""

    day: date
    at: time | None
    zone: ZoneInfo

    def instant(self, day: date | None = None) -> int:
        """In seconds, on `day` instead of its own."""
        wall = datetime.combine(day or self.day, self.at or time(), tzinfo=self.zone)
        return int(wall.timestamp())


@dataclass
class _Entry:
    lines: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    def one(self, name: str) -> tuple[dict[str, str], str] | None:
        return next(((params, value) for n, params, value in self.lines if n == name), None)

    def all(self, name: str) -> list[tuple[dict[str, str], str]]:
        return [(params, value) for n, params, value in self.lines if n == name]

    def word(self, name: str) -> str:
        found = self.one(name)
        return found[1].strip().upper() if found else ""


def busy_in(content: bytes, *, zone: str, since: datetime, until: datetime) -> Busy:
    """Spans of `content` that touch [since, until). `zone` is where times without one are meant.

    Raises FeedUnreadable for what is no calendar, repeats within a day, or holds too much.
    """
    if b"BEGIN:VCALENDAR" not in content[:4000].upper():
        raise FeedUnreadable(FeedTrouble.NO_CALENDAR)
    if content.count(b"BEGIN:VEVENT") > MOST_ENTRIES:
        raise FeedUnreadable(FeedTrouble.TOO_MUCH)
    entries = [entry for entry in _entries(content.decode("utf-8", "replace")) if _is_busy(entry)]
    home, purse, spans, left_out = ZoneInfo(zone), Purse(MOST_PERIODS), [], 0
    replaced = _replaced(entries, home)
    for entry in entries:
        try:
            spans += list(_spans(entry, home, (since, until), replaced, purse))
        except (NotFollowed, ValueError, OverflowError):
            left_out += 1
    first, last = int(since.timestamp()), int(until.timestamp())
    return Busy(tuple(merge((s, e) for s, e in spans if e > first and s < last)), left_out)


def _is_busy(entry: _Entry) -> bool:
    free = entry.word("TRANSP") == "TRANSPARENT" or entry.word("X-MICROSOFT-CDO-BUSYSTATUS") == "FREE"
    # One occurrence that was called off or set free still replaces what the rule says of that day.
    return entry.one("RECURRENCE-ID") is not None or not (free or entry.word("STATUS") == "CANCELLED")


def _spans(
    entry: _Entry, home: ZoneInfo, window: tuple[datetime, datetime], replaced: Mapping[str, set[int]], purse: Purse
) -> Iterator[Span]:
    start = _moment(entry.one("DTSTART"), home)
    if start is None:
        raise ValueError("no start")
    length = _length(entry, start, home)
    if entry.one("RECURRENCE-ID") is not None:
        off = entry.word("STATUS") == "CANCELLED" or entry.word("TRANSP") == "TRANSPARENT"
        if not off:
            yield _span(start, start.day, length)
        return
    gone = {m.instant() for params, values in entry.all("EXDATE") for m in _moments(params, values, home)}
    gone |= replaced.get(entry.word("UID"), set())
    for day in _days(entry, start, length, window, purse):
        if start.instant(day) not in gone:
            yield _span(start, day, length)
    for params, values in entry.all("RDATE"):
        for extra in _moments(params, values, home):
            yield _span(extra, extra.day, length)


def _days(
    entry: _Entry, start: Moment, length: timedelta, window: tuple[datetime, datetime], purse: Purse
) -> Iterator[date]:
    rule_line = entry.one("RRULE")
    if rule_line is None:
        yield start.day
        return
    rule = read_rule(rule_line[1].strip())
    since = (window[0] - length).astimezone(start.zone).date() - timedelta(days=1)
    last = _moment(({}, rule.until), start.zone) if rule.until else None
    for day in days_of(rule, start.day, since, window[1].astimezone(start.zone).date(), purse):
        if last is not None and start.instant(day) > (last.instant() if last.at else last.instant() + 86_399):
            return
        yield day


def _span(start: Moment, day: date, length: timedelta) -> Span:
    if start.at is None:  # whole days are from midnight to midnight, whatever the clocks do
        return start.instant(day), start.instant(day + max(length, timedelta(days=1)))
    begins = start.instant(day)
    return begins, begins + int(length.total_seconds())


def _length(entry: _Entry, start: Moment, home: ZoneInfo) -> timedelta:
    end = _moment(entry.one("DTEND"), home)
    if end is not None:
        whole = end.day - start.day if start.at is None else timedelta(seconds=end.instant() - start.instant())
        return min(max(whole, timedelta(0)), LONGEST)
    told = entry.one("DURATION")
    found = DURATION.fullmatch(told[1].strip().upper()) if told else None
    if found is None or found[1] == "-":
        return timedelta(0)
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in found.groups()[1:])
    return min(timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds), LONGEST)


def _replaced(entries: list[_Entry], home: ZoneInfo) -> dict[str, set[int]]:
    """By UID, the occurrences that have an entry of their own."""
    found: dict[str, set[int]] = {}
    for entry in entries:
        try:
            moment = _moment(entry.one("RECURRENCE-ID"), home)
        except ValueError:
            continue
        if moment is not None:
            found.setdefault(entry.word("UID"), set()).add(moment.instant())
    return found


def _moments(params: dict[str, str], values: str, home: ZoneInfo) -> list[Moment]:
    made = (_moment((params, value.partition("/")[0]), home) for value in values.split(","))
    return [moment for moment in made if moment is not None]


def _moment(line: tuple[dict[str, str], str] | None, home: ZoneInfo) -> Moment | None:
    """Raises ValueError for what is no time."""
    if line is None:
        return None
    params, text = line[0], line[1].strip().upper()
    if "T" not in text:
        return Moment(date.fromisoformat(text), None, home)
    zone = ZoneInfo("UTC") if text.endswith("Z") else _zone(params.get("TZID", ""), home)
    wall = datetime.fromisoformat(text.rstrip("Z"))
    return Moment(wall.date(), wall.time(), zone)


def _zone(name: str, home: ZoneInfo) -> ZoneInfo:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    name = name.strip().strip('"')
    # Some programs put their own path before it: "/freeassociation.sourceforge.net/Europe/Paris".
    for known in (name, WINDOWS_TO_OLSON.get(name, ""), "/".join(name.split("/")[-2:])):
        if known and is_zone(known):
            return ZoneInfo(known)
    return home


def _entries(text: str) -> Iterator[_Entry]:
    """The events of a calendar; what is inside of one, as its alarms, and everything else is passed over."""
    entry, inside = None, 0
    for line in _unfolded(text):
        upper = line.upper().rstrip()
        if entry is None:
            entry = _Entry() if upper == "BEGIN:VEVENT" else None
        elif upper == "END:VEVENT" and not inside:
            yield entry
            entry = None
        elif upper.startswith("BEGIN:"):
            inside += 1
        elif upper.startswith("END:"):
            inside -= 1
        elif not inside:
            entry.lines.append(_property(line))


def _unfolded(text: str) -> Iterator[str]:
    """Lines as they were before they were folded: what begins with a space goes on from the line before."""
    parts: list[str] = []
    for line in text.split("\n"):
        line = line.rstrip("\r")
        if line[:1] in (" ", "\t"):
            parts.append(line[1:])
            continue
        if parts:
            yield "".join(parts)
        parts = [line]
    yield "".join(parts)


def _property(line: str) -> tuple[str, dict[str, str], str]:
    """Name, parameters and value; a colon inside of quotes is not the one that ends the parameters."""
    quoted, colon = False, len(line)
    for at, sign in enumerate(line):
        quoted ^= sign == '"'
        if sign == ":" and not quoted:
            colon = at
            break
    name, *params = line[:colon].split(";")
    pairs = (param.partition("=")[::2] for param in params)
    return name.strip().upper(), {key.upper(): value.strip('"') for key, value in pairs}, line[colon + 1 :]


def as_instants(spans: tuple[Span, ...]) -> list[tuple[datetime, datetime]]:
    """Spans as aware times, in UTC."""
    return [(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)) for start, end in spans]
