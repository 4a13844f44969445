"""Tokens and private text at rest: encrypted with the newest key of TOKEN_KEYS, readable with any of them."""

import base64
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from kit.tokens import derive_key

_keyring: MultiFernet | None = None


class KeyMissing(Exception):
    """A value was sealed with a key that TOKEN_KEYS no longer holds."""


def use_keys(token_keys: str) -> None:
    """Set the process's keyring from comma-separated keys, newest first. Called once, at start."""
    global _keyring
    keys = [k.strip() for k in token_keys.split(",") if k.strip()]
    _keyring = MultiFernet([Fernet(base64.urlsafe_b64encode(derive_key(k, "at-rest"))) for k in keys])


def seal(text: str) -> str:
    """`text` encrypted, as ASCII."""
    return _ring().encrypt(text.encode("utf-8", "surrogatepass")).decode()


def unseal(sealed: str) -> str:
    """The text `seal` was given. Raises KeyMissing."""
    try:
        return _ring().decrypt(sealed.encode()).decode("utf-8", "surrogatepass")
    except InvalidToken:
        raise KeyMissing("a stored value was encrypted with a key that is no longer set") from None


def reseal(sealed: str) -> str:
    """The same text under the newest key. Raises KeyMissing."""
    try:
        return _ring().rotate(sealed.encode()).decode()
    except InvalidToken:
        raise KeyMissing("a stored value was encrypted with a key that is no longer set") from None


def _ring() -> MultiFernet:
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
