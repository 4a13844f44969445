"""Twilio and SMTP alone: what is sent, and every way it can fail."""

import smtplib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTPUTF8, default
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
import responses

from kit.causes import Cause
from kit.errors import OutsideError
from notifications.channels.email import SmtpEmail, build
from notifications.channels.sms import LoopbackHttpClient, TwilioSms
from notifications.channels.verify import TwilioVerify
from notifications.ports import Attachment, Outgoing
from simulators.mail.sink import Sink
from tests import cast
from tests.cast import NOW

TWILIO = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"
SETTINGS = {
    "twilio_account_sid": "AC1",
    "twilio_auth_token": "token",
    "twilio_messaging_service_sid": "MG1",
    "smtp_url": "smtp://user:p%40ss@mail.example:2525",
    "mail_from": "Verdane <care@verdane.example>",
    "app_url": "https://app.example.com",
}
TEXT = Outgoing(7, "Verdane", "+33612344141", "", "Verdane: your page https://x.example/1", (), NOW)
INVITATION = Attachment(
    "consult.ics", "text/calendar; method=REQUEST", b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
)
LETTER = Outgoing(
    8, "Vérdane", "cleo@example.com", "Inès will see you: é", "Mrs Whitlock,\n\nÀ bientôt.\n", (INVITATION,), NOW
)


@pytest.fixture
def twilio():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def sms() -> TwilioSms:
    return TwilioSms(cast.settings(**SETTINGS))


def failure(call, *args: Any) -> OutsideError:
    with pytest.raises(OutsideError) as caught:
        call(*args)
    return caught.value


def test_a_text_goes_by_the_messaging_service_and_asks_to_be_told(sms: TwilioSms, twilio: Any) -> None:
    twilio.post(TWILIO, status=201, json={"sid": "SM1", "status": "accepted"})
    assert sms.is_set_up and sms.send(TEXT) == "SM1"
    assert parse_qs(twilio.calls[0].request.body) == {
        "To": ["+33612344141"],
        "Body": [TEXT.body],
        "MessagingServiceSid": ["MG1"],
        "StatusCallback": ["https://app.example.com/webhooks/twilio/status"],
    }
    assert twilio.calls[0].request.req_kwargs["timeout"] == 10


@pytest.mark.parametrize(
    ("answer", "permanent", "ambiguous"),
    [
        ({"status": 400, "json": {"code": 21610, "message": "stopped", "status": 400}}, True, False),
        ({"status": 400, "json": {"code": 21211, "message": "no number", "status": 400}}, True, False),
        ({"status": 401, "json": {"code": 20003, "message": "auth", "status": 401}}, True, False),
        ({"status": 429, "json": {"code": 20429, "message": "slow down", "status": 429}}, False, False),
        ({"status": 500, "json": {"code": 20500, "message": "oh", "status": 500}}, False, True),
        ({"status": 503, "body": "<html>"}, False, True),
        ({"status": 201, "body": '{"sid": "SM1", "sta'}, False, True),
        ({"status": 201, "body": "<html>"}, False, True),
        ({"body": requests.ReadTimeout()}, False, True),
        ({"body": requests.ConnectionError("reset by peer")}, False, True),
        ({"body": requests.ConnectionError("NewConnectionError: refused")}, False, False),
    ],
)
def test_each_failure_says_whether_to_try_again_and_whether_it_may_have_gone_out(
    sms: TwilioSms, twilio: Any, answer: dict[str, Any], permanent: bool, ambiguous: bool
) -> None:
    twilio.post(TWILIO, **answer)
    error = failure(sms.send, TEXT)
    assert (error.permanent, error.ambiguous) == (permanent, ambiguous)
    assert "+336" not in str(error) and len(twilio.calls) == 1


def test_a_text_handed_over_before_is_found_by_number_and_words(sms: TwilioSms, twilio: Any) -> None:
    found = [{"sid": "SM8", "body": "another"}, {"sid": "SM9", "body": TEXT.body}]
    twilio.get(TWILIO, json={"messages": found, "next_page_uri": None})
    assert sms.find(TEXT) == "SM9"
    twilio.replace("GET", TWILIO, json={"messages": found[:1], "next_page_uri": None})
    assert sms.find(TEXT) is None
    for answer in ({"status": 500, "json": {}}, {"body": '{"messages": [{"si'}, {"body": "<html>"}):
        twilio.replace("GET", TWILIO, **answer)
        assert not failure(sms.find, TEXT).permanent


