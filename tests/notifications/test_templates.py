"""What people read: every message as it goes out."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from notifications.rendering import MESSAGES, TEMPLATES, language, render

WORDS = [pattern for pattern, _ in json.loads((Path(__file__).parents[1] / "words.json").read_text())["client"]]
LINK = "https://returns.example.com/consult/" + "x" * 39
VALUES: dict[str, Any] = {
    "house": "Verdane",
    "greeting": "Mrs Whitlock",
    "client": "Mrs Whitlock",
    "owner": "Inès",
    "before": "Bob Laurent",
    "lead": ", about",
    "words": "Noted. Bob Laurent is asked now.",
    "yours": True,
    "waiting": True,
    "late": True,
    "piece": "the Meridian ring",
    "advisor": "Inès Laurent",
    "first_name": "Inès",
    "introduction": "I have two lower settings here.",
    "sold": True,
    "when": "Wed 25 November, 16:30",
    "kind": "video",
    "place": "12 place Vendôme, Paris",
    "link": LINK,
    "return_link": LINK,
    "telephone": "+33 1 84 88 00 00",
    "telephone_hours": "Monday to Saturday, 10 to 19",
    "amount": "$14,800",
    "by": "Friday 4 December",
    "boxes": 2,
    "covered": True,
    "stands_in": "Inès is away until Tuesday 1 December. Hugo looks after you meanwhile.",
    "day": "Tuesday 1 December",
    "order": "#1042",
    "part": "the ring",
    "received": "Tuesday 24 November 2026, 10:00 (Paris)",
    "refund_by": "Tuesday 8 December 2026",
    "count": 3,
    "code": "493027",
    "times": ["Wednesday 25 November, 16:30", "Thursday 26 November, 11:00"],
    "ours": True,
    "way": "label",
    "collection": "Monday 30 November, 9:00–12:00",
    "ways": ["The same ring, from Geneva by Thursday.", "The Meridian pendant, here today."],
    "other": "The Solstice bracelet",
    "reference": "rp-1",
    "their_reference": "MA-77",
    "value": "$14,800",
    "grams": 900,
    "from_lines": ["C. Whitlock", "12 rue Cler", "75007 Paris"],
    "to_lines": ["R. Marchand", "8 rue du Louvre", "75001 Paris"],
    "starts_at": "Monday 30 November 2026, 09:00 (Paris)",
    "ends_at": "12:00",
    "what": "Samples of rose gold",
    "who": "Bob Laurent",
    "why": "She waited for a week.",
    "allowed": True,
    "disputed": True,
    "colleague": "Rose Marchand",
    "answer": "Gladly.",
}
BARE = {
    "disputed": False,
    "yours": False,
    "waiting": False,
    "late": False,
    "introduction": "",
    "sold": False,
    "return_link": "",
    "telephone": "",
    "boxes": 1,
    "covered": False,
    "stands_in": "",
    "day": "",
    "refund_by": "",
    "times": [],
    "ours": False,
    "way": "courier",
    "collection": "",
    "part": "",
}
EACH = [(message, channel) for message, channels in sorted(MESSAGES.items()) for channel in channels]
TO_ADVISORS = {"advisor_new_case", "desk_link"} | {m for m in MESSAGES if m.endswith("_advisor")}
TO_COURIERS = {"courier_request", "courier_called_off"}
# A confirmation stands by itself; a code is for the page it was asked on; an advisor's words are simply answered.
WITHOUT_A_LINK = {*TO_COURIERS, "withdrawal_stated", "code", "line_answer"}
SHAPES = [VALUES, VALUES | BARE | {"kind": "telephone"}, VALUES | {"kind": "boutique", "way": "boutique"}]


@pytest.mark.parametrize("values", SHAPES, ids=["full", "bare", "boutique"])
@pytest.mark.parametrize(("message", "channel"), [m for m in EACH if m[0] not in TO_ADVISORS | TO_COURIERS])
def test_a_client_never_reads_a_word_we_do_not_say(message: str, channel: str, values: dict[str, Any]) -> None:
    subject, body = render(message, channel, values)
    text = f"{subject}\n{body}"
    assert [pattern for pattern in WORDS if re.search(pattern, text, re.IGNORECASE)] == []
    assert "\n\n\n" not in text and "  " not in text.replace("\n", " \n").strip()


FRENCH = [tuple(path.stem.split(".")) for path in sorted((TEMPLATES / "fr").iterdir())]
MOTS = [pattern for pattern, _ in json.loads((Path(__file__).parents[1] / "words.fr.json").read_text())["client"]]


@pytest.mark.parametrize("values", SHAPES, ids=["full", "bare", "boutique"])
@pytest.mark.parametrize(("message", "channel"), FRENCH)
def test_in_french_a_client_never_reads_a_word_we_do_not_say(
    message: str, channel: str, values: dict[str, Any]
) -> None:
    told = {"introduction": "", "stands_in": "", "amount": "la somme"}  # what others wrote, and sums where they belong
    subject, body = render(message, channel, values | told, "fr-CA")
    text = f"{subject}\n{body}"
    assert [pattern for pattern in MOTS if re.search(pattern, text, re.IGNORECASE)] == []
    assert message == "line_answer" or text != "\n".join(render(message, channel, values)), "it is written in French"
    assert (LINK in body) is (message not in WITHOUT_A_LINK)
    assert not re.search(r"[€$£]|\d[\d ,.]*\s?(euros?|dollars?)", text), "no sums"
    if channel == "sms":
        short = render(message, channel, values | {"when": "mer. 25 nov., 16:30", "advisor": "Inès"}, "fr")[1]
        assert len(short) <= 160, f"{len(short)}: {short}"


def test_a_language_we_do_not_write_reads_english() -> None:
    assert render("client_invited", "sms", VALUES, "ko") == render("client_invited", "sms", VALUES)
    assert language("../../fr_FR") == "fr", "letters only: a locale comes from outside and never names a folder above"


@pytest.mark.parametrize("kind", ["video", "telephone", "boutique"])
@pytest.mark.parametrize("message", [message for message, channel in EACH if channel == "sms"])
def test_a_text_fits_one_message_with_its_link(message: str, kind: str) -> None:
    # The shortest way of saying when, which consults.telling.fitting falls back to.
    subject, body = render(message, "sms", VALUES | {"kind": kind, "when": "25 Nov, 16:30"})
    assert len(LINK) == 75 and (LINK in body) is (message not in WITHOUT_A_LINK) and subject == ""
    assert len(body) <= 160, f"{len(body)}: {body}"
    assert "\n" not in body


@pytest.mark.parametrize("message", [message for message, channel in EACH if channel == "email"])
def test_an_email_has_a_subject_of_one_line_its_link_and_its_house(message: str) -> None:
    subject, body = render(message, "email", VALUES)
    assert subject and "\n" not in subject and not body.startswith("Subject")
    assert body.endswith("Verdane\n") or message in TO_COURIERS
    assert (LINK in body) is (message not in WITHOUT_A_LINK)


@pytest.mark.parametrize(("message", "channel"), EACH)
def test_a_missing_value_stops_the_message_instead_of_leaving_a_gap(message: str, channel: str) -> None:
    with pytest.raises(UndefinedError):
        render(message, channel, {})


def test_a_message_has_the_channels_it_is_written_for_and_no_others() -> None:
    with pytest.raises(KeyError):
        render("label_ready", "sms", VALUES)
    with pytest.raises(KeyError):
        render("nothing", "email", VALUES)
