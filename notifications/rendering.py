"""Messages from their templates. A text is one sentence or two with one link; an email starts with its subject."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent / "templates"

MESSAGES: dict[str, tuple[str, ...]] = {
    # message -> channels it has templates for
    "advisor_new_case": ("sms",),
    "client_invited": ("email", "sms"),
    "consult_confirmed": ("email", "sms"),
    "consult_confirmed_advisor": ("email", "sms"),
    "consult_cancelled": ("email",),
    "consult_cancelled_advisor": ("email", "sms"),
    "consult_passed_advisor": ("email",),
    "copied_advisor": ("email",),
    "desk_link": ("sms",),
    "handed_over": ("email", "sms"),
    "label_ready": ("email",),
    "make_right": ("email",),
    "money_on_its_way": ("email",),
    "balance_to_pay": ("email",),
    "owner_copied_advisor": ("email",),
    "piece_arrived": ("email",),
    "reminded_advisor": ("sms",),
    "replied_advisor": ("sms",),
    "return_link": ("email",),
    "sale_to_pay": ("email",),
    "stands_in_advisor": ("sms",),
}

# Plain text, so nothing is escaped; StrictUndefined, so a missing value stops the message instead of leaving a gap.
_environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    undefined=StrictUndefined,
    autoescape=False,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=False,
)


def render(name: str, channel: str, values: dict[str, Any]) -> tuple[str, str]:
    """Subject ("" for a text) and body. Raises KeyError for a message that has no such channel."""
    if channel not in MESSAGES[name]:
        raise KeyError(f"{name} has no {channel} template")
    text = _environment.get_template(f"{name}.{channel}.txt").render(values).strip()
    if channel != "email":
        return "", " ".join(text.split())
    first, _, body = text.partition("\n")
    if not first.startswith("Subject:"):
        raise ValueError(f"{name}.email.txt does not start with its subject")
    return first.removeprefix("Subject:").strip(), body.strip() + "\n"
