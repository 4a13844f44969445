"""What the threshold and the rules must show: issue "Routing", the part "The threshold and rules"."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import routing.decide
from kit.money import Money
from routing.circumstances import Circumstances
from routing.conditions import CONDITIONS
from routing.decide import Outcome, decide, match
from routing.facts import Attribution, Directory, Person, ReturnFacts
from routing.looking import Marks, circumstances_of
from routing.rules import Condition, Rule, RuleBook, book_of, switched, threshold
from shopify_app.admin_api.client import Reply
from shopify_app.admin_api.orders import ShopifyOrders

MAUD = Person(1, "Maud", True)
DIRECTORY = Directory(
    by_staff={"staff/7": Person(7, "Bob", True), "staff/8": Person(8, "Inès", True)},
    by_location={"paris": Person(8, "Inès", True)},
    boutique_names={"paris": "Paris"},
    default=MAUD,
)
AROUND = {
    "USD": [("4999.99", Outcome.SIMPLE), ("5000.00", Outcome.ASSISTED), ("5000.01", Outcome.ASSISTED)],
    "EUR": [("4999.99", Outcome.SIMPLE), ("5000.00", Outcome.ASSISTED), ("5000.01", Outcome.ASSISTED)],
    "JPY": [("4999", Outcome.SIMPLE), ("5000", Outcome.ASSISTED), ("5001", Outcome.ASSISTED)],
}


# --- an order as Shopify tells it


def bag(amount: str, currency: str, shown: str = "", shown_currency: str = "") -> dict[str, Any]:
    return {
        "shopMoney": {"amount": amount, "currencyCode": currency},
        "presentmentMoney": {"amount": shown or amount, "currencyCode": shown_currency or currency},
    }


def payload(total: str, currency: str, **changes: Any) -> dict[str, Any]:
    """An order of one piece that came to `total`; its piece's price is the total, unless changed."""
    line = {
        "id": "gid://shopify/LineItem/1",
        "title": "Meridian ring",
        "quantity": 1,
        "vendor": "Verdane",
        "customAttributes": [],
        "product": {"productType": "Jewellery", "tags": ["jewellery"], "collections": {"nodes": [{"title": "Rings"}]}},
        "discountedTotalSet": bag(total, currency),
        "discountedUnitPriceAfterAllDiscountsSet": bag(changes.pop("piece", total), currency),
    }
    return {
        "id": "gid://shopify/Order/1042",
        "name": "#1042",
        "createdAt": "2026-10-01T09:00:00Z",
        "sourceName": "web",
        "taxesIncluded": False,
        "originalTotalPriceSet": bag(total, currency),
        "currentTotalPriceSet": bag(total, currency),
        "shippingAddress": {"countryCodeV2": "FR"},
        "lineItems": {"nodes": [line]},
        **changes,
    }


def in_pounds(total: str, currency: str) -> dict[str, Any]:
    return payload(total, currency, originalTotalPriceSet=bag(total, currency, "3.00", "GBP"))


def dearer_in_yen(total: str, currency: str) -> dict[str, Any]:
    return payload(total, currency, originalTotalPriceSet=bag(total, currency, "750000", "KRW"))


def refunded_before(total: str, currency: str) -> dict[str, Any]:
    refund = {"id": "gid://shopify/Refund/1", "totalRefundedSet": bag("1000", currency)}
    return payload(total, currency, refunds=[refund], currentTotalPriceSet=bag("3999", currency))


def paid_by_gift_card(total: str, currency: str) -> dict[str, Any]:
    sale = {"kind": "SALE", "gateway": "gift_card", "status": "SUCCESS", "amountSet": bag(total, currency)}
    return payload(total, currency, transactions=[sale], paymentGatewayNames=["gift_card"])


def tax_on_top(total: str, currency: str) -> dict[str, Any]:
    return payload(total, currency, piece="4000", totalTaxSet=bag("800", currency), taxesIncluded=False)


def tax_included(total: str, currency: str) -> dict[str, Any]:
    return payload(total, currency, totalTaxSet=bag("833", currency), taxesIncluded=True)


SHAPES = [payload, in_pounds, dearer_in_yen, refunded_before, paid_by_gift_card, tax_on_top, tax_included]


class Shopify:
    """Fits the part of AdminApi that reads one order."""

    def __init__(self, order: dict[str, Any]):
        self.order = order

    def read(self, shop_id: int, name: str, variables: dict[str, Any]) -> Reply:
        return Reply({"order": self.order})


class Orders(ShopifyOrders):
    """The real adapter, in a shop whose scopes are given."""

    scopes = "read_orders"

    def _note_withheld(self, shop_id: int, is_withheld: bool) -> str:
        return self.scopes

    def _marks(self, shop_id: int) -> Marks:
        return Marks()


