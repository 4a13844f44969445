"""Shopify: base64 HMAC-SHA256 over the raw body, with the client secret or, during rotation, the previous one."""

import base64
import binascii
import hmac
from functools import lru_cache

from shopify.utils import shop_url

from webhooks.bodies import read_json
from webhooks.sources import Envelope, Refused


class ShopifySource:
    """Opens deliveries of every topic. Its headers come in any case, and as `shopify-*` from the newer Events."""

    name = "shopify"

    def __init__(self, secrets: tuple[str, ...]):
        self.secrets = tuple(s.encode() for s in secrets)

    def open(self, headers: dict[str, str], body: bytes, path: str, query: str) -> Envelope:
        """Signature first (401), then JSON and shop domain (400). The topic may be one we do not know."""
        if not any(is_signed(body, _header(headers, "hmac-sha256"), secret) for secret in self.secrets):
            raise Refused(401, "bad_signature", "The signature does not match the body.")
        domain = clean_domain(_header(headers, "shop-domain"))
        if domain is None:
            raise Refused(400, "bad_shop", "The shop domain is missing or not a myshopify.com one.")
        if not looks_like_json(body):
            raise Refused(400, "not_json", "The body is not JSON.")
        return Envelope(
            topic=_short(_header(headers, "topic"), 100),
            # Copies are told by Webhook-Id: one action can reach two topics under one Event-Id
            # (shopify.dev/docs/apps/build/webhooks/verify-deliveries). Without one, the body stands for itself.
            external_id=_short(_header(headers, "webhook-id"), 200) or hmac.digest(b"body", body, "sha256").hex(),
            shop_domain=domain,
            event_id=_short(_header(headers, "event-id"), 200),
            triggered_at=_short(_header(headers, "triggered-at"), 40),
            api_version=_short(_header(headers, "api-version"), 20),
        )


def sign(body: bytes, secret: str) -> str:
    """The header value Shopify would send."""
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


def is_signed(body: bytes, signature: str, secret: bytes) -> bool:
    """Constant time, on bytes: a non-ASCII header is a wrong signature and not an exception."""
    try:
        given = base64.b64decode(signature.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, hmac.digest(secret, body, "sha256"))


@lru_cache(1024)  # shops send again and again, and the library's check parses an address each time
def clean_domain(value: str) -> str | None:
    """`{handle}.myshopify.com` in lower case, or None. The header is a claim; only its form is checked here."""
    try:
        domain = shop_url.sanitize_shop_domain(value)
    except ValueError:  # an address that is none at all: "["
        return None
    if not domain or len(domain) > 255:
        return None
    return domain if domain == value.strip().lower() and domain.isascii() else None


def looks_like_json(body: bytes) -> bool:
    """Whether the whole body parses; a cut or empty one does not."""
    try:
        read_json(body)
    except ValueError:
        return False
    return True


def _header(headers: dict[str, str], name: str) -> str:
    return headers.get(f"x-shopify-{name}") or headers.get(f"shopify-{name}") or ""


def _short(value: str, most: int) -> str:
    # NUL and lone surrogates would be refused by PostgreSQL; a header is ours to clean, the signed body is not.
    if value.isascii() and "\x00" not in value:  # nearly always
        return value[:most]
    return value.encode("utf-8", "replace").decode().replace("\x00", "")[:most]
