"""WhatsApp's adapter alone, and the templates it goes by."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
import responses

from kit.errors import OutsideError
from kit.languages import HOUSE
from kit.settings import Settings, SettingsError
from notifications.channels.whatsapp import TwilioWhatsApp
from notifications.ports import Outgoing
from notifications.rendering import MESSAGES
from notifications.whatsapp_templates import (
    VARIABLES,
    TemplatesUnclear,
    content_variables,
    read_templates,
    template_for,
    wording,
)
from tests import cast
from tests.cast import NOW
from tests.house.test_settings_are_listed import ROOT
from tests.notifications.test_channels import SETTINGS, TWILIO

EN, FR = "HX" + "a" * 32, "HX" + "b" * 32
TEMPLATES = json.dumps({"client_reminded": {"en": EN, "fr": FR}})
LINK = "https://returns.example.com/consult/" + "x" * 32
VALUES = {"house": "Verdane", "when": "Tue 24 Nov,\n16:00", "advisor": "Bob", "link": LINK}
MESSAGE = Outgoing(
    7, "Verdane", "+33612344141", "", f"Verdane: {LINK}", (), NOW, name="client_reminded", locale="fr-CA", values=VALUES
)


@pytest.fixture
def whatsapp() -> TwilioWhatsApp:
    return TwilioWhatsApp(
        cast.settings(**SETTINGS, twilio_whatsapp_from="whatsapp:+33184880020", twilio_templates=TEMPLATES)
    )


def body(call: Any) -> dict[str, str]:
    return {name: value[0] for name, value in parse_qs(call.request.body).items()}


def test_outside_the_day_a_template_goes_in_the_readers_language_and_inside_of_it_our_own_words(
    whatsapp: TwilioWhatsApp,
) -> None:
    with responses.RequestsMock() as twilio:
        twilio.post(TWILIO, status=201, json={"sid": "SM1", "status": "queued"})
        assert whatsapp.send(MESSAGE) == "SM1"
        freely = Outgoing(**{**MESSAGE.__dict__, "may_write_freely": True, "sender": "+33184880099"})
        assert whatsapp.send(freely) == "SM1"
        by_template, by_words = (body(call) for call in twilio.calls)
    assert by_template["ContentSid"] == FR and "Body" not in by_template
    assert json.loads(by_template["ContentVariables"]) == {
        "1": "Verdane",
        "2": "Tue 24 Nov, 16:00",
        "3": "Bob",
        "4": LINK,
    }
    assert (by_template["To"], by_template["From"]) == ("whatsapp:+33612344141", "whatsapp:+33184880020")
    assert by_words["Body"] == MESSAGE.body and "ContentSid" not in by_words
    assert by_words["From"] == "whatsapp:+33184880099"


def test_without_a_template_twilio_is_not_asked_and_without_a_sender_nothing_is_set_up(
    whatsapp: TwilioWhatsApp,
) -> None:
    with responses.RequestsMock(), pytest.raises(OutsideError) as refused:
        whatsapp.send(Outgoing(**{**MESSAGE.__dict__, "name": "handed_over"}))
    assert refused.value.permanent and refused.value.cause == "window"
    assert not TwilioWhatsApp(cast.settings(**SETTINGS)).is_set_up


@pytest.mark.parametrize(
    ("there", "known", "found"),
    [
        ([("SM1", f"Approved words {LINK} and more")], frozenset(), "SM1"),
        ([("SM1", f"Approved words {LINK}")], frozenset({"SM1"}), None),
        ([("SM2", f"Verdane: {LINK}"), ("SM1", "x")], frozenset({"SM1"}), "SM2"),
        ([("SM1", "Somebody else's https://returns.example.com/consult/yyyyyyyyyyyyyyyyyyyyy")], frozenset(), None),
    ],
)
def test_a_message_whose_answer_was_lost_is_known_by_its_link_and_never_by_another_messages_id(
    whatsapp: TwilioWhatsApp, there: list[tuple[str, str]], known: frozenset[str], found: str | None
) -> None:
    with responses.RequestsMock() as twilio:
        listed = [{"sid": sid, "body": said} for sid, said in there]
        twilio.get(TWILIO, json={"messages": listed, "next_page_uri": None, "page": 0, "page_size": 50})
        assert whatsapp.find(Outgoing(**{**MESSAGE.__dict__, "known": known})) == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("[]", "is written as"),
        ('{"client_reminded": "HX"}', "is written as"),
        ('{"label_ready": {}}', "no message that goes by WhatsApp"),
        ('{"client_reminded": {"en": "HX1"}}', "a ContentSid is HX and 32 signs"),
    ],
)
def test_templates_that_are_written_wrong_are_said_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(TemplatesUnclear, match=words):
        read_templates(text)


def test_a_language_without_a_template_reads_english_and_nothing_is_made_up() -> None:
    known = read_templates(TEMPLATES)
    assert [template_for(known, "client_reminded", code) for code in ("fr-CA", "en", "ko")] == [FR, EN, EN]
    assert template_for(known, "handed_over", "en") is None and read_templates("") == {}


@pytest.mark.parametrize("message", sorted(VARIABLES))
def test_what_is_handed_in_for_approval_is_what_we_write_and_stands_in_the_papers(message: str) -> None:
    papers = (ROOT / "docs/going-live.md").read_text()
    assert "sms" in MESSAGES[message]
    for code in HOUSE:
        said = wording(message, code)
        assert all(f"{{{{{n}}}}}" in said for n in range(1, len(VARIABLES[message]) + 1))
        assert f"| {said} |" in papers
    values = dict.fromkeys(VARIABLES[message], "x")
    assert list(content_variables(message, values)) == [str(n) for n in range(1, len(values) + 1)]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"twilio_whatsapp_from": "+33184880020"}, "needs TWILIO_ACCOUNT_SID"),
        ({"twilio_verify_service_sid": "VA1"}, "needs TWILIO_ACCOUNT_SID"),
        ({**SETTINGS, "twilio_whatsapp_from": "Verdane"}, "with its country code"),
        ({**SETTINGS, "twilio_templates": "HX1"}, "is JSON"),
    ],
)
def test_settings_that_cannot_be_meant_are_named_at_the_start(given: dict[str, str], words: str) -> None:
    needed = dict.fromkeys(("shopify_api_key", "shopify_api_secret", "secret_key", "token_keys"), "k")
    needed |= {"app_url": "https://a.example"}
    with pytest.raises(SettingsError, match=words):
        Settings.from_env({name.upper(): value for name, value in (needed | given).items()})