def facts_of(order: dict[str, Any], scopes: str = "read_orders") -> ReturnFacts:
    """All of the order comes back."""
    reads = Orders(Shopify(order), None)  # type: ignore[arg-type]
    reads.scopes = scopes
    found = reads.order(1, order["id"])
    assert found is not None
    about = circumstances_of(found[0], [(line.line_gid, line.quantity) for line in found[0].lines])
    return ReturnFacts(found[0].name, found[0].total, circumstances=about)


def cases() -> Iterator[Any]:
    for shape in SHAPES:
        for currency, amounts in AROUND.items():
            for amount, outcome in amounts:
                yield pytest.param(
                    shape(amount, currency), currency, outcome, id=f"{shape.__name__}-{amount}{currency}"
                )


@pytest.mark.parametrize(("order", "currency", "outcome"), list(cases()))
def test_four_thousand_nine_hundred_ninety_nine_five_thousand_and_one_more_in_every_shape_of_order(
    order: dict[str, Any], currency: str, outcome: Outcome
) -> None:
    book = threshold(Money.parse("5000", currency))
    assert decide(book, facts_of(order), DIRECTORY).outcome is outcome


@pytest.mark.parametrize(
    ("kind", "order", "outcome"),
    [
        ("piece_value", payload("6000", "EUR", piece="5000.00"), Outcome.ASSISTED),
        ("piece_value", payload("6000", "EUR", piece="4999.99"), Outcome.SIMPLE),
        ("piece_value", tax_on_top("6000", "EUR"), Outcome.SIMPLE),
        ("piece_value", tax_included("6000", "EUR"), Outcome.ASSISTED),
        ("returned_value", payload("6000", "EUR", piece="5000.00"), Outcome.ASSISTED),
        ("returned_value", payload("6000", "EUR", piece="4999.99"), Outcome.SIMPLE),
    ],
)
def test_a_pieces_value_is_after_every_discount_with_tax_only_where_prices_include_it(kind, order, outcome) -> None:
    rule = Rule("r1", "Dear pieces", (Condition(kind, "at_least", ("5000.00",)),), Outcome.ASSISTED)
    assert decide(RuleBook(1, "EUR", (rule,)), facts_of(order), DIRECTORY).outcome is outcome


def test_what_a_client_spent_is_known_only_where_old_orders_may_be_read() -> None:
    lately = {"nodes": [{"id": "1", "currentTotalPriceSet": bag("7000.00", "USD")}] * 2}
    order = payload("100", "USD", customer={"id": "gid://shopify/Customer/1", "tags": [], "lately": lately})
    assert facts_of(order).circumstances.client_spend is None
    assert facts_of(order, "read_orders,read_all_orders").circumstances.client_spend == Money(1_400_000, "USD")


# --- decide() is pure


