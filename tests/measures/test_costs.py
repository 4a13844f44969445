"""What returns are reckoned with: the merchant's own inputs, else ours, said in dollars and about as much elsewhere."""

from dataclasses import asdict, fields, replace
from datetime import timedelta

import pytest
from sqlmodel import Session

from measures.costs import AMOUNTS, costs_of, defaults, say_costs
from measures.totals import limits
from measures.worth import DEFAULTS, Costs
from tests import cast
from tests.cast import NOW, number

SHARES = {"margin_share", "cover_share", "markdown_share"}
OWN = Costs(
    margin_share=4_321, parcel_cents=1, cover_share=2, bench_cents=3, minute_cents=4, gesture_cents=5,
    markdown_share=6, referral_cents=7,
)  # fmt: skip


@pytest.mark.parametrize(
    ("currency", "parcel", "bench", "minute"),
    [
        pytest.param("USD", 4_500, 12_000, 100, id="45, 120 and 1 dollars"),
        pytest.param("EUR", 4_500, 12_000, 100, id="euros are as large"),
        pytest.param("JPY", 6_750, 18_000, 150, id="150 yen a dollar, and yen have no cents"),
        pytest.param("KRW", 63_000, 168_000, 1_400, id="1,400 won a dollar, without cents"),
        pytest.param("ISK", 6_300, 16_800, 140, id="140 Icelandic crowns a dollar, without cents"),
        pytest.param("INR", 382_500, 1_020_000, 8_500, id="85 rupees a dollar, each of a hundred"),
        pytest.param("SEK", 45_000, 120_000, 1_000, id="10 Swedish crowns a dollar"),
        pytest.param("KWD", 45_000, 120_000, 1_000, id="a dinar has a thousand parts, not a hundred"),
        pytest.param("XYZ", 4_500, 12_000, 100, id="a currency nobody knows is taken for dollars"),
    ],
)
def test_our_defaults_are_said_in_the_sizes_and_the_smallest_unit_of_each_currency(
    currency: str, parcel: int, bench: int, minute: int
) -> None:
    found = defaults(currency)
    assert (found.parcel_cents, found.bench_cents, found.minute_cents) == (parcel, bench, minute)


@pytest.mark.parametrize("currency", ["USD", "JPY", "ISK", "KWD", "HUF", "IDR", "CLP", "SEK", "AED"])
def test_a_parcel_costs_nine_hundredths_of_what_is_of_a_middling_price_in_any_currency(currency: str) -> None:
    """45 of 500: what is dear and what things cost grow with the same size."""
    mid, _ = limits(currency)
    assert defaults(currency).parcel_cents * 100 == mid.cents * 9


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
def test_shares_are_the_same_in_all_money(currency: str) -> None:
    found, ours = asdict(defaults(currency)), asdict(DEFAULTS)
    assert {name: found[name] for name in SHARES} == {name: ours[name] for name in SHARES}
    assert SHARES | set(AMOUNTS) == set(ours), "each input is a share or an amount"


def test_a_shop_that_said_nothing_is_reckoned_with_labelled_defaults(session: Session) -> None:
    shop_id = number(cast.alice(session).id)
    assert costs_of(session, shop_id=shop_id, currency="USD") == (DEFAULTS, None)


def test_what_the_merchant_says_stands_for_that_shop_until_it_is_said_anew(session: Session) -> None:
    shop_id, danas = number(cast.alice(session).id), number(cast.alice(session, "dana.myshopify.com", "Dana").id)
    say_costs(session, shop_id=shop_id, costs=OWN, by="staff:7", now=NOW)
    found, row = costs_of(session, shop_id=shop_id, currency="JPY")
    assert found == OWN, "as it was said, whatever the currency"
    assert row is not None and (row.said_by, row.said_at) == ("staff:7", NOW)
    later = NOW + timedelta(days=1)
    say_costs(session, shop_id=shop_id, costs=replace(OWN, minute_cents=0), by="b" * 300, now=later)
    found, row = costs_of(session, shop_id=shop_id, currency="USD")
    assert found == replace(OWN, minute_cents=0), "nothing is an input like another"
    assert row is not None and (row.said_by, row.said_at) == ("b" * 120, later)
    assert costs_of(session, shop_id=danas, currency="USD") == (DEFAULTS, None), "and for no other shop"


def test_every_input_is_kept(session: Session) -> None:
    """All eight differ, so that no two can be kept in each other's place."""
    assert len({getattr(OWN, field.name) for field in fields(Costs)}) == len(fields(Costs))
    shop_id = number(cast.alice(session).id)
    say_costs(session, shop_id=shop_id, costs=OWN, by="x", now=NOW)
    session.expire_all()
    assert costs_of(session, shop_id=shop_id, currency="USD")[0] == OWN
