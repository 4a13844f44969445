"""Templates WhatsApp approved: which of Twilio's ids stands for which message, and what fills its numbered gaps. Pure.

TWILIO_TEMPLATES is JSON, a ContentSid for each language of each message:
{"client_reminded": {"en": "HX…", "fr": "HX…"}}.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from kit.languages import written_in
from notifications.rendering import MESSAGES, render

VARIABLES: Mapping[str, tuple[str, ...]] = {
    # message -> values in the order of the gaps {{1}}, {{2}} … of its template, in every language
    "client_invited": ("house", "advisor", "link"),
    "client_offered_both": ("house", "advisor", "link"),
    "client_reminded": ("house", "when", "advisor", "link"),
    "consult_confirmed": ("house", "when", "advisor", "link"),
    "handed_over": ("house", "advisor", "link"),
    "times_proposed": ("house", "advisor", "link"),
    "line_missed": ("house", "advisor", "link"),
}
CONTENT_SID = re.compile(r"HX[0-9a-fA-F]{32}")


class TemplatesUnclear(ValueError):
    """TWILIO_TEMPLATES is not what it should be; says in a sentence what."""


def read_templates(text: str) -> dict[str, dict[str, str]]:
    """message -> language -> ContentSid. Raises TemplatesUnclear."""
    if not text.strip():
        return {}
    try:
        given = json.loads(text)
    except ValueError:
        raise TemplatesUnclear("TWILIO_TEMPLATES is not JSON.") from None
    if not isinstance(given, dict) or not all(isinstance(by, dict) for by in given.values()):
        raise TemplatesUnclear('TWILIO_TEMPLATES is written as {"client_reminded": {"en": "HX…"}}.')
    for name, by_language in given.items():
        if name not in VARIABLES:
            raise TemplatesUnclear(f"TWILIO_TEMPLATES: {name} is no message that goes by WhatsApp.")
        for code, sid in by_language.items():
            if not isinstance(sid, str) or not CONTENT_SID.fullmatch(sid):
                raise TemplatesUnclear(f"TWILIO_TEMPLATES: {name}, {code}: a ContentSid is HX and 32 signs.")
    return given


def template_for(templates: Mapping[str, Mapping[str, str]], message: str, locale: str) -> str | None:
    """The ContentSid for a message in the reader's language, else in English, as everywhere; None without any."""
    by_language = templates.get(message, {})
    return by_language.get(written_in(locale)) or by_language.get("en")


def content_variables(message: str, values: Mapping[str, Any]) -> dict[str, str]:
    """{"1": …, "2": …}. Twilio takes text of one line only."""
    return {str(n): " ".join(str(values[name]).split()) for n, name in enumerate(VARIABLES.get(message, ()), 1)}


def wording(message: str, locale: str) -> str:
    """What to hand in for approval: our own words with numbered gaps."""
    gaps = {name: f"{{{{{n}}}}}" for n, name in enumerate(VARIABLES[message], 1)}
    assert "sms" in MESSAGES[message]
    return render(message, "sms", gaps, locale)[1]
