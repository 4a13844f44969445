"""What an order says of its pieces, for the side that covers, carries and inspects them."""

from datetime import date

import pytest

from kit.money import Money
from logistics.reads import Address, ClientRead
from routing.facts import LineRead, OrderRead
from routing.reads import OrderSignals
from routing.sold_pieces import sold_read
from tests import cast

RING = LineRead("line/1", "Meridian ring", "Size 52", "", 1, Money(1_480_000, "EUR"), product_type="Ring")
CHAIN = LineRead("line/2", "Chain", "", "", 2, Money(90_000, "EUR"))
CLEO = ClientRead("gid://shopify/Customer/1", "Cleo", "", "cleo@example.com", "", "fr", "CH", Address())


def order(*lines: LineRead, country: str = "FR", delivered: date | None = None) -> OrderRead:
    total = Money(sum(line.value.cents for line in lines), "EUR")
    return OrderRead("order/1", "#1042", cast.NOW, delivered, "pos", total, None, lines, country=country)


def of(line: LineRead, *attributes: tuple[str | None, str, str]):
    (piece,) = sold_read(order(line), CLEO, OrderSignals(attributes=attributes)).pieces
    return piece


def test_the_order_says_when_where_and_by_what_way_it_was_sold() -> None:
    sold = sold_read(order(RING, CHAIN, delivered=date(2026, 11, 3)), CLEO, OrderSignals())
    assert (sold.bought_on, sold.delivered_on) == (cast.NOW.date(), date(2026, 11, 3))
    assert (sold.channel, sold.country) == ("pos", "FR")
    assert [(piece.line_gid, piece.quantity) for piece in sold.pieces] == [("line/1", 1), ("line/2", 2)]


def test_where_the_order_says_no_country_the_client_s_own_stands() -> None:
    assert sold_read(order(RING, country=""), CLEO, OrderSignals()).country == "CH"


def test_a_piece_is_told_by_its_type_its_tags_its_collections_and_what_was_written_on_it() -> None:
    told = LineRead(
        "line/1",
        "Ring",
        "",
        "",
        1,
        Money(1, "EUR"),
        "Ring",
        tags=("gold", ""),
        collections=("Bridal",),
        marks=("Engraving",),
    )
    assert of(told).words == ("Ring", "gold", "Bridal", "Engraving")


def test_what_shopify_does_not_show_is_no_word() -> None:
    assert of(CHAIN).words == ()


@pytest.mark.parametrize(
    ("key", "value", "serial", "certificate"),
    [
        ("Serial number", "M-1042", "M-1042", ""),
        ("_serial", "M-1042", "M-1042", ""),
        ("SERIAL", "M-1042", "M-1042", ""),
        ("Certificate", "GIA 2141438171", "", "GIA 2141438171"),
        ("GIA report", "2141438171", "", "2141438171"),
        ("Engraving", "For Cleo", "", ""),
    ],
)
def test_number_and_certificate_are_read_off_the_line(key: str, value: str, serial: str, certificate: str) -> None:
    piece = of(RING, ("line/1", key, value))
    assert (piece.serial, piece.certificate) == (serial, certificate)


def test_another_line_s_number_is_not_this_piece_s_nor_is_the_whole_order_s() -> None:
    piece = of(RING, ("line/2", "Serial", "not mine"), (None, "Serial", "nobody's"))
    assert piece.serial == ""
