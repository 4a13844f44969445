"""Twilio: HMAC-SHA1 over our public address and the form, by its own validator."""

from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

from kit.text import clean
from webhooks.sources import Envelope, Refused


class TwilioSource:
    """Opens status callbacks and inbound messages: POST /webhooks/twilio/<kind>, form-encoded."""

    name = "twilio"

    def __init__(self, auth_token: str, app_url: str):
        self.validator = RequestValidator(auth_token) if auth_token else None
        self.app_url = app_url

    def open(self, headers: dict[str, str], body: bytes, path: str, query: str) -> Envelope:
        """What came in, once the form is proved to be Twilio's."""
        form = self.form(headers, body, path, query)
        if path == "room":  # rooms count what they tell, and each one has numbers of its own
            told = f"{form.get('RoomSid', '')}:{form.get('SequenceNumber') or form.get('StatusCallbackEvent', '')}"
            return Envelope(topic="twilio/room", external_id=told[:200])
        sid = form.get("MessageSid") or form.get("SmsSid") or form.get("CallSid") or ""
        return Envelope(topic=f"twilio/{path}"[:100], external_id=f"{sid}:{form.get('MessageStatus', '')}"[:200])

    def form(self, headers: dict[str, str], body: bytes, path: str, query: str = "") -> dict[str, str]:
        """The form of a request to /webhooks/twilio/<path>. Raises Refused where its signature does not hold.

        The address is built from APP_URL: behind a proxy the request's own scheme and host differ.
        """
        try:
            form = dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, strict_parsing=bool(body)))
        except ValueError:
            raise Refused(400, "not_a_form", "The body is not a form.") from None
        url = f"{self.app_url}/webhooks/twilio/{path}" + (f"?{query}" if query else "")
        signature = headers.get("x-twilio-signature", "")
        if self.validator is None or not signature.isascii() or not self.validator.validate(url, form, signature):
            raise Refused(403, "bad_signature", "The signature does not match.")
        return form


def as_json(body: bytes) -> dict[str, str]:
    """The stored form as a dictionary."""
    return {name: clean(value) for name, value in parse_qsl(body.decode("utf-8"), keep_blank_values=True)}
