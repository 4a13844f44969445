"""Who is one household: pure. A client's own key, and the keys that an address or a telephone tie together."""

from collections.abc import Iterable

MOST_SHARING = 4
"""An address that more clients than these have given is a shop's, a concierge's or a hotel's, and ties nobody."""


def own_key(client_gid: str | None, email_hash: str | None, phone_hash: str | None) -> str | None:
    """By what an order's buyer is told from others before any tie; None where nothing is known of them."""
    if client_gid:
        return client_gid
    if email_hash:
        return f"e:{email_hash}"
    return f"p:{phone_hash}" if phone_hash else None


def tied(sharing: Iterable[str]) -> list[tuple[str, str]]:
    """The ties of keys that share one address: each to the first of them, by name. None where too many share it."""
    keys = sorted(set(sharing))
    return [(keys[0], other) for other in keys[1:]] if 1 < len(keys) <= MOST_SHARING else []


def households(ties: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Key -> household, of every key with a tie. A household is called by the first of its keys, by name.

    In whatever order the ties come, the households are the same.
    """
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            parent[key] = key = parent[parent[key]]
        return key

    for one, other in ties:
        first, second = sorted((root(one), root(other)))
        parent[second] = first
    return {key: root(key) for key in list(parent)}
