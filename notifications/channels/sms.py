"""Texts by Twilio: its own library, a time-out on every call, and a base address that may only be loopback."""

import re
from datetime import timedelta
from json import JSONDecodeError
from typing import Any
from urllib.parse import urlsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from kit.errors import OutsideError
from kit.settings import Settings, is_loopback
from notifications.ports import Outgoing
from notifications.refusals import cause_of

TIMEOUT_SECONDS = 10
LINK = re.compile(r"https?://\S{20,}")
# What trying again cannot mend: no such number, opted out, not registered, landline … twilio.com/docs/api/errors
PERMANENT = {21211, 21214, 21408, 21610, 21612, 21614, 30003, 30005, 30006, 30007, 30034, 63003, 63016, 63024}


class LoopbackHttpClient(TwilioHttpClient):
    """Sends what is meant for a *.twilio.com host to `{base}/{host}/...` instead: the local stand-in."""

    def __init__(self, base: str, **options: Any):
        super().__init__(**options)
        if not is_loopback(base):
            raise ValueError("TWILIO_API_BASE may only name a loopback address.")
        self.base = base.rstrip("/")

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Any:
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return super().request(method, f"{self.base}/{parts.netloc}{parts.path}{query}", *args, **options)


def make_client(settings: Settings) -> Client:
    """A Twilio client with time-outs; by API key when there is one, else by the account's token."""
    http = (
        LoopbackHttpClient(settings.twilio_api_base, timeout=TIMEOUT_SECONDS)
        if settings.twilio_api_base
        else TwilioHttpClient(timeout=TIMEOUT_SECONDS)
    )
    if settings.twilio_api_key_sid:
        return Client(
            settings.twilio_api_key_sid,
            settings.twilio_api_key_secret,
            settings.twilio_account_sid,
            http_client=http,
        )
    return Client(settings.twilio_account_sid, settings.twilio_auth_token, http_client=http)


class TwilioSms:
    """The channel "sms"."""

    name = "sms"

    def __init__(self, settings: Settings):
        self.settings = settings
        self.client = make_client(settings) if settings.texts_are_sent else None

    @property
    def is_set_up(self) -> bool:
        """Whether Twilio's settings are there. Its client would send unauthenticated calls without them."""
        return self.client is not None

    def send(self, message: Outgoing) -> str:
        """Twilio's sid of the text it accepted."""
        assert self.client is not None
        with errors():
            service = {"messaging_service_sid": self.settings.twilio_messaging_service_sid}
            sent = self.client.messages.create(
                to=message.recipient,
                body=message.body,
                status_callback=f"{self.settings.app_url}/webhooks/twilio/status",
                **({"from_": message.sender} if message.sender else service),
            )
        return str(sent.sid)

    def find(self, message: Outgoing) -> str | None:
        """The sid of the same text to the same number since it was written. Every text carries a link of its own."""
        assert self.client is not None
        return find_sent(self.client, message, message.recipient)


def find_sent(client: Client, message: Outgoing, to: str) -> str | None:
    """The sid of a message to `to` that says the same, or carries the same link, since it was written.

    What WhatsApp made of a template is its own wording of ours, but the link in it is this message's alone.
    """
    since = message.made_at - timedelta(minutes=5)
    links = LINK.findall(message.body)
    with errors():
        for sent in client.messages.list(to=to, date_sent_after=since, limit=50):
            said = sent.body or ""
            if str(sent.sid) not in message.known and (said == message.body or any(link in said for link in links)):
                return str(sent.sid)
    return None


class errors:
    """Twilio's and the network's failures as OutsideError. A time-out may have gone out."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        if isinstance(error, TwilioRestException):
            permanent = error.code in PERMANENT or error.status in (400, 401, 403, 404)
            # Its words are left out: they quote the number.
            said, cause = f"refused with {error.code or error.status}", cause_of(error.code, error.status)
            raise OutsideError(
                "twilio", said, permanent=permanent, ambiguous=error.status >= 500, cause=cause
            ) from error
        # A list that could not be fetched comes without a status of its own; an answer that was cut is no JSON.
        if isinstance(error, TwilioException | JSONDecodeError):
            raise OutsideError("twilio", "the answer could not be read", ambiguous=True) from error
        if isinstance(error, requests.ConnectionError) and not isinstance(error, requests.Timeout):
            raise OutsideError("twilio", "no connection", ambiguous=_may_have_arrived(error)) from error
        if isinstance(error, requests.RequestException):
            raise OutsideError("twilio", type(error).__name__, ambiguous=True) from error


def _may_have_arrived(error: requests.ConnectionError) -> bool:
    return "NewConnectionError" not in repr(error)
