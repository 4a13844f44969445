"""Every message a client may get, in each of the house's eight languages: whole, in the house's words, and short."""

import json
import math
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, meta

from consults.introductions import introduce
from consults.kinds import WhyNot
from consults.phrases import PHRASES
from consults.unsaid.checking import marks
from consults.zones import show_both, show_day, show_shortly, show_times
from kit.languages import FROM_RIGHT, HOUSE, spoken_locale
from kit.money import Money
from logistics.exchange_paths import DECLINE_NOTES
from logistics.in_words import date_in_words, instant_in_words
from logistics.radar.in_their_words import FAULTS_IN, WAYS_IN
from logistics.telling import WORDS as WORDS_OF_LETTERS
from notifications.addressing import MANNERS, called, salutation
from notifications.rendering import TEMPLATES, apart, render
from shopify_app.locales import SPOKEN
from shopify_app.pages.line import VOICES
from tests.notifications.test_templates import BARE, EACH, LINK, TO_ADVISORS, TO_COURIERS, VALUES

HERE = Path(__file__).parent
OTHERS = [code for code in HOUSE if code != "en"]
TO_CLIENTS = [(message, channel) for message, channel in EACH if message not in TO_ADVISORS | TO_COURIERS]
TEXTS = [message for message, channel in TO_CLIENTS if channel == "sms"]
SOMEBODYS_OWN_WORDS = {"line_answer", "advisor_note"}
WORDS = {
    code: [pattern for pattern, _ in json.loads((HERE.parent / f"words.{code}.json").read_text())["client"]]
    for code in OTHERS
}
ENGLISH = re.compile(r"\b(the|your|you|with|and|is|will|of)\b", re.IGNORECASE)
MARKS = re.compile(r"[\u200e\u200f\u2066-\u2069]")
AT = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = frozenset("^{}\\[~]|€")
MOST_SEGMENTS = {"en": 1, "fr": 1, "de": 1, "it": 1, "es": 3, "ja": 3, "zh": 3, "ar": 3}
"""A text may take so many; two words of Spanish have letters that the telephone's own alphabet lacks."""


def said_in(locale: str, **more: Any) -> dict[str, Any]:
    """Values as our own code makes them for a client of that locale, and nothing left in English."""
    spoken = spoken_locale(locale)
    own = {
        "greeting": salutation("Mrs", "Amara Whitlock", locale),
        "client": called("Mrs", "Amara Whitlock", locale),
        "piece": "Meridian",
        "other": "Solstice",
        "words": "Meridian",
        "what": "Meridian",
        "introduction": "",
        "when": show_both(AT, "Europe/Paris", "Europe/Paris", spoken),
        "times": [show_times(AT, "Europe/Paris", spoken)],
        "telephone_hours": "9:00-19:00",
        "stands_in": introduce(WhyNot.AWAY, owner="Bob", advisor="Inès", day="", locale=locale),
        "day": show_day(AT, "Europe/Paris", spoken),
        "by": show_day(AT, "Europe/Paris", spoken),
        "amount": Money(1_480_000, "EUR").show(spoken),
        "received": instant_in_words(AT, "Europe/Paris", spoken),
        "refund_by": date_in_words(AT.date(), spoken),
        "collection": show_day(AT, "Europe/Paris", spoken),
        "part": "Meridian",
        "ways": ["Meridian", "Solstice"],
    }
    return VALUES | own | more


def shapes(message: str, locale: str) -> list[dict[str, Any]]:
    full = said_in(locale)
    bare = full | BARE | {"kind": "telephone"} | ({"when": ""} if message == "handed_over" else {})
    return [full, bare, full | {"kind": "boutique", "way": "boutique"}, full | {"stands_in": ""}]


def segments(text: str) -> int:
    """What a text is billed as: 160 signs of a telephone's own alphabet, or 70 of Unicode; less in each of several."""
    if set(text) <= GSM | GSM_TWICE:
        size = len(text) + sum(sign in GSM_TWICE for sign in text)
        return 1 if size <= 160 else math.ceil(size / 153)
    size = len(text.encode("utf-16-le")) // 2
    return 1 if size <= 70 else math.ceil(size / 67)


@pytest.mark.parametrize("code", OTHERS)
def test_every_message_to_a_client_is_written_in_every_language_and_none_to_anybody_else(code: str) -> None:
    written = {tuple(path.stem.split(".")) for path in (TEMPLATES / code).iterdir()}
    assert written == set(TO_CLIENTS)
    assert {path.name for path in TEMPLATES.iterdir() if path.is_dir()} == set(OTHERS)


def test_every_table_that_speaks_to_clients_knows_every_language() -> None:
    for spoken in (set(PHRASES), set(VOICES), set(WORDS_OF_LETTERS), set(DECLINE_NOTES)):
        assert spoken == set(HOUSE)
    for spoken in (set(MANNERS), set(FAULTS_IN), set(WAYS_IN)):
        assert spoken == set(OTHERS)
    assert {tongue.split("_")[0] for tongue in SPOKEN} == set(HOUSE), "the pages and the letters speak the same"


