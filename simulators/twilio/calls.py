"""Calls: somebody rings a number of the app's; it is asked for TwiML, and what it answers is done.

POST /control/twilio/calls {from, to, end}: `end` is what becomes of a <Dial>: completed, no-answer or busy.
"""

import uuid
from xml.etree import ElementTree

import requests
from flask import Blueprint, jsonify, request

from simulators.twilio.signing import sign
from simulators.twilio.texts import Texts

TIMEOUT_SECONDS = 15
VOICE = "/webhooks/twilio/voice"
VERBS = ("Say", "Dial", "Hangup")


class Calls:
    """Rings the app. `app_url` is what it signs; `base` where the app listens, where that is elsewhere."""

    def __init__(self, auth_token: str, app_url: str, base: str = ""):
        self.auth_token, self.app_url, self.base = auth_token, app_url, base or app_url
        self._http = requests.Session()
        self._http.trust_env = False  # a proxy in the environment must not see loopback calls

    def ring(self, call: dict[str, str], *, end: str = "completed") -> list[dict]:
        """What whoever rings hears, verb by verb, to the end of the call."""
        heard: list[dict] = []
        address: str | None = self.app_url + VOICE
        while address:
            verbs = self._ask(address, call)
            heard += verbs
            dial = next((verb for verb in verbs if verb["verb"] == "Dial"), None)
            address, call = (dial["action"], call | {"DialCallStatus": end}) if dial else (None, call)
        return heard

    def _ask(self, address: str, fields: dict[str, str]) -> list[dict]:
        headers = {"X-Twilio-Signature": sign(self.auth_token, address, fields)}
        where = address.replace(self.app_url, self.base, 1)
        answer = self._http.post(where, data=fields, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        answer.raise_for_status()
        return [_verb(element) for element in ElementTree.fromstring(answer.content)]


def add_calls(doors: Blueprint, texts: Texts) -> None:
    config = texts.config
    calls = Calls(config.twilio_auth_token, config.app_url)

    @doors.post("/control/twilio/calls")
    def ring():
        asked = request.get_json(silent=True) or request.form.to_dict()
        if not asked.get("to"):
            return jsonify(error="to is needed"), 400
        call = {
            "CallSid": asked.get("call_sid") or "CA" + uuid.uuid4().hex,
            "AccountSid": config.twilio_account_sid,
            "From": asked.get("from", ""),
            "To": asked["to"],
            "CallStatus": "ringing",
            "Direction": "inbound",
            "ApiVersion": "2010-04-01",
        }
        return {"call_sid": call["CallSid"], "heard": calls.ring(call, end=asked.get("end", "completed"))}


def _verb(element: ElementTree.Element) -> dict:
    if element.tag not in VERBS:
        raise ValueError(f"<{element.tag}> is not known here")
    number = element.find("Number")
    return {
        "verb": element.tag,
        "words": (element.text or "").strip(),
        "number": (number.text or "") if number is not None else "",
        "action": element.get("action"),
        **{name: value for name, value in element.attrib.items() if name != "action"},
    }
