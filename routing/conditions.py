"""What a rule may ask of a return. Pure functions of ReturnFacts; CONDITIONS names every kind there is.

What is not known never matches, whichever way it is asked, and the reason says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from kit.amounts import read_amount
from kit.countries import country_names
from kit.money import Money
from routing.facts import ReturnFacts
from routing.places import MARKETS
from routing.rules import Condition

AMOUNT, MULTIPLE, WORDS, YES_NO = "amount", "multiple", "words", "yes_no"
COMPARISONS = {
    AMOUNT: {"at_least": "is at least", "below": "is below"},
    MULTIPLE: {"at_least": "is at least", "below": "is below"},
    WORDS: {"any_of": "is one of", "none_of": "is none of"},
    YES_NO: {"is": "is"},
}
MOST_VALUES, LONGEST_VALUE = 50, 100


@dataclass(frozen=True)
class Kind:
    """One kind of condition. `about` says what an amount includes, or where the words come from."""

    label: str
    about: str
    shape: str
    read: Callable[[ReturnFacts], object]
    """The fact it looks at: Money, a tuple of words or a bool; None when it is not known."""


@dataclass(frozen=True)
class Judged:
    """Whether it holds, and a sentence that says why."""

    holds: bool
    words: str


def _one(value: str | None) -> tuple[str, ...] | None:
    return None if value is None else (value,) if value else ()


CONDITIONS: dict[str, Kind] = {
    "order_value": Kind(
        "Order value",
        "The order's original total: tax and shipping included, discounts taken off. What was refunded before, or paid "
        "by gift card, still counts.",
        AMOUNT,
        lambda f: f.order_total,
    ),
    "returned_value": Kind(
        "Returned value",
        "All pieces coming back together, after every discount. No shipping; tax only where prices include it.",
        AMOUNT,
        lambda f: f.circumstances.returned_value,
    ),
    "piece_value": Kind(
        "Piece value",
        "The dearest single piece coming back, after every discount. Without shipping; with tax only where prices "
        "include it.",
        AMOUNT,
        lambda f: f.circumstances.piece_value,
    ),
    "order_multiple": Kind(
        "Order value against your average",
        "The order's original total, as a multiple of your own average order of the last twelve months.",
        MULTIPLE,
        lambda f: f.circumstances.average_order,
    ),
    "collection": Kind(
        "Collection",
        "A collection one of the pieces coming back is in, by its title.",
        WORDS,
        lambda f: f.circumstances.collections,
    ),
    "type": Kind("Product type", "The product type of a piece coming back.", WORDS, lambda f: f.circumstances.types),
    "vendor": Kind("Vendor", "The vendor of a piece coming back.", WORDS, lambda f: f.circumstances.vendors),
    "tag": Kind("Product tag", "A tag of a piece coming back.", WORDS, lambda f: f.circumstances.tags),
    "market": Kind(
        "Market",
        "The group of countries the order was sent to: " + ", ".join(MARKETS) + ".",
        WORDS,
        lambda f: _markets(f.circumstances.country),
    ),
    "country": Kind(
        "Sent to", "The country the order was sent to, as two letters.", WORDS, lambda f: _one(f.circumstances.country)
    ),
    "client_tier": Kind(
        "Client tier",
        "The client's metafield that is named below the rules; custom.tier where you named none.",
        WORDS,
        lambda f: _one(f.circumstances.client_tier),
    ),
    "client_tag": Kind("Client tag", "A tag of the client.", WORDS, lambda f: f.circumstances.client_tags),
    "client_spend": Kind(
        "Client's twelve months",
        "What the client's orders of the last twelve months came to, this one included, less what was paid back. Known "
        "only with approval to read old orders.",
        AMOUNT,
        lambda f: f.circumstances.client_spend,
    ),
    "made_to_order": Kind(
        "Made to order",
        "A piece coming back has a product tag, or something written on its line, that is named below the rules: "
        "made-to-order, engraving and the like.",
        YES_NO,
        lambda f: f.circumstances.made_to_order,
    ),
    "final_sale": Kind(
        "Final sale",
        "A piece coming back has a product tag, or something written on its line, that is named below the rules: "
        "final-sale at first.",
        YES_NO,
        lambda f: f.circumstances.final_sale,
    ),
    "channel": Kind(
        "Sales channel",
        "Where it was bought, by Shopify's name: web, pos, shopify_draft_order, or an app's.",
        WORDS,
        lambda f: _one(f.circumstances.channel),
    ),
    "reason": Kind("Reason", "A reason given for a piece coming back.", WORDS, lambda f: f.circumstances.reasons),
}
SUBJECTS = {
    "returned_value": "The pieces coming back came to {}, {}",
    "piece_value": "The dearest piece coming back came to {}, {}",
    # What one person spent is not written down: the sentence outlives the client's own data.
    "client_spend": "The client's orders of twelve months are {1}",
}


def judge(facts: ReturnFacts, condition: Condition) -> Judged:
    """Whether the condition holds for these facts, and why.

    Raises ValueError when an amount is in another currency than the facts: see `in_other_currency`.
    """
    kind = CONDITIONS[condition.kind]
    fact = kind.read(facts)
    if fact is None:
        return Judged(False, f"{kind.label} is not known.")
    if kind.shape == AMOUNT:
        assert isinstance(fact, Money)
        return _amount(facts, condition, fact)
    if kind.shape == MULTIPLE:
        assert isinstance(fact, Money)
        return _multiple(facts, condition, fact)
    if kind.shape == YES_NO:
        wanted = condition.values == ("yes",)
        return Judged(fact is wanted, f"{kind.label}: {'yes' if fact else 'no'}.")
    assert isinstance(fact, tuple)
    return _words(kind, condition, fact)


def is_amount(condition: Condition) -> bool:
    """Whether its value is an amount of money, in the book's currency."""
    return CONDITIONS[condition.kind].shape == AMOUNT


