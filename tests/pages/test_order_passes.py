"""Who may speak for an order, carried in a form: signed, bound to a shop and an order, short-lived."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shopify_app.pages.portal.passes import LIFETIME, Acting, OrderPass, Proof, read_order_pass, write_order_pass
from tests.cast import NOW

CLEO = OrderPass(1, "gid://shopify/Order/1042", Acting.BUYER, Proof.CODE, "gid://shopify/Customer/7")
HERS = write_order_pass("today", CLEO, now=NOW)


def test_it_is_read_as_it_was_written_also_while_the_secret_is_changed() -> None:
    for who in (CLEO, replace(CLEO, acting=Acting.RECIPIENT, proof=Proof.LINK, client_gid="")):
        given = write_order_pass("today", who, now=NOW)
        assert read_order_pass(["today"], given, shop_id=1, now=NOW) == who
        assert read_order_pass(["tomorrow", "today"], given, shop_id=1, now=NOW) == who


@pytest.mark.parametrize(
    "secrets, given, shop_id, later",
    [
        (["tomorrow"], HERS, 1, timedelta()),
        (["today"], HERS, 2, timedelta()),
        (["today"], HERS, 1, LIFETIME),
        (["today"], HERS.replace(".", "", 1), 1, timedelta()),
        (["today"], "", 1, timedelta()),
        (["today"], "é" + HERS, 1, timedelta()),
        (["today"], HERS + "é", 1, timedelta()),
        (["today"], HERS + "a" * 600, 1, timedelta()),
    ],
)
def test_of_another_secret_shop_time_or_shape_it_is_nothing(
    secrets: list[str], given: str, shop_id: int, later: timedelta
) -> None:
    assert read_order_pass(secrets, given, shop_id=shop_id, now=NOW + later) is None


@given(place=some.integers(0, len(HERS) - 1), letter=some.characters(max_codepoint=127))
def test_with_one_letter_changed_it_is_nothing(place: int, letter: str) -> None:
    changed = HERS[:place] + letter + HERS[place + 1 :]
    assert (read_order_pass(["today"], changed, shop_id=1, now=NOW) is None) == (changed != HERS)
