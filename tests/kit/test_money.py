"""Money is counted in the currency's smallest unit and never in floats."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money


@pytest.mark.parametrize(
    ("amount", "currency", "cents"),
    [
        ("14800.00", "USD", 1_480_000),
        ("14800", "USD", 1_480_000),
        ("4999.99", "EUR", 499_999),
        ("0.1", "USD", 10),
        ("-5.00", "USD", -500),
        ("0.005", "USD", 1),
        ("0.0049", "USD", 0),
        ("-0.005", "USD", -1),
        ("1480000", "JPY", 1_480_000),
        ("1480000.0", "JPY", 1_480_000),
        ("0.5", "JPY", 1),
        ("1.234", "KWD", 1234),
        ("1e3", "USD", 100_000),
        ("999999999999.99", "IDR", 99_999_999_999_999),
    ],
)
def test_a_providers_string_becomes_the_smallest_unit_rounded_half_up(amount, currency, cents) -> None:
    assert Money.parse(amount, currency) == Money(cents, currency)


@pytest.mark.parametrize(
    "amount", ["", "ring", "NaN", "Infinity", "-inf", "1,000.00", "$5", None, [], "9e99", "1" * 60]
)
def test_what_is_no_amount_is_refused(amount) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Money.parse(amount, "USD")


@pytest.mark.parametrize(
    ("money", "amount"),
    [
        (Money(1_480_000, "USD"), "14800.00"),
        (Money(5, "USD"), "0.05"),
        (Money(-5, "USD"), "-0.05"),
        (Money(0, "USD"), "0.00"),
        (Money(1480, "JPY"), "1480"),
        (Money(1234, "KWD"), "1.234"),
    ],
)
def test_providers_get_the_string_they_expect(money, amount) -> None:
    assert money.amount == amount


@given(st.integers(-(10**14), 10**14), st.sampled_from(["USD", "EUR", "JPY", "KWD", "CHF", "IDR"]))
def test_nothing_is_lost_on_the_way_out_and_back(cents: int, currency: str) -> None:
    money = Money(cents, currency)
    assert Money.parse(money.amount, currency) == money


@given(st.decimals(-(10**9), 10**9, places=4))
def test_rounding_never_moves_an_amount_by_more_than_half_a_cent(value: Decimal) -> None:
    assert abs(Decimal(Money.parse(str(value), "USD").cents) / 100 - value) <= Decimal("0.005")


@pytest.mark.parametrize(
    ("money", "locale", "shown"),
    [
        (Money(1_480_000, "USD"), "en", "$14,800"),
        (Money(1_480_050, "USD"), "en", "$14,800.50"),
        (Money(1_480_000, "USD"), "fr", "14\u202f800\xa0$US"),
        (Money(1_480_050, "EUR"), "fr", "14\u202f800,50\xa0€"),
        (Money(1_480_000, "EUR"), "de", "14.800\xa0€"),
        (Money(1_480_050, "EUR"), "de", "14.800,50\xa0€"),
        (Money(1_480_000, "JPY"), "ja", "￥1,480,000"),
        (Money(1_480_000, "JPY"), "en", "¥1,480,000"),
        (Money(-500, "EUR"), "en", "-€5"),
        (Money(0, "USD"), "en", "$0"),
    ],
)
def test_a_reader_sees_their_own_way_of_writing_it(money, locale, shown) -> None:
    assert money.show(locale) == shown


@pytest.mark.parametrize("locale", ["fr-FR", "pt-BR", "zh-Hant-TW", "en_GB", "xx", "not a locale", ""])
def test_a_locale_as_shopify_writes_it_or_an_unknown_one_never_stops_a_message(locale) -> None:
    assert "14" in Money(1_400_000, "EUR").show(locale)


def test_two_currencies_do_not_add_up() -> None:
    assert Money(1, "USD") + Money(2, "USD") == Money(3, "USD")
    with pytest.raises(ValueError, match="USD and EUR do not add up"):
        Money(1, "USD") + Money(1, "EUR")


@pytest.mark.parametrize(
    ("cents", "currency", "locale", "shown"),
    [
        (500_000, "CHF", "en", "CHF\xa05,000"),
        (500_050, "CHF", "ja", "CHF\xa05,000.50"),
        (-500_000, "CHF", "en", "-CHF\xa05,000"),
        (5_000, "KWD", "en", "KWD\xa05"),
        (500_000, "USD", "en", "$5,000"),
        (500_000, "USD", "zh_Hans", "US$5,000"),
        (500_000, "CHF", "fr", "5\u202f000\xa0CHF"),
    ],
)
def test_letters_and_figures_of_an_amount_never_touch(cents, currency, locale, shown) -> None:
    assert Money(cents, currency).show(locale) == shown
