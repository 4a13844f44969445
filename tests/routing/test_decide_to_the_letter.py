"""Which rule speaks and in which words, with several rules in the book."""

import pytest

from kit.money import Money
from routing.conditions import judge
from routing.decide import Decided, Matched, OtherCurrency, asked_here, decide, match, opened_by
from routing.facts import Directory, Person, ReturnFacts
from routing.rules import Condition, Outcome, Rule, RuleBook
from routing.sellers import Level, find_seller

FACTS = ReturnFacts(order_name="#1042", order_total=Money(1_480_000, "USD"))
NOBODY = Directory(by_staff={}, by_location={}, boutique_names={}, default=None)
HOUSE = Directory(by_staff={}, by_location={}, boutique_names={}, default=Person(1, "Maud", True))


def at_least(amount: str) -> Condition:
    return Condition("order_value", "at_least", (amount,))


def below(amount: str) -> Condition:
    return Condition("order_value", "below", (amount,))


def rule(number: int, *conditions: Condition, outcome: Outcome = Outcome.ASSISTED, enabled: bool = True) -> Rule:
    return Rule(f"r{number}", f"Rule {number}", conditions, outcome, enabled)


def book(*rules: Rule, currency: str = "USD", otherwise: Outcome = Outcome.NAMED) -> RuleBook:
    return RuleBook(1, currency, rules, otherwise)


def missed(condition: Condition) -> str:
    words = judge(FACTS, condition)
    assert not words.holds
    return words.words


def test_the_first_rule_that_is_on_and_holds_altogether_speaks_for_all_of_its_conditions() -> None:
    one, two = at_least("10000.00"), below("20000.00")
    off = rule(1, one, outcome=Outcome.SIMPLE, enabled=False)
    half = rule(2, one, below("14800.00"), outcome=Outcome.NOTHING)
    whole, later = rule(3, one, two, outcome=Outcome.BOTH), rule(4, one)
    found = match(book(off, half, whole, later), FACTS)
    assert found == Matched(whole, Outcome.BOTH, f"{judge(FACTS, one).words} {judge(FACTS, two).words}")
    assert found.rule_id == "r3"


def test_a_rule_without_conditions_is_for_every_return() -> None:
    every = rule(1, outcome=Outcome.NOTHING)
    assert match(book(every), FACTS) == Matched(every, Outcome.NOTHING, "Order #1042: every return.")


def test_without_a_rule_that_is_on_it_says_so() -> None:
    for empty in (book(), book(rule(1, enabled=False))):
        assert match(empty, FACTS) == Matched(None, Outcome.NAMED, "Order #1042: no rule is switched on.")
        assert match(empty, FACTS).rule_id == ""


def test_one_rule_that_does_not_match_says_why() -> None:
    condition = below("100.00")
    assert match(book(rule(1, condition)), FACTS) == Matched(None, Outcome.NAMED, missed(condition))


@pytest.mark.parametrize(("count", "more"), [(2, ""), (4, ""), (5, " And 1 more."), (7, " And 3 more.")])
def test_of_several_that_do_not_match_the_first_four_say_why(count: int, more: str) -> None:
    conditions = [below(f"{n}00.00") for n in range(1, count + 1)]
    found = match(book(*(rule(n, c) for n, c in enumerate(conditions, 1))), FACTS)
    reasons = " ".join(f"Rule {n}: {missed(c)}" for n, c in enumerate(conditions[:4], 1))
    assert found == Matched(None, Outcome.NAMED, f"Order #1042 matched none of {count} rules. {reasons}{more}")


def test_an_amount_in_another_currency_is_never_compared_and_a_rule_that_is_off_asks_nothing() -> None:
    amount = rule(1, at_least("1.00"))
    with pytest.raises(OtherCurrency) as refused:
        match(book(amount, currency="EUR"), FACTS)
    assert refused.value.message == "the limit is in EUR, the order in USD"
    off = rule(1, at_least("1.00"), enabled=False)
    assert match(book(off, rule(2), currency="EUR"), FACTS).rule_id == "r2"


@pytest.mark.parametrize(
    ("outcome", "ending"),
    [
        (Outcome.SIMPLE, "A simple return."),
        (Outcome.NOTHING, "It stays with the house in Shopify; nothing is offered here."),
    ],
)
def test_an_outcome_that_names_nobody_is_kept_with_its_rule(outcome: Outcome, ending: str) -> None:
    assert decide(book(rule(7, outcome=outcome)), FACTS, HOUSE) == Decided(
        outcome, None, Level.NOBODY, f"Order #1042: every return. {ending}", "r7"
    )


@pytest.mark.parametrize("outcome", [Outcome.ASSISTED, Outcome.BOTH, Outcome.NAMED])
def test_an_outcome_that_names_somebody_is_simple_without_anybody(outcome: Outcome) -> None:
    rules = book(rule(7, outcome=outcome))
    for people in (HOUSE, NOBODY):
        seller = find_seller(FACTS, people)
        words = f"Order #1042: every return. {seller.words}"
        named = Decided(outcome, 1, seller.level, words, "r7")
        assert decide(rules, FACTS, people) == (
            named if people is HOUSE else Decided(Outcome.SIMPLE, None, Level.NOBODY, words, "r7")
        )


@pytest.mark.parametrize(("advisor", "level"), [(7, Level.LINE), (8, Level.PERSON), (None, Level.PERSON)])
def test_who_opens_a_return_looks_after_it(advisor: int | None, level: Level) -> None:
    decided = Decided(Outcome.SIMPLE, advisor, Level.LINE, "It was small.", "r7")
    assert opened_by(decided, Person(7, "Bob", True)) == Decided(
        Outcome.ASSISTED, 7, level, "Opened by Bob. By the rule alone: It was small.", "r7"
    )


def test_what_a_client_asks_for_here_is_looked_after_here() -> None:
    decided = Decided(Outcome.NOTHING, 7, Level.LINE, "It stays.", "r7")
    words = "Asked for on the house's own return page, so it is looked after. By the rule alone: It stays."
    assert asked_here(decided) == Decided(Outcome.SIMPLE, None, Level.NOBODY, words, "r7")