@pytest.mark.parametrize("answer", [{"status": 503, "body": "<html>"}, {"status": 201, "body": '{"status": "app'}])
def test_a_code_that_verify_did_not_clearly_answer_for_is_neither_right_nor_wrong(
    twilio: Any, answer: dict[str, Any]
) -> None:
    verify = TwilioVerify(cast.settings(**SETTINGS, twilio_verify_service_sid="VA1"))
    for path, call in (("Verifications", verify.send), ("VerificationCheck", verify.check)):
        twilio.post(f"https://verify.twilio.com/v2/Services/VA1/{path}", **answer)
        about = ("123456",) if path == "VerificationCheck" else ("sms", "en")
        assert not failure(call, "+33612344141", *about).permanent


def test_without_settings_nothing_is_set_up() -> None:
    plain = cast.settings()
    assert not TwilioSms(plain).is_set_up and not SmtpEmail(plain).is_set_up


def test_only_this_machine_may_stand_in_for_twilio() -> None:
    with pytest.raises(ValueError):
        LoopbackHttpClient("https://evil.example")


# --- email


def test_an_invitation_is_text_and_calendar_side_by_side_and_a_file_to_open() -> None:
    mail = message_from_bytes(
        build(LETTER, sender="care@verdane.example", host="app.example.com").as_bytes(), policy=default
    )
    assert mail.get_content_type() == "multipart/mixed"
    both, attached = mail.iter_parts()
    assert both.get_content_type() == "multipart/alternative"
    text, calendar = both.iter_parts()
    assert (text.get_content_type(), text.get_content().replace("\r\n", "\n")) == ("text/plain", LETTER.body)
    assert (calendar.get_content_type(), calendar.get_param("method")) == ("text/calendar", "REQUEST")
    assert "BEGIN:VCALENDAR" in calendar.get_content()
    assert (attached.get_filename(), attached.get_content_disposition()) == ("consult.ics", "attachment")
    assert (mail["To"], mail["Subject"], mail["Message-ID"]) == (
        "cleo@example.com",
        LETTER.subject,
        "<message-8@app.example.com>",
    )
    assert "Vérdane" in str(mail["From"]) and "care@verdane.example" in str(mail["From"])
    assert mail["Date"].datetime == NOW and mail["Auto-Submitted"] == "auto-generated"


def test_a_letter_without_files_is_plain_text() -> None:
    mail = build(Outgoing(8, "V", "a@b.example", "S", "B\n", (), NOW - timedelta(1)), sender="c@d.example", host="h")
    assert mail.get_content_type() == "text/plain" and not list(mail.iter_attachments())


class Server:
    """As much of smtplib.SMTP as the channel uses. `answers` replaces what it says to a command."""

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, Any] = answers
        self.took: list[bytes] = []

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_error: Any) -> None:
        if _error[0] is None and (code := self.answers.get("quit")):
            raise smtplib.SMTPResponseException(code, b"no goodbye")

    def _say(self, command: str) -> tuple[int, bytes]:
        answer = self.answers.get(command, 250)
        if isinstance(answer, Exception):
            raise answer
        return answer, b"words"

    def ehlo_or_helo_if_needed(self) -> None:
        self._say("ehlo")

    def has_extn(self, name: str) -> bool:
        return name in self.answers.get("offers", ())

    def mail(self, _sender: str, _options: list[str]) -> tuple[int, bytes]:
        return self._say("mail")

    def rcpt(self, _to: str) -> tuple[int, bytes]:
        return self._say("rcpt")

    def data(self, message: bytes) -> tuple[int, bytes]:
        said = self._say("data")
        self.took.append(message)
        return said


@pytest.fixture
def smtp(monkeypatch):
    channel = SmtpEmail(cast.settings(**SETTINGS))

    def serve(**answers: Any) -> tuple[SmtpEmail, Server]:
        server = Server(**answers)
        monkeypatch.setattr(channel, "_connect", lambda: server)
        return channel, server

    return serve


def test_a_letter_is_handed_over_and_copies_share_its_id(smtp) -> None:
    channel, server = smtp()
    assert channel.send(LETTER) == channel.send(LETTER) == "<message-8@app.example.com>"
    assert len(server.took) == 2


@pytest.mark.parametrize(
    ("answers", "permanent", "ambiguous"),
    [
        ({"rcpt": 550}, True, False),
        ({"rcpt": 450}, False, False),
        ({"mail": 451}, False, False),
        ({"mail": 550}, True, False),
        ({"data": 451}, False, False),
        ({"data": 554}, True, False),
        ({"data": smtplib.SMTPServerDisconnected("gone")}, False, True),
        ({"data": TimeoutError()}, False, True),
        ({"ehlo": smtplib.SMTPServerDisconnected("gone")}, False, False),
        ({"mail": ConnectionResetError()}, False, False),
    ],
)
def test_each_answer_of_the_server_has_its_consequence(smtp, answers, permanent: bool, ambiguous: bool) -> None:
    error = failure(smtp(**answers)[0].send, LETTER)
    assert (error.permanent, error.ambiguous) == (permanent, ambiguous)
    assert "cleo@" not in str(error)


