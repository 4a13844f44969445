"""What a job's arguments become in the engine's tables: plain JSON, in letters any database takes, and never code."""

import base64
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.serializer import JsonSerializer

WRITTEN = JsonSerializer()
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_what_is_plain_comes_back_as_it_was(value: Any) -> None:
    assert WRITTEN.deserialize(WRITTEN.serialize(value)) == value


@given(PLAIN)
def test_whatever_a_text_holds_is_written_in_letters_every_database_takes(value: Any) -> None:
    written = WRITTEN.serialize(value)
    assert written.isascii() and written.isprintable()


@pytest.mark.parametrize(
    ("text", "written"),
    [("half \ud83d", '"half \\ud83d"'), ("nul \x00", '"nul \\u0000"'), ("Chloé", '"Chlo\\u00e9"')],
    ids=["half a character", "NUL", "a letter with an accent"],
)
def test_what_no_database_takes_is_spelled_out(text: str, written: str) -> None:
    assert WRITTEN.serialize(text) == written


def test_the_engines_own_way_of_handing_arguments_over_is_kept_but_for_tuples() -> None:
    given_over = {"args": (7, "order"), "kwargs": {"shop_id": 3}}
    assert WRITTEN.deserialize(WRITTEN.serialize(given_over)) == {"args": [7, "order"], "kwargs": {"shop_id": 3}}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (ValueError("no answer"), "ValueError('no answer')"),
        (b"bytes", "b'bytes'"),
        (datetime(2026, 11, 23, tzinfo=UTC), "datetime.datetime(2026, 11, 23, 0, 0, tzinfo=datetime.timezone.utc)"),
    ],
    ids=["an error", "bytes", "an instant"],
)
def test_what_is_not_plain_is_told_in_words_and_is_not_made_again(value: Any, told: str) -> None:
    assert WRITTEN.deserialize(WRITTEN.serialize({"of": [value]})) == {"of": [told]}


RAN: list[str] = []


class Planted:
    """Runs code when it is unpickled, as whoever writes into the table could make it."""

    def __reduce__(self) -> Any:
        return run, ("planted",)


def run(what: str) -> None:
    RAN.append(what)


def test_what_somebody_put_into_the_table_is_read_and_never_run() -> None:
    planted = pickle.dumps(Planted())
    pickle.loads(planted)
    assert RAN == ["planted"]
    with pytest.raises(ValueError, match="Expecting value"):
        WRITTEN.deserialize(base64.b64encode(planted).decode())
    assert RAN == ["planted"]


def test_the_engine_is_told_which_way_it_is_written() -> None:
    """It keeps the name beside what it wrote, and refuses to read what another wrote."""
    assert WRITTEN.name() == "json"
