"""What a rule may ask of a return: each kind, both ways it can be asked, at its edge, and when nothing is known."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from routing.circumstances import Circumstances
from routing.conditions import CONDITIONS, is_amount, judge, read_values
from routing.conditions import in_words as said
from routing.facts import ReturnFacts
from routing.places import MARKETS
from routing.rules import Condition

KNOWN = Circumstances(
    returned_value=Money(600_000, "EUR"),
    piece_value=Money(450_000, "EUR"),
    average_order=Money(200_000, "EUR"),
    collections=("Meridian", "Bridal"),
    types=("Ring",),
    vendors=("Verdane",),
    tags=("made-to-order", "Gold"),
    country="FR",
    client_tier="Private",
    client_tags=("VIP", "Press"),
    client_spend=Money(2_500_000, "EUR"),
    made_to_order=True,
    final_sale=False,
    channel="pos",
    reasons=("Size too small",),
)
FACTS = ReturnFacts("#1042", Money(500_000, "EUR"), circumstances=KNOWN)
NOTHING_KNOWN = replace(FACTS, circumstances=Circumstances())


def asked(kind: str, comparison: str, *values: str) -> Condition:
    return Condition(kind, comparison, values)


@pytest.mark.parametrize(
    ("condition", "holds", "words"),
    [
        (asked("order_value", "at_least", "5000.00"), True, "Order #1042 came to €5,000, at or over €5,000."),
        (asked("order_value", "at_least", "5000.01"), False, "Order #1042 came to €5,000, below €5,000.01."),
        (asked("order_value", "below", "5000.00"), False, "Order #1042 came to €5,000, at or over €5,000."),
        (asked("order_value", "below", "5000.01"), True, "Order #1042 came to €5,000, below €5,000.01."),
        (
            asked("returned_value", "at_least", "6000"),
            True,
            "The pieces coming back came to €6,000, at or over €6,000.",
        ),
        (
            asked("piece_value", "at_least", "5000"),
            False,
            "The dearest piece coming back came to €4,500, below €5,000.",
        ),
        (
            asked("client_spend", "at_least", "20000"),
            True,
            "The client's orders of twelve months are at or over €20,000.",
        ),
        (
            asked("order_multiple", "at_least", "2.5"),
            True,
            "Order #1042 came to €5,000, at or over 2.5 times the average of €2,000.",
        ),
        (
            asked("order_multiple", "at_least", "2.51"),
            False,
            "Order #1042 came to €5,000, below 2.51 times the average of €2,000.",
        ),
        (
            asked("order_multiple", "below", "3"),
            True,
            "Order #1042 came to €5,000, below 3 times the average of €2,000.",
        ),
        (asked("collection", "any_of", "bridal"), True, "Collection: bridal."),
        (asked("collection", "any_of", "Bridal", "Meridian"), True, "Collection: Bridal, Meridian."),
        (asked("collection", "none_of", "Bridal"), False, "Collection: Bridal."),
        (asked("collection", "none_of", "Men"), True, "Collection: none of Men."),
        (asked("type", "any_of", "Watch", "Ring"), True, "Product type: Ring."),
        (asked("vendor", "none_of", "Verdane", "Other"), False, "Vendor: Verdane."),
        (asked("tag", "any_of", "gold"), True, "Product tag: gold."),
        (asked("market", "any_of", "European Union"), True, "Market: European Union."),
        (asked("market", "any_of", "Gulf"), False, "Market: none of Gulf."),
        (asked("country", "any_of", "FR", "IT"), True, "Sent to: FR."),
        (asked("country", "none_of", "US"), True, "Sent to: none of US."),
        (asked("client_tier", "any_of", "private"), True, "Client tier: private."),
        (asked("client_tag", "none_of", "Press"), False, "Client tag: Press."),
        (asked("made_to_order", "is", "yes"), True, "Made to order: yes."),
        (asked("made_to_order", "is", "no"), False, "Made to order: yes."),
        (asked("final_sale", "is", "no"), True, "Final sale: no."),
        (asked("final_sale", "is", "yes"), False, "Final sale: no."),
        (asked("channel", "any_of", "web", "pos"), True, "Sales channel: pos."),
        (asked("reason", "any_of", "Size too small"), True, "Reason: Size too small."),
    ],
)
def test_each_kind_says_whether_it_holds_and_why(condition: Condition, holds: bool, words: str) -> None:
    judged = judge(FACTS, condition)
    assert (judged.holds, judged.words) == (holds, words)


OF_CIRCUMSTANCES = sorted(set(CONDITIONS) - {"order_value"})
VALUES = {"amount": ("1",), "multiple": ("1",), "words": ("FR",), "yes_no": ("no",)}
ASKED_EACH_WAY = [
    (kind, comparison)
    for kind in OF_CIRCUMSTANCES
    for comparison in {
        "amount": ("at_least", "below"),
        "multiple": ("at_least", "below"),
        "words": ("any_of", "none_of"),
        "yes_no": ("is",),
    }[CONDITIONS[kind].shape]
]


@pytest.mark.parametrize(("kind", "comparison"), ASKED_EACH_WAY)
def test_what_is_not_known_never_matches_whichever_way_it_is_asked(kind: str, comparison: str) -> None:
    judged = judge(NOTHING_KNOWN, Condition(kind, comparison, VALUES[CONDITIONS[kind].shape]))
    assert (judged.holds, judged.words) == (False, f"{CONDITIONS[kind].label} is not known.")


@pytest.mark.parametrize("average", [Money(0, "EUR"), Money(-5, "EUR"), Money(200_000, "USD")])
@pytest.mark.parametrize("comparison", ["at_least", "below"])
def test_an_average_of_nothing_or_of_another_currency_is_not_known(average: Money, comparison: str) -> None:
    facts = replace(FACTS, circumstances=replace(KNOWN, average_order=average))
    judged = judge(facts, asked("order_multiple", comparison, "1"))
    assert (judged.holds, judged.words) == (False, "Order value against your average is not known.")


def test_known_to_be_none_is_something_else_than_not_known() -> None:
    """A client without any tag is surely not tagged "Press"; one whose tags Shopify hides may be."""
    facts = replace(FACTS, circumstances=replace(KNOWN, client_tags=(), client_tier=""))
    assert judge(facts, asked("client_tag", "none_of", "Press")).holds
    assert judge(facts, asked("client_tier", "none_of", "Private")).holds
    assert not judge(facts, asked("client_tag", "any_of", "Press")).holds


def test_what_the_client_spent_or_is_tagged_is_not_written_into_the_reason() -> None:
    spent = judge(FACTS, asked("client_spend", "at_least", "20000")).words
    tagged = judge(FACTS, asked("client_tag", "any_of", "VIP")).words
    assert "25" not in spent
    assert "Press" not in tagged


@pytest.mark.parametrize(
    ("country", "markets"),
    [
        ("FR", {"European Union", "European Economic Area"}),
        ("NO", {"European Economic Area"}),
        ("GB", {"United Kingdom"}),
        ("US", {"United States", "North America"}),
        ("MX", {"North America"}),
        ("KW", {"Gulf"}),
        ("CH", None),
        ("AQ", set()),
    ],
)
def test_a_country_is_in_the_markets_it_belongs_to(country: str, markets: set[str] | None) -> None:
    facts = replace(FACTS, circumstances=replace(KNOWN, country=country))
    found = {name for name in MARKETS if judge(facts, asked("market", "any_of", name)).holds}
    if markets is None:  # whatever the house's own groups say of it: never of the Union or its market
        assert not found & {"European Union", "European Economic Area"}
    else:
        assert found == markets


def test_a_country_that_is_not_known_is_in_no_market_and_out_of_none() -> None:
    for country in (None, ""):
        facts = replace(FACTS, circumstances=replace(KNOWN, country=country))
        assert not judge(facts, asked("market", "any_of", "Gulf")).holds
        assert not judge(facts, asked("market", "none_of", "Gulf")).holds


CENTS = st.integers(0, 10**12)


@given(total=CENTS, limit=CENTS, kind=st.sampled_from(["order_value", "returned_value", "piece_value", "client_spend"]))
def test_of_at_least_and_below_exactly_one_holds_and_the_edge_belongs_to_at_least(
    total: int, limit: int, kind: str
) -> None:
    money = Money(total, "EUR")
    known = replace(KNOWN, returned_value=money, piece_value=money, client_spend=money)
    facts = ReturnFacts("#1", money, circumstances=known)
    values = (Money(limit, "EUR").amount,)
    at_least = judge(facts, Condition(kind, "at_least", values))
    below = judge(facts, Condition(kind, "below", values))
    assert at_least.holds == (total >= limit)
    assert below.holds == (total < limit)
    assert at_least.words == below.words


@given(there=st.lists(st.sampled_from("abcd"), max_size=4), named=st.lists(st.sampled_from("ABCDEF"), min_size=1))
def test_of_any_and_none_exactly_one_holds_and_capitals_do_not_count(there: list[str], named: list[str]) -> None:
    facts = replace(FACTS, circumstances=replace(KNOWN, tags=tuple(there)))
    one = judge(facts, Condition("tag", "any_of", tuple(named))).holds
    none = judge(facts, Condition("tag", "none_of", tuple(named))).holds
    assert one != none
    assert one == bool({word.upper() for word in there} & set(named))


# --- what a merchant reads and types ---


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (asked("order_value", "at_least", "5000.00"), "Order value is at least €5,000"),
        (asked("piece_value", "below", "99.50"), "Piece value is below €99.50"),
        (asked("order_multiple", "at_least", "2.5"), "Order value against your average is at least 2.5 times"),
        (asked("collection", "any_of", "Bridal", "Meridian"), "Collection is one of Bridal or Meridian"),
        (asked("country", "none_of", "US"), "Sent to is none of US"),
        (asked("made_to_order", "is", "yes"), "Made to order"),
        (asked("final_sale", "is", "no"), "Not final sale"),
    ],
)
def test_a_condition_reads_as_a_sentence(condition: Condition, words: str) -> None:
    assert said(condition, "EUR") == words


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("order_value", " 5,000 ", ("5000.00",)),
        ("order_value", "5.000", ("5000.00",)),
        ("order_value", "5000,50", ("5000.50",)),
        ("order_value", "0", ("0.00",)),
        ("order_multiple", "2,50", ("2.5",)),
        ("order_multiple", "1000", ("1000",)),
        ("order_multiple", "0.001", ("0.001",)),
        ("made_to_order", "yes", ("yes",)),
        ("final_sale", " no ", ("no",)),
        ("tag", "gold,  Gold ,gold,\nplatinum, ", ("gold", "Gold", "platinum")),
        ("country", "fr, IT,Fr", ("FR", "IT")),
        ("market", "gulf, european union, Gulf", ("Gulf", "European Union", "Gulf")),
        ("reason", "Not as described", ("Not as described",)),
    ],
)
def test_what_is_typed_is_kept_in_one_way(kind: str, typed: str, kept: tuple[str, ...]) -> None:
    assert read_values(kind, typed, "EUR") == kept


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        ("order_value", "a lot", "Write the amount in figures, for example 5000."),
        ("order_value", "", "Write the amount in figures, for example 5000."),
        ("order_value", "-1", "An amount cannot be below zero."),
        ("order_value", "1.234567", "EUR has no such fraction. Write 1.23, for example."),
        ("order_multiple", "twice", "Write how many times in figures, for example 2.5."),
        ("order_multiple", "0", "Write a number above 0, at most 1000."),
        ("order_multiple", "-2", "Write a number above 0, at most 1000."),
        ("order_multiple", "1000.01", "Write a number above 0, at most 1000."),
        ("order_multiple", "NaN", "Write a number above 0, at most 1000."),
        ("order_multiple", "Infinity", "Write a number above 0, at most 1000."),
        ("made_to_order", "maybe", "Choose yes or no."),
        ("tag", " , ,\n", "Write at least one, with commas between them."),
        ("tag", "x" * 101, "At most 50, of at most 100 letters each."),
        ("tag", ",".join(f"t{n}" for n in range(51)), "At most 50, of at most 100 letters each."),
        ("country", "FR, ZZ", "ZZ is no country. Write two letters, for example FR."),
        ("country", "France", "FRANCE is no country. Write two letters, for example FR."),
        ("market", "Gulf, Mars", f"Mars is not one of {', '.join(MARKETS)}."),
    ],
)
def test_what_cannot_be_meant_is_a_sentence(kind: str, typed: str, sentence: str) -> None:
    with pytest.raises(ValueError) as refused:
        read_values(kind, typed, "EUR")
    assert str(refused.value) == sentence


@pytest.mark.parametrize("typed", ["x" * 100, ",".join(f"t{n}" for n in range(50))])
def test_as_many_and_as_long_as_is_allowed(typed: str) -> None:
    assert ",".join(read_values("tag", typed, "EUR")) == typed


def test_what_is_kept_can_be_typed_again() -> None:
    """The form shows what is kept; saving it unchanged changes nothing."""
    kept = {"order_value": ("5000.50",), "order_multiple": ("2.5",), "country": ("FR", "IT"), "final_sale": ("no",)}
    for kind, values in kept.items():
        assert read_values(kind, ", ".join(values), "EUR") == values


def test_amounts_are_those_kinds_whose_fact_is_money_of_the_book() -> None:
    kinds = {kind for kind in CONDITIONS if is_amount(Condition(kind, "at_least", ("1",)))}
    assert kinds == {"order_value", "returned_value", "piece_value", "client_spend"}


def test_every_circumstance_can_be_asked_about() -> None:
    """A fact nobody can ask about need not be gathered; a kind that looks at none would never match."""
    full = {field.name for field in fields(Circumstances)}
    blind = {
        name
        for name in full
        if all(
            kind.read(FACTS) == kind.read(replace(FACTS, circumstances=replace(KNOWN, **{name: None})))
            for kind in CONDITIONS.values()
        )
    }
    assert blind == set()
