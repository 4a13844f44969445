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
    """The outcome without what is kept back: taken off the largest payment first, then off what was paid elsewhere.

    Never below nothing, and not at all in another currency.
    """
    due = suggested.amount or suggested.worth
    if kept_back is None or due is None or kept_back.currency != due.currency:
        return suggested
    taken = min(kept_back.cents, suggested.amount.cents if suggested.amount else 0)
    kept = Money(taken + min(kept_back.cents - taken, suggested.beyond), due.currency)
    rest, parts = taken, dict(suggested.transactions)
    for gid, part in sorted(suggested.transactions, key=lambda pair: (-pair[1].cents, pair[0])):
        share = min(rest, part.cents)
        parts[gid], rest = Money(part.cents - share, part.currency), rest - share
    return replace(
        suggested,
        amount=_less(suggested.amount, taken),
        transactions=tuple(parts.items()),
        in_shop_money=_scaled(suggested.in_shop_money, suggested.amount, taken),
        worth=_less(suggested.worth, kept.cents),
        limit=_less(suggested.limit, taken),
        pieces=_less(suggested.pieces, kept.cents),
        tax=None,  # how much of it is in the rest nobody has said
        kept_back=kept,
    )


def _less(money: Money | None, cents: int) -> Money | None:
    return Money(max(0, money.cents - cents), money.currency) if money else None


def _scaled(in_shop: Money | None, whole: Money | None, taken: int) -> Money | None:
    """The same share off the amount in the shop's money, to its nearest cent."""
    if in_shop is None or whole is None or not whole.cents:
        return in_shop
    left = in_shop.cents * (whole.cents - taken)
    return Money((2 * left + whole.cents) // (2 * whole.cents), in_shop.currency)
