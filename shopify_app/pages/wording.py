"""Days, names and amounts as the portal and the desk write them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import Locale, UnknownLocaleError
from babel.lists import format_list
from flask.blueprints import BlueprintSetupState

from consults.models import Advisor
from consults.names import greeting
from consults.zones import city, show_day, show_hour
from kit.money import Money
from kit.phones import shown_phone
from shopify_app.locales import ENGLISH
from shopify_app.tongue import N_, _, tongue

ADDRESSED = N_("the client")  # where we may not know the name


def day_in(at: datetime, zone: str, locale: str = "") -> str:
    """ "Tuesday 24 November", in that zone and in the language of the page, or in another that is named."""
    return show_day(at, zone, locale or tongue().locale)


def hour_in(at: datetime, zone: str, locale: str = "") -> str:
    """ "16:30", likewise."""
    return show_hour(at, zone, locale or tongue().locale)


def show_date(day: date | None, locale: str = "") -> str:
    """ "Tuesday 24 November"; "unknown" for None."""
    if day is None:
        return _("unknown")
    return day_in(datetime.combine(day, time(12), UTC), "UTC", locale)


def near_day(at: datetime, zone: str, now: datetime) -> str:
    """ "today", "tomorrow", or "Tuesday 24 November", in that zone."""
    days = (at.astimezone(ZoneInfo(zone)).date() - now.astimezone(ZoneInfo(zone)).date()).days
    return {0: _("today"), 1: _("tomorrow")}.get(days) or day_in(at, zone)


def month_of(day: date) -> str:
    """ "October", in the form that stands within a sentence."""
    return Locale.parse(tongue().locale).months["format"]["wide"][day.month]


def initials(name: str) -> str:
    """ "IL" of "Inès Laurent"."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def money(cents: int, currency: str) -> str:
    """ "$14,800" of 1480000 and "USD", as the language of the page writes it."""
    return Money(cents, currency).show(tongue().locale)


def named(row: Any) -> str:
    """How a case's or a return's client is addressed, "Mrs Whitlock"; "the client" where we may not know."""
    return greeting(row.client_title, row.client_name, row.client_locale) or _(ADDRESSED)


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
            names.append(Locale.parse(code.strip().replace("-", "_")).get_language_name(tongue().locale) or "")
        except (ValueError, UnknownLocaleError):
            continue
    return and_(name for name in names if name)


def and_(words: Any) -> str:
    """ "a", "a and b", "a, b and c"; in English without a comma before the "and"."""
    if tongue().language != ENGLISH:
        return format_list(list(words), locale=tongue().locale)
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def capitalize_first(words: str) -> str:
    """ "Today" of "today"; the rest stays."""
    return words[:1].upper() + words[1:]


TOLD = {
    "advisor_new_case": "To the advisor: a new return",
    "client_invited": "Invitation to talk",
    "client_offered_both": "Both ways offered",
    "card_chosen_advisor": "To the advisor: they chose a way out",
    "card_opened_advisor": "To the advisor: something to make right",
    "client_rang_advisor": "To the advisor: the client rang",
    "client_reminded": "Reminder",
    "client_wrote_advisor": "To the advisor: the client wrote",
    "consult_cancelled": "Time called off",
    "consult_cancelled_advisor": "To the advisor: time called off",
    "consult_confirmed": "Time confirmed",
    "consult_confirmed_advisor": "To the advisor: time confirmed",
    "copied_advisor": "To a colleague: who answers",
    "gesture_answered_advisor": "To the advisor: yes, or not now",
    "gesture_asked_advisor": "To a colleague: may it be given?",
    "handed_over": "Who looks after them now",
    "line_answer": "The advisor's answer",
    "line_missed": "Answer to a call",
    "outcome_due_advisor": "To the advisor: what was decided?",
    "owner_copied_advisor": "To who sold it: who answers",
    "promise_broken_advisor": "To the manager: promised, not done",
    "promise_due_advisor": "To the advisor: promised for tomorrow",
    "promise_kept": "What was promised is done",
    "reminded_advisor": "To the advisor: they still wait",
    "reminded_talk_advisor": "To the advisor: in an hour",
    "stands_in_advisor": "To who stands in",
    "times_proposed": "Times proposed",
    "wear_waits_advisor": "To the advisor: a charge for wear waits",
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
    "show_day": day_in,
    "spoken": spoken,
    "told_of": told_of,
    "phone": shown_phone,
    "tel": lambda number: "tel:" + "".join(c for c in number if c.isdigit() or c == "+"),
}


def add_filters(state: BlueprintSetupState) -> None:
    """For `Blueprint.record`: the words above as filters of every template."""
    state.app.jinja_env.filters.update(FILTERS)
    state.app.jinja_env.globals.update(city=city, show_hour=hour_in)
