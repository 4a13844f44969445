"""What a case does to the credit for the sale, by the merchant's rule: pure, with the sentence an advisor reads before.

The rule says how the credit for a sale is divided, not what is paid: that is the payroll's business.
"""

from dataclasses import dataclass
from enum import StrEnum

from kit.money import Money


class Kind(StrEnum):
    """`keep`: the credit stays with who sold it. `share`: some of it goes to whoever answers in their place.

    `bonus`: it stays, and whoever answers has a bonus when the client stays with the house.
    """

    KEEP = "keep"
    SHARE = "share"
    BONUS = "bonus"


STAYED = frozenset({"kept", "exchange", "upgrade", "rework", "viewing"})
"""Outcomes in which the client stays with the house. A refund undoes the sale, and the credit with it."""


@dataclass(frozen=True)
class Terms:
    """The rule as it was when the case was opened. `percent` goes to who answers, for `share`; `bonus` for `bonus`."""

    kind: Kind
    percent: int = 0
    bonus: Money | None = None


@dataclass(frozen=True)
class Line:
    """One advisor's part of one case. `credit` is a part of the sale's value."""

    advisor_id: int
    part: str
    credit: Money
    bonus: Money


def settle(terms: Terms, *, owner_id: int, answered_by: int, value: Money, outcome: str) -> list[Line]:
    """Who is credited what once the case is done; the credits add up to `value` where the client stayed, else to 0."""
    stayed = outcome in STAYED
    nothing = Money(0, value.currency)
    bonus_nothing = Money(0, terms.bonus.currency if terms.bonus else value.currency)
    credit = value if stayed else nothing
    stands_in = answered_by != owner_id
    # What cannot be divided evenly stays with the seller, so that the parts always add up.
    shared = Money(credit.cents * terms.percent // 100, value.currency) if terms.kind is Kind.SHARE else nothing
    given = shared if stands_in else nothing
    earned = terms.bonus if terms.kind is Kind.BONUS and terms.bonus and stayed else bonus_nothing
    kept = Money(credit.cents - given.cents, value.currency)
    lines = [Line(owner_id, "sold", kept, bonus_nothing if stands_in else earned)]
    if stands_in:
        lines.append(Line(answered_by, "answered", given, earned))
    return lines


def effect(terms: Terms, *, value: Money, sold_by: str, answered_by: str, reader: str) -> str:
    """What the case means for the credit, before the conversation, to `reader`: one of the two named, or a manager."""
    given = Money(value.cents * terms.percent // 100, value.currency)
    sale = "your sale" if reader == sold_by else f"{sold_by}'s sale"
    if terms.kind is Kind.SHARE and sold_by != answered_by:
        takes, rest = (_to(answered_by, reader), _to(sold_by, reader))
        return f"If the client stays, {given.show()} of {sale} is credited to {takes}, the rest to {rest}. {_REFUND}"
    stays = f"If the client stays, {value.show()} stays credited as {sale}"
    if terms.kind is Kind.BONUS and terms.bonus:
        has = "you have" if reader == answered_by else f"{answered_by} has"
        return f"{stays}, and {has} a bonus of {terms.bonus.show()}. {_REFUND}"
    return f"{stays}. {_REFUND}"


def _to(name: str, reader: str) -> str:
    return "you" if name == reader else name


_REFUND = "A refund takes the credit back with the sale, whoever answered."


def rule_in_words(terms: Terms) -> str:
    """The rule as the merchant reads it back."""
    if terms.kind is Kind.SHARE:
        return f"{terms.percent}% of the sale's credit goes to whoever answers in the seller's place."
    if terms.kind is Kind.BONUS and terms.bonus:
        return f"The seller keeps the credit; whoever answers has {terms.bonus.show()} when the client stays."
    return "The seller keeps the credit for the sale, whoever answers."
