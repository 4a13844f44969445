"""A rule that can never match is found; one that can is left alone."""

import pytest
from hypothesis import assume, given

from kit.money import Money
from routing.checks import contradiction, problems
from routing.decide import Outcome, match
from routing.rules import Condition, Rule, RuleBook, threshold
from tests.acceptance.test_routing_rules import FACTS, rule_books


def rule(name: str, *conditions: tuple[str, str, str]) -> Rule:
    return Rule(name, name, tuple(Condition(k, c, tuple(v.split(","))) for k, c, v in conditions), Outcome.ASSISTED)


ORDER_5, PIECE_5 = ("order_value", "at_least", "5000.00"), ("piece_value", "at_least", "5000.00")


@pytest.mark.parametrize(
    "conditions",
    [
        (ORDER_5, ("order_value", "below", "5000.00")),
        (PIECE_5, ("returned_value", "below", "4000.00")),
        (("order_value", "below", "0"),),
        (("tag", "any_of", "vip"), ("tag", "none_of", "VIP,gold")),
        (("country", "any_of", "FR"), ("country", "any_of", "US,JP")),
        (("country", "any_of", "FR,DE"), ("market", "none_of", "European Union")),
        (("country", "any_of", "FR"), ("market", "any_of", "Gulf,Japan")),
        (("final_sale", "is", "yes"), ("final_sale", "is", "no")),
        (("order_multiple", "at_least", "3"), ("order_multiple", "below", "2")),
    ],
)
def test_conditions_no_return_can_meet_together_are_named(conditions) -> None:
    for asked in (conditions, conditions[::-1]):
        assert contradiction(rule("Odd", *asked), "USD").startswith("“Odd” can never match: ")


@pytest.mark.parametrize(
    "conditions",
    [
        (),
        (ORDER_5, ("order_value", "below", "5000.01")),
        (("returned_value", "at_least", "9000"), ("piece_value", "below", "5000")),
        (("tag", "any_of", "vip,gold"), ("tag", "none_of", "vip")),
        (("tag", "any_of", "vip"), ("tag", "any_of", "gold")),
        (("country", "any_of", "FR,US"), ("market", "none_of", "European Union")),
        (("order_value", "at_least", "9"), ("piece_value", "below", "5")),
    ],
)
def test_conditions_a_return_can_meet_together_are_left_alone(conditions) -> None:
    assert contradiction(rule("Fine", *conditions), "USD") == ""


@pytest.mark.parametrize(
    ("before", "after", "is_shadowed"),
    [
        ((ORDER_5,), (("order_value", "at_least", "9000"),), True),
        ((ORDER_5,), (("order_value", "at_least", "4999.99"),), False),
        ((ORDER_5,), (("order_value", "at_least", "9000"), ("tag", "any_of", "vip")), True),
        ((ORDER_5, ("tag", "any_of", "vip")), (("order_value", "at_least", "9000"),), False),
        ((), (("tag", "any_of", "vip"),), True),
        ((("tag", "any_of", "vip,gold"),), (("tag", "any_of", "VIP"),), True),
        ((("tag", "any_of", "vip"),), (("tag", "any_of", "vip,gold"),), False),
        ((("market", "any_of", "European Union"),), (("country", "any_of", "FR,DE"),), True),
        ((("market", "any_of", "European Union"),), (("country", "any_of", "FR,GB"),), False),
        ((("returned_value", "at_least", "5000"),), (("piece_value", "at_least", "5000"),), True),
        ((("piece_value", "at_least", "5000"),), (("returned_value", "at_least", "5000"),), False),
        ((("country", "none_of", "US"),), (("country", "any_of", "FR"),), True),
    ],
)
def test_a_rule_behind_a_wider_one_is_found(before, after, is_shadowed) -> None:
    book = RuleBook(1, "USD", (rule("Wide", *before), rule("Narrow", *after)))
    words = "“Narrow” can never match: “Wide” stands before it and takes every return it would."
    assert [p.words for p in problems(book, "USD")] == ([words] if is_shadowed else [])


def test_a_rule_that_is_switched_off_stands_in_nobodys_way() -> None:
    wide = Rule("a", "Wide", (), Outcome.SIMPLE, enabled=False)
    assert problems(RuleBook(1, "USD", (wide, rule("Narrow", ORDER_5))), "USD") == []


def test_amounts_in_another_currency_than_the_shops_are_named() -> None:
    (found,) = problems(threshold(Money(500_000, "USD")), "EUR")
    assert found.words.startswith("The amounts are in USD, and the shop now counts in EUR.")
    assert problems(RuleBook(1, "USD", (rule("Tag", ("tag", "any_of", "vip")),)), "EUR") == []


@given(rule_books(), FACTS)
def test_no_return_ever_matches_a_rule_that_was_said_to_match_none(book: RuleBook, facts) -> None:
    about = facts.circumstances
    # A piece is never worth more than all pieces together, and both are known or neither is.
    assume((about.piece_value is None) == (about.returned_value is None))
    assume(about.piece_value is None or about.piece_value.cents <= about.returned_value.cents)
    assert match(book, facts).rule_id not in {p.rule_id for p in problems(book, "USD") if p.rule_id}
