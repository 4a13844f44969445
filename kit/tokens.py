"""Secrets a person carries in a link or a cookie: random, long, and only their hash is kept."""

import hashlib
import hmac
import secrets


def new_token() -> str:
    """192 bits, safe in a URL. 32 characters keep a text message short."""
    return secrets.token_urlsafe(24)


def token_hash(token: str) -> str:
    """What is stored instead of `token`."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def derive_key(secret: str, purpose: str) -> bytes:
    """A key of its own for each purpose, so that a value signed for one never passes for another."""
    return hmac.digest(secret.encode(), f"assisted-returns/{purpose}".encode(), "sha256")


def keyed_hash(secret: str, purpose: str, text: str) -> str:
    """Tells `text` from another without saying what it is: who has not `secret` cannot even try guesses."""
    return hmac.digest(derive_key(secret, purpose), text.encode("utf-8", "surrogatepass"), "sha256").hex()
