"""Rules that can never match, found before they are saved. Pure; each finding is a sentence for the merchant."""

from dataclasses import dataclass
from decimal import Decimal

from routing.conditions import AMOUNT, CONDITIONS, MULTIPLE, WORDS, YES_NO, in_words, is_amount
from routing.places import MARKETS
from routing.rules import Condition, Rule, RuleBook

SINGLE = ("country", "client_tier", "channel")
"""Kinds of which a return has one word at most."""


@dataclass(frozen=True)
class Problem:
    """Why a book cannot be put in force; `rule_id` is the rule it is about, "" for the book as a whole."""

    rule_id: str
    words: str


def problems(book: RuleBook, shop_currency: str) -> list[Problem]:
    """All that stands in the way, in the order of the rules. A rule that is switched off stands in nobody's."""
    found: list[Problem] = []
    if book.currency != shop_currency and any(is_amount(c) for rule in book.rules for c in rule.conditions):
        words = (
            f"The amounts are in {book.currency}, and the shop now counts in {shop_currency}. Choose its figures anew."
        )
        found.append(Problem("", words))
    earlier: list[Rule] = []
    for rule in book.rules:
        if not rule.enabled:
            continue
        words = contradiction(rule, book.currency) or _shadow(rule, earlier)
        if words:
            found.append(Problem(rule.id, words))
        else:
            earlier.append(rule)
    return found


def contradiction(rule: Rule, currency: str) -> str:
    """Why no return can ever meet all conditions of the rule; "" when one can."""
    for at, one in enumerate(rule.conditions):
        if one.comparison == "below" and Decimal(one.values[0]) <= 0:
            return f"“{rule.name}” can never match: {in_words(one, currency)}, and nothing is."
        for other in rule.conditions[at + 1 :]:
            if _exclude(one, other) or _exclude(other, one):
                both = f"{in_words(one, currency)}, and {in_words(other, currency)}"
                return f"“{rule.name}” can never match: {both}. No return is both."
    return ""


def _shadow(rule: Rule, earlier: list[Rule]) -> str:
    for before in earlier:
        if all(any(_implies(mine, theirs) for mine in rule.conditions) for theirs in before.conditions):
            return f"“{rule.name}” can never match: “{before.name}” stands before it and takes every return it would."
    return ""


def _exclude(one: Condition, other: Condition) -> bool:
    """Whether no return meets both. Asked both ways round."""
    pair = (one.comparison, other.comparison)
    if _as_amounts(one, other) and pair == ("at_least", "below"):
        return Decimal(one.values[0]) >= Decimal(other.values[0])
    if one.kind == "country" and other.kind == "market" and one.comparison == "any_of":
        inside = [any(country in MARKETS[market] for market in other.values) for country in one.values]
        return not any(inside) if other.comparison == "any_of" else all(inside)
    if one.kind != other.kind:
        return False
    shape, mine, theirs = CONDITIONS[one.kind].shape, _folded(one), _folded(other)
    if shape == YES_NO:
        return mine != theirs
    if shape == WORDS and pair == ("any_of", "none_of"):
        return mine <= theirs
    return shape == WORDS and pair == ("any_of", "any_of") and one.kind in SINGLE and not mine & theirs


def _implies(one: Condition, other: Condition) -> bool:
    """Whether every return that meets `one` meets `other`."""
    if _as_amounts(one, other) and one.comparison == other.comparison == "at_least":
        return Decimal(one.values[0]) >= Decimal(other.values[0])
    if _as_amounts(other, one) and one.comparison == other.comparison == "below":
        return Decimal(one.values[0]) <= Decimal(other.values[0])
    if one.kind == "country" and other.kind == "market" and one.comparison == other.comparison == "any_of":
        return all(any(country in MARKETS[market] for market in other.values) for country in one.values)
    if one.kind != other.kind or CONDITIONS[one.kind].shape in (AMOUNT, MULTIPLE):
        return False
    mine, theirs = _folded(one), _folded(other)
    if one.comparison == other.comparison:
        return theirs <= mine if one.comparison == "none_of" else mine <= theirs
    return one.kind in SINGLE and one.comparison == "any_of" and not mine & theirs


def _as_amounts(high: Condition, low: Condition) -> bool:
    """Whether `high` is never more than `low` for the same return: itself, or a piece against all pieces."""
    if CONDITIONS[high.kind].shape not in (AMOUNT, MULTIPLE):
        return False
    return high.kind == low.kind or (high.kind, low.kind) == ("piece_value", "returned_value")


def _folded(condition: Condition) -> frozenset[str]:
    return frozenset(value.casefold() for value in condition.values)
