"""Secrets people carry: long, safe in an address, and kept as a hash."""

import re

from hypothesis import given
from hypothesis import strategies as st

from kit.tokens import derive_key, new_token, token_hash


def test_a_token_fits_a_link_and_is_never_given_twice() -> None:
    tokens = {new_token() for _ in range(500)}
    assert len(tokens) == 500
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{32}", token) for token in tokens)


@given(st.text())
def test_any_text_a_caller_sends_can_be_looked_up(token: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", token_hash(token))


def test_a_lone_surrogate_is_looked_up_too() -> None:
    assert token_hash("\udcff") != token_hash("")


def test_what_is_signed_for_one_purpose_never_passes_for_another() -> None:
    assert derive_key("secret", "desk-form") != derive_key("secret", "at-rest") != derive_key("other", "at-rest")
    assert len(derive_key("secret", "at-rest")) == 32
