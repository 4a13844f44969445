"""The mail sink, written to with the standard library's SMTP client."""

import smtplib
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage

import pytest
import requests

from simulators.mail.calendar import facts
from simulators.mail.sink import Sink
from tests.simulators.town import Town, living

INVITATION = "\r\n".join([
    "BEGIN:VCALENDAR", "VERSION:2.0", "METHOD:REQUEST", "BEGIN:VTIMEZONE", "TZID:Europe/Paris", "BEGIN:STANDARD",
    "DTSTART:19701025T030000", "END:STANDARD", "END:VTIMEZONE", "BEGIN:VEVENT", "UID:consult-7@verdane",
    "DTSTART;TZID=Europe/Paris:20261124T163000", "SUMMARY:A conversation\\, with In", " ès", "SEQUENCE:1",
    "ORGANIZER;CN=Verdane:mailto:hello@verdane.example", "END:VEVENT", "END:VCALENDAR", "",
])  # fmt: skip


@pytest.fixture
def town() -> Iterator[Town]:
    with living() as found:
        yield found


@pytest.fixture
def smtp(town: Town) -> Iterator[smtplib.SMTP]:
    sink = Sink(town.parts.letters.keep).start()
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=5) as client:
        yield client
    sink.shutdown()
    sink.server_close()


def invitation(to: str = "cleo@example.com") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Verdane <hello@verdane.example>", to, "Mardi, 16:30 avec Inès"
    message.set_content("Your room: https://verdane.example/consult/abc.\n.\n..A line that begins with two dots\n")
    message.add_alternative("<p>Your <b>room</b></p><script>alert(1)</script>", subtype="html")
    message.add_alternative(INVITATION.encode(), "text", "calendar", params={"method": "REQUEST", "charset": "utf-8"})
    message.add_attachment(INVITATION.encode(), "text", "calendar", filename="invite.ics")
    return message


def messages(town: Town, to: str = "") -> list[dict]:
    return requests.get(f"{town.base}/control/mail/messages", params={"to": to}, timeout=5).json()["messages"]


def test_a_message_arrives_whole(town: Town, smtp: smtplib.SMTP) -> None:
    smtp.send_message(invitation())
    (kept,) = messages(town)
    assert (kept["to"], kept["subject"]) == (["cleo@example.com"], "Mardi, 16:30 avec Inès")
    assert kept["text"].replace("\r\n", "\n") == invitation().get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert kept["ics"] == INVITATION
    assert [p["content_type"] for p in kept["parts"]] == ["text/plain", "text/html", "text/calendar", "text/calendar"]
    assert kept["parts"][2]["parameters"]["method"] == "REQUEST"


def test_any_sign_in_is_accepted_and_several_recipients_are_one_message(town: Town, smtp: smtplib.SMTP) -> None:
    smtp.ehlo()
    assert smtp.has_extn("smtputf8") and smtp.has_extn("8bitmime")
    smtp.login("anyone", "anything")
    smtp.sendmail("a@x.example", ["b@x.example", "c@x.example"], b"Subject: Hello\r\n\r\nHello")
    assert messages(town, "c@x.example")[0]["to"] == ["b@x.example", "c@x.example"]
    assert messages(town, "d@x.example") == []


@pytest.mark.parametrize("method", ["auth_plain", "auth_login"])
def test_both_ways_to_sign_in_work(smtp: smtplib.SMTP, method: str) -> None:
    smtp.ehlo()
    smtp.user, smtp.password = "anyone", "anything"
    assert smtp.auth(method.removeprefix("auth_").upper(), getattr(smtp, method))[0] == 235


def test_an_address_outside_ascii_is_kept(town: Town, smtp: smtplib.SMTP) -> None:
    message = EmailMessage(policy=policy.SMTPUTF8)
    message["From"], message["To"], message["Subject"] = "hello@verdane.example", "inès@verdane.example", "é"
    message.set_content("é")
    smtp.send_message(message)
    assert messages(town, "inès@verdane.example")[0]["text"].strip() == "é"


def test_what_strict_hosts_refuse_is_refused(town: Town, smtp: smtplib.SMTP) -> None:
    smtp.ehlo()
    smtp.mail("a@x.example")
    smtp.command_encoding = "utf-8"
    assert smtp.rcpt("inès@x.example")[0] == 553
    assert smtp.rcpt("b@x.example")[0] == 250
    assert smtp.data(b"Subject: Hello\nBcc: c@x.example\n\nHello\n")[0] == 550
    assert messages(town) == []


def test_some_addresses_are_refused(town: Town, smtp: smtplib.SMTP) -> None:
    for recipient, code in (("bounce@x.example", 550), ("busy@x.example", 451)):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            smtp.sendmail("a@x.example", [recipient], "x")
        assert refused.value.recipients[recipient][0] == code
    assert messages(town) == []


def test_the_calendar_is_read_as_facts() -> None:
    read = dict(facts(INVITATION))
    assert read["Starts"] == "2026-11-24 16:30 Europe/Paris"
    assert read["What"] == "A conversation, with Inès"
    assert read["From"] == "hello@verdane.example"
    assert facts(None) == []


def test_the_outbox_shows_mail_and_texts_newest_first(town: Town, smtp: smtplib.SMTP) -> None:
    smtp.send_message(invitation())
    town.parts.texts.accept({"To": "+33612345678", "From": "+15005550006", "Body": "See <b> https://x.example/r/1."})
    page = requests.get(f"{town.base}/outbox", timeout=5).text
    assert page.index("+33612345678") < page.index("cleo@example.com")
    assert 'href="https://x.example/r/1"' in page and "&lt;b&gt;" in page
    assert "2026-11-24 16:30 Europe/Paris" in page
    narrowed = requests.get(f"{town.base}/outbox", params={"q": "cleo@"}, timeout=5).text
    assert "+33612345678" not in narrowed and "cleo@example.com" in narrowed


def test_a_message_is_shown_in_full_with_its_html_shut_in(town: Town, smtp: smtplib.SMTP) -> None:
    smtp.send_message(invitation())
    id = messages(town)[0]["id"]
    page = requests.get(f"{town.base}/outbox/mail/{id}", timeout=5).text
    assert "sandbox" in page and "<script>alert" not in page
    html = requests.get(f"{town.base}/outbox/mail/{id}/html", timeout=5)
    assert html.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    part = requests.get(f"{town.base}/outbox/mail/{id}/part/3", timeout=5)
    assert "invite.ics" in part.headers["Content-Disposition"] and part.text.startswith("BEGIN:VCALENDAR")
    assert requests.get(f"{town.base}/outbox/mail/{id}/part/9", timeout=5).status_code == 404
