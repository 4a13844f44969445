"""Reading a body as JSON: quickly, and by Python's own parser where the quick one is stricter than the sender."""

import json
from typing import Any

import orjson

from kit.text import cleaned

SUSPECTS = (b"\\u0000", b"\\u202", b"\\u206", b"\xe2\x80", b"\xe2\x81")
"""What a body has in it that has to be cleaned, and some that do not: NUL and marks that turn text around."""


def read_json(body: bytes) -> Any:
    """The value of a JSON body. Raises ValueError, also where it is nested too deeply.

    A client may have typed half an emoji: "\\ud83d" alone is no Unicode text, and the quick parser refuses the whole
    body, which the sender would then send again for hours. Such halves become question marks. NUL, which PostgreSQL
    refuses in any text, and what turns text around are left out.
    """
    try:
        return _read(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _read(body: bytes) -> Any:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        # Python's own parser reads halves of characters; but also UTF-16 and NaN, which no sender of ours means.
        return cleaned(json.loads(body.decode("utf-8-sig"), parse_constant=_refuse))
    return cleaned(value) if any(suspect in body for suspect in SUSPECTS) else value


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")
