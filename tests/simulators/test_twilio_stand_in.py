"""The Twilio stand-in, seen by Twilio's own library."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from simulators.twilio.outcomes import MAGIC
from simulators.twilio.texts import segments
from tests.simulators.town import NOW, Recorder, Town, living, recording, wait_until

SERVICE = "MG" + "0" * 32
VERIFY = "VA" + "0" * 32
CLEO = "+33612345678"


class Loopback(TwilioHttpClient):
    """Every call to Twilio goes to the stand-in instead, its host first in the path."""

    def __init__(self, base: str, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self.base = base

    def request(self, method, url, *args, **kwargs):
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return super().request(method, f"{self.base}/{parts.netloc}{parts.path}{query}", *args, **kwargs)


def client_of(town: Town, *, user: str = "", password: str = "", timeout: float = 5) -> Client:
    config = town.parts.config
    return Client(
        user or config.twilio_account_sid,
        password or config.twilio_auth_token,
        account_sid=config.twilio_account_sid,
        http_client=Loopback(f"{town.base}/twilio", timeout),
    )


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with recording() as found:
        yield found


@pytest.fixture
def town(recorder: Recorder) -> Iterator[Town]:
    with living(recorder.url) as found:
        yield found


def test_a_text_is_accepted_sent_and_delivered(town: Town, recorder: Recorder) -> None:
    callback = f"{recorder.url}/webhooks/twilio/status?case=7"
    made = client_of(town).messages.create(
        to=CLEO, messaging_service_sid=SERVICE, body="Mrs Whitlock would like to talk.", status_callback=callback
    )
    assert (made.status, made.from_, made.error_code, made.date_created) == ("accepted", None, None, NOW)
    # In whatever order: one callback may overtake the other, as at the real one.
    sent, delivered = sorted(recorder.wait_for(2), key=lambda one: one.form["MessageStatus"], reverse=True)
    assert [sent.form["MessageStatus"], delivered.form["MessageStatus"]] == ["sent", "delivered"]
    for received in (sent, delivered):
        validator = RequestValidator(town.parts.config.twilio_auth_token)
        assert validator.validate(callback, received.form, received.headers["X-Twilio-Signature"])
        assert not RequestValidator("another").validate(callback, received.form, received.headers["X-Twilio-Signature"])
    assert client_of(town).messages(made.sid).fetch().status == "delivered"


def test_an_api_key_serves_as_well_as_the_auth_token_and_a_wrong_one_does_not(town: Town) -> None:
    config = town.parts.config
    client_of(town, user=config.twilio_api_key_sid, password=config.twilio_api_key_secret).messages.list()
    with pytest.raises(TwilioRestException) as refused:
        client_of(town, password="wrong").messages.create(to=CLEO, from_="+15005550006", body="x")
    assert (refused.value.status, refused.value.code) == (401, 20003)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "06 12", "from_": "+15005550006", "body": "x"}, 21211),
        ({"to": CLEO, "body": "x"}, 21603),
        ({"to": CLEO, "from_": "+15005550006"}, 21602),
        ({"to": CLEO, "from_": "+15005550006", "body": "x" * 1601}, 21617),
        ({"to": CLEO, "from_": "+15005550006", "body": "x", "status_callback": "nowhere"}, 21609),
    ],
)
def test_what_twilio_would_refuse_is_refused(town: Town, fields: dict, code: int) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client_of(town).messages.create(**fields)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert not client_of(town).messages.list()


@pytest.mark.parametrize("outcome", MAGIC, ids=lambda o: o.ending)
def test_magic_endings_do_what_the_page_says(town: Town, recorder: Recorder, outcome) -> None:
    to = "+15005" + outcome.ending.rjust(6, "1")
    send = {"to": to, "from_": "+15005550006", "body": "x", "status_callback": f"{recorder.url}/s"}
    if outcome.refused:
        with pytest.raises(TwilioRestException) as refused:
            client_of(town).messages.create(**send)
        assert (refused.value.status, refused.value.code) == (outcome.refused, outcome.code)
    else:
        made = client_of(town).messages.create(**send)
        last = next(one for one in recorder.wait_for(2) if one.form["MessageStatus"] != "sent")  # in whatever order
        assert (last.form["MessageStatus"], last.form["ErrorCode"]) == (outcome.status, str(outcome.code))
        assert client_of(town).messages(made.sid).fetch().error_code == outcome.code


def test_messages_are_listed_by_recipient_and_day(town: Town) -> None:
    client = client_of(town)
    for number in (CLEO, "+33600000001", CLEO):
        client.messages.create(to=number, from_="+15005550006", body=f"to {number}")
    assert len(client.messages.list(to=CLEO)) == 2
    assert len(client.messages.list(page_size=2)) == 3  # by way of the next page
    assert len(client.messages.list(limit=1)) == 1
    assert client.messages.list(date_sent_after=datetime(2026, 3, 3, tzinfo=UTC)) == []
    assert len(client.messages.list(date_sent_after=datetime(2026, 3, 2, tzinfo=UTC), to=CLEO)) == 2


def test_a_callback_is_tried_again_while_the_app_is_down(town: Town, recorder: Recorder) -> None:
    recorder.answers = [503, 503]
    client_of(town).messages.create(
        to=CLEO, from_="+15005550006", body="x", status_callback=f"{recorder.url}/webhooks/twilio/status"
    )
    statuses = [r.form["MessageStatus"] for r in recorder.wait_for(4)]
    assert len(statuses) == 4 and set(statuses) == {"sent", "delivered"}, "two told, two refused and told again"


def test_stop_is_told_to_the_app_and_later_texts_are_refused(town: Town, recorder: Recorder) -> None:
    requests.post(f"{town.base}/control/twilio/inbound", json={"from": CLEO, "body": " stop "}, timeout=5)
    told = recorder.wait_for(1)[0]
    url = f"{recorder.url}/webhooks/twilio/inbound"
    assert (told.path, told.form["From"], told.form["OptOutType"]) == ("/webhooks/twilio/inbound", CLEO, "STOP")
    assert RequestValidator(town.parts.config.twilio_auth_token).validate(
        url, told.form, told.headers["X-Twilio-Signature"]
    )
    with pytest.raises(TwilioRestException) as refused:
        client_of(town).messages.create(to=CLEO, from_="+15005550006", body="x")
    assert refused.value.code == 21610
    requests.post(f"{town.base}/control/twilio/inbound", json={"from": CLEO, "body": "START"}, timeout=5)
    client_of(town).messages.create(to=CLEO, from_="+15005550006", body="x")


def order_fault(town: Town, **fault: object) -> None:
    assert requests.post(f"{town.base}/control/twilio/faults", json=fault, timeout=5).status_code == 200


def test_a_late_answer_is_late_but_the_text_is_kept(town: Town) -> None:
    order_fault(town, kind="late", seconds=1)
    with pytest.raises(requests.exceptions.ReadTimeout):
        client_of(town, timeout=0.2).messages.create(to=CLEO, from_="+15005550006", body="x")
    assert len(client_of(town).messages.list(to=CLEO)) == 1


def test_a_timeout_and_a_500_keep_nothing(town: Town) -> None:
    order_fault(town, kind="timeout", seconds=0.5)
    order_fault(town, kind="500")
    with pytest.raises(requests.exceptions.ReadTimeout):
        client_of(town, timeout=0.1).messages.create(to=CLEO, from_="+15005550006", body="x")
    with pytest.raises(TwilioRestException) as refused:
        client_of(town).messages.create(to=CLEO, from_="+15005550006", body="x")
    assert (refused.value.status, refused.value.code) == (500, 20500)
    assert client_of(town).messages.list() == []


def test_an_unknown_fault_is_refused(town: Town) -> None:
    answer = requests.post(f"{town.base}/control/twilio/faults", json={"kind": "flood"}, timeout=5)
    assert answer.status_code == 400


def test_a_token_for_the_room_has_the_shape_of_twilios(town: Town) -> None:
    token = client_of(town).tokens.create(ttl=600)
    assert (token.ttl, token.ice_servers) == ("600", [])
    assert token.username and token.password


def test_a_code_is_sent_checked_once_and_then_spent(town: Town) -> None:
    service = client_of(town).verify.v2.services(VERIFY)
    pending = service.verifications.create(to=CLEO, channel="sms")
    assert pending.status == "pending"
    code = requests.get(f"{town.base}/control/twilio/verifications", timeout=5).json()["verifications"][0]["code"]
    wrong = "000000" if code != "000000" else "111111"
    assert service.verification_checks.create(to=CLEO, code=wrong).status == "pending"
    assert service.verification_checks.create(verification_sid=pending.sid, code=code).status == "approved"
    with pytest.raises(TwilioRestException) as spent:
        service.verification_checks.create(to=CLEO, code=code)
    assert spent.value.status == 404


def test_five_wrong_codes_are_enough(town: Town) -> None:
    service = client_of(town).verify.v2.services(VERIFY)
    service.verifications.create(to=CLEO, channel="sms")
    for _ in range(5):
        service.verification_checks.create(to=CLEO, code="none")
    with pytest.raises(TwilioRestException) as refused:
        service.verification_checks.create(to=CLEO, code="none")
    assert refused.value.code == 60202


def test_a_restart_remembers_and_what_was_on_its_way_arrives(recorder: Recorder, tmp_path: Path) -> None:
    state = tmp_path / "simulators.db"
    with living(recorder.url, state_path=state) as town:
        town.parts.later.stop()  # killed before the first step
        sid = (
            client_of(town)
            .messages.create(to=CLEO, from_="+15005550006", body="x", status_callback=f"{recorder.url}/s")
            .sid
        )
        assert sid
    with living(recorder.url, state_path=state) as town:
        wait_until(lambda: client_of(town).messages(sid).fetch().status == "delivered")
        recorder.wait_for(2)


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("é" * 160, 1),  # in Twilio's table of plain signs
        ("€" * 80, 1),  # in its second table: two places each
        ("€" * 80 + "a", 2),
        ("’" * 70, 1),  # in neither: seventy a text
        ("’" * 71, 2),
        ("日" * 67 * 2, 2),
        ("日" * 67 * 2 + "本", 3),
        ("💍" * 35, 1),  # two units of sixteen bits each
        ("💍" * 36, 2),
        ("a" * 100 + "’", 2),  # one such sign counts the whole text so
    ],
)
def test_segments_are_counted_as_billed(body: str, count: int) -> None:
    assert segments(body) == count
