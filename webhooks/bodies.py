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
        value = _read(body)
        return cleaned(value) if any(suspect in body for suspect in SUSPECTS) else value
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _read(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        value = json.loads(body, parse_constant=_refuse)
        return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")
