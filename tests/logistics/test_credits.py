"""Store credit: the ceiling is known and leaves room, or none is offered and it is said why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from logistics.credits import ceilings_in, fits, why_not
from logistics.pack_files import read_pack, starting_pack

KNOWN = ceilings_in(starting_pack("credit"))


def usd(amount: str) -> Money:
    return Money.parse(amount, "USD")


@pytest.mark.parametrize(
    ("held", "amount", "expected"),
    [
        ((), "15000.00", True),
        ((), "15000.01", False),
        (("0.01",), "15000.00", False),
        (("5600.00",), "9400.00", True),
        (("5600.01",), "9400.00", False),
        ((), "0.00", False),
    ],
)
def test_to_the_cent_of_shopifys_ceiling(held: tuple[str, ...], amount: str, expected: bool) -> None:
    assert fits(KNOWN, tuple(usd(one) for one in held), usd(amount)) is expected


@pytest.mark.parametrize("currency", ["EUR", "JPY", "GBP", "CHF"])
def test_in_a_currency_nobody_wrote_a_ceiling_down_for_none_is_offered_and_that_is_said(currency: str) -> None:
    small = Money.parse("1", currency)
    assert not fits(KNOWN, (), small)
    assert f"no ceiling of an account in {currency}" in why_not(KNOWN, small)


def test_a_ceiling_the_house_wrote_down_counts_in_its_own_currency() -> None:
    body = starting_pack("credit").as_json()
    entry = {"key": "yen", "currency": "jpy", "ceiling": "2000000", "source": "Shopify support", "dated": "2026-11-22"}
    known = ceilings_in(read_pack("credit", body | {"entries": [*body["entries"], entry]}))
    assert fits(known, (), Money(2_000_000, "JPY")) and not fits(known, (), Money(2_000_001, "JPY"))
    assert "holds ¥2,000,000 at most" in why_not(known, Money(2_000_001, "JPY"))
    assert "no room left below $15,000" in why_not(known, usd("9400"))


@pytest.mark.parametrize(
    "entry", [{"currency": "EURO", "ceiling": 5}, {"currency": "EUR"}, {"currency": "E1R", "ceiling": 9}]
)
def test_an_entry_without_a_figure_or_a_currency_counts_for_nothing(entry: dict[str, object]) -> None:
    about = {"key": "odd", "source": "x", "dated": "2026-11-22"}
    pack = read_pack("credit", starting_pack("credit").as_json() | {"entries": [about | entry]})
    assert ceilings_in(pack) == {}


@given(st.integers(0, 2 * 10**6), st.integers(0, 2 * 10**6))
def test_no_account_is_ever_filled_above_its_ceiling(held: int, amount: int) -> None:
    if fits(KNOWN, (Money(held, "USD"),), Money(amount, "USD")):
        assert held + amount <= KNOWN["USD"].cents
