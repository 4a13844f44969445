"""Shopify's ids come as numbers in one place and as gids in another."""

from typing import Any


def gid(kind: str, value: Any) -> str | None:
    """`gid://shopify/{kind}/{n}` from a number, a numeric string or a gid of that kind; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    tail = str(value).removeprefix(f"gid://shopify/{kind}/")
    return f"gid://shopify/{kind}/{tail}" if tail.isascii() and tail.isdigit() and len(tail) <= 20 else None


def dicts(value: Any) -> list[dict[str, Any]]:
    """The dictionaries of a list; nothing for anything that is not one."""
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []
