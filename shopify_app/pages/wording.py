"""Days, names and amounts as the portal and the desk write them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import Locale, UnknownLocaleError
from flask.blueprints import BlueprintSetupState

from consults.models import Advisor
from consults.names import greeting
from consults.zones import city, show_day, show_hour
from kit.money import Money


def shown_locale(locale: str) -> str:
    """The client's locale where the pages speak its language, else English; dates never differ from their sentence."""
    return locale if locale.replace("_", "-").split("-")[0].lower() == "en" else "en"


def show_date(day: date | None, locale: str = "en") -> str:
    """ "Tuesday 24 November"; "unknown" for None."""
    if day is None:
        return "unknown"
    return show_day(datetime.combine(day, time(12), UTC), "UTC", locale)


def near_day(at: datetime, zone: str, now: datetime) -> str:
    """ "today", "tomorrow", or "Tuesday 24 November", in that zone."""
    days = (at.astimezone(ZoneInfo(zone)).date() - now.astimezone(ZoneInfo(zone)).date()).days
    return {0: "today", 1: "tomorrow"}.get(days) or show_day(at, zone)


def month_of(day: date) -> str:
    """ "October"."""
    return Locale("en").months["format"]["wide"][day.month]


def initials(name: str) -> str:
    """ "IL" of "Inès Laurent"."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def money(cents: int, currency: str, locale: str = "en") -> str:
    """ "$14,800" of 1480000 and "USD"."""
    return Money(cents, currency).show(shown_locale(locale).replace("-", "_"))


def named(row: Any) -> str:
    """How a case's or a return's client is addressed, "Mrs Whitlock"; "the client" where we may not know."""
    return greeting(row.client_title, row.client_name, row.client_locale) or "the client"


def left(until: datetime, now: datetime) -> str:
    """ "6 h", "40 min"; "" once it is past."""
    minutes = int((until - now) / timedelta(minutes=1))
    if minutes <= 0:
        return ""
    return f"{minutes // 60} h" if minutes >= 120 else f"{minutes} min"


def spoken(advisor: Advisor) -> str:
    """ "French and English"."""
    names = []
    for code in advisor.languages.split(","):
        try:
            names.append(Locale.parse(code.strip().replace("-", "_")).get_language_name("en") or "")
        except (ValueError, UnknownLocaleError):
            continue
    return and_(name for name in names if name)


def and_(words: Any) -> str:
    """ "a", "a and b", "a, b and c"."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def capitalize_first(words: str) -> str:
    """ "Today" of "today"; the rest stays."""
    return words[:1].upper() + words[1:]


TOLD = {
    "advisor_new_case": "To the advisor: a new return",
    "client_invited": "Invitation to talk",
    "client_offered_both": "Both ways offered",
    "client_rang_advisor": "To the advisor: the client rang",
    "client_reminded": "Reminder",
    "client_wrote_advisor": "To the advisor: the client wrote",
    "consult_cancelled": "Time called off",
    "consult_cancelled_advisor": "To the advisor: time called off",
    "consult_confirmed": "Time confirmed",
    "consult_confirmed_advisor": "To the advisor: time confirmed",
    "copied_advisor": "To a colleague: who answers",
    "handed_over": "Who looks after them now",
    "line_answer": "The advisor's answer",
    "line_missed": "Answer to a call",
    "outcome_due_advisor": "To the advisor: what was decided?",
    "owner_copied_advisor": "To who sold it: who answers",
    "reminded_advisor": "To the advisor: they still wait",
    "reminded_talk_advisor": "To the advisor: in an hour",
    "stands_in_advisor": "To who stands in",
    "times_proposed": "Times proposed",
}


def told_of(message: str) -> str:
    """What a message of a case is about, as the desk and the admin list it."""
    return TOLD.get(message) or message.replace("_", " ").capitalize()


FILTERS: dict[str, Callable[..., str]] = {
    "capitalize_first": capitalize_first,
    "initials": initials,
    "money": money,
    "month_of": month_of,
    "named": named,
    "near_day": near_day,
    "left": left,
    "show_date": show_date,
    "show_day": show_day,
    "spoken": spoken,
    "told_of": told_of,
    "tel": lambda number: "tel:" + "".join(c for c in number if c.isdigit() or c == "+"),
}


def add_filters(state: BlueprintSetupState) -> None:
    """For `Blueprint.record`: the words above as filters of every template."""
    state.app.jinja_env.filters.update(FILTERS)
    state.app.jinja_env.globals.update(city=city, show_hour=show_hour)