def in_words(condition: Condition, currency: str) -> str:
    """As a merchant reads it: "Order value is at least $5,000"."""
    kind = CONDITIONS[condition.kind]
    if kind.shape == YES_NO:
        return kind.label if condition.values == ("yes",) else f"Not {kind.label.lower()}"
    values = " or ".join(condition.values)
    if kind.shape == AMOUNT:
        values = Money.parse(condition.values[0], currency).show()
    if kind.shape == MULTIPLE:
        values = f"{condition.values[0]} times"
    return f"{kind.label} {COMPARISONS[kind.shape][condition.comparison]} {values}"


def read_values(kind_name: str, text: str, currency: str) -> tuple[str, ...]:
    """What a person typed, as a condition keeps it. Raises ValueError with the sentence to show them."""
    kind, text = CONDITIONS[kind_name], text.strip()
    if kind.shape == AMOUNT:
        return (_typed_amount(text, currency),)
    if kind.shape == MULTIPLE:
        return (_typed_multiple(text),)
    if kind.shape == YES_NO:
        if text not in ("yes", "no"):
            raise ValueError("Choose yes or no.")
        return (text,)
    return _typed_words(kind_name, text)


def _amount(facts: ReturnFacts, condition: Condition, fact: Money) -> Judged:
    limit = Money.parse(condition.values[0], fact.currency)
    reached = fact.cents >= limit.cents
    side = f"{'at or over' if reached else 'below'} {limit.show()}"
    subject = SUBJECTS.get(condition.kind, f"Order {facts.order_name} came to {{}}, {{}}")
    words = f"{subject.format(fact.show(), side)}."
    return Judged(reached == (condition.comparison == "at_least"), words)


def _multiple(facts: ReturnFacts, condition: Condition, average: Money) -> Judged:
    if average.currency != facts.order_total.currency or average.cents <= 0:
        return Judged(False, f"{CONDITIONS[condition.kind].label} is not known.")
    times = Decimal(condition.values[0])
    reached = facts.order_total.cents >= average.cents * times
    side = "at or over" if reached else "below"
    words = f"Order {facts.order_name} came to {facts.order_total.show()}, {side} {times} times the average of "
    return Judged(reached == (condition.comparison == "at_least"), f"{words}{average.show()}.")


def _words(kind: Kind, condition: Condition, fact: tuple[str, ...]) -> Judged:
    """The reason names words of the rule only, never others that were found: a client's tags are their own."""
    there = {word.casefold() for word in fact}
    found = [value for value in condition.values if value.casefold() in there]
    said = ", ".join(found) if found else f"none of {', '.join(condition.values)}"
    return Judged(bool(found) == (condition.comparison == "any_of"), f"{kind.label}: {said}.")


def _markets(country: str | None) -> tuple[str, ...] | None:
    if not country:
        return None
    return tuple(name for name, members in MARKETS.items() if country in members)


def _typed_amount(text: str, currency: str) -> str:
    return read_amount(text, currency).amount


def _typed_multiple(text: str) -> str:
    try:
        times = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise ValueError("Write how many times in figures, for example 2.5.") from None
    if not times.is_finite() or not 0 < times <= 1000:
        raise ValueError("Write a number above 0, at most 1000.")
    return f"{times.normalize():f}"


def _typed_words(kind_name: str, text: str) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(part.strip() for part in text.replace("\n", ",").split(",") if part.strip()))
    if not values:
        raise ValueError("Write at least one, with commas between them.")
    if len(values) > MOST_VALUES or any(len(value) > LONGEST_VALUE for value in values):
        raise ValueError(f"At most {MOST_VALUES}, of at most {LONGEST_VALUE} letters each.")
    if kind_name == "country":
        values = tuple(dict.fromkeys(value.upper() for value in values))
        strange = [value for value in values if value not in country_names()]
        if strange:
            raise ValueError(f"{strange[0]} is no country. Write two letters, for example FR.")
    if kind_name == "market":
        known = {name.casefold(): name for name in MARKETS}
        strange = [value for value in values if value.casefold() not in known]
        if strange:
            raise ValueError(f"{strange[0]} is not one of {', '.join(MARKETS)}.")
        values = tuple(known[value.casefold()] for value in values)
    return values
