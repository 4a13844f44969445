"""Is an advisor offered, and who: pure, with the reason in words. The same call serves "try it"."""

from dataclasses import dataclass

from kit.errors import AppError
from routing.conditions import Judged, is_amount, judge
from routing.facts import Directory, Person, ReturnFacts
from routing.rules import OTHERWISE, Outcome, Rule, RuleBook
from routing.sellers import Level, find_seller

__all__ = [
    "Decided",
    "Matched",
    "OtherCurrency",
    "Outcome",
    "asked_here",
    "chosen_by_hand",
    "decide",
    "match",
    "opened_by",
    "wished_here",
]

MOST_NAMED = 4
ENDINGS = {
    Outcome.SIMPLE: "A simple return.",
    Outcome.NOTHING: "It stays with the house in Shopify; nothing is offered here.",
}


class OtherCurrency(AppError):
    """Amounts of the rules are in another currency than the order: nobody can say which is more."""


@dataclass(frozen=True)
class Matched:
    """Which rule spoke, None for none of them; what it says; and why, as sentences."""

    rule: Rule | None
    outcome: Outcome
    words: str

    @property
    def rule_id(self) -> str:
        """The rule's id, OTHERWISE for none."""
        return self.rule.id if self.rule else OTHERWISE


@dataclass(frozen=True)
class Decided:
    """One return's decision. `rule_id` is of the book it was made with."""

    outcome: Outcome
    advisor_id: int | None
    level: Level
    words: str
    rule_id: str = OTHERWISE


def match(book: RuleBook, facts: ReturnFacts) -> Matched:
    """The first rule whose every condition holds. Raises OtherCurrency before it compares unlike amounts."""
    passed: list[tuple[Rule, str]] = []
    for rule in book.rules:
        if not rule.enabled:
            continue
        judged = [_judge(book, facts, rule, number) for number in range(len(rule.conditions))]
        missed = next((j for j in judged if not j.holds), None)
        if missed is None:
            words = " ".join(j.words for j in judged) or f"Order {facts.order_name}: every return."
            return Matched(rule, rule.outcome, words)
        passed.append((rule, missed.words))
    return Matched(None, book.otherwise, _none_matched(facts, passed))


def decide(book: RuleBook, facts: ReturnFacts, directory: Directory) -> Decided:
    """The outcome for one return, with its reason. An outcome without a person to be named is a simple return."""
    return _with_person(match(book, facts), facts, directory)


def chosen_by_hand(outcome: Outcome, facts: ReturnFacts, directory: Directory) -> Decided:
    """What a person of the house said is offered, where the rules could not be asked."""
    words = f"Order {facts.order_name}: the rules could not compare its amounts, and a person of the house decided."
    return _with_person(Matched(None, outcome, words), facts, directory)


def _with_person(found: Matched, facts: ReturnFacts, directory: Directory) -> Decided:
    if not found.outcome.names_an_advisor:
        words = f"{found.words} {ENDINGS[found.outcome]}"
        return Decided(found.outcome, None, Level.NOBODY, words, found.rule_id)
    seller = find_seller(facts, directory)
    words = f"{found.words} {seller.words}"
    if seller.person is None:
        return Decided(Outcome.SIMPLE, None, Level.NOBODY, words, found.rule_id)
    return Decided(found.outcome, seller.person.advisor_id, seller.level, words, found.rule_id)


def opened_by(decided: Decided, person: Person) -> Decided:
    """A person of the house opened the return: the case is theirs, and what the rule would have said stays readable."""
    level = decided.level if decided.advisor_id == person.advisor_id else Level.PERSON
    words = f"Opened by {person.name}. By the rule alone: {decided.words}"
    return Decided(Outcome.ASSISTED, person.advisor_id, level, words, decided.rule_id)


def asked_here(decided: Decided) -> Decided:
    """A client who asked for the return on our own page is looked after, also where the rules offer nothing."""
    words = f"Asked for on the house's own return page, so it is looked after. By the rule alone: {decided.words}"
    return Decided(Outcome.SIMPLE, None, Level.NOBODY, words, decided.rule_id)


def wished_here(decided: Decided, person: Person) -> Decided:
    """A client chose a time with that person on our own page, when they were offered."""
    words = f"The client chose a conversation with {person.name} on the return page. By the rule alone: {decided.words}"
    return Decided(Outcome.ASSISTED, person.advisor_id, Level.PERSON, words, decided.rule_id)


def _judge(book: RuleBook, facts: ReturnFacts, rule: Rule, number: int) -> Judged:
    condition = rule.conditions[number]
    if is_amount(condition) and book.currency != facts.order_total.currency:
        raise OtherCurrency(f"the limit is in {book.currency}, the order in {facts.order_total.currency}")
    return judge(facts, condition)


def _none_matched(facts: ReturnFacts, passed: list[tuple[Rule, str]]) -> str:
    if not passed:
        return f"Order {facts.order_name}: no rule is switched on."
    if len(passed) == 1:
        return passed[0][1]
    named = " ".join(f"{rule.name}: {words}" for rule, words in passed[:MOST_NAMED])
    more = f" And {len(passed) - MOST_NAMED} more." if len(passed) > MOST_NAMED else ""
    return f"Order {facts.order_name} matched none of {len(passed)} rules. {named}{more}"
