"""Tokens, private text and webhook bodies at rest: encrypted with the newest key of TOKEN_KEYS, readable with any.

Text is sealed by Fernet, whose values can be told from each other by nobody. Bodies are sealed at the door, where time
counts, by AES-256-GCM: version byte, 4 bytes that name the key, 12 random bytes, ciphertext with its tag (decision 4).
"""

import base64
import os
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kit.tokens import derive_key

VERSION = b"\x01"
_NAME_BYTES, _NONCE_BYTES = 4, 12
_HEAD = 1 + _NAME_BYTES


@dataclass(frozen=True, repr=False)
class _Keyring:
    text: MultiFernet
    newest_text: Fernet
    bodies: dict[bytes, AESGCM]
    newest_body: bytes


_keyring: _Keyring | None = None


class KeyMissing(Exception):
    """A value was sealed with a key that TOKEN_KEYS no longer holds."""


def use_keys(token_keys: str) -> None:
    """Set the process's keyring from comma-separated keys, newest first. Called once, at start."""
    global _keyring
    keys = [k.strip() for k in token_keys.split(",") if k.strip()]
    texts = [Fernet(base64.urlsafe_b64encode(derive_key(k, "at-rest"))) for k in keys]
    bodies = {derive_key(k, "bodies-name")[:_NAME_BYTES]: AESGCM(derive_key(k, "bodies")) for k in keys}
    _keyring = _Keyring(MultiFernet(texts), texts[0], bodies, next(iter(bodies)))


def seal(text: str) -> str:
    """`text` encrypted, as ASCII."""
    return _ring().text.encrypt(text.encode("utf-8", "surrogatepass")).decode()


def unseal(sealed: str) -> str:
    """The text `seal` was given. Raises KeyMissing."""
    try:
        return _ring().text.decrypt(sealed.encode()).decode("utf-8", "surrogatepass")
    except InvalidToken:
        raise KeyMissing(_MISSING) from None


def reseal(sealed: str) -> str:
    """The same text under the newest key. Raises KeyMissing."""
    try:
        return _ring().text.rotate(sealed.encode()).decode()
    except InvalidToken:
        raise KeyMissing(_MISSING) from None


def is_newest(sealed: str) -> bool:
    """Whether `sealed` was made with the newest key."""
    try:
        _ring().newest_text.decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def seal_bytes(raw: bytes) -> bytes:
    """`raw` encrypted. Nothing stays nothing, so that an emptied body is seen to be empty."""
    if not raw:
        return b""
    ring, nonce = _ring(), os.urandom(_NONCE_BYTES)
    return VERSION + ring.newest_body + nonce + ring.bodies[ring.newest_body].encrypt(nonce, raw, None)


def unseal_bytes(sealed: bytes) -> bytes:
    """The bytes `seal_bytes` was given. Raises KeyMissing."""
    if not sealed:
        return b""
    key = _ring().bodies.get(sealed[1:_HEAD])
    nonce = sealed[_HEAD : _HEAD + _NONCE_BYTES]
    if key is None or sealed[:1] != VERSION or len(nonce) != _NONCE_BYTES:
        raise KeyMissing(_MISSING)
    try:
        return key.decrypt(nonce, sealed[_HEAD + _NONCE_BYTES :], None)
    except InvalidTag:
        raise KeyMissing(_MISSING) from None


def bytes_are_newest(sealed: bytes) -> bool:
    """Whether `sealed` was made with the newest key, by the name it carries."""
    return not sealed or sealed[:_HEAD] == VERSION + _ring().newest_body


_MISSING = "a stored value was encrypted with a key that is no longer set"


def _ring() -> _Keyring:
    if _keyring is None:
        raise RuntimeError("shops.crypt.use_keys was not called")
    return _keyring


class Sealed(sa.types.TypeDecorator[str]):
    """Column type: plain text in Python, encrypted in the database. It can be neither searched nor sorted."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else seal(value)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else unseal(value)


class SealedBytes(sa.types.TypeDecorator[bytes]):
    """Column type: plain bytes in Python, encrypted in the database. Empty stays empty."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Any) -> bytes | None:
        return None if value is None else seal_bytes(value)

    def process_result_value(self, value: bytes | None, dialect: Any) -> bytes | None:
        return None if value is None else unseal_bytes(bytes(value))
