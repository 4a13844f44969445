"""What is kept back for wear comes off once, from the right place, and leaves every figure beside it true."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from logistics.custody_words import Grade
from logistics.deductions import deduct, take_off
from logistics.figures import figures, said_of
from logistics.reads import PLAIN, SuggestedOutcome

CARD, GIFT = "gid://shopify/OrderTransaction/6", "gid://shopify/OrderTransaction/5"


def usd(cents: int) -> Money:
    return Money(cents, "USD")


@pytest.mark.parametrize(
    ("paid", "grade", "most", "kept"),
    [
        pytest.param(usd(1_480_000), Grade.MARKED, 100, 222_000, id="fifteen of a hundred"),
        pytest.param(usd(1_480_000), Grade.NONE, 100, 0, id="trying on as in a shop is free"),
        pytest.param(usd(1_480_000), Grade.WORN, 20, 296_000, id="the merchant's cap is lower than the grade"),
        pytest.param(usd(1_480_000), Grade.WORN, 0, 0, id="a cap of nothing"),
        pytest.param(usd(1_480_000), Grade.WORN, -3, 0, id="a cap below nothing is none"),
        pytest.param(usd(1_480_000), Grade.LIGHT, 300, 74_000, id="a cap above all is the grade's share"),
        pytest.param(usd(19), Grade.LIGHT, 100, 0, id="95 hundredths of a cent are the client's"),
        pytest.param(usd(20), Grade.LIGHT, 100, 1, id="a whole cent is kept"),
        pytest.param(Money(1_999, "JPY"), Grade.LIGHT, 100, 99, id="yen have no smaller part"),
        pytest.param(Money(1_999, "KWD"), Grade.LIGHT, 100, 99, id="a thousandth of a dinar is its smallest"),
        pytest.param(usd(-500), Grade.WORN, 100, 0, id="where the client owes, nothing is kept"),
    ],
)
def test_the_share_is_the_grades_and_rounds_in_the_clients_favour(
    paid: Money, grade: Grade, most: int, kept: int
) -> None:
    assert deduct(paid, grade, most_percent=most) == Money(kept, paid.currency)


def suggested(**money: Any) -> SuggestedOutcome:
    given: dict[str, Any] = {name: usd(cents) for name, cents in money.items() if name != "parts"}
    return SuggestedOutcome(transactions=money.get("parts", ()), **({"amount": None} | given))


def test_it_comes_off_the_largest_payment_first_and_then_the_next() -> None:
    parts = ((GIFT, usd(300)), (CARD, usd(700)))
    small = take_off(suggested(amount=1000, parts=parts), usd(100))
    large = take_off(suggested(amount=1000, parts=parts), usd(800))
    assert dict(small.transactions) == {GIFT: usd(300), CARD: usd(600)} and small.amount == usd(900)
    assert dict(large.transactions) == {GIFT: usd(200), CARD: usd(0)} and large.amount == usd(200)


def test_of_two_payments_alike_it_is_always_the_same_one() -> None:
    parts = ((CARD, usd(500)), (GIFT, usd(500)))
    for order in (parts, parts[::-1]):
        assert dict(take_off(suggested(amount=1000, parts=order), usd(100)).transactions)[GIFT] == usd(400)


def test_what_was_paid_elsewhere_is_still_paid_there() -> None:
    """A piece of $1,000, of which Shopify has $900: 15 percent are kept, and the $100 are still the client's."""
    cut = suggested(amount=90_000, worth=100_000, limit=90_000, pieces=100_000, parts=((CARD, usd(90_000)),))
    after = take_off(cut, usd(15_000))
    kept = figures(after, "USD", PLAIN)
    assert (kept["amount_cents"], kept["elsewhere_cents"], kept["kept_cents"]) == (75_000, 10_000, 15_000)
    assert said_of(after, "USD", PLAIN) == (
        "The pieces come to $850. Shopify can give back $750; $100 was not paid through it. "
        "Pay that where the client paid, then say so here."
    )


