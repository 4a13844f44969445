"""A withdrawal made while everything else is down, and what becomes of it after the others came back."""

from typing import Any

import pytest
from sqlmodel import select

from kit.addresses import Addresses
from kit.errors import OutsideError
from logistics import statements, stating
from logistics.cover_models import RmaVerdict
from logistics.statement_models import StatementState, WithdrawalStatement
from logistics.withdrawals import acknowledge_withdrawal
from notifications.models import Message
from routing import openings
from shopify_app.mending import Look, needs_of
from shops.models import Shop
from tests import cast
from tests.journeys.edge_town import Town


def state(town: Town, order: str = "#1042", email: str = "", part: str = "", key: str = "k" * 30) -> int:
    """What the page does with the second press, and nothing else: no Shopify, no worker, no provider."""
    buyer = town.control("GET", "orders", query="name:1042")[0]["customer"]["email"]
    said = stating.Stated("Amara Whitlock", order, email or buyer, part)
    with town.database.begin() as session:
        about: dict[str, Any] = {"shop_id": town.shop_id, "key": key, "locale": "en", "now": town.times["now"]}
        return cast.number(stating.keep_statement(session, said, may_write=True, **about).id)


def row_of(town: Town, statement_id: int) -> WithdrawalStatement:
    with town.database.begin() as session:
        return statements.get_statement(session, shop_id=town.shop_id, statement_id=statement_id)


def letters(town: Town) -> list[Message]:
    with town.database.begin() as session:
        return [m for m in session.exec(select(Message)) if m.name.startswith("withdrawal_")]


def needs(town: Town) -> list[str]:
    with town.database.begin() as session:
        shop = session.get_one(Shop, town.shop_id)
        return [need.kind for need in needs_of(Look(session, shop, town.settings, town.times["now"]))]


def test_stated_while_shopify_is_down_it_is_acknowledged_at_once_and_carried_out_once_afterwards(town: Town) -> None:
    statement_id, stated_at = state(town), town.times["now"]
    assert state(town) == statement_id, "a second press is the same"
    assert [m.name for m in letters(town)] == ["withdrawal_stated"], "before anybody else was asked"
    town.control("POST", "faults", [{"operation": "OrderByName", "kind": "500", "times": 99}])
    with pytest.raises(OutsideError):
        town.work()
    town.control("POST", "faults", [])
    assert row_of(town, statement_id).state is StatementState.RECEIVED
    town.run("routing.carry_out_withdrawal", shop_id=town.shop_id, statement_id=statement_id)
    town.run("routing.carry_out_withdrawal", shop_id=town.shop_id, statement_id=statement_id)
    town.deliver()
    town.work()
    assert row_of(town, statement_id).state is StatementState.OPENED
    (rma,) = town.rows()[2]
    assert rma.order_name == "#1042"
    with town.database.begin() as session:
        verdict = session.exec(select(RmaVerdict)).one()
    assert verdict.asked_at == stated_at, "the law counts from the statement, not from our being up again"
    acknowledge_withdrawal(
        town.database.begin, addresses=Addresses("https://x.example"), shop_id=town.shop_id, rma_id=cast.number(rma.id)
    )
    assert [m.name for m in letters(town)] == ["withdrawal_stated"], "mailed once"


def try_again_what_was_lost(town: Town) -> None:
    """On a bad day: a person looks at the order, finds no return there, and has it opened once more."""
    for _ in range(20):
        with town.database.begin() as session:
            lost = openings.unsettled(session, shop_id=town.shop_id)
            for row in lost:
                openings.ask_again(session, shop_id=town.shop_id, opened_id=cast.number(row.id))
        if not lost:
            return
        town.work()


def test_who_types_anothers_order_opens_nothing_and_a_person_is_called(town: Town) -> None:
    stranger = state(town, email="somebody@else.example", key="s" * 30)
    unknown = state(town, order="#999999", key="u" * 30)
    part = state(town, part="the ring only", key="p" * 30)
    town.work()
    assert [row_of(town, n).state for n in (stranger, unknown, part)] == [StatementState.PERSON] * 3
    assert town.rows()[2] == [] and "withdrawal" in needs(town)
    assert "that number and address" in row_of(town, stranger).why and "by hand" in row_of(town, part).why
    with town.database.begin() as session:
        statements.try_again(session, shop_id=town.shop_id, statement_id=unknown, order_name="1042")
        for statement_id in (stranger, part):
            statements.see_to(
                session, shop_id=town.shop_id, statement_id=statement_id, by="staff:1", now=town.times["now"]
            )
    town.work()
    try_again_what_was_lost(town)
    town.deliver()
    town.work()
    assert row_of(town, unknown).state is StatementState.OPENED and len(town.rows()[2]) == 1
    assert "withdrawal" not in needs(town)


def test_withdrawn_twice_from_one_order_it_is_one_return(town: Town) -> None:
    first = state(town)
    town.work()
    town.deliver()
    second = state(town, key="z" * 30)
    town.work()
    assert row_of(town, first).state is StatementState.OPENED
    assert row_of(town, second).state is StatementState.PERSON and len(town.rows()[2]) == 1
