"""The merchant's rules: first match wins. Pure; versions and drafts are rows made of `as_json()`."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from kit.money import Money

OTHERWISE = ""
"""The id a decision carries when no rule matched."""


class Outcome(StrEnum):
    """What the client is shown.

    `assisted`: a conversation is offered first, the simple return stays one line below. `both`: the two side by side,
    neither preselected. `named`: a simple return with an advisor named on it. `simple`: the parcel line alone.
    `nothing`: the return stays in Shopify as the house would treat it without this app.
    """

    ASSISTED = "assisted"
    BOTH = "both"
    NAMED = "named"
    SIMPLE = "simple"
    NOTHING = "nothing"

    @property
    def is_conversation(self) -> bool:
        """Whether an advisor gets a case."""
        return self in (Outcome.ASSISTED, Outcome.BOTH)

    @property
    def names_an_advisor(self) -> bool:
        """Whether somebody has to be found for it."""
        return self.is_conversation or self is Outcome.NAMED


@dataclass(frozen=True)
class Condition:
    """`kind` is a name in CONDITIONS; any of `values` fits. Amounts are decimal text in the book's currency."""

    kind: str
    comparison: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """All of its conditions hold, or it does not match; without any it matches everything."""

    id: str
    name: str
    conditions: tuple[Condition, ...]
    outcome: Outcome
    enabled: bool = True


@dataclass(frozen=True)
class RuleBook:
    """The rules in their order, and what happens when none matches. `currency` is that of all amounts in it."""

    version: int
    currency: str
    rules: tuple[Rule, ...]
    otherwise: Outcome = Outcome.SIMPLE

    def find(self, rule_id: str) -> Rule | None:
        """The rule with that id."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def as_json(self) -> dict[str, Any]:
        """For a row. The version and the currency are columns of their own."""
        return {"rules": [_rule_json(rule) for rule in self.rules], "otherwise": self.otherwise.value}


def book_of(kept: dict[str, Any], *, version: int, currency: str) -> RuleBook:
    """What `RuleBook.as_json()` made."""
    rules = tuple(_rule(rule) for rule in kept["rules"])
    return RuleBook(version, currency, rules, Outcome(kept["otherwise"]))


def threshold(limit: Money, version: int = 1) -> RuleBook:
    """The book of a shop that chose nothing but an order value: a conversation from exactly this value on."""
    value = Condition("order_value", "at_least", (limit.amount,))
    rule = Rule("r1", f"Orders of {limit.show()} and more", (value,), Outcome.ASSISTED)
    return RuleBook(version, limit.currency, (rule,))


# --- changing a book; each returns another one ---


def moved(book: RuleBook, rule_id: str, by: int) -> RuleBook:
    """The rule `by` places further down, or up when negative; the ends hold it."""
    rules = list(book.rules)
    at = next((i for i, rule in enumerate(rules) if rule.id == rule_id), None)
    if at is None:
        return book
    rule = rules.pop(at)
    rules.insert(min(max(at + by, 0), len(rules)), rule)
    return replace(book, rules=tuple(rules))


def duplicated(book: RuleBook, rule_id: str) -> tuple[RuleBook, Rule | None]:
    """A copy right below its original, switched off so that nothing changes yet."""
    rule = book.find(rule_id)
    if rule is None:
        return book, None
    copy = replace(rule, id=new_id(book), name=f"{rule.name}, copy"[:120], enabled=False)
    at = book.rules.index(rule) + 1
    return replace(book, rules=(*book.rules[:at], copy, *book.rules[at:])), copy


def switched(book: RuleBook, rule_id: str, enabled: bool) -> RuleBook:
    """The rule on or off."""
    return replace(book, rules=tuple(replace(r, enabled=enabled) if r.id == rule_id else r for r in book.rules))


def without(book: RuleBook, rule_id: str) -> RuleBook:
    """The book without that rule."""
    return replace(book, rules=tuple(rule for rule in book.rules if rule.id != rule_id))


def put(book: RuleBook, rule: Rule) -> RuleBook:
    """The rule in its own place, or last when it is new."""
    if book.find(rule.id) is None:
        return replace(book, rules=(*book.rules, rule))
    return replace(book, rules=tuple(rule if r.id == rule.id else r for r in book.rules))


def new_id(book: RuleBook) -> str:
    """An id no rule of the book has."""
    taken = {rule.id for rule in book.rules}
    return next(name for n in range(1, len(taken) + 2) if (name := f"r{n}") not in taken)


def _rule_json(rule: Rule) -> dict[str, Any]:
    conditions = [{"kind": c.kind, "comparison": c.comparison, "values": list(c.values)} for c in rule.conditions]
    return {
        "id": rule.id,
        "name": rule.name,
        "conditions": conditions,
        "outcome": rule.outcome.value,
        "enabled": rule.enabled,
    }


def _rule(kept: dict[str, Any]) -> Rule:
    conditions = tuple(Condition(c["kind"], c["comparison"], tuple(c["values"])) for c in kept["conditions"])
    return Rule(kept["id"], kept["name"], conditions, Outcome(kept["outcome"]), kept["enabled"])