def test_where_shopify_has_less_than_is_kept_the_rest_comes_off_what_is_paid_elsewhere() -> None:
    cut = suggested(amount=10_000, worth=100_000, limit=10_000, pieces=100_000, parts=((CARD, usd(10_000)),))
    kept = figures(take_off(cut, usd(15_000)), "USD", PLAIN)
    assert (kept["amount_cents"], kept["elsewhere_cents"], kept["kept_cents"]) == (0, 85_000, 15_000)
    assert kept["transactions"] == []


def test_an_order_of_instalments_is_charged_off_what_is_paid_elsewhere() -> None:
    kept = figures(take_off(suggested(worth=100_000, limit=0, pieces=100_000), usd(15_000)), "USD", PLAIN)
    assert (kept["amount_cents"], kept["elsewhere_cents"], kept["kept_cents"]) == (0, 85_000, 15_000)


def test_a_fee_is_not_kept_back_a_second_time_as_wear() -> None:
    """$1,000, of which Shopify has $100; a fee of $50 and $150 for wear leave $800, of which nothing is Shopify's."""
    cut = suggested(amount=10_000, worth=100_000, limit=10_000, fees=5_000, parts=((CARD, usd(10_000)),))
    kept = figures(take_off(cut, usd(15_000)), "USD", PLAIN)
    assert (kept["amount_cents"], kept["elsewhere_cents"], kept["kept_cents"]) == (0, 80_000, 15_000)


def test_what_was_given_back_before_is_not_kept_back_too() -> None:
    cut = suggested(amount=70_000, worth=100_000, limit=70_000, given_back=30_000, parts=((CARD, usd(70_000)),))
    kept = figures(take_off(cut, usd(15_000)), "USD", PLAIN)
    assert (kept["amount_cents"], kept["elsewhere_cents"], kept["kept_cents"]) == (55_000, 0, 15_000)


def test_more_than_goes_back_is_not_kept_and_what_could_not_be_is_not_counted() -> None:
    after = take_off(suggested(amount=4_000, worth=4_000, limit=90_000, parts=((CARD, usd(4_000)),)), usd(15_000))
    assert (after.amount, after.kept_back) == (usd(0), usd(4_000))


@pytest.mark.parametrize(
    ("in_shop", "left"),
    [
        pytest.param(Money(100_000, "EUR"), Money(85_000, "EUR"), id="the same share"),
        pytest.param(Money(33_333, "EUR"), Money(28_333, "EUR"), id="28,333.05 to the nearest cent"),
        pytest.param(Money(150_003, "JPY"), Money(127_503, "JPY"), id="127,502.55 to the nearest yen"),
        pytest.param(None, None, id="Shopify said none"),
    ],
)
def test_the_shops_own_money_shrinks_by_the_same_share(in_shop: Money | None, left: Money | None) -> None:
    whole = SuggestedOutcome(usd(100_000), ((CARD, usd(100_000)),), in_shop_money=in_shop)
    assert take_off(whole, usd(15_000)).in_shop_money == left


def test_after_it_the_tax_within_the_amount_is_not_known_any_more() -> None:
    whole = suggested(amount=1000, worth=1000, limit=1000, tax=200, parts=((CARD, usd(1000)),))
    assert figures(whole, "USD", PLAIN)["tax_cents"] == 200
    assert figures(take_off(whole, usd(100)), "USD", PLAIN)["tax_cents"] is None


SUMS = st.integers(0, 10**9)


@given(SUMS, SUMS, SUMS, SUMS, SUMS)
def test_what_the_client_gets_and_what_is_kept_make_up_what_was_due(
    worth: int, limit: int, before: int, kept: int, fees: int
) -> None:
    amount = min(max(0, worth - fees), limit)
    parts = ((CARD, usd(amount)),) if amount else ()
    cut = suggested(worth=worth, limit=limit, given_back=before, pieces=worth, fees=fees, parts=parts)
    whole = SuggestedOutcome(**{**cut.__dict__, "amount": usd(amount) if amount else None})
    first, then = figures(whole, "USD", PLAIN), figures(take_off(whole, usd(kept)), "USD", PLAIN)
    due = first["amount_cents"] + first["elsewhere_cents"]
    assert then["kept_cents"] == min(kept, due)
    assert then["amount_cents"] + then["elsewhere_cents"] + then["kept_cents"] == due
    assert sum(Money.parse(t["amount"], t["currency"]).cents for t in then["transactions"]) == then["amount_cents"]
