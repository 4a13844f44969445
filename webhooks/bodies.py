"""Reading a body as JSON: quickly, and by Python's own parser where the quick one is stricter than the sender."""

import json
from typing import Any

import orjson


def read_json(body: bytes) -> Any:
    """The value of a JSON body. Raises ValueError.

    A client may have typed half an emoji: "\\ud83d" alone is no Unicode text, and the quick parser refuses the whole
    body, which the sender would then send again for hours. Such halves become question marks.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _read_patiently(body)


def _read_patiently(body: bytes) -> Any:
    try:
        value = json.loads(body, parse_constant=_refuse)
        return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")
