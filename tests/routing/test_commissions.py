"""The credit for a sale: parts that always add up, and the sentence an advisor reads before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consults.kinds import Outcome
from kit.money import Money
from routing.commissions import STAYED, Kind, Terms, effect, rule_in_words, settle

VALUE = Money(1_480_000, "USD")
KEEP, SHARE = Terms(Kind.KEEP), Terms(Kind.SHARE, 30)
BONUS = Terms(Kind.BONUS, bonus=Money(15_000, "USD"))
TERMS = st.one_of(
    st.just(KEEP),
    st.integers(1, 100).map(lambda percent: Terms(Kind.SHARE, percent)),
    st.integers(1, 10**9).map(lambda cents: Terms(Kind.BONUS, bonus=Money(cents, "EUR"))),
)
OUTCOMES = tuple(str(outcome) for outcome in Outcome)


@given(TERMS, st.integers(0, 10**12), st.sampled_from(OUTCOMES), st.booleans())
def test_the_parts_add_up_to_the_sale_where_the_client_stayed_and_to_nothing_else(
    terms: Terms, cents: int, outcome: str, stands_in: bool
) -> None:
    value = Money(cents, "USD")
    lines = settle(terms, owner_id=1, answered_by=2 if stands_in else 1, value=value, outcome=outcome)
    assert sum(line.credit.cents for line in lines) == (cents if outcome in STAYED else 0)
    assert all(line.credit.cents >= 0 for line in lines) and len(lines) == 1 + stands_in
    earned = sum(line.bonus.cents for line in lines)
    assert earned == (terms.bonus.cents if terms.bonus and outcome in STAYED else 0)


def test_of_every_outcome_an_advisor_may_write_down_it_is_said_whether_the_client_stayed() -> None:
    assert set(OUTCOMES) - STAYED == {"refund", "follow_up", "other"} and set(OUTCOMES) > STAYED


@pytest.mark.parametrize(
    ("terms", "outcome", "expected"),
    [
        (KEEP, "kept", [(1, 1_480_000, 0), (2, 0, 0)]),
        (SHARE, "exchange", [(1, 1_036_000, 0), (2, 444_000, 0)]),
        (SHARE, "upgrade", [(1, 1_036_000, 0), (2, 444_000, 0)]),
        (BONUS, "viewing", [(1, 1_480_000, 0), (2, 0, 15_000)]),
        (SHARE, "refund", [(1, 0, 0), (2, 0, 0)]),
        (BONUS, "other", [(1, 0, 0), (2, 0, 0)]),
    ],
)
def test_who_is_credited_what(terms: Terms, outcome: str, expected: list[tuple[int, int, int]]) -> None:
    lines = settle(terms, owner_id=1, answered_by=2, value=VALUE, outcome=outcome)
    assert [(line.advisor_id, line.credit.cents, line.bonus.cents) for line in lines] == expected


def test_a_seller_who_answers_themselves_shares_with_nobody_and_has_the_bonus() -> None:
    (line,) = settle(SHARE, owner_id=1, answered_by=1, value=VALUE, outcome="kept")
    assert line.credit == VALUE
    (line,) = settle(BONUS, owner_id=1, answered_by=1, value=VALUE, outcome="kept")
    assert line.bonus == BONUS.bonus


@pytest.mark.parametrize(
    ("terms", "reader", "told"),
    [
        (KEEP, "Bob", "If the client stays, $14,800 stays credited as your sale."),
        (KEEP, "Hugo", "If the client stays, $14,800 stays credited as Bob's sale."),
        (SHARE, "Hugo", "If the client stays, $4,440 of Bob's sale is credited to you, the rest to Bob."),
        (SHARE, "Bob", "If the client stays, $4,440 of your sale is credited to Hugo, the rest to you."),
        (SHARE, "Mia", "If the client stays, $4,440 of Bob's sale is credited to Hugo, the rest to Bob."),
        (BONUS, "Hugo", "stays credited as Bob's sale, and you have a bonus of $150."),
        (BONUS, "Bob", "stays credited as your sale, and Hugo has a bonus of $150."),
    ],
)
def test_each_reads_what_the_case_does_to_the_credit(terms: Terms, reader: str, told: str) -> None:
    assert told in effect(terms, value=VALUE, sold_by="Bob", answered_by="Hugo", reader=reader)


def test_the_rule_reads_back_as_it_was_stated() -> None:
    assert rule_in_words(SHARE) == "30% of the sale's credit goes to whoever answers in the seller's place."
    assert "$150" in rule_in_words(BONUS) and "keeps the credit" in rule_in_words(KEEP)
