"""What rules look at besides the order's total. Pure. A value of None is not known, and matches nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from kit.money import Money

Words = tuple[str, ...]
OF_THE_CLIENT = ("client_tier", "client_tags", "client_spend", "country")
"""Names of fields that say something of a person; they go when the person's data goes."""


@dataclass(frozen=True)
class Circumstances:
    """One return's circumstances. Money is shop money.

    `returned_value` and `piece_value` (the dearest piece coming back) are after every discount, without shipping, with
    tax only where the shop's prices include it. `country` is ISO 3166, two letters, upper case. `made_to_order` and
    `final_sale` are true when one of the pieces coming back is. `client_spend` is of the last twelve months, less what
    was paid back.
    """

    returned_value: Money | None = None
    piece_value: Money | None = None
    average_order: Money | None = None
    collections: Words | None = None
    types: Words | None = None
    vendors: Words | None = None
    tags: Words | None = None
    country: str | None = None
    client_tier: str | None = None
    client_tags: Words | None = None
    client_spend: Money | None = None
    made_to_order: bool | None = None
    final_sale: bool | None = None
    channel: str | None = None
    reasons: Words | None = None

    def as_json(self) -> dict[str, Any]:
        """For a row; what is not known is left out."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: _plain(value) for name, value in found.items() if value is not None}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Circumstances":
        """What as_json() made; names of another time are passed over."""
        return cls(**{f.name: _value(kept[f.name]) for f in fields(cls) if kept.get(f.name) is not None})


def listed(words: Iterable[str]) -> Words:
    """Each word once, without its surrounding space, in a fixed order."""
    return tuple(sorted({word.strip() for word in words if word and word.strip()}))


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return {"cents": value.cents, "currency": value.currency}
    return list(value) if isinstance(value, tuple) else value


def _value(kept: Any) -> Any:
    if isinstance(kept, dict):
        return Money(int(kept["cents"]), str(kept["currency"]))
    return tuple(map(str, kept)) if isinstance(kept, list) else kept
