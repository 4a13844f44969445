"""EasyPost: hex HMAC-SHA256 over the raw body, keyed with the webhook secret in NFKD form."""

import hmac
import unicodedata

import orjson

from webhooks.sources import Envelope, Refused


class EasyPostSource:
    """Opens tracker events: POST /webhooks/easypost."""

    name = "easypost"

    def __init__(self, secret: str):
        self.secret = secret

    def open(self, headers: dict[str, str], body: bytes, path: str, query: str) -> Envelope:
        """Signature first (401), then JSON (400). docs.easypost.com/guides/webhooks-guide"""
        given = headers.get("x-hmac-signature", "").encode("utf-8", "replace")
        if not self.secret or not hmac.compare_digest(given, sign(body, self.secret).encode()):
            raise Refused(401, "bad_signature", "The signature does not match the body.")
        try:
            event = orjson.loads(body)
            description, event_id = str(event["description"]), str(event["id"])
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise Refused(400, "not_json", "The body is not an event.") from None
        return Envelope(topic=_clean(description)[:100], external_id=_clean(event_id)[:200])


def sign(body: bytes, secret: str) -> str:
    """The header value EasyPost would send."""
    key = unicodedata.normalize("NFKD", secret).encode()
    return "hmac-sha256-hex=" + hmac.digest(key, body, "sha256").hex()


def _clean(text: str) -> str:
    return text.replace("\x00", "")  # which PostgreSQL would refuse
