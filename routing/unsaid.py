"""Which of a shop's reasons stands for none: a client need not say why, and Shopify keeps a reason with each line."""

import re
from collections.abc import Sequence

from routing.reads import Reason

WITHDRAWN = ("changed my mind", "unwanted", "other")
KEPT_TO_THEMSELVES = ("other", "unknown", "unwanted", "changed my mind")


def stands_for_none(known: Sequence[Reason], wanted: Sequence[str]) -> Reason | None:
    """The first of `wanted` that the shop has, by name or, in a house of another language, by Shopify's handle.

    A reason that is called so and no more comes before one that has the words among others; else any it has.
    """
    for words in wanted:
        called = [reason for reason in known if words in (_plain(reason.name), _plain(reason.handle))]
        among = [reason for reason in known if f" {words} " in f" {_plain(reason.name)} "]
        if called or among:
            return (called or among)[0]
    return known[0] if known else None


def _plain(text: str) -> str:
    """Its words alone: "Other" is none of "Another colour"."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))
