"""An amount typed by hand is the one its writer meant, or a sentence; never another amount."""

from decimal import Decimal

import pytest
from babel.numbers import format_decimal, get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from kit.amounts import read_amount
from kit.money import Money


@pytest.mark.parametrize(
    ("typed", "currency", "cents"),
    [
        pytest.param("5000", "EUR", 500_000, id="figures alone"),
        pytest.param("5,000", "USD", 500_000, id="thousands as in Boston"),
        pytest.param("5.000", "EUR", 500_000, id="thousands as in Milan, and not five euros"),
        pytest.param("5 000", "EUR", 500_000, id="thousands as in Paris"),
        pytest.param("5\u202f000,50\u00a0€", "EUR", 500_050, id="as a French page prints it"),
        pytest.param("5'000.50", "CHF", 500_050, id="as in Zurich"),
        pytest.param("5’000", "CHF", 500_000, id="as in Zurich, with a typographer's mark"),
        pytest.param("1.480.000", "EUR", 148_000_000, id="two groups with points"),
        pytest.param("1,480,000.5", "USD", 148_000_050, id="two groups and half a dollar"),
        pytest.param("1.480.000,05", "EUR", 148_000_005, id="two groups and five cents"),
        pytest.param("40,50", "EUR", 4_050, id="a comma before cents, and not four thousand"),
        pytest.param("40.5", "EUR", 4_050, id="one figure of cents"),
        pytest.param(",5", "EUR", 50, id="nothing before the mark"),
        pytest.param("12.", "EUR", 1_200, id="nothing after the mark"),
        pytest.param("0", "EUR", 0, id="nothing at all is an amount"),
        pytest.param("$5,000", "USD", 500_000, id="with its sign"),
        pytest.param("EUR 5000", "EUR", 500_000, id="with its code before"),
        pytest.param("5000 EUR", "EUR", 500_000, id="with its code after"),
        pytest.param("5,000", "JPY", 5_000, id="yen by the thousand"),
        pytest.param("5.000", "JPY", 5_000, id="yen by the thousand, with a point"),
        pytest.param("5000.00", "JPY", 5_000, id="yen with a fraction of nothing"),
        pytest.param("5.000", "KWD", 5_000, id="five dinars, as our own field shows them"),
        pytest.param("5,000.250", "KWD", 5_000_250, id="dinars with both marks"),
        pytest.param("0.500", "USD", 50, id="a half, with a nought too many"),
        pytest.param("1234.500", "USD", 123_450, id="four figures before the mark are no thousands"),
    ],
)
def test_each_country_s_way_of_writing_is_read(typed: str, currency: str, cents: int) -> None:
    assert read_amount(typed, currency) == Money(cents, currency)


@pytest.mark.parametrize(
    ("typed", "currency", "sentence"),
    [
        ("", "EUR", "Write the amount in figures, for example 5000."),
        ("ring", "EUR", "Write the amount in figures, for example 5000."),
        ("5e3", "EUR", "Write the amount in figures, for example 5000."),
        ("٥٠٠٠", "EUR", "Write the amount in figures, for example 5000."),
        ("²", "EUR", "Write the amount in figures, for example 5000."),
        ("$5,000", "EUR", "Write the amount in figures, for example 5000."),
        ("1,48,000", "INR", "Write the amount in figures, for example 5000."),
        ("1.480.00", "EUR", "Write the amount in figures, for example 5000."),
        ("1,480.000,00", "EUR", "Write the amount in figures, for example 5000."),
        (".", "EUR", "Write the amount in figures, for example 5000."),
        ("5..0", "EUR", "Write the amount in figures, for example 5000."),
        ("-5", "EUR", "An amount cannot be below zero."),
        ("−5", "EUR", "An amount cannot be below zero."),
        ("5,005", "KWD", "Write 5005 or 5.005, so that it is clear which is meant."),
        ("5.05", "JPY", "JPY has no such fraction. Write 5, for example."),
        ("5.055,5", "JPY", "JPY has no such fraction. Write 5056, for example."),
        ("0.005", "EUR", "EUR has no such fraction. Write 0.01, for example."),
        ("9" * 41, "EUR", "Write the amount in figures, for example 5000."),
        ("9" * 14, "EUR", "That amount is larger than any order."),
    ],
)
def test_what_could_be_no_amount_or_two_is_a_sentence(typed: str, currency: str, sentence: str) -> None:
    with pytest.raises(ValueError) as refused:
        read_amount(typed, currency)
    assert str(refused.value) == sentence


CURRENCIES = st.sampled_from(["EUR", "USD", "CHF", "JPY", "KWD"])
LOCALES = st.sampled_from(["en_US", "fr_FR", "de_DE", "de_CH", "it_IT", "es_ES", "ja_JP"])


@given(st.integers(0, 10**12), CURRENCIES)
def test_what_our_own_fields_show_is_read_as_it_is(cents: int, currency: str) -> None:
    money = Money(cents, currency)
    assert read_amount(money.amount, currency) == money


@given(st.integers(0, 10**12), st.sampled_from(["EUR", "USD", "CHF", "JPY"]), LOCALES)
def test_as_babel_writes_it_for_any_of_our_readers(cents: int, currency: str, locale: str) -> None:
    money, digits = Money(cents, currency), get_currency_precision(currency)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    assert read_amount(format_decimal(Decimal(money.amount), format=pattern, locale=locale), currency) == money


@given(st.text(alphabet="0123456789., '€-", max_size=12), CURRENCIES)
def test_whatever_is_typed_gives_its_own_digits_or_a_sentence(typed: str, currency: str) -> None:
    """No digit is lost or added: the figures of the amount are those that were typed, but for noughts at its ends."""
    try:
        money = read_amount(typed, currency)
    except ValueError as refused:
        assert str(refused).endswith(".")
        return
    written = "".join(letter for letter in typed if letter.isdigit())
    assert str(money.cents).strip("0") == written.strip("0")
