"""A book of rules: changed by hand it keeps every other rule, its order, and what a row of it holds."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from routing.rules import (
    Condition,
    Outcome,
    Rule,
    RuleBook,
    book_of,
    duplicated,
    moved,
    new_id,
    put,
    switched,
    threshold,
    without,
)


def rule(name: str, outcome: Outcome = Outcome.ASSISTED, enabled: bool = True) -> Rule:
    return Rule(name, f"Rule {name}", (Condition("tag", "any_of", (name,)),), outcome, enabled)


BOOK = RuleBook(3, "EUR", (rule("r1"), rule("r2", Outcome.BOTH), rule("r3", Outcome.NOTHING, enabled=False)))


def order(book: RuleBook) -> str:
    return " ".join(one.id for one in book.rules)


@pytest.mark.parametrize(
    ("which", "by", "then"),
    [
        ("r1", 1, "r2 r1 r3"),
        ("r1", 2, "r2 r3 r1"),
        ("r1", 9, "r2 r3 r1"),
        ("r1", -1, "r1 r2 r3"),
        ("r2", -1, "r2 r1 r3"),
        ("r3", -2, "r3 r1 r2"),
        ("r3", -9, "r3 r1 r2"),
        ("r3", 1, "r1 r2 r3"),
        ("r2", 0, "r1 r2 r3"),
        ("gone", 1, "r1 r2 r3"),
    ],
)
def test_a_rule_moves_and_the_ends_hold_it(which: str, by: int, then: str) -> None:
    assert order(moved(BOOK, which, by)) == then


def test_a_copy_stands_below_its_original_and_is_off() -> None:
    book, copy = duplicated(BOOK, "r2")
    assert order(book) == "r1 r2 r4 r3"
    assert copy == replace(BOOK.rules[1], id="r4", name="Rule r2, copy", enabled=False)


def test_a_copy_of_a_long_name_still_fits() -> None:
    long = replace(BOOK, rules=(replace(BOOK.rules[0], name="n" * 120),))
    _, copy = duplicated(long, "r1")
    assert copy is not None
    assert len(copy.name) == 120


def test_a_copy_of_what_is_gone_is_nothing() -> None:
    assert duplicated(BOOK, "gone") == (BOOK, None)


def test_switching_and_leaving_out_touch_that_rule_alone() -> None:
    assert [one.enabled for one in switched(BOOK, "r3", True).rules] == [True, True, True]
    assert [one.enabled for one in switched(BOOK, "r1", False).rules] == [False, True, False]
    assert switched(BOOK, "gone", False) == BOOK
    assert order(without(BOOK, "r2")) == "r1 r3"
    assert without(BOOK, "gone") == BOOK


def test_a_changed_rule_keeps_its_place_and_a_new_one_comes_last() -> None:
    changed = replace(BOOK.rules[1], name="Bridal")
    assert [one.name for one in put(BOOK, changed).rules] == ["Rule r1", "Bridal", "Rule r3"]
    assert order(put(BOOK, rule("r9"))) == "r1 r2 r3 r9"


def test_the_book_of_a_shop_that_chose_an_amount_says_it_in_its_own_money() -> None:
    book = threshold(Money(500_000, "CHF"), version=4)
    assert (book.version, book.currency, book.otherwise) == (4, "CHF", Outcome.SIMPLE)
    (only,) = book.rules
    assert only.name == "Orders of CHF\xa05,000 and more"
    assert only.conditions == (Condition("order_value", "at_least", ("5000.00",)),)


@pytest.mark.parametrize(
    ("outcome", "conversation", "named"),
    [
        (Outcome.ASSISTED, True, True),
        (Outcome.BOTH, True, True),
        (Outcome.NAMED, False, True),
        (Outcome.SIMPLE, False, False),
        (Outcome.NOTHING, False, False),
    ],
)
def test_who_gets_a_case_and_for_whom_somebody_has_to_be_found(
    outcome: Outcome, conversation: bool, named: bool
) -> None:
    assert (outcome.is_conversation, outcome.names_an_advisor) == (conversation, named)


IDS = st.sampled_from([f"r{n}" for n in range(1, 9)])
CONDITIONS = st.builds(
    Condition, st.sampled_from(["tag", "country"]), st.sampled_from(["any_of", "none_of"]), st.tuples(st.text())
)
RULES = st.builds(
    Rule,
    IDS,
    st.text(max_size=130),
    st.lists(CONDITIONS, max_size=3).map(tuple),
    st.sampled_from(Outcome),
    st.booleans(),
)
BOOKS = st.builds(
    RuleBook,
    st.integers(1, 99),
    st.sampled_from(["EUR", "JPY"]),
    st.lists(RULES, max_size=6, unique_by=lambda one: one.id).map(tuple),
    st.sampled_from(Outcome),
)


@given(BOOKS)
def test_a_row_holds_the_whole_book(book: RuleBook) -> None:
    assert book_of(book.as_json(), version=book.version, currency=book.currency) == book


@given(BOOKS)
def test_a_new_id_is_nobodys(book: RuleBook) -> None:
    assert book.find(new_id(book)) is None


@given(BOOKS, IDS, st.integers(-9, 9))
def test_moving_there_and_back_loses_and_changes_no_rule(book: RuleBook, which: str, by: int) -> None:
    there = moved(book, which, by)
    assert sorted(there.rules, key=lambda one: one.id) == sorted(book.rules, key=lambda one: one.id)
    others = [one for one in book.rules if one.id != which]
    assert [one for one in there.rules if one.id != which] == others


@given(BOOKS, RULES)
def test_what_was_put_in_is_found_and_left_out_again_is_gone(book: RuleBook, one: Rule) -> None:
    kept = put(book, one)
    assert kept.find(one.id) == one
    assert without(kept, one.id) == without(book, one.id)


@given(BOOKS, IDS)
def test_a_copy_adds_one_rule_that_changes_nothing_yet(book: RuleBook, which: str) -> None:
    then, copy = duplicated(book, which)
    if copy is None:
        assert then == book
        return
    assert len(then.rules) == len(book.rules) + 1
    assert not copy.enabled
    assert without(then, copy.id) == book