def test_deciding_knows_no_clock_no_database_and_no_network() -> None:
    """Nor does anything it is made of: every module of ours it reaches is read for what it imports."""
    root = Path(routing.decide.__file__).parent.parent
    todo, seen, outside = ["routing.decide"], set(), set()
    while todo:
        name = todo.pop()
        seen.add(name)
        for node in ast.walk(ast.parse((root / (name.replace(".", "/") + ".py")).read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for found in names:
                ours = (root / (found.replace(".", "/") + ".py")).exists()
                outside |= set() if ours else {found.split(".")[0]}
                todo += [found] if ours and found not in seen else []
    assert {"routing.rules", "routing.conditions", "routing.sellers"} <= seen and "kit.clock" not in seen
    harmless = {"babel", "collections", "dataclasses", "datetime", "decimal", "enum", "functools", "re", "typing"}
    assert outside <= harmless, outside


WORDS = st.lists(st.sampled_from(["ring", "Ring", "gold", "vip", "FR", "US", "web"]), min_size=1, max_size=3)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    kind = draw(st.sampled_from(sorted(CONDITIONS)))
    shape = CONDITIONS[kind].shape
    if shape == "yes_no":
        return Condition(kind, "is", (draw(st.sampled_from(["yes", "no"])),))
    if shape in ("amount", "multiple"):
        return Condition(kind, draw(st.sampled_from(["at_least", "below"])), (str(draw(st.integers(0, 9))),))
    values = ["European Union", "United States"] if kind == "market" else draw(WORDS)
    return Condition(kind, draw(st.sampled_from(["any_of", "none_of"])), tuple(values))


OUTCOMES = st.sampled_from(list(Outcome))


@st.composite
def rule_books(draw: st.DrawFn) -> RuleBook:
    found = draw(st.lists(st.tuples(st.lists(conditions(), max_size=3), OUTCOMES, st.booleans()), max_size=6))
    rules = [Rule(f"r{n}", f"Rule {n}", tuple(c), outcome, on) for n, (c, outcome, on) in enumerate(found)]
    return RuleBook(3, "USD", tuple(rules), draw(OUTCOMES))


MONEY = st.builds(Money, st.integers(0, 1000), st.just("USD"))
PLENTY = st.lists(st.sampled_from(["ring", "gold", "vip", "silver"]), max_size=4).map(tuple)
FACTS = st.builds(
    ReturnFacts,
    order_name=st.just("#1042"),
    order_total=MONEY,
    attributions=st.lists(
        st.builds(Attribution, st.just("l/1"), st.sampled_from(["staff/7", "staff/8", "x"]), st.just(1), MONEY),
        max_size=4,
    ).map(tuple),
    location_gid=st.sampled_from([None, "paris"]),
    circumstances=st.builds(
        Circumstances,
        returned_value=st.none() | MONEY,
        piece_value=st.none() | MONEY,
        average_order=st.none() | MONEY,
        collections=st.none() | PLENTY,
        types=st.none() | PLENTY,
        vendors=st.none() | PLENTY,
        tags=st.none() | PLENTY,
        country=st.sampled_from([None, "FR", "US", "JP"]),
        client_tier=st.sampled_from([None, "", "vip"]),
        client_tags=st.none() | PLENTY,
        client_spend=st.none() | MONEY,
        made_to_order=st.none() | st.booleans(),
        final_sale=st.none() | st.booleans(),
        channel=st.sampled_from([None, "web", "pos"]),
        reasons=st.none() | PLENTY,
    ),
)


@given(rule_books(), FACTS, st.randoms(use_true_random=False))
def test_the_result_does_not_depend_on_the_order_of_facts(book: RuleBook, facts: ReturnFacts, random) -> None:
    def mixed(words: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if words is None else tuple(random.sample(words, len(words)))

    about = facts.circumstances
    shuffled = replace(
        facts,
        attributions=tuple(random.sample(facts.attributions, len(facts.attributions))),
        circumstances=replace(
            about,
            collections=mixed(about.collections),
            types=mixed(about.types),
            vendors=mixed(about.vendors),
            tags=mixed(about.tags),
            client_tags=mixed(about.client_tags),
            reasons=mixed(about.reasons),
        ),
    )
    people = dict(reversed(DIRECTORY.by_staff.items()))
    assert decide(book, facts, DIRECTORY) == decide(book, shuffled, replace(DIRECTORY, by_staff=people))


@given(rule_books(), FACTS)
def test_every_decision_has_a_reason_a_merchant_can_read(book: RuleBook, facts: ReturnFacts) -> None:
    words = decide(book, facts, DIRECTORY).words
    assert words.endswith(".") and len(words) > 15 and "  " not in words
    assert not any(code in words for code in ("None", "_", "Money(", "{", "}", "gid://", "True", "False")), words


@given(rule_books(), FACTS, st.data())
def test_turning_a_rule_off_never_changes_a_decision_an_earlier_rule_made(book, facts, data) -> None:
    found = match(book, facts)
    at = book.rules.index(found.rule) if found.rule else len(book.rules)
    for later in book.rules[at + 1 :]:
        assert decide(switched(book, later.id, False), facts, DIRECTORY) == decide(book, facts, DIRECTORY)


@given(rule_books(), FACTS)
def test_a_rule_that_is_off_decides_nothing(book: RuleBook, facts: ReturnFacts) -> None:
    found = match(book, facts)
    assert found.rule is None or found.rule.enabled
    if found.rule is not None:
        assert match(switched(book, found.rule.id, False), facts).rule_id != found.rule.id


@given(rule_books(), FACTS)
def test_what_is_kept_of_rules_and_facts_decides_the_same(book: RuleBook, facts: ReturnFacts) -> None:
    again = book_of(book.as_json(), version=book.version, currency=book.currency)
    kept = replace(facts, circumstances=Circumstances.from_json(facts.circumstances.as_json()))
    assert again == book and decide(again, kept, DIRECTORY) == decide(book, facts, DIRECTORY)


@given(conditions(), FACTS)
def test_what_is_not_known_never_matches_whichever_way_it_is_asked(condition: Condition, facts: ReturnFacts) -> None:
    unknown = replace(facts, circumstances=Circumstances())
    if condition.kind != "order_value":
        found = match(RuleBook(1, "USD", (Rule("r1", "R", (condition,), Outcome.BOTH),)), unknown)
        assert found.rule is None and found.words == f"{CONDITIONS[condition.kind].label} is not known."
