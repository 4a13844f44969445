"""Opening hours, closed days, quiet hours and promises as a merchant writes them, and back. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from consults.slots import Rule
from consults.tiers import MOST_MINUTES
from consults.zones import is_zone
from kit.amounts import read_amount
from kit.money import Money

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CLOCK = r"(\d{1,2})(?:[:.h](\d{2}))?"
SPAN = re.compile(rf"{CLOCK}\s*(?:-|–|—|to)\s*{CLOCK}")
MOST_HOLIDAYS = 300
MOST_OF_ADDRESS = 200
LOCATION_GID = "gid://shopify/Location/"
HOW = "Write it as 10:00–19:00, with a comma between two stretches, or leave it empty for a closed day."

Wrongs = dict[str, str]


def read_week(form: Mapping[str, str]) -> tuple[list[Rule], Wrongs]:
    """Weekly rules from the seven fields "monday" to "sunday", and a sentence for each that is none."""
    week: list[Rule] = []
    wrongs: Wrongs = {}
    for number, name in enumerate(DAYS):
        try:
            week += _read_day(number, name, form.get(name.lower(), "").strip())
        except ValueError as error:
            wrongs[name.lower()] = str(error)
    if not week and not wrongs:
        wrongs["monday"] = "Open on one day at least; a boutique that never opens can promise nothing."
    return week, wrongs


def read_boutique(form: Mapping[str, str]) -> tuple[dict[str, dict[str, Any]], Wrongs]:
    """What advisors.keep_boutique() takes as "place", opening.set_opening() as "opening", and what to put right."""
    place, wrongs = read_place(form)
    week, more = read_week(form)
    holidays, still_more = read_holidays(form.get("holidays", ""))
    zone = form.get("zone", "").strip()
    wrongs |= more | still_more
    if not is_zone(zone):
        wrongs["zone"] = f"“{zone[:64]}” is no time zone we know. Write it as Europe/Paris."
    return {"place": place, "opening": {"zone": zone, "week": week, "holidays": holidays}}, wrongs


def read_place(form: Mapping[str, str]) -> tuple[dict[str, Any], Wrongs]:
    """A boutique's name, location, telephone and address as advisors.keep_boutique() takes them; what to put right.

    A form without the field for the address leaves it: a page that was open since before it was there.
    """
    name = " ".join(form.get("name", "").split())
    number = form.get("location", "").strip().removeprefix(LOCATION_GID)
    telephone = form.get("telephone", "").strip()
    wrongs: Wrongs = {}
    if not name or len(name) > 200:
        wrongs["name"] = "Write the name clients read."
    if number and not (number.isascii() and number.isdigit() and len(number) <= 20):
        wrongs["location"] = "Write the number alone, for example 71122330001, or leave it empty."
    if telephone and (len(re.findall(r"\d", telephone)) < 5 or len(telephone) > 40):
        wrongs["telephone"] = "Write the number clients can ring, for example +33 1 84 88 00 00."
    address = " ".join(form["address"].split()) if "address" in form else None
    if address is not None and len(address) > MOST_OF_ADDRESS:
        wrongs["address"] = f"At most {MOST_OF_ADDRESS} letters fit here."
    gid = LOCATION_GID + number if number else None
    return {"name": name, "location_gid": gid, "telephone": telephone, "address": address}, wrongs


def read_holidays(text: str) -> tuple[dict[date, str], Wrongs]:
    """Closed days from lines like "2026-12-25 Christmas", and a sentence naming the line that is none."""
    days: dict[date, str] = {}
    lines = [line.strip() for line in text.splitlines()]
    if len(lines) > MOST_HOLIDAYS:
        return {}, {"holidays": f"At most {MOST_HOLIDAYS} days fit here."}
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        written, _, name = line.partition(" ")
        try:
            day = date.fromisoformat(written) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", written) else None
        except ValueError:
            day = None
        if day is None:
            return {}, {"holidays": f"Line {number}: “{written[:20]}” is no date. Write it as 2026-12-25."}
        if day in days:
            return {}, {"holidays": f"Line {number}: {written} stands here twice."}
        days[day] = name.strip()[:80]
    return days, {}


def read_quiet(form: Mapping[str, str]) -> tuple[tuple[int, int], Wrongs]:
    """When advisors are left in peace, (from, until) in minutes from midnight."""
    found: list[int] = []
    wrongs: Wrongs = {}
    for name in ("quiet_from", "quiet_until"):
        parts = re.fullmatch(CLOCK, form.get(name, "").strip())
        minute = _minute(parts.group(1), parts.group(2)) if parts else None
        if minute is None or minute == 1440:
            wrongs[name] = "Write a time of day, for example 21:00."
        found.append(minute or 0)
    return (found[0], found[1]), wrongs


def read_tiers(form: Mapping[str, str], currency: str, rows: int) -> tuple[int, list[tuple[Money, int]], Wrongs]:
    """Minutes for everything, then (from this value on, minutes), and a sentence for each field to correct."""
    wrongs: Wrongs = {}
    usual = _minutes(form, "usual", wrongs)
    dearer: list[tuple[Money, int]] = []
    for row in range(1, rows + 1):
        value, minutes = form.get(f"from_{row}", "").strip(), form.get(f"minutes_{row}", "").strip()
        if not value and not minutes:
            continue
        money = _money(value, currency)
        if money is None or money.cents <= 0:
            wrongs[f"from_{row}"] = "Write a value in figures, above nothing, for example 25000."
        elif money.cents in {tier.cents for tier, _ in dearer}:
            wrongs[f"from_{row}"] = "That value stands here twice."
        kept = _minutes(form, f"minutes_{row}", wrongs)
        dearer.append((money or Money(0, currency), kept))
    return usual, dearer, wrongs


def week_words(week: Sequence[Rule]) -> str:
    """ "Mon to Sat 10:00–19:00": neighbouring days with the same hours are drawn together."""
    runs: list[tuple[int, int, str]] = []
    for number in range(7):
        words = day_words(week, number)
        if words and runs and runs[-1][2] == words and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number, words)
        elif words:
            runs.append((number, number, words))
    return "; ".join(f"{DAYS[a][:3]} {w}" if a == b else f"{DAYS[a][:3]} to {DAYS[b][:3]} {w}" for a, b, w in runs)


def day_words(week: Sequence[Rule], weekday: int) -> str:
    """ "10:00–13:00, 14:00–19:00"; "" for a closed day."""
    rules = sorted((rule for rule in week if rule.weekday == weekday), key=lambda rule: rule.start_minute)
    return ", ".join(f"{clock_words(rule.start_minute)}–{clock_words(rule.end_minute)}" for rule in rules)


def clock_words(minute: int) -> str:
    """ "09:05"; midnight at the end of a day is "24:00"."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _read_day(number: int, name: str, text: str) -> list[Rule]:
    rules: list[Rule] = []
    if text.lower() in ("", "closed"):
        return rules
    for part in text.split(","):
        found = SPAN.fullmatch(part.strip())
        start = _minute(found.group(1), found.group(2)) if found else None
        end = _minute(found.group(3), found.group(4)) if found else None
        if start is None or end is None:
            raise ValueError(f"{name}: “{part.strip()[:30]}” are no hours. {HOW}")
        if end <= start:
            raise ValueError(f"{name} ends before it begins. {HOW}")
        if rules and start < rules[-1].end_minute:
            raise ValueError(f"{name}: two stretches overlap, or stand in the wrong order.")
        rules.append(Rule(number, start, end))
    return rules


def _minute(hour: str, minute: str | None) -> int | None:
    total = int(hour) * 60 + int(minute or 0)
    return total if int(minute or 0) < 60 and total <= 1440 else None


def _minutes(form: Mapping[str, str], name: str, wrongs: Wrongs) -> int:
    text = form.get(name, "").strip()
    minutes = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0
    if not 1 <= minutes <= MOST_MINUTES:
        wrongs[name] = f"Write minutes in figures, from 1 to {MOST_MINUTES}."
    return minutes


def _money(text: str, currency: str) -> Money | None:
    try:
        return read_amount(text, currency)
    except ValueError:
        return None