@pytest.mark.parametrize("code", OTHERS)
def test_each_takes_the_same_values_as_in_english(code: str) -> None:
    def taken(path: Path) -> set[str]:
        return meta.find_undeclared_variables(Environment().parse(path.read_text()))

    asked = {path.name: (taken(path), taken(TEMPLATES / path.name)) for path in (TEMPLATES / code).iterdir()}
    assert {name: both for name, both in asked.items() if both[0] != both[1]} == {}


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize(("message", "channel"), TO_CLIENTS)
def test_it_is_whole_in_the_houses_words_and_in_no_other_language(message: str, channel: str, code: str) -> None:
    for values in shapes(message, code):
        subject, body = render(message, channel, values, code)
        english = "\n".join(render(message, channel, values, "en"))
        text = MARKS.sub("", f"{subject}\n{body}")
        assert (channel == "email") is bool(subject) and "\n" not in subject
        assert text.count(LINK) == english.count(LINK)
        assert "\n\n\n" not in text and "  " not in text and "  " not in text
        assert [pattern for pattern in WORDS[code] if re.search(pattern, text, re.IGNORECASE)] == []
        if message not in SOMEBODYS_OWN_WORDS:
            assert text != english and not ENGLISH.search(text.replace(LINK, "")), text
        if not message.startswith("withdrawal_"):  # the law's own words, which counsel reads
            assert marks(text) == []


@pytest.mark.parametrize("code", HOUSE)
@pytest.mark.parametrize("message", [message for message in TEXTS if message != "advisor_note"])
def test_a_text_takes_few_segments(message: str, code: str) -> None:
    # The shortest choice there is, which consults.telling.fitting falls back to.
    values = said_in(code, when=show_shortly(AT, "Europe/Paris", code), words="Noted.", advisor="Inès")
    body = render(message, "sms", values, code)[1]
    assert segments(body) <= MOST_SEGMENTS[code], f"{segments(body)}: {body}"
    assert len(body) <= 160 and not MARKS.search(body)
    # A telephone takes a text's direction from its first letter.
    assert code not in FROM_RIGHT or message == "line_answer" or "\u0621" <= body[0] <= "\u064a"


@pytest.mark.parametrize(
    ("text", "count"),
    [("a" * 160, 1), ("a" * 161, 2), ("é" * 160, 1), ("€" * 81, 2), ("ë" * 70, 1), ("ç" * 71, 2), ("字" * 135, 3)],
)
def test_segments_are_counted_as_a_network_does(text: str, count: int) -> None:
    assert segments(text) == count


@pytest.mark.parametrize("code", HOUSE)
def test_as_a_client_reads_them(code: str) -> None:
    """Three messages a language as they go out. After a change of words: look at them, then keep them anew."""
    said = []
    for message, channel in (
        ("consult_confirmed", "email"),
        ("consult_confirmed", "sms"),
        ("withdrawal_stated", "email"),
    ):
        own = {"when": show_shortly(AT, "Europe/Paris", code)} if channel == "sms" else {}
        own |= {"client": "Amara Whitlock"} if message == "withdrawal_stated" else {}  # as they typed it
        subject, body = render(message, channel, said_in(code, **own), code)
        said.append(f"{subject}\n\n{body}".strip())
    kept = (HERE / "as_read" / f"{code}.txt").read_text()
    assert "\n\n--------\n\n".join(said) + "\n" == kept


@pytest.mark.parametrize(("locale", "spoken"), [("de-AT", "Guten Tag"), ("zh-Hans", "您"), ("ar-AE", "رمز")])
def test_a_region_reads_its_language(locale: str, spoken: str) -> None:
    letter = render("code", "email", VALUES, locale)
    assert letter == render("code", "email", VALUES, locale[:2]) != render("code", "email", VALUES)
    assert locale == "de-AT" or spoken in letter[0]


@pytest.mark.parametrize("locale", ["zh-TW", "zh-Hant", "zh_HK", "zh-Hant-MO", "ko"])
def test_who_reads_no_language_of_ours_is_written_to_in_english(locale: str) -> None:
    assert render("code", "email", VALUES, locale) == render("code", "email", VALUES)


def test_in_an_arabic_mail_names_and_numbers_stand_apart_and_links_are_left_alone() -> None:
    assert set(FROM_RIGHT) == {"ar"}
    subject, body = render("consult_confirmed", "email", said_in("ar"), "ar")
    assert "\u2066Inès\u2069" in subject and "\u2066+33 1 84 88 00 00\u2069" in body
    assert "\u2067حضرة السيدة Whitlock\u2069" in body, "what has Arabic in it reads from the right"
    assert LINK in body.split("\n"), "a line of its own, and no sign beside it"
    assert not MARKS.search(render("consult_confirmed", "sms", said_in("ar"), "ar")[1])
    assert not re.search("[\u2066-\u2069]", "".join(render("consult_confirmed", "email", said_in("ja"), "ja")))
    assert not re.search("[\u2066-\u2069]", "".join(render("courier_called_off", "email", VALUES, "ar")))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Inès", "\u2066Inès\u2069"),
        ("Inès\u2069\u202e", "\u2066Inès\u2069"),
        ("one\n\ntwo", "\u2066one\u2069\n\n\u2066two\u2069"),
        ("قطعتكم Meridian", "\u2067قطعتكم Meridian\u2069"),
        (LINK, LINK),
        ("hello@verdane.example", "hello@verdane.example"),
        ("", ""),
        ("\n", "\n"),
        (3, 3),
    ],
)
def test_a_value_stands_apart_line_by_line_and_nobodys_name_ends_it(value: Any, shown: Any) -> None:
    assert apart(value) == shown
