"""Shopify's global ids: `gid://shopify/Order/1042`."""

from typing import Any

PREFIX = "gid://shopify/"


def make_gid(kind: str, number: int) -> str:
    return f"{PREFIX}{kind}/{number}"


def kind_of(gid: str) -> str:
    """`Order` of `gid://shopify/Order/1`; raises ValueError for anything that is no gid."""
    if not isinstance(gid, str) or not gid.startswith(PREFIX) or gid.count("/") < 4:
        raise ValueError(f"Invalid global id '{gid}'")
    return gid.split("/")[3]


def number_of(gid: str | None) -> Any:
    """The numeric tail, as REST and webhook bodies show it; None for None."""
    return None if gid is None else int(gid.rsplit("/", 1)[1].split("?")[0])
