"""What the merchant's rules look at, out of an order and of what comes back of it: known, or not known, never half."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from routing.circumstances import Circumstances, listed
from routing.facts import Back, LineRead, OrderRead
from routing.looking import Marks, circumstances_of, plain_mark

RING, SCARF = "gid://shopify/LineItem/1", "gid://shopify/LineItem/2"


def line(gid: str, cents: int, quantity: int = 1, **more: Any) -> LineRead:
    about: dict[str, Any] = {"product_type": "Rings", "vendor": "Verdane", "tags": ("gold",), "collections": ("High",)}
    return LineRead(gid, "Ring", "", "", quantity, Money(cents, "EUR"), **(about | more))


SCARVES = line(SCARF, 1001, 2, product_type="Scarves", vendor="Atelier", tags=("silk", "gold"), collections=())
ORDER = OrderRead(
    "gid://shopify/Order/1042",
    "#1042",
    datetime(2026, 10, 14, tzinfo=UTC),
    None,
    "pos",
    Money(1_300_000, "EUR"),
    None,
    (line(RING, 1_200_000), SCARVES),
    country="FR",
    client_tags=("vip",),
    client_tier="gold",
    client_spend=Money(9, "EUR"),
)
BOTH: Back = [(RING, 1), (SCARF, 1)]


def look(back: Back = BOTH, order: OrderRead = ORDER, **given: Any) -> Circumstances:
    return circumstances_of(order, back, **given)


def test_of_all_pieces_that_come_back_the_words_are_told_together_and_once() -> None:
    seen = look()
    assert (seen.types, seen.vendors) == (("Rings", "Scarves"), ("Atelier", "Verdane"))
    assert (seen.tags, seen.collections) == (("gold", "silk"), ("High",))
    assert (seen.country, seen.client_tier, seen.client_tags, seen.channel) == ("FR", "gold", ("vip",), "pos")
    assert seen.client_spend == Money(9, "EUR")


def test_they_are_worth_their_share_and_the_dearest_is_one_piece() -> None:
    assert (look().returned_value, look().piece_value) == (Money(1_200_500, "EUR"), Money(1_200_000, "EUR"))
    scarves = look([(SCARF, 2)])
    assert (scarves.returned_value, scarves.piece_value) == (Money(1001, "EUR"), Money(500, "EUR"))


def test_a_pieces_own_price_after_every_discount_is_believed_before_its_share_of_the_line() -> None:
    seen = look(order=replace(ORDER, lines=(ORDER.lines[0], replace(SCARVES, unit_value=Money(400, "EUR")))))
    assert (seen.returned_value, seen.piece_value) == (Money(1_200_400, "EUR"), Money(1_200_000, "EUR"))


@pytest.mark.parametrize(
    "back",
    [
        pytest.param([], id="nothing is named"),
        pytest.param([("gone", 1)], id="it is not of the order"),
        pytest.param([(RING, 1), ("gone", 1)], id="one of two is not"),
        pytest.param([(RING, 1), (None, 1)], id="one of two has no name"),
    ],
)
def test_of_pieces_that_are_not_all_known_nothing_is_known_but_what_the_order_says(back: Back) -> None:
    seen = look(back, reasons=["Size"], average=Money(7, "EUR"))
    unknown = (
        "returned_value",
        "piece_value",
        "types",
        "vendors",
        "tags",
        "collections",
        "made_to_order",
        "final_sale",
    )
    assert [getattr(seen, name) for name in unknown] == [None] * 8
    assert (seen.country, seen.channel, seen.reasons, seen.average_order) == ("FR", "pos", ("Size",), Money(7, "EUR"))


@pytest.mark.parametrize(("name", "field"), [("vendor", "vendors"), ("tags", "tags"), ("collections", "collections")])
def test_what_is_not_shown_of_one_piece_is_not_known_of_the_return(name: str, field: str) -> None:
    hidden = replace(ORDER, lines=(ORDER.lines[0], replace(SCARVES, **{name: None})))  # type: ignore[arg-type]
    assert getattr(look(order=hidden), field) is None
    assert getattr(look([(RING, 1)], hidden), field), "of a piece that stays nothing has to be known"


def test_a_country_that_is_not_told_is_not_known() -> None:
    assert look(order=replace(ORDER, country="")).country is None


def test_reasons_are_told_once_without_spaces_and_in_a_fixed_order() -> None:
    assert look(reasons=[" Size ", "Colour", "Size", "", "  "]).reasons == ("Colour", "Size")


# --- made to order, and final sales

MARKS = Marks(made_to_order=("engraved",), final_sale=("last-chance",))


@pytest.mark.parametrize(
    ("changed", "made", "final"),
    [
        pytest.param({}, False, False, id="neither"),
        pytest.param({"tags": ("Engraved",)}, True, False, id="by a tag of the product"),
        pytest.param({"marks": ("_engraved",)}, True, False, id="by what is written on the line"),
        pytest.param({"tags": ("Last chance",)}, False, True, id="a final sale"),
        pytest.param({"tags": ("last_chance",), "marks": ("ENGRAVED",)}, True, True, id="both"),
        pytest.param({"tags": ("engravedly", "not last chance")}, False, False, id="a word like it is not it"),
        pytest.param({"tags": None}, None, None, id="not known, where a piece's tags are not shown"),
        pytest.param({"tags": None, "marks": ("engraved",)}, True, None, id="known by the line alone"),
    ],
)
def test_one_piece_makes_the_return_one(changed: dict[str, Any], made: bool | None, final: bool | None) -> None:
    seen = look(order=replace(ORDER, lines=(ORDER.lines[0], replace(SCARVES, **changed))), marks=MARKS)
    assert (seen.made_to_order, seen.final_sale) == (made, final)


def test_what_stays_with_the_client_says_nothing_of_the_return() -> None:
    order = replace(ORDER, lines=(ORDER.lines[0], replace(SCARVES, tags=("engraved",))))
    assert look([(RING, 1)], order, marks=MARKS).made_to_order is False


@given(text=st.text("aB -_é", max_size=12))
def test_a_mark_is_compared_as_one_word_however_it_is_joined(text: str) -> None:
    plain = plain_mark(text)
    assert plain == plain_mark(plain) == plain_mark(text.upper()) == plain_mark(f"_{text} ")
    assert not set(plain) & set(" _") and not plain.startswith("-") and not plain.endswith("-")


# --- kept with a decision


MONEY = st.none() | st.builds(Money, st.integers(0, 10**15), st.sampled_from(["EUR", "JPY"]))
WORDS = st.none() | st.lists(st.text(max_size=5), max_size=3).map(listed)
MAYBE = st.none() | st.booleans()


@given(
    about=st.builds(
        Circumstances, returned_value=MONEY, piece_value=MONEY, client_spend=MONEY, tags=WORDS, collections=WORDS,
        reasons=WORDS, made_to_order=MAYBE, final_sale=MAYBE, country=st.none() | st.just("FR"),
    )
)  # fmt: skip
def test_what_is_kept_is_read_back_as_it_was_and_what_is_not_known_is_not_kept(about: Circumstances) -> None:
    kept = about.as_json()
    assert Circumstances.from_json(kept) == about
    assert None not in kept.values()
    assert Circumstances.from_json(kept | {"a_name_of_another_time": 1, "country": None}) == replace(
        about, country=None
    )


def test_no_words_at_all_is_another_thing_than_not_known() -> None:
    assert Circumstances(tags=()).as_json() == {"tags": []}
    assert Circumstances.from_json({"tags": []}).tags == ()
    assert Circumstances.from_json({}).tags is None
