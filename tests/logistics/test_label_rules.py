"""Whether a label that was bought may be used, what stands on it, and what happens where no carrier is set up."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.causes import Cause
from kit.errors import Waiting
from kit.money import Money
from logistics.carriers.boutique import LETTERS, new_code
from logistics.carriers.courier import lines_of
from logistics.carriers.unset import NoCarrier
from logistics.cover import Payer
from logistics.cover_models import CoverUse
from logistics.labels import confirmed_cents, why_uncovered
from logistics.models import Parcel
from logistics.reads import Address, Bought
from logistics.ways import Way

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
NO_TERMS = "No policy terms cover this parcel any more."


def box(need: int = 1_480_000, currency: str = "USD") -> Parcel:
    return Parcel(rma_id=1, shop_id=1, rfo_gid="r", reference="rp-1", need_cents=need, cover_currency=currency)


def label(cents: int, currency: str = "USD") -> Bought:
    return Bought("HX1", "", "", Money(cents, currency), "Harbour")


def use(
    value: int = 1_480_000, payer: Payer = Payer.CARRIER, currency: str = "USD", limit: int = 2_500_000
) -> CoverUse:
    about: dict[str, Any] = {"shop_id": 1, "rma_id": 1, "parcel_id": 1, "reference": "rp-1", "term_id": 1}
    return CoverUse(
        **about, way=Way.LABEL, payer=payer, value_cents=value, cover_cents=limit, currency=currency, evidence="",
        made_at=NOW,
    )  # fmt: skip


HOUSE = Payer.HOUSE
RULES = [
    pytest.param(label(1_480_000), use(), "", id="the carrier confirms the whole value"),
    pytest.param(label(9_999_999), use(), "", id="or more"),
    pytest.param(
        label(1_479_999), use(), "Harbour confirms cover of $14,799.99, below $14,800.", id="a cent less is less"
    ),
    pytest.param(
        label(1_480_000, "EUR"), use(), "Harbour confirms cover of €14,800, below $14,800.", id="in another currency"
    ),
    pytest.param(label(0), use(), "Harbour confirms cover of $0, below $14,800.", id="no cover at all"),
    pytest.param(label(0), use(payer=HOUSE), "", id="the house's own policy covers, and nothing was declared"),
    pytest.param(
        label(1), use(payer=HOUSE), "Harbour was told a value of $0.01, which voids the house's own policy.",
        id="declared to the carrier as well",
    ),
    pytest.param(label(1_480_000), None, NO_TERMS, id="nothing was kept under which it travels"),
    pytest.param(label(1_480_000), use(value=1_479_999), NO_TERMS, id="kept for less than it is worth now"),
    pytest.param(label(0), use(value=1_479_999, payer=HOUSE), NO_TERMS, id="kept for less, under the house's policy"),
    pytest.param(label(1_480_000), use(currency="EUR"), NO_TERMS, id="kept in another currency"),
]  # fmt: skip


@pytest.mark.parametrize(("bought", "kept", "words"), RULES)
def test_a_label_is_used_only_under_cover_of_the_whole_value(bought: Bought, kept: CoverUse | None, words: str) -> None:
    assert why_uncovered(box(), bought, kept) == words


@given(
    st.integers(1, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from(Payer),
    st.sampled_from(["USD", "EUR", "JPY"]),
)  # fmt: skip
def test_no_label_with_cover_below_the_value_is_ever_used(
    need: int, confirmed: int, kept: int, payer: Payer, currency: str
) -> None:
    if why_uncovered(box(need), label(confirmed, currency), use(kept, payer)) == "":
        assert kept >= need
        assert (confirmed >= need and currency == "USD") if payer is Payer.CARRIER else confirmed == 0


def test_up_to_how_much_it_is_covered_is_the_word_of_whoever_covers() -> None:
    assert confirmed_cents(label(1_500_000), use()) == 1_500_000
    assert confirmed_cents(label(0), use(payer=HOUSE)) == 2_500_000
    assert confirmed_cents(label(7), None) == 7


ENDS = {"sender": Address(), "receiver": Address()}


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c.find("rp-1"),
        lambda c: c.create(reference="rp-1", weight_grams=1, is_return=True, **ENDS),
        lambda c: c.buy("shp_1", Money(1, "USD")),
        lambda c: c.check_address(Address()),
        lambda c: c.label_pdf("https://x"),
        lambda c: c.refund("shp_1"),
        lambda c: c.plan_collection(reference="r", shipment_id="s", sender=Address(), starts_at=NOW, ends_at=NOW),
        lambda c: c.book_collection("p"),
        lambda c: c.cancel_collection("p"),
    ],
    ids=["find", "create", "buy", "address", "file", "refund", "plan", "book", "cancel"],
)
def test_without_a_carrier_every_label_waits_and_says_what_to_set(ask: Any) -> None:
    with pytest.raises(Waiting, match="Set EASYPOST_API_KEY and EASYPOST_WEBHOOK_SECRET") as waits:
        ask(NoCarrier())
    assert waits.value.cause == Cause.NO_CARRIER


def test_a_code_for_a_boutique_holds_no_letter_that_is_taken_for_another_and_is_never_the_same() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200 and all(len(code) == 10 and set(code) <= set(LETTERS) for code in codes)
    assert not set(LETTERS) & set("01ILOU") and len(set(LETTERS)) == len(LETTERS)


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        (Address(), []),
        (
            Address(name="Cleo", street1="12 rue de Thorigny", postal_code="75003", city="Paris", country="FR"),
            ["Cleo", "12 rue de Thorigny", "75003 Paris", "FR"],
        ),
        (
            Address(
                company="Desk",
                street1="1 Fifth Avenue",
                street2="Floor 3",
                city="New York",
                region="NY",
                postal_code="10003",
                country="US",
                phone="+1 212 555 0100",
            ),
            ["Desk", "1 Fifth Avenue", "Floor 3", "10003 New York NY", "US", "+1 212 555 0100"],
        ),
    ],
)
def test_an_address_is_written_line_by_line_without_gaps(address: Address, lines: list[str]) -> None:
    assert lines_of(address) == lines
