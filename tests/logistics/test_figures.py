"""From what Shopify suggests to the amount a person reads: to the cent, and each sentence where it is due."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from logistics.figures import (
    OTHER_PAYMENTS,
    adds_up,
    credit_of,
    difference,
    figures,
    in_full,
    paid_for_pieces,
    refund_of,
    said_of,
)
from logistics.models import Settlement
from logistics.reads import PLAIN, SuggestedOutcome, Terms
from tests.cast import NOW

CREDIT, WITH_A_PIECE = Terms(as_credit=True), Terms(exchanges=(("gid://shopify/ExchangeLineItem/1", 1),))
CARD, GIFT = "gid://shopify/OrderTransaction/6", "gid://shopify/OrderTransaction/5"


def usd(cents: int) -> Money:
    return Money(cents, "USD")


def euros(cents: int) -> Money:
    return Money(cents, "EUR")


def outcome(amount: int | None, **money: int) -> SuggestedOutcome:
    """Dollars and their cents, back to one card; `worth`, `limit` and the like beside them."""
    about: dict[str, Any] = {name: usd(cents) for name, cents in money.items()}
    if amount is None:
        return SuggestedOutcome(None, **about)
    return SuggestedOutcome(usd(amount), ((CARD, usd(amount)),), **about)


def batch(suggested: SuggestedOutcome, currency: str = "USD", terms: Terms = PLAIN) -> Settlement:
    exchanges = [{"exchange_line_gid": gid, "quantity": quantity} for gid, quantity in terms.exchanges]
    about: dict[str, Any] = {"rma_id": 1, "shop_id": 1, "batch": 1, "proposed_at": NOW, "as_credit": terms.as_credit}
    return Settlement(**about, exchanges=exchanges, **figures(suggested, currency, terms))


# --- what is kept of a suggestion


@pytest.mark.parametrize(
    ("currency", "cents", "written"),
    [("USD", 1_480_000, "14800.00"), ("JPY", 1_480_000, "1480000"), ("KWD", 1_480_005, "1480.005")],
)
def test_a_payment_is_kept_in_its_own_currencys_places_and_read_back_as_it_was(
    currency: str, cents: int, written: str
) -> None:
    amount = Money(cents, currency)
    kept = batch(SuggestedOutcome(amount, ((CARD, amount),)), currency)
    assert kept.transactions == [{"parent_gid": CARD, "amount": written, "currency": currency}]
    assert refund_of(kept) == ((CARD, amount),) and adds_up(kept)


def test_several_payments_are_kept_in_one_order_and_one_that_gets_nothing_is_left_out() -> None:
    several = ((CARD, usd(900)), (GIFT, usd(100)), ("gid://shopify/OrderTransaction/9", usd(0)))
    kept = batch(SuggestedOutcome(usd(1000), several))
    assert [line["parent_gid"] for line in kept.transactions] == [GIFT, CARD] and adds_up(kept)


def test_nothing_to_give_back_is_nothing_in_the_orders_currency() -> None:
    kept = batch(SuggestedOutcome(None), "JPY")
    assert (kept.amount, kept.transactions, kept.owed_cents, kept.shop_cents) == (Money(0, "JPY"), [], 0, None)
    assert adds_up(kept) and credit_of(kept) is None


def test_store_credit_names_no_payment_and_goes_out_as_credit() -> None:
    kept = batch(outcome(94_000), terms=CREDIT)
    assert kept.transactions == [] and refund_of(kept) == () and adds_up(kept)
    assert credit_of(kept) == usd(94_000)
    assert credit_of(batch(outcome(94_000))) is None, "what goes back the way it was paid is no credit"
    assert credit_of(batch(SuggestedOutcome(None), terms=CREDIT)) is None, "credit of nothing is none"


def test_what_the_client_owes_and_the_shops_own_money_are_kept() -> None:
    owing = SuggestedOutcome(None, owed=euros(60_000))
    assert batch(owing, "EUR").owed == euros(60_000)
    paid = SuggestedOutcome(euros(913_699), ((CARD, euros(913_699)),), in_shop_money=usd(999_999))
    assert batch(paid, "EUR").shop_cents == 999_999


@pytest.mark.parametrize(
    ("suggested", "terms", "tax"),
    [
        pytest.param(outcome(1000, worth=1000, tax=167), PLAIN, 167, id="all of it: the pieces' tax"),
        pytest.param(outcome(900, worth=1000, tax=167), PLAIN, None, id="less than all: nobody has said how much"),
        pytest.param(outcome(1000, worth=1000, tax=167), WITH_A_PIECE, None, id="two pieces netted"),
        pytest.param(outcome(None, worth=0, tax=0), PLAIN, None, id="nothing goes back"),
        pytest.param(outcome(1000, worth=1000), PLAIN, None, id="Shopify said none"),
        pytest.param(outcome(1000, worth=1000, tax=0), PLAIN, 0, id="a tax of nothing is a tax that is known"),
    ],
)
def test_tax_is_named_only_where_it_is_that_of_the_amount(
    suggested: SuggestedOutcome, terms: Terms, tax: int | None
) -> None:
    assert batch(suggested, terms=terms).tax_cents == tax


# --- less than the pieces come to: who pays the rest, and in which words


SHORT = [
    pytest.param(outcome(1000, worth=1000, limit=1000), PLAIN, 0, "", id="all of it"),
    pytest.param(outcome(900, worth=1000, limit=1000), PLAIN, 0, "", id="a fee was taken off, and nothing was cut"),
    pytest.param(outcome(700, worth=1000), PLAIN, 0, "", id="no limit is known"),
    pytest.param(outcome(700, limit=700), PLAIN, 0, "", id="what the pieces come to is not known"),
    pytest.param(outcome(700, worth=1000, limit=700), WITH_A_PIECE, 0, "", id="an exchange nets pieces"),
    pytest.param(
        outcome(None, worth=148_000_00, limit=0),
        PLAIN,
        148_000_00,
        "The pieces come to $148,000, and Shopify has no payment of this order to give back. "
        "Pay the client where they paid, then say so here.",
        id="paid by instalments: no payment at all",
    ),
    pytest.param(
        outcome(900_000, worth=1_480_000, limit=900_000),
        PLAIN,
        580_000,
        "The pieces come to $14,800. Shopify can give back $9,000; $5,800 was not paid through it. "
        "Pay that where the client paid, then say so here.",
        id="part of it was paid elsewhere",
    ),
    pytest.param(
        outcome(700, worth=1000, limit=700, given_back=300),
        PLAIN,
        0,
        "The pieces come to $10; $3 of this order was given back before.",
        id="somebody gave the rest back before",
    ),
    pytest.param(
        outcome(700, worth=1000, limit=700, given_back=301),
        PLAIN,
        0,
        "The pieces come to $10; $3.01 of this order was given back before.",
        id="more was given back before than is missing",
    ),
    pytest.param(
        outcome(600, worth=1000, limit=600, given_back=300),
        PLAIN,
        100,
        "The pieces come to $10. Shopify can give back $6; $1 was not paid through it. "
        "Pay that where the client paid, then say so here.",
        id="some was given back before, and some was paid elsewhere",
    ),
    pytest.param(
        outcome(None, worth=1000, limit=0, given_back=400),
        PLAIN,
        600,
        "The pieces come to $10. Shopify can give back $0; $6 was not paid through it. "
        "Pay that where the client paid, then say so here.",
        id="all that Shopify had was given back before, and the rest was paid elsewhere",
    ),
    pytest.param(
        outcome(900_000, worth=1_480_000, limit=900_000, fees=2_500),
        PLAIN,
        577_500,
        "The pieces come to $14,800 less $25 in fees. Shopify can give back $9,000; $5,775 was not paid through it. "
        "Pay that where the client paid, then say so here.",
        id="of what was paid elsewhere the fee is kept too",
    ),
    pytest.param(
        outcome(None, worth=1_480_000, limit=0, fees=148_000),
        PLAIN,
        1_332_000,
        "The pieces come to $14,800 less $1,480 in fees, and Shopify has no payment of this order to give back. "
        "Pay the client where they paid, then say so here.",
        id="instalments, and a tenth for putting it back into stock",
    ),
    pytest.param(
        outcome(950, worth=1000, limit=950, fees=50), PLAIN, 0, "", id="the fee is just what Shopify does not have"
    ),
    pytest.param(
        outcome(960, worth=1000, limit=960, fees=50), PLAIN, 0, "", id="more than is left after the fee is no cut"
    ),
    pytest.param(
        outcome(600, worth=1000, limit=600, given_back=300, fees=100),
        PLAIN,
        0,
        "The pieces come to $10 less $1 in fees; $3 of this order was given back before.",
        id="what was given back before and the fee make up the rest",
    ),
    pytest.param(outcome(None, worth=1000, limit=0, fees=1001), PLAIN, 0, "", id="a fee of more than the piece"),
    pytest.param(
        outcome(900, worth=1000, limit=900, fees=0),
        PLAIN,
        100,
        "The pieces come to $10. Shopify can give back $9; $1 was not paid through it. "
        "Pay that where the client paid, then say so here.",
        id="a fee of nothing is none, and is not spoken of",
    ),
]


@pytest.mark.parametrize(("suggested", "terms", "elsewhere", "said"), SHORT)
def test_less_than_the_pieces_come_to_says_who_pays_the_rest(
    suggested: SuggestedOutcome, terms: Terms, elsewhere: int, said: str
) -> None:
    assert batch(suggested, terms=terms).elsewhere == usd(elsewhere)
    assert said_of(suggested, "USD", terms) == said


SUMS = st.integers(0, 10**9)


@given(SUMS, SUMS, SUMS, SUMS)
def test_what_goes_back_never_comes_to_more_than_is_due_and_never_less_than_nothing(
    worth: int, limit: int, before: int, fees: int
) -> None:
    due = max(0, worth - fees)
    suggested = outcome(min(due, limit) or None, worth=worth, limit=limit, given_back=before, fees=fees)
    kept = batch(suggested)
    assert 0 <= kept.amount_cents + kept.elsewhere_cents <= due
    assert kept.elsewhere_cents == max(0, due - limit - before), (
        "all that is due reaches the client, one way or the other"
    )
    assert bool(said_of(suggested, "USD", PLAIN)) is (limit < due), "a sentence wherever it was cut, and nowhere else"


# --- what Shopify's suggestion leaves out


@pytest.mark.parametrize(
    ("given_back", "ours", "before"),
    [
        pytest.param(None, 0, None, id="nothing is known of what went before"),
        pytest.param(usd(30_000), 0, usd(30_000), id="somebody gave some back in the admin"),
        pytest.param(usd(130_000), 100_000, usd(30_000), id="for another piece, and a gesture beside it"),
        pytest.param(usd(100_000), 100_000, usd(0), id="for another piece only"),
        pytest.param(usd(90_000), 100_000, usd(0), id="Shopify shows less than we know of"),
    ],
)
def test_what_went_back_for_other_pieces_is_no_part_of_what_went_back_for_these(
    given_back: Money | None, ours: int, before: Money | None
) -> None:
    known = in_full(replace(outcome(70_000), given_back=given_back), fees=usd(7), paid_before=ours)
    assert (known.given_back, known.fees, known.amount) == (before, usd(7), usd(70_000))


@pytest.mark.parametrize(
    ("suggested", "terms", "cents"),
    [
        pytest.param(outcome(1000, worth=1000, limit=1000, pieces=1000), PLAIN, 1000, id="one piece, as paid"),
        pytest.param(outcome(1250, worth=1250, limit=1250, pieces=1000), PLAIN, 1000, id="with shipping and duties"),
        pytest.param(outcome(900, worth=1000, limit=1000, pieces=1000), PLAIN, 900, id="less a fee"),
        pytest.param(outcome(300, worth=1250, limit=300, pieces=1000), PLAIN, 1000, id="most of it paid elsewhere"),
        pytest.param(outcome(None, worth=1000, limit=0, pieces=1000), PLAIN, 1000, id="all of it paid elsewhere"),
        pytest.param(
            outcome(300, worth=1000, limit=300, pieces=1000, fees=50), PLAIN, 950, id="of which a fee is kept already"
        ),
        pytest.param(outcome(200, worth=1000, limit=1000, pieces=1000), WITH_A_PIECE, 200, id="what is left beside"),
        pytest.param(outcome(None, worth=1000, limit=1000, pieces=1000), WITH_A_PIECE, 0, id="an even exchange"),
        pytest.param(outcome(1000), PLAIN, 1000, id="Shopify said no more than the amount"),
    ],
)
def test_wear_is_reckoned_from_what_goes_back_for_the_pieces_alone(
    suggested: SuggestedOutcome, terms: Terms, cents: int
) -> None:
    assert paid_for_pieces(suggested, "USD", terms) == usd(cents)


# --- between the click and the sending


APPROVED = outcome(1_480_000, worth=1_480_000, limit=1_480_000)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        pytest.param(APPROVED, "", id="as it was approved"),
        pytest.param(
            outcome(1_480_001, worth=1_480_001, limit=1_480_001),
            "The amount is $14,800.01 now; it was $14,800 when it was approved. Please look at it again.",
            id="a cent more",
        ),
        pytest.param(
            SuggestedOutcome(None),
            "The amount is $0 now; it was $14,800 when it was approved. Please look at it again.",
            id="nothing any more",
        ),
        pytest.param(
            SuggestedOutcome(euros(1_480_000), ((CARD, euros(1_480_000)),)),
            "The amount is €14,800 now; it was $14,800 when it was approved. Please look at it again.",
            id="the same figure in another currency",
        ),
        pytest.param(
            replace(APPROVED, owed=usd(5)),
            "The amount is $0.05 now; it was $0 when it was approved. Please look at it again.",
            id="the client would owe something",
        ),
        pytest.param(
            replace(APPROVED, worth=usd(1_580_000), limit=usd(1_480_000)),
            "The amount is $1,000 now; it was $0 when it was approved. Please look at it again.",
            id="some of it would have to be paid elsewhere",
        ),
        pytest.param(
            replace(APPROVED, transactions=((GIFT, usd(1_480_000)),)), OTHER_PAYMENTS, id="another payment gets it"
        ),
        pytest.param(
            replace(APPROVED, transactions=((GIFT, usd(80_000)), (CARD, usd(1_400_000)))),
            OTHER_PAYMENTS,
            id="two payments share it now",
        ),
        pytest.param(replace(APPROVED, in_shop_money=usd(7), tax=usd(7)), "", id="what is only told beside it"),
    ],
)
def test_whatever_changed_since_the_click_is_told_and_nothing_else(now: SuggestedOutcome, words: str) -> None:
    assert difference(batch(APPROVED), now) == words


def test_payments_in_another_order_are_the_same_payments() -> None:
    two = ((CARD, usd(900)), (GIFT, usd(100)))
    approved = batch(SuggestedOutcome(usd(1000), two))
    assert difference(approved, SuggestedOutcome(usd(1000), two[::-1])) == ""


@pytest.mark.parametrize(
    ("amount", "parts", "whole"),
    [
        (1000, [(CARD, usd(1000))], True),
        (1000, [(CARD, usd(999))], False),
        (1000, [(CARD, usd(600)), (GIFT, usd(400))], True),
        (1000, [(CARD, usd(600)), (GIFT, euros(400))], False),
        (1000, [], False),
        (0, [], True),
    ],
)
def test_payments_that_do_not_make_up_the_amount_are_never_sent(
    amount: int, parts: list[tuple[str, Money]], whole: bool
) -> None:
    assert adds_up(batch(SuggestedOutcome(usd(amount), tuple(parts)))) is whole


def test_credit_that_names_a_payment_beside_is_never_sent() -> None:
    twice = Settlement(**(batch(outcome(500)).model_dump() | {"as_credit": True}))
    assert not adds_up(twice), "it would go out twice: to the card and as credit"
