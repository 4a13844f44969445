"""Who sold the piece, and is an advisor offered: the rule book."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from routing.conditions import judge
from routing.decide import OtherCurrency, Outcome, decide
from routing.facts import Attribution, Directory, Person, ReturnFacts
from routing.rules import Condition, threshold
from routing.sellers import Level, find_seller

USD = threshold(Money(500_000, "USD"))
BOB, INES, LEFT, HOUSE = "staff/7", "staff/8", "staff/9", "staff/1"
PEOPLE = {
    BOB: Person(7, "Bob", True),
    INES: Person(8, "Inès", True),
    LEFT: Person(9, "Colette", False),
}
DIRECTORY = Directory(
    by_staff=PEOPLE,
    by_location={"paris": Person(8, "Inès", True), "lyon": Person(9, "Colette", False)},
    boutique_names={"paris": "Paris", "lyon": "Lyon"},
    default=Person(1, "Maud", True),
)
FACTS = ReturnFacts(order_name="#1042", order_total=Money(1_480_000, "USD"))


def credit(staff: str, cents: int = 1_480_000, line: str = "line/1", quantity: int = 1) -> Attribution:
    return Attribution(line, staff, quantity, Money(cents, "USD"))


@pytest.mark.parametrize(
    ("total", "limit", "outcome"),
    [
        (Money(499_999, "USD"), Money(500_000, "USD"), Outcome.SIMPLE),
        (Money(500_000, "USD"), Money(500_000, "USD"), Outcome.ASSISTED),
        (Money(500_001, "USD"), Money(500_000, "USD"), Outcome.ASSISTED),
        (Money(4_999, "JPY"), Money(5_000, "JPY"), Outcome.SIMPLE),
        (Money(5_000, "JPY"), Money(5_000, "JPY"), Outcome.ASSISTED),
        (Money(499_999, "EUR"), Money(500_000, "EUR"), Outcome.SIMPLE),
        (Money(500_000, "EUR"), Money(500_000, "EUR"), Outcome.ASSISTED),
        (Money(0, "USD"), Money(0, "USD"), Outcome.ASSISTED),
    ],
)
def test_exactly_the_limit_is_offered_a_conversation_and_a_cent_less_is_not(total, limit, outcome) -> None:
    assert decide(threshold(limit), replace(FACTS, order_total=total), DIRECTORY).outcome is outcome


def test_a_limit_in_another_currency_is_never_compared() -> None:
    with pytest.raises(OtherCurrency, match="the limit is in USD, the order in EUR"):
        decide(USD, replace(FACTS, order_total=Money(9_999_999, "EUR")), DIRECTORY)


def test_below_the_limit_nobody_is_named_whoever_sold_it() -> None:
    facts = replace(FACTS, order_total=Money(499_999, "USD"), attributions=(credit(BOB),), order_staff_gid=INES)
    decided = decide(USD, facts, DIRECTORY)
    assert (decided.outcome, decided.advisor_id, decided.level) == (Outcome.SIMPLE, None, Level.NOBODY)
    assert decided.words == "Order #1042 came to $4,999.99, below $5,000. A simple return."


@pytest.mark.parametrize(
    ("facts", "advisor", "level", "words"),
    [
        ({"attributions": (credit(BOB),), "order_staff_gid": INES}, 7, Level.LINE, "Bob sold the piece."),
        (
            {"order_staff_gid": INES, "location_gid": "paris"},
            8,
            Level.ORDER,
            "Inès is on the order as the member of staff.",
        ),
        ({"location_gid": "paris"}, 8, Level.BOUTIQUE, "It was bought in Paris; Inès answers there."),
        ({}, 1, Level.DEFAULT, "Nobody is named on the order; Maud answers for the house."),
        (
            {"attributions": (credit("staff/unknown"),), "order_staff_gid": "staff/unknown", "location_gid": "nowhere"},
            1,
            Level.DEFAULT,
            "Nobody is named on the order; Maud answers for the house.",
        ),
        (
            {"attributions": (credit(LEFT),), "order_staff_gid": INES},
            8,
            Level.ORDER,
            "Colette, who sold it, is no longer with the house. Inès is on the order as the member of staff.",
        ),
        (
            {"order_staff_gid": LEFT, "location_gid": "paris"},
            8,
            Level.BOUTIQUE,
            "Colette, on the order, is no longer with the house. It was bought in Paris; Inès answers there.",
        ),
        ({"location_gid": "lyon"}, 1, Level.DEFAULT, "Nobody is named on the order; Maud answers for the house."),
        (
            {"attributions": (credit(BOB, 400_000), credit(INES, 1_080_000, "line/2"))},
            8,
            Level.LINE,
            "Inès sold most of it by value; Bob sold the rest.",
        ),
        (
            {"attributions": (credit(BOB, 600_000), credit(INES, 500_000, "line/2"), credit(BOB, 1, "line/3"))},
            7,
            Level.LINE,
            "Bob sold most of it by value; Inès sold the rest.",
        ),
        (
            {"attributions": (credit(LEFT, 1_400_000), credit(BOB, 80_000, "line/2"))},
            7,
            Level.LINE,
            "Colette, who sold it, is no longer with the house. Bob sold the piece.",
        ),
        ({"attributions": (credit("staff/unknown"), credit(BOB, 1, "line/2"))}, 7, Level.LINE, "Bob sold the piece."),
    ],
)
def test_the_strongest_evidence_names_the_advisor_and_says_why(facts, advisor, level, words) -> None:
    decided = decide(USD, replace(FACTS, **facts), DIRECTORY)
    assert (decided.outcome, decided.advisor_id, decided.level) == (Outcome.ASSISTED, advisor, level)
    assert decided.words == f"Order #1042 came to $14,800, at or over $5,000. {words}"


@pytest.mark.parametrize("default", [None, Person(1, "Maud", False)])
def test_when_nobody_can_answer_it_is_a_simple_return_and_says_so(default) -> None:
    decided = decide(USD, FACTS, replace(DIRECTORY, default=default))
    assert (decided.outcome, decided.advisor_id, decided.level) == (Outcome.SIMPLE, None, Level.NOBODY)
    assert decided.words.endswith("Nobody is named on the order, and no default advisor is set.")


def test_two_who_sold_as_much_are_told_apart_the_same_way_each_time() -> None:
    credits = (credit(INES, 5), credit(BOB, 5, "line/2"))
    names = {find_seller(replace(FACTS, attributions=c), DIRECTORY).person for c in (credits, credits[::-1])}
    assert len(names) == 1


credits = st.builds(
    credit,
    st.sampled_from([BOB, INES, LEFT, "staff/unknown"]),
    st.integers(0, 10),
    st.sampled_from(["line/1", "line/2"]),
)


@given(st.lists(credits, max_size=6), st.randoms(), st.sampled_from([None, BOB, LEFT]), st.integers(0, 10**7))
def test_the_outcome_never_depends_on_the_order_things_are_listed_in(found, random, staff, cents) -> None:
    facts = replace(
        FACTS, attributions=tuple(found), order_staff_gid=staff, order_total=Money(cents, "USD"), location_gid="paris"
    )
    mixed, people = list(found), list(PEOPLE.items())
    random.shuffle(mixed)
    random.shuffle(people)
    one = decide(USD, facts, DIRECTORY)
    other = decide(USD, replace(facts, attributions=tuple(mixed)), replace(DIRECTORY, by_staff=dict(people)))
    assert (one.outcome, one.advisor_id, one.level) == (other.outcome, other.advisor_id, other.level)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_dearer_order_is_never_treated_as_less(limit, total, more) -> None:
    asked = Condition("order_value", "at_least", (Money(limit, "USD").amount,))
    facts = replace(FACTS, order_total=Money(total, "USD"))
    dearer = replace(FACTS, order_total=Money(total + more, "USD"))
    assert judge(dearer, asked).holds >= judge(facts, asked).holds
