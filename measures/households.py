"""Telling clients apart without knowing who they are: an address becomes a keyed hash that nobody can turn back.

The key is a shop's own, random, and kept sealed; so the same address in two shops gives two values.
"""

import hashlib
import hmac
import re
import secrets

HEX = 32


def new_key() -> str:
    """A fresh key, as text to be sealed."""
    return secrets.token_hex(32)


def email_hash(key: str, address: str) -> str | None:
    """32 hex letters for an e-mail address, however it is written; None when there is none."""
    plain = address.strip().casefold()
    return _hash(key, "email", plain) if "@" in plain else None


def phone_hash(key: str, number: str) -> str | None:
    """32 hex letters for a telephone number, however it is grouped; None for what is too short to be one."""
    digits = re.sub(r"\D", "", number).removeprefix("00")
    return _hash(key, "phone", digits) if len(digits) >= 7 else None


def client_hash(key: str, client_gid: str) -> str:
    """32 hex letters for a client's id: remembers that somebody was erased without remembering whom."""
    return _hash(key, "client", client_gid)


def _hash(key: str, kind: str, value: str) -> str:
    said = f"{kind}:{value}".encode("utf-8", "surrogatepass")
    return hmac.new(key.encode(), said, hashlib.sha256).hexdigest()[:HEX]
