"""Text from outside as both databases take it: without NUL, which PostgreSQL refuses, and without half a character."""

from typing import Any


def clean(text: str) -> str:
    """`text` without NUL; halves of characters become question marks."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def cleaned(value: Any) -> Any:
    """What a JSON parser gave, with every text in it clean, keys too. Raises RecursionError for one nested too deep."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): cleaned(one) for key, one in value.items()}
    if isinstance(value, list):
        return [cleaned(one) for one in value]
    return value
