"""Text from outside as both databases take it: without NUL, which PostgreSQL refuses, and without half a character.

And without what turns other text around: a name with an override in it would show the words beside it backwards.
Scripts that run from right to left need none of these; what a page sets apart, it sets apart itself (decision 26).
"""

from typing import Any

TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Embeddings, overrides and isolates, and what ends them."""


def clean(text: str) -> str:
    """`text` without NUL and without what turns text around; halves of characters become question marks."""
    plain = text.replace("\x00", "").encode("utf-8", "replace").decode()
    return plain if plain.isascii() else plain.translate(TURNING)


def cleaned(value: Any) -> Any:
    """What a JSON parser gave, with every text in it clean, keys too. Raises RecursionError for one nested too deep."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): cleaned(one) for key, one in value.items()}
    if isinstance(value, list):
        return [cleaned(one) for one in value]
    return value


def plain_cell(text: str) -> str:
    """A cell of a CSV that no spreadsheet takes for a formula: an apostrophe before what could begin one.

    OWASP, CSV injection: cells that begin with =, +, -, @, a tab or a carriage return, also in their wide forms.
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")) else text
