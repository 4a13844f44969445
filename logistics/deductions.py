"""What may be kept back for wear: graded, capped, never more than the piece. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kit.money import Money
from logistics.custody_words import Grade
from logistics.reads import SuggestedOutcome

SHARES: Mapping[Grade, int] = {Grade.NONE: 0, Grade.LIGHT: 5, Grade.MARKED: 15, Grade.WORN: 30}
"""Percent of what was paid. Trying a piece on as in a shop is never charged; the cap is the merchant's."""


def may_charge(*, by_law: bool, law: Mapping[str, Any] | None, policy: Mapping[str, Any] | None) -> bool:
    """Whether anything may be kept back for wear: on the law's track the country's law says so, else the house's own.

    What nobody wrote down is not charged.
    """
    rule = law if by_law else policy
    return rule is not None and bool(rule.get("wear"))


def deduct(paid: Money, grade: Grade, *, most_percent: int) -> Money:
    """What is kept back of `paid`, rounded in the client's favour. `most_percent` is 0 to 100."""
    percent = min(SHARES[grade], max(0, min(100, most_percent)))
    return Money(max(0, paid.cents) * percent // 100, paid.currency)


def take_off(suggested: SuggestedOutcome, kept_back: Money | None) -> SuggestedOutcome:
    """The outcome without what is kept back, taken off the largest payment first.

    Never below nothing, and not at all in another currency.
    """
    if kept_back is None or suggested.amount is None or kept_back.currency != suggested.amount.currency:
        return suggested
    rest = min(kept_back.cents, suggested.amount.cents)
    amount = Money(suggested.amount.cents - rest, suggested.amount.currency)
    parts = dict(suggested.transactions)
    for gid, part in sorted(suggested.transactions, key=lambda pair: (-pair[1].cents, pair[0])):
        taken = min(rest, part.cents)
        parts[gid], rest = Money(part.cents - taken, part.currency), rest - taken
    return replace(suggested, amount=amount, transactions=tuple(parts.items()))
