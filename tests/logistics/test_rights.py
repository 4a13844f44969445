"""Granting money and paying it are two rights, and nobody loses the last one who pays."""

from typing import Any

import pytest

from kit.db import Database
from kit.errors import AppError
from logistics.models import LogisticsPolicy, Settlement
from logistics.rights import BOTH, GRANT, Forbidden, Rights, give_rights, must_confirm, rights, rights_of
from logistics.states import SettlementState
from tests.cast import NOW, alice, number

PAY, NEITHER = Rights(may_grant=False, may_pay=True), Rights(may_grant=False, may_pay=False)
OVER_A_THOUSAND = LogisticsPolicy(shop_id=1, finance_above_cents=100_000)


def amount(cents: int, **values: Any) -> Settlement:
    given: dict[str, Any] = {"shop_cents": cents, "amount_cents": cents, "currency": "USD"} | values
    return Settlement(rma_id=1, shop_id=1, batch=1, proposed_at=NOW, **given)


@pytest.mark.parametrize(
    ("above", "batch", "confirmed"),
    [
        pytest.param(100_000, amount(100_000), False, id="at the limit an advisor's yes is enough"),
        pytest.param(100_000, amount(100_001), True, id="a cent above it is confirmed"),
        pytest.param(0, amount(1), True, id="a limit of nothing: every amount is confirmed"),
        pytest.param(None, amount(10**9), False, id="no limit: none is"),
        pytest.param(0, amount(0), False, id="where no money moves there is nothing to confirm"),
        pytest.param(100_000, amount(5, shop_cents=None), True, id="Shopify said no amount in the shop's money"),
        pytest.param(100_000, amount(5, elsewhere_cents=1), True, id="some of it is paid elsewhere"),
        pytest.param(100_000, amount(0, elsewhere_cents=1), True, id="all of it is paid elsewhere"),
        pytest.param(100_000, amount(9_999_999, shop_cents=90_000), False, id="the shop's own money counts"),
    ],
)
def test_above_the_merchants_limit_those_who_pay_confirm(above: int | None, batch: Settlement, confirmed: bool) -> None:
    assert must_confirm(LogisticsPolicy(shop_id=1, finance_above_cents=above), batch) is confirmed


SMALL, LARGE = amount(50_000), amount(500_000)


@pytest.mark.parametrize(
    ("who", "batch", "settles"),
    [
        pytest.param(GRANT, SMALL, True, id="an advisor settles a small one"),
        pytest.param(GRANT, LARGE, False, id="and only grants a large one"),
        pytest.param(PAY, LARGE, True, id="who pays settles either"),
        pytest.param(PAY, SMALL, True, id="the small one too"),
        pytest.param(BOTH, LARGE, True, id="with both it is one click"),
        pytest.param(NEITHER, SMALL, False, id="with neither, nothing"),
    ],
)
def test_whose_click_sends_it(who: Rights, batch: Settlement, settles: bool) -> None:
    assert who.may_settle(batch, OVER_A_THOUSAND) is settles


NOT_YOURS = "You may look at this amount. Granting or paying it is another person's right."
FIRST_GRANTED = "Somebody with the right to grant it says yes first; then you confirm it."
LOOKED_INTO = "Whether this went out is looked into by somebody with the right to pay."
UNSETTLED = amount(500_000, state=SettlementState.UNSETTLED)


@pytest.mark.parametrize(
    ("who", "batch", "words"),
    [
        pytest.param(NEITHER, SMALL, NOT_YOURS, id="neither right"),
        pytest.param(PAY, LARGE, FIRST_GRANTED, id="paid before anybody granted it"),
        pytest.param(PAY, amount(500_000, granted_at=NOW), "", id="granted, then paid"),
        pytest.param(PAY, SMALL, "", id="nobody has to confirm it, so nobody has to grant it first"),
        pytest.param(GRANT, LARGE, "", id="granting is always the first step"),
        pytest.param(GRANT, UNSETTLED, LOOKED_INTO, id="whether it went is no question for an advisor"),
        pytest.param(PAY, UNSETTLED, "", id="but for who pays"),
        pytest.param(BOTH, LARGE, "", id="both rights"),
    ],
)
def test_who_may_not_click_is_told_why(who: Rights, batch: Settlement, words: str) -> None:
    if not words:
        who.check(batch, OVER_A_THOUSAND)
        return
    with pytest.raises(Forbidden) as refused:
        who.check(batch, OVER_A_THOUSAND)
    assert (str(refused.value), refused.value.status) == (words, 403)


@pytest.mark.parametrize(("who", "grants", "pays"), [(BOTH, True, True), (GRANT, True, False), (NEITHER, False, False)])
def test_a_step_that_asks_for_one_right_refuses_who_has_only_the_other(who: Rights, grants: bool, pays: bool) -> None:
    for allowed, ask in ((grants, who.must_grant), (pays, who.must_pay)):
        if allowed:
            ask()
        else:
            with pytest.raises(Forbidden, match="another person's right"):
                ask()


# --- the rows


@pytest.fixture
def shop(database: Database) -> Any:
    with database.begin() as session:
        yield session, number(alice(session).id), number(alice(session, "dana.myshopify.com", "Dana").id)


def give(shop: Any, who: str, *, grant: bool = False, pay: bool = False) -> None:
    give_rights(shop[0], shop_id=shop[1], who=who, name=who.title(), may_grant=grant, may_pay=pay)
    shop[0].flush()


def has(shop: Any, who: str) -> tuple[bool, bool]:
    found = rights_of(shop[0], shop_id=shop[1], who=who)
    return found.may_grant, found.may_pay


def test_until_somebody_is_named_whoever_is_in_the_admin_has_both(shop: Any) -> None:
    assert has(shop, "bob") == (True, True)
    give(shop, "alice", grant=True, pay=True)
    assert has(shop, "bob") == (False, False) and has(shop, "alice") == (True, True)


def test_rights_are_those_of_one_shop(shop: Any) -> None:
    give(shop, "alice", pay=True)
    session, _, danas = shop
    assert rights(session, shop_id=danas) == [] and rights_of(session, shop_id=danas, who="alice") == BOTH


def test_the_last_who_may_pay_keeps_that_right(shop: Any) -> None:
    give(shop, "alice", grant=True, pay=True)
    give(shop, "bob", grant=True)
    for grant in (True, False):
        with pytest.raises(AppError, match="Somebody has to be able to pay"):
            give(shop, "alice", grant=grant)
    give(shop, "bob", pay=True)
    give(shop, "alice", grant=True)
    assert has(shop, "alice") == (True, False) and has(shop, "bob") == (False, True)


def test_the_first_who_is_named_has_to_be_one_who_pays(shop: Any) -> None:
    with pytest.raises(AppError, match="Give that right to a person first"):
        give(shop, "bob", grant=True)
    assert has(shop, "bob") == (True, True)


def test_the_only_one_named_may_be_taken_out_again_and_all_is_as_before(shop: Any) -> None:
    give(shop, "alice", grant=True, pay=True)
    give(shop, "alice")
    assert rights(shop[0], shop_id=shop[1]) == [] and has(shop, "bob") == (True, True)


def test_named_twice_is_one_row_with_the_newer_rights_and_taking_from_nobody_is_nothing(shop: Any) -> None:
    give(shop, "alice", pay=True)
    give(shop, "alice", grant=True, pay=True)
    give(shop, "zoe")
    assert [(row.who, row.name, row.may_grant, row.may_pay) for row in rights(shop[0], shop_id=shop[1])] == [
        ("alice", "Alice", True, True)
    ]
