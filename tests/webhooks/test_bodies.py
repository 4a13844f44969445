"""Bodies that one parser refuses and the sender believes in."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webhooks.bodies import read_json
from webhooks.sources.shopify import looks_like_json


def test_half_an_emoji_in_a_note_does_not_cost_the_webhook() -> None:
    assert read_json(b'{"note": "lovely \\ud83d"}') == {"note": "lovely ?"}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"nonsense", b"NaN", b'{"a": Infinity}', b"\xff", b"[" * 100_000, b"1" * 5000]
)
def test_what_is_no_json_is_refused_and_never_a_crash(body: bytes) -> None:
    assert not looks_like_json(body)
    with pytest.raises(ValueError):
        read_json(body)


DEEP = b"[" * 1020 + b'"\xe2\x80\xae"' + b"]" * 1020


def test_one_nested_so_deeply_that_only_the_quick_parser_reads_it_is_refused_too() -> None:
    assert orjson.loads(DEEP)
    with pytest.raises(ValueError, match=r"^nested too deeply$"):
        read_json(DEEP)


@pytest.mark.parametrize("body", [b'{"note": "Chlo\xc3\xa9", "n": [1, 2.5, null]}', b"[]", b'"\\u00e9"'])
def test_what_the_quick_parser_reads_and_holds_nothing_to_clean_is_gone_through_once(
    body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def again(*_: object, **__: object) -> None:
        raise AssertionError("a second time")

    expected = json.loads(body)
    monkeypatch.setattr("webhooks.bodies.json.loads", again)
    monkeypatch.setattr("webhooks.bodies.cleaned", again)
    assert read_json(body) == expected


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_is_none_is_named_in_the_refusal(word: str) -> None:
    with pytest.raises(ValueError, match=f"^{word} is no JSON$"):
        read_json(f'{{"amount": {word}}}'.encode())


@pytest.mark.parametrize("width", ["utf-16", "utf-16-le", "utf-32"])
def test_json_travels_in_utf_8_and_in_nothing_else(width: str) -> None:
    """Python's parser would guess the width, and what turns text around would pass for something else in it."""
    with pytest.raises(ValueError):
        read_json('{"name": "Anna\u202e"}'.encode(width))


def test_a_mark_of_the_byte_order_before_it_is_passed_over() -> None:
    assert read_json(b'\xef\xbb\xbf{"id": 7}') == {"id": 7}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param(b'"a\\u0000b"', "ab", id="NUL, as JSON writes it"),
        pytest.param(b'"a\\u202eb"', "ab", id="an override, as JSON writes it"),
        pytest.param(b'"a\\u202Eb"', "ab", id="the same in capitals"),
        pytest.param(b'"a\\u2066b"', "ab", id="an isolate, as JSON writes it"),
        pytest.param(b'"a\xe2\x80\xaeb"', "ab", id="an override as it is"),
        pytest.param(b'"a\xe2\x81\xa6b"', "ab", id="an isolate as it is"),
        pytest.param(b'{"a\\u0000": ["\\u202a", {"b": "\\u2069c"}]}', {"a": ["", {"b": "c"}]}, id="keys, and deeper"),
        pytest.param(b'"\xe2\x80\x94 \xe2\x81\x84"', "\u2014 \u2044", id="a dash and a fraction's stroke stay"),
        pytest.param(b'"\\ud83d\\ude00 \\ud83d\\u0000"', "\U0001f600 ?", id="half an emoji is a question"),
    ],
)
def test_what_no_database_takes_and_what_turns_text_around_is_left_out(body: bytes, found: Any) -> None:
    assert read_json(body) == found


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["C"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(categories=["L"])), inner),
    max_leaves=8,
)


@given(plain, st.booleans())
@settings(max_examples=50)
def test_what_holds_none_of_that_is_read_as_it_was_written(value: Any, ascii_only: bool) -> None:
    assert read_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value
