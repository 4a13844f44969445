"""Text from outside, as both databases take it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.text import clean, cleaned
from webhooks.bodies import read_json


@pytest.mark.parametrize(
    ("given", "kept"), [("a\x00b", "ab"), ("\x00\x00", ""), ("a\ud83db", "a?b"), ("é🙂", "é🙂"), ("", "")]
)
def test_nul_goes_and_half_a_character_becomes_a_question_mark(given: str, kept: str) -> None:
    assert clean(given) == kept
    assert clean(kept) == kept


def test_every_text_at_any_depth_is_clean_and_keys_too() -> None:
    dirty = {"a\x00": ["\x00x", {"\ud83d": "\ud83d"}, 5, None, True, 1.5], "b": {}}
    assert cleaned(dirty) == {"a": ["x", {"?": "?"}, 5, None, True, 1.5], "b": {}}


@given(st.text())
def test_whatever_is_typed_can_be_stored(text: str) -> None:
    kept = clean(text)
    assert "\x00" not in kept and kept.encode().decode() == kept


def deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


def test_what_is_nested_too_deep_is_told_to_the_caller() -> None:
    with pytest.raises(RecursionError):
        cleaned(deep(100_000))


def test_a_body_is_read_without_nul_and_as_it_was_otherwise() -> None:
    assert read_json(b'{"a\\u0000": ["\\u0000x"]}') == {"a": ["x"]}
    assert read_json('{"é": "🙂"}'.encode()) == {"é": "🙂"}
    assert read_json('{"note": "é \\ud83d 🙂"}'.encode()) == {"note": "é ? 🙂"}


def test_why_a_body_is_no_json_is_said() -> None:
    with pytest.raises(ValueError, match=r"^Infinity is no JSON$"):
        read_json(b'{"a": Infinity}')
    with pytest.raises(ValueError, match=r"^nested too deeply$"):
        read_json(b"[" * 100_000 + b"NaN" + b"]" * 100_000)
