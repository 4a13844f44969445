"""What the forms of an advisor hold, as columns and rows, and a sentence for each field to correct."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from babel.core import Locale, UnknownLocaleError
from werkzeug.datastructures import MultiDict

from consults.kinds import StaffRole
from consults.models import Advisor, WorkingHours
from consults.rights import BY_ROLE, Right
from consults.rooms.own_link import is_own_link
from consults.zones import is_zone
from kit.phones import dialled
from shopify_app.asked import row_id, whole
from shopify_app.pages.admin.room_forms import WHOLE_ADDRESS

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
STRETCH = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|to)\s*(\d{1,2})(?:[:.](\d{2}))?", re.IGNORECASE)
STAFF_GID = "gid://shopify/StaffMember/"
LIMITS = {"limit_own": 500, "limit_pool": 500, "weight": 1000}
LONGEST_AWAY = timedelta(days=730)
NO_NUMBER = "Write a mobile number: texts about new returns go there. Without texts, tick “Asked for no texts”."


Form: TypeAlias = MultiDict[str, str]


def read_form(form: Form, places: Sequence[int], *, now: datetime) -> tuple[dict[str, Any], dict[str, str]]:
    """Columns of an advisor, and a sentence for each field to correct. A field the form lacks keeps what it was.

    `places` are the ids of the shop's boutiques.
    """
    values, wrongs = _person(form, now)
    _knowledge(form, places, values, wrongs)
    if "room_link" in form:
        values["room_link"] = form.get("room_link", "").strip()
        if values["room_link"] and not is_own_link(values["room_link"]):
            wrongs["room_link"] = WHOLE_ADDRESS
    for name, most in LIMITS.items():
        if name in form:
            least = 1 if name == "weight" else 0
            values[name] = whole(form.get(name, ""), least, most)
            if values[name] is None:
                wrongs[name] = f"Write a whole number from {least} to {most}."
    return values, wrongs


def _person(form: Form, now: datetime) -> tuple[dict[str, Any], dict[str, str]]:
    phone = dialled(form.get("phone", ""))
    email, name = form.get("email", "").strip(), form.get("name", "").strip()
    active, no_texts = "active" in form, "no_texts" in form
    wrongs = {}
    if not name or len(name) > 200:
        wrongs["name"] = "Write the name clients read."
    if phone is None:
        wrongs["phone"] = "Write the number with its country code, for example +33 6 12 34 56 78."
    elif not phone and active and not no_texts:
        wrongs["phone"] = NO_NUMBER
    if email and not ADDRESS.fullmatch(email):
        wrongs["email"] = "Write an e-mail address, for example ines@house.com."
    values = {
        "name": name,
        "phone": phone or None,
        "email": email or None,
        "active": active,
        "texts_stopped_at": now if no_texts else None,
        "introduction": form.get("introduction", "").strip()[:400],
    }
    return values, wrongs


def _knowledge(form: Form, places: Sequence[int], values: dict[str, Any], wrongs: dict[str, str]) -> None:
    """Languages, kinds of piece, boutiques, number in Shopify, role and zone."""
    codes = [code.strip().lower() for code in re.split(r"[,\s]+", form.get("languages", "")) if code.strip()]
    values["languages"] = ",".join(codes)
    if not codes or not all(_language(code) for code in codes) or len(values["languages"]) > 100:
        wrongs["languages"] = "Write language codes with commas between them, for example fr, en."
    if "categories" in form:
        kinds = dict.fromkeys(" ".join(kind.split()).lower() for kind in form.get("categories", "").split(","))
        values["categories"] = ", ".join(kind for kind in kinds if kind)[:1000]
    if "boutique" in form:
        home, others = _ids([form.get("boutique", "")]), _ids(form.getlist("serves"))
        if not {*home, *others} <= set(places):
            wrongs["boutique"] = "Choose one of your boutiques."
        values["boutique_id"] = home[0] if home else None
        values["more_boutique_ids"] = sorted(set(others) - set(home))
    if "staff" in form:
        number = form.get("staff", "").strip().removeprefix(STAFF_GID)
        values["staff_gid"] = STAFF_GID + number if number else None
        if number and not (number.isascii() and number.isdigit() and len(number) <= 20):
            wrongs["staff"] = "Write the number alone, for example 90871230001, or leave it empty."
    if "role" in form:
        role = form.get("role", "")
        if role not in set(StaffRole):
            wrongs["role"] = "Choose what they are."
        else:
            values["role"] = StaffRole(role)
    if "budget" in form:
        budget = whole(form.get("budget", "").strip() or "0", 0, 9_999_999)
        values["budget_cents"] = (budget or 0) * 100
        if budget is None:
            wrongs["budget"] = "Write a whole amount, for example 600, or leave it empty."
    if "has-rights" in form and not wrongs.get("role"):
        chosen = {word for word in form.getlist("rights") if word in set(Right)}
        usual = BY_ROLE[values.get("role", StaffRole.ADVISOR)][1]
        values["rights_given"] = sorted(chosen - usual)
        values["rights_taken"] = sorted(right for right in usual if right not in chosen)
    if "zone" in form:
        values["zone"] = form.get("zone", "").strip()
        if not is_zone(values["zone"]):
            wrongs["zone"] = "Write a time zone by its name, for example Europe/Paris."


def _ids(texts: Sequence[str]) -> list[int]:
    return [row_id(text) or 0 for text in texts if text]


# --- hours


def read_hours(form: Form) -> tuple[list[tuple[int, int, int]] | None, dict[str, str]]:
    """Weekly hours as `consults.advisors.set_hours` takes them; None where the form has none."""
    if "hours-0" not in form:
        return None, {}
    hours: list[tuple[int, int, int]] = []
    wrongs = {}
    for weekday in range(7):
        found = stretches(form.get(f"hours-{weekday}", ""))
        if found is None:
            wrongs[f"hours-{weekday}"] = "Write from and to, for example 10:00–13:00, 14:00–18:00."
        else:
            hours += [(weekday, start, end) for start, end in found]
    return hours, wrongs


def stretches(text: str) -> list[tuple[int, int]] | None:
    """Minutes of "10:00–13:00, 14:00–18:00", in order; None for what is no hours or overlaps."""
    found: list[tuple[int, int]] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = STRETCH.fullmatch(part)
        if match is None:
            return None
        start, end = _minute(match[1], match[2]), _minute(match[3], match[4])
        if start is None or end is None or start >= 1440 or start == end:
            return None
        found.append((start, end if end > start else end + 1440))  # past midnight
    found.sort()
    overlap = any(after[0] < before[1] for before, after in pairwise(found))
    return None if overlap else found


def _minute(hour: str, minute: str | None) -> int | None:
    whole = int(hour) * 60 + int(minute or 0)
    return whole if int(hour) <= 24 and int(minute or 0) < 60 and whole <= 1440 else None


def hours_by_day(rules: Sequence[WorkingHours]) -> list[tuple[str, str, str]]:
    """(field, day, "10:00–13:00, 14:00–18:00") for each day of the week."""
    spans: dict[int, list[str]] = {}
    for rule in rules:
        spans.setdefault(rule.weekday, []).append(_shown(rule))
    return [(f"hours-{n}", day, ", ".join(spans.get(n, []))) for n, day in enumerate(DAYS)]


def hours_in_words(rules: Sequence[WorkingHours]) -> str:
    """ "Mon to Fri 10:00–18:00, Sat 10:00–14:00": neighbouring days with the same hours are drawn together."""
    runs: list[tuple[int, int, str]] = []
    for rule in rules:
        span = _shown(rule)
        if runs and runs[-1][2] == span and runs[-1][1] == rule.weekday - 1:
            runs[-1] = (runs[-1][0], rule.weekday, span)
        else:
            runs.append((rule.weekday, rule.weekday, span))
    return ", ".join(f"{DAYS[a]} {span}" if a == b else f"{DAYS[a]} to {DAYS[b]} {span}" for a, b, span in runs)


def _shown(rule: WorkingHours) -> str:
    return f"{_clock(rule.start_minute)}–{_clock(rule.end_minute)}"


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


# --- away


def read_away(
    form: Form, advisor: Advisor, *, now: datetime
) -> tuple[tuple[datetime, datetime] | None, dict[str, str]]:
    """[first instant, last instant) of whole days in the advisor's own zone."""
    first, last = _day(form.get("away_from", "")), _day(form.get("away_until", ""))
    today = now.astimezone(ZoneInfo(advisor.zone)).date()
    if first is None:
        return None, {"away_from": "Choose the first day."}
    if last is None or last < first:
        return None, {"away_until": "Choose the last day, not before the first."}
    if last < today or last - first > LONGEST_AWAY:
        return None, {"away_until": "Choose days that are not over yet, two years at most."}
    zone = ZoneInfo(advisor.zone)
    starts = datetime.combine(first, time(), zone).astimezone(UTC)
    return (starts, datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)), {}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def languages_in_words(codes: str) -> str:
    """ "French, English" of "fr,en"."""
    return ", ".join(_language(code.strip()) or code for code in codes.split(",") if code.strip())


def _language(code: str) -> str:
    try:
        return str(Locale.parse(code, sep="-").get_display_name("en") or "")
    except (ValueError, UnknownLocaleError):
        return ""
