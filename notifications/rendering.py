"""Messages from their templates. A text is one sentence or two with one link; an email starts with its subject.

English lies in templates/, every other language in a folder of its code beside it, under the same names. Where a
language lacks a message, it is read in English.
"""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

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
    "client_rang_advisor": ("email", "sms"),
    "client_reminded": ("email", "sms"),
    "client_wrote_advisor": ("email", "sms"),
    "consult_confirmed": ("email", "sms"),
    "consult_confirmed_advisor": ("email", "sms"),
    "consult_cancelled": ("email",),
    "consult_cancelled_advisor": ("email", "sms"),
    "consult_passed_advisor": ("email",),
    "copied_advisor": ("email",),
    "courier_called_off": ("email",),
    "courier_request": ("email",),
    "desk_link": ("sms",),
    "handed_over": ("email", "sms"),
    "label_ready": ("email",),
    "line_answer": ("email", "sms"),
    "line_missed": ("email", "sms"),
    "line_unknown": ("sms",),
    "make_right": ("email",),
    "money_on_its_way": ("email",),
    "not_met": ("email",),
    "not_met_advisor": ("email",),
    "outcome_due_advisor": ("email",),
    "balance_to_pay": ("email",),
    "owner_copied_advisor": ("email",),
    "piece_arrived": ("email",),
    "reminded_advisor": ("sms", "email"),
    "reminded_talk_advisor": ("sms",),
    "replied_advisor": ("sms",),
    "return_link": ("email",),
    "return_offered": ("email",),
    "sale_to_pay": ("email",),
    "stands_in_advisor": ("sms", "email"),
    "wear_found": ("email",),
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


def render(name: str, channel: str, values: dict[str, Any], locale: str = "en") -> tuple[str, str]:
    """Subject ("" for a text) and body. Raises KeyError for a message that has no such channel."""
    written = WRITTEN_AS.get(channel, channel)
    if written not in MESSAGES[name]:
        raise KeyError(f"{name} has no {channel} template")
    file = f"{name}.{written}.txt"
    shown = values if channel == "email" else {name: _short(name, value) for name, value in values.items()}
    text = _environment.select_template([f"{language(locale)}/{file}", file]).render(shown).strip()
    if channel != "email":
        return "", " ".join(text.split())
    first, _, body = text.partition("\n")
    if not first.startswith("Subject:"):
        raise ValueError(f"{name}.email.txt does not start with its subject")
    return _cut(first.removeprefix("Subject:").strip(), MOST_OF_SUBJECT), body.strip() + "\n"


def _short(name: str, value: Any) -> Any:
    """In a text a name of ten thousand letters would leave no room for the rest; a link is never cut."""
    return _cut(value, MOST_IN_A_TEXT) if isinstance(value, str) and "link" not in name else value


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def language(locale: str) -> str:
    """ "fr" of "fr-CA"."""
    return "".join(sign for sign in locale.replace("_", "-").split("-")[0].lower() if sign.isalpha())


def languages() -> list[str]:
    """Codes of the languages that have messages of their own beside English."""
    return sorted(path.name for path in TEMPLATES.iterdir() if path.is_dir())
