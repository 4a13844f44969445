"""What a return as Shopify has it says by itself: what is left of it, what goes with it, and the fees of each part."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from logistics.reads import Address, ExchangeLineRead, PieceRead, ReturnLineRead, RfoLineRead, RfoRead, SoldRead
from tests import cast

READ = cast.cleos_read()
(RING,) = READ.lines
A, B = "gid://shopify/ReturnLineItem/1", "gid://shopify/ReturnLineItem/2"


def line(gid: str = A, *, quantity: int = 1, processed: int = 0, fee: int | None = None, **more: Any) -> ReturnLineRead:
    about = {"quantity": quantity, "processed": processed, "unprocessed": quantity - processed, **more}
    return replace(RING, gid=gid, fee=None if fee is None else Money(fee, "USD"), **about)


# --- fees


@pytest.mark.parametrize(
    ("lines", "shipping", "asked", "cents"),
    [
        pytest.param([line()], None, [(A, 1)], 0, id="no fee at all"),
        pytest.param([line(fee=148_000)], None, [(A, 1)], 148_000, id="for putting the piece back into stock"),
        pytest.param([line()], 2_500, [(A, 1)], 2_500, id="for the way back"),
        pytest.param([line(fee=148_000)], 2_500, [(A, 1)], 150_500, id="both"),
        pytest.param([line(fee=100), line(B, fee=30)], None, [(B, 1)], 30, id="only of the lines that are asked for"),
        pytest.param([line(fee=100), line(B, fee=30)], None, [(A, 1), (B, 1)], 130, id="of all that are"),
        pytest.param([line(quantity=3, fee=300)], None, [(A, 2)], 200, id="two pieces of three"),
        pytest.param([line(quantity=3, fee=100)], None, [(A, 1)], 33, id="a third of a dollar"),
        pytest.param([line(quantity=3, fee=100, processed=1)], None, [(A, 1)], 34, id="the cent comes with the second"),
        pytest.param([line(quantity=3, fee=100, processed=2)], None, [(A, 1)], 33, id="and not with the third"),
        pytest.param([line(quantity=3, fee=100, processed=1)], 2_500, [(A, 2)], 67, id="the way back was charged then"),
        pytest.param(
            [line(), line(B, processed=1)], 2_500, [(A, 1)], 0, id="the way back was charged with another line"
        ),
        pytest.param([line(quantity=0, fee=100)], None, [(A, 0)], 0, id="a line of no pieces"),
        pytest.param([line(fee=100)], None, [("gid://shopify/ReturnLineItem/9", 1)], 0, id="a line of another return"),
    ],
)
def test_the_fees_of_a_part_are_its_share(
    lines: list[ReturnLineRead], shipping: int | None, asked: list[tuple[str, int]], cents: int
) -> None:
    fee = None if shipping is None else Money(shipping, "USD")
    assert replace(READ, lines=tuple(lines), shipping_fee=fee).fees_of(asked) == Money(cents, "USD")


@given(st.integers(0, 10**9), st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_however_a_line_is_divided_its_fee_is_charged_once_to_the_cent(fee: int, parts: list[int]) -> None:
    whole, charged, processed = sum(parts), 0, 0
    for part in parts:
        share = line(quantity=whole, processed=processed, fee=fee).fee_for(part)
        assert abs(share - fee * part / whole) <= 1
        charged, processed = charged + share, processed + part
    assert charged == fee


def test_fees_are_in_the_money_the_order_was_paid_in() -> None:
    yen = replace(cast.cleos_read(price=Money(2_210_676, "JPY")), shipping_fee=Money(3_734, "JPY"))
    assert yen.fees_of(yen.unprocessed) == Money(3_734, "JPY")


# --- what is left of it


def test_what_is_unprocessed_is_told_line_by_line_and_what_is_done_is_left_out() -> None:
    read = replace(READ, lines=(line(quantity=3, processed=1), line(B, processed=1)))
    assert read.unprocessed == ((A, 2),)


def test_so_are_the_pieces_that_go_to_the_client_instead() -> None:
    gids = [f"gid://shopify/ExchangeLineItem/{n}" for n in (1, 2)]
    read = replace(READ, exchanges=(ExchangeLineRead(gids[0], 2, 2, 0), ExchangeLineRead(gids[1], 1, 0, 1)))
    assert read.unprocessed_exchanges == ((gids[1], 1),)


@pytest.mark.parametrize(
    ("status", "over"),
    [("REQUESTED", False), ("OPEN", False), ("DECLINED", True), ("CLOSED", True), ("CANCELED", True)],
)
def test_a_return_is_over_where_shopify_lets_nobody_do_more_with_it(status: str, over: bool) -> None:
    assert replace(READ, status=status).has_ended is over


def test_a_duty_two_lines_share_is_named_once_and_a_strangers_never() -> None:
    read = replace(READ, lines=(line(duty_gids=("d-2", "d-1")), line(B, duty_gids=("d-1", "d-3"))))
    assert read.duties_of([(A, 1), (B, 1)]) == ("d-1", "d-2", "d-3")
    assert read.duties_of([(A, 1)]) == ("d-1", "d-2") and read.duties_of([]) == ()


# --- which reverse fulfilment order


def test_a_cancelled_order_for_the_way_back_does_not_count_any_more() -> None:
    piece = "gid://shopify/FulfillmentLineItem/1"
    old, new = (RfoLineRead(f"gid://shopify/ReverseFulfillmentOrderLineItem/{n}", piece, 1) for n in (1, 2))
    rfos = (RfoRead("rfo-1", "CANCELED", (old,)), RfoRead("rfo-2", "OPEN", (new,)))
    assert replace(READ, rfos=rfos).rfo_line(piece) == new
    assert replace(READ, rfos=rfos[:1]).rfo_line(piece) is None
    assert replace(READ, rfos=rfos).rfo_line("gid://shopify/FulfillmentLineItem/2") is None


# --- small words


WHOLE = Address(name="Cleo", street1="1 Rue de la Paix", city="Paris", country="FR")


@pytest.mark.parametrize(
    ("changed", "usable"),
    [
        ({}, True),
        ({"name": "", "company": "Maison"}, True),
        ({"name": ""}, False),
        ({"street1": ""}, False),
        ({"city": ""}, False),
        ({"country": ""}, False),
        ({"postal_code": "", "region": "", "phone": ""}, True),
    ],
    ids=["a person", "a company", "nobody", "no street", "no city", "no country", "Dublin, without a code"],
)
def test_a_carrier_is_asked_with_an_address_that_names_somebody_and_a_door(
    changed: dict[str, str], usable: bool
) -> None:
    assert replace(WHOLE, **changed).is_usable is usable


def test_of_a_line_the_order_says_nothing_of_nothing_is_made_up() -> None:
    ring = PieceRead("l-1", ("ring",), 1)
    assert SoldRead(pieces=(ring,)).piece("l-1") == ring
    assert SoldRead(pieces=(ring,)).piece("l-2") == PieceRead("l-2")