def test_a_server_that_grumbles_after_taking_the_letter_has_taken_it(smtp) -> None:
    channel, server = smtp(quit=421)
    assert channel.send(LETTER) == "<message-8@app.example.com>" and len(server.took) == 1


def test_nobody_can_tell_whether_a_letter_went_out(smtp) -> None:
    assert failure(smtp()[0].find, LETTER).permanent


@pytest.fixture
def letter_box() -> Iterator[Callable[..., tuple[SmtpEmail, list[tuple[list[str], bytes]]]]]:
    """A server of ours that listens, and what it took."""
    sinks: list[Sink] = []

    def listen(*, international: bool = True) -> tuple[SmtpEmail, list[tuple[list[str], bytes]]]:
        took: list[tuple[list[str], bytes]] = []
        sink = Sink(lambda _sender, to, raw: took.append((to, raw)), international=international).start()
        sinks.append(sink)
        settings = cast.settings(**SETTINGS | {"smtp_url": f"smtp://127.0.0.1:{sink.port}"})
        return SmtpEmail(settings), took

    yield listen
    for sink in sinks:
        sink.shutdown()
        sink.server_close()


def test_every_line_ends_as_mail_servers_ask_for(letter_box) -> None:
    channel, took = letter_box()
    channel.send(LETTER)
    ((_, raw),) = took
    assert raw.count(b"\n") == raw.count(b"\r\n") > 20
    text = message_from_bytes(raw, policy=default).get_body(("plain",))
    assert text is not None and text.get_content() == LETTER.body.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("cleo@example.com", "cleo@example.com"),
        ("zoe@müller.example", "zoe@xn--mller-kva.example"),
        ("zoe@STRASSE.example", "zoe@STRASSE.example"),
        ("zoe@straße.example", "zoe@xn--strae-oqa.example"),  # not strasse.example, which is another house
        ("zoe@例え.テスト", "zoe@xn--r8jz45g.xn--zckzah"),
        ("zoé@müller.example", "zoé@xn--mller-kva.example"),
    ],
)
def test_a_letter_goes_to_the_address_as_it_is_written(letter_box, written: str, taken: str) -> None:
    channel, took = letter_box()
    channel.send(replace(LETTER, recipient=written))
    ((to, raw),) = took
    assert to == [taken]
    assert message_from_bytes(raw, policy=SMTPUTF8)["To"] == taken


def test_a_server_for_plain_letters_is_not_asked_for_more(letter_box) -> None:
    channel, took = letter_box(international=False)
    error = failure(channel.send, replace(LETTER, recipient="zoé@example.com"))
    assert (error.permanent, error.ambiguous, error.cause) == (True, False, Cause.ADDRESS)
    assert took == [] and "zo" not in str(error)
    channel.send(replace(LETTER, recipient="zoe@müller.example"))
    assert len(took) == 1


@pytest.mark.parametrize(
    "written",
    ["cleo", "cleo@", "@example.com", "a b@example.com", "cleo@example.com\r\nBcc: all@example.com",
     "cleo@exa\0mple.com", f"cleo@{'ä' * 80}.example", "cleo@ä..example"],
)  # fmt: skip
def test_what_is_no_address_is_not_taken_to_the_server(letter_box, written: str) -> None:
    channel, took = letter_box()
    error = failure(channel.send, replace(LETTER, recipient=written))
    assert (error.permanent, error.ambiguous, error.cause) == (True, False, Cause.ADDRESS)
    assert took == [] and "cleo" not in str(error)


def test_a_server_that_is_not_there_took_nothing() -> None:
    channel = SmtpEmail(cast.settings(**SETTINGS | {"smtp_url": "smtp://127.0.0.1:1"}))
    error = failure(channel.send, LETTER)
    assert (error.permanent, error.ambiguous) == (False, False)


def test_the_password_of_the_address_is_unquoted_and_tls_is_used_where_offered(monkeypatch) -> None:
    said: list[Any] = []

    class Real:
        def __init__(self, host: str, port: int, **options: Any) -> None:
            said.append((host, port, options["timeout"]))

        def ehlo(self) -> None: ...

        def has_extn(self, name: str) -> bool:
            return name == "starttls"

        def starttls(self, **_options: Any) -> None:
            said.append("tls")

        def login(self, user: str, password: str) -> None:
            said.append((user, password))

    monkeypatch.setattr(smtplib, "SMTP", Real)
    SmtpEmail(cast.settings(**SETTINGS))._connect()
    assert said == [("mail.example", 2525, 15), "tls", ("user", "p@ss")]
