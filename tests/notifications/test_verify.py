"""Twilio Verify alone: what is asked of it, and what each of its answers comes to."""

from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
import responses

from kit.causes import Cause
from kit.errors import OutsideError
from notifications.channels.verify import TwilioVerify
from notifications.codes import Found
from tests import cast

SERVICE = "https://verify.twilio.com/v2/Services/VA1"
SETTINGS = {
    "twilio_account_sid": "AC1",
    "twilio_auth_token": "token",
    "twilio_messaging_service_sid": "MG1",
    "twilio_verify_service_sid": "VA1",
}
CLEO = "+33612344141"


@pytest.fixture
def verify() -> TwilioVerify:
    return TwilioVerify(cast.settings(**SETTINGS))


@pytest.fixture
def twilio() -> Any:
    with responses.RequestsMock() as mock:
        yield mock


def asked(twilio: Any) -> dict[str, list[str]]:
    (call,) = twilio.calls
    return parse_qs(call.request.body)


def test_a_code_is_asked_for_by_number_and_channel_and_none_is_ours(verify: TwilioVerify, twilio: Any) -> None:
    twilio.post(f"{SERVICE}/Verifications", json={"sid": "VE1", "status": "pending"}, status=201)
    verify.send(CLEO, "sms", "fr")
    assert asked(twilio) == {"To": [CLEO], "Channel": ["sms"]}


@pytest.mark.parametrize(
    ("status", "body", "found"),
    [
        pytest.param(200, {"status": "approved"}, Found.RIGHT, id="the right one"),
        pytest.param(200, {"status": "pending"}, Found.AGAIN, id="a wrong one is no failure"),
        pytest.param(200, {"status": "canceled"}, Found.AGAIN, id="one that was called off opens nothing"),
        pytest.param(200, {}, Found.AGAIN, id="an answer without a word opens nothing"),
        pytest.param(404, {"code": 20404, "message": "x"}, Found.OVER, id="used before, or run out"),
        pytest.param(429, {"code": 60202, "message": "x"}, Found.BLOCKED, id="a sixth try"),
        pytest.param(429, {"code": 60203, "message": "x"}, Found.BLOCKED, id="sent too often"),
        pytest.param(403, {"code": 60212, "message": "x"}, Found.BLOCKED, id="too many at once for one number"),
        pytest.param(429, {"code": 20429, "message": "x"}, Found.BLOCKED, id="too many at once"),
    ],
)
def test_each_answer_about_a_code_is_one_of_four(
    verify: TwilioVerify, twilio: Any, status: int, body: dict[str, Any], found: Found
) -> None:
    twilio.post(f"{SERVICE}/VerificationCheck", json=body, status=status)
    assert verify.check(CLEO, "123456") is found
    assert asked(twilio) == {"To": [CLEO], "Code": ["123456"]}


@pytest.mark.parametrize(
    ("answer", "permanent", "ambiguous", "cause"),
    [
        pytest.param({"status": 401, "json": {"code": 20003, "message": CLEO}}, True, False, Cause.ACCOUNT, id="keys"),
        pytest.param({"status": 400, "json": {"code": 60200, "message": CLEO}}, True, False, "", id="nonsense"),
        pytest.param({"status": 503, "json": {"message": CLEO}}, False, True, "", id="it is down"),
        pytest.param({"body": requests.ReadTimeout(CLEO)}, False, True, "", id="it does not answer"),
    ],
)
@pytest.mark.parametrize("call", ["send", "check"])
def test_what_verify_cannot_do_is_said_without_the_number(
    verify: TwilioVerify,
    twilio: Any,
    call: str,
    answer: dict[str, Any],
    permanent: bool,
    ambiguous: bool,
    cause: str,
) -> None:
    twilio.post(f"{SERVICE}/{'Verifications' if call == 'send' else 'VerificationCheck'}", **answer)
    with pytest.raises(OutsideError) as refused:
        verify.send(CLEO, "sms", "en") if call == "send" else verify.check(CLEO, "123456")
    error = refused.value
    assert (error.permanent, error.ambiguous, error.cause) == (permanent, ambiguous, cause)
    assert CLEO not in str(error)


@pytest.mark.parametrize("missing", ["twilio_verify_service_sid", "twilio_auth_token"])
def test_without_its_service_or_an_account_there_is_no_verify_to_ask(missing: str) -> None:
    assert not TwilioVerify(cast.settings(**(SETTINGS | {missing: ""}))).is_set_up
    assert TwilioVerify(cast.settings(**SETTINGS)).is_set_up
