"""Did it happen? Only a plain yes and a plain no are acted on."""

from dataclasses import replace

import pytest

from kit.money import Money
from logistics.looking_back import Trace, look_back, snapshot
from logistics.reads import RefundRead, ReturnRead
from tests import cast
from tests.logistics.stand_ins import processed

BEFORE = replace(cast.cleos_read(), refunds=(RefundRead("gid://shopify/Refund/1", Money(5_000, "USD")),))
GID = BEFORE.lines[0].gid
PRICE = cast.PRICE


def after(quantity: int, *refunds: Money) -> ReturnRead:
    new = tuple(RefundRead(f"gid://shopify/Refund/{n}", amount) for n, amount in enumerate(refunds, 2))
    return replace(BEFORE, lines=processed(BEFORE, {GID: quantity}), refunds=(*BEFORE.refunds, *new))


@pytest.mark.parametrize(
    ("amount", "read", "trace"),
    [
        (PRICE, after(0), Trace.NOT_DONE),
        (PRICE, after(1, PRICE), Trace.DONE),
        (PRICE, after(1, Money(1_000_000, "USD"), Money(480_000, "USD")), Trace.DONE),
        (PRICE, after(1), Trace.UNCLEAR),
        (PRICE, after(0, PRICE), Trace.UNCLEAR),
        (PRICE, after(1, Money(1, "USD")), Trace.UNCLEAR),
        (PRICE, after(1, PRICE, PRICE), Trace.UNCLEAR),
        (PRICE, after(2, PRICE), Trace.UNCLEAR),
        (PRICE, after(1, Money(PRICE.cents, "EUR")), Trace.UNCLEAR),
        (PRICE, replace(BEFORE, lines=()), Trace.UNCLEAR),
        (Money(0, "USD"), after(1), Trace.DONE),
        (Money(0, "USD"), after(0), Trace.NOT_DONE),
        (Money(0, "USD"), after(1, PRICE), Trace.UNCLEAR),
    ],
)
def test_what_shopify_shows_says_whether_it_happened(amount: Money, read: ReturnRead, trace: Trace) -> None:
    lines = [{"return_line_gid": GID, "quantity": 1}]
    assert look_back(snapshot(BEFORE), lines, amount, read).trace is trace


def test_the_refund_that_is_ours_is_named() -> None:
    lines = [{"return_line_gid": GID, "quantity": 1}]
    assert look_back(snapshot(BEFORE), lines, PRICE, after(1, PRICE)).refund_gid == "gid://shopify/Refund/2"
