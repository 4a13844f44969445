"""Messages from their templates. A text is one sentence or two with one link; an email starts with its subject.

English lies in templates/, every other language in a folder of its code beside it, under the same names. Where a
language lacks a message, it is read in English: messages to advisors, managers and couriers.

In a mail that reads from the right, each value stands apart (Unicode's isolates), so that a name or a number in Latin
signs doesn't jump. Links never: a sign beside one may be taken into it, and they stand on lines of their own. Texts
never: old telephones show the signs as boxes, and their few values are set where nothing can jump.
"""

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from kit.languages import FROM_RIGHT, language, written_in

__all__ = ["MESSAGES", "TEMPLATES", "WRITTEN_AS", "apart", "language", "render"]

TEMPLATES = Path(__file__).parent / "templates"

MESSAGES: dict[str, tuple[str, ...]] = {
    # message -> channels it has templates for
    "advisor_new_case": ("sms", "email"),
    "advisor_note": ("email", "sms"),
    "alone_in_room_advisor": ("sms",),
    "along_cancelled": ("email",),
    "along_invited": ("email",),
    "client_invited": ("email", "sms"),
    "client_offered_both": ("email", "sms"),
    "code": ("email", "sms"),
    "collection_changed": ("email",),
    "card_chosen_advisor": ("sms", "email"),
    "card_opened_advisor": ("sms", "email"),
    "client_rang_advisor": ("email", "sms"),
    "client_reminded": ("email", "sms"),
    "client_wrote_advisor": ("email", "sms"),
    "consult_confirmed": ("email", "sms"),
    "consult_confirmed_advisor": ("email", "sms"),
    "consult_cancelled": ("email", "sms"),
    "consult_cancelled_advisor": ("email", "sms"),
    "consult_passed_advisor": ("email",),
    "copied_advisor": ("email",),
    "courier_called_off": ("email",),
    "courier_request": ("email",),
    "desk_link": ("sms",),
    "gesture_answered_advisor": ("email", "sms"),
    "gesture_asked_advisor": ("email", "sms"),
    "handed_over": ("email", "sms"),
    "label_ready": ("email",),
    "line_answer": ("email", "sms"),
    "line_missed": ("email", "sms"),
    "line_unknown": ("sms",),
    "make_right": ("email",),
    "money_on_its_way": ("email",),
    "not_met": ("email",),
    "not_met_advisor": ("email",),
    "order_link": ("email", "sms"),
    "outcome_due_advisor": ("email",),
    "balance_to_pay": ("email",),
    "owner_copied_advisor": ("email",),
    "piece_arrived": ("email",),
    "promise_broken_advisor": ("email", "sms"),
    "promise_due_advisor": ("sms", "email"),
    "promise_kept": ("email",),
    "reminded_advisor": ("sms", "email"),
    "reminded_talk_advisor": ("sms",),
    "replied_advisor": ("sms",),
    "return_link": ("email",),
    "return_offered": ("email",),
    "sale_to_pay": ("email",),
    "stands_in_advisor": ("sms", "email"),
    "wear_found": ("email",),
    "wear_waits_advisor": ("email", "sms"),
    "withdrawal_stated": ("email",),
    "withdrawal_received": ("email",),
    "times_proposed": ("email", "sms"),
    "waiting_advisor": ("sms", "email"),
}

MOST_OF_SUBJECT, MOST_IN_A_TEXT = 300, 400
"""Letters of a subject, and of one value in a text; far more than any real one has."""

WRITTEN_AS = {"whatsapp": "sms"}
"""Channels that say what another says, word for word."""

# Plain text, so nothing is escaped; StrictUndefined, so a missing value stops the message instead of leaving a gap.
_environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    undefined=StrictUndefined,
    autoescape=False,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=False,
)
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+")
FROM_LEFT_APART, FROM_RIGHT_APART, ENDS = "\u2066", "\u2067", "\u2069"
_ARABIC, _TURNS = re.compile(r"[\u0600-\u06ff]"), re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def apart(value: Any) -> Any:
    """A value of an Arabic mail, each of its lines set apart in its own direction; a link and what is no text as is."""
    if not isinstance(value, str) or _ADDRESS.fullmatch(value):
        return value
    return "\n".join(_line_apart(line) for line in value.split("\n"))


def _line_apart(line: str) -> str:
    if not any(sign.isalnum() for sign in line):
        return line
    line = _TURNS.sub("", line)  # nobody's name ends what we began
    return f"{FROM_RIGHT_APART if _ARABIC.search(line) else FROM_LEFT_APART}{line}{ENDS}"


_apart = _environment.overlay(finalize=apart)


def render(name: str, channel: str, values: dict[str, Any], locale: str = "en") -> tuple[str, str]:
    """Subject ("" for a text) and body. Raises KeyError for a message that has no such channel."""
    written = WRITTEN_AS.get(channel, channel)
    if written not in MESSAGES[name]:
        raise KeyError(f"{name} has no {channel} template")
    shown = values if channel == "email" else {name: _short(name, value) for name, value in values.items()}
    text = _template(f"{name}.{written}.txt", locale, channel).render(shown).strip()
    if channel != "email":
        return "", " ".join(text.split())
    first, _, body = text.partition("\n")
    if not first.startswith("Subject:"):
        raise ValueError(f"{name}.email.txt does not start with its subject")
    return _cut(" ".join(first.removeprefix("Subject:").split()), MOST_OF_SUBJECT), body.strip() + "\n"


def _short(name: str, value: Any) -> Any:
    """In a text a name of ten thousand letters would leave no room for the rest; a link is never cut."""
    return _cut(value, MOST_IN_A_TEXT) if isinstance(value, str) and "link" not in name else value


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _template(file: str, locale: str, channel: str) -> Template:
    """In the reader's language, else in English."""
    spoken = written_in(locale)
    own = f"{spoken}/{file}"
    found = _environment.select_template([own, file])
    return _apart.get_template(own) if found.name == own and spoken in FROM_RIGHT and channel == "email" else found
