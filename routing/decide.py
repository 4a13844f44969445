"""Is an advisor offered, and who: pure, with the reason in words. The same call serves "try it"."""

from dataclasses import dataclass
from enum import StrEnum

from kit.money import Money
from routing.conditions import CONDITIONS
from routing.facts import Directory, Person, ReturnFacts
from routing.sellers import Level, find_seller


class Outcome(StrEnum):
    """`assisted`: a conversation is offered beside the simple return. `simple`: the parcel line alone."""

    ASSISTED = "assisted"
    SIMPLE = "simple"


@dataclass(frozen=True)
class Policy:
    """The merchant's choice. `limit` in shop money; `version` counts the changes made to it."""

    limit: Money
    version: int = 1


@dataclass(frozen=True)
class Decided:
    """One return's decision."""

    outcome: Outcome
    advisor_id: int | None
    level: Level
    words: str


def decide(policy: Policy, facts: ReturnFacts, directory: Directory) -> Decided:
    """The outcome for one return, with its reason. Below the limit nobody is named."""
    total, limit = facts.order_total.show(), policy.limit.show()
    if not CONDITIONS["order_value_at_least"](facts, policy.limit):
        words = f"Order {facts.order_name} came to {total}, below {limit}: a simple return."
        return Decided(Outcome.SIMPLE, None, Level.NOBODY, words)
    seller = find_seller(facts, directory)
    opening = f"Order {facts.order_name} came to {total}, at or over {limit}."
    if seller.person is None:
        return Decided(Outcome.SIMPLE, None, Level.NOBODY, f"{opening} {seller.words}")
    return Decided(Outcome.ASSISTED, seller.person.advisor_id, seller.level, f"{opening} {seller.words}")


def opened_by(decided: Decided, person: Person) -> Decided:
    """A person of the house opened the return: the case is theirs, and what the rule would have said stays readable."""
    level = decided.level if decided.advisor_id == person.advisor_id else Level.PERSON
    words = f"Opened by {person.name}. By the rule alone: {decided.words}"
    return Decided(Outcome.ASSISTED, person.advisor_id, level, words)
