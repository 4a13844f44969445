"""Which of a shop's reasons stands for none: a client need not say why, and Shopify keeps a reason with each line."""

from collections.abc import Sequence

from routing.reads import Reason

WITHDRAWN = ("changed my mind", "unwanted", "other")
KEPT_TO_THEMSELVES = ("other", "unknown", "unwanted", "changed my mind")


def stands_for_none(known: Sequence[Reason], wanted: Sequence[str]) -> Reason | None:
    """The first of `wanted` that the shop has; else any it has."""
    for words in wanted:
        for reason in known:
            if words in reason.name.casefold():
                return reason
    return known[0] if known else None
