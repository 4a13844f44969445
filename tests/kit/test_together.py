"""Statements that travel together say the same, and fail the same, as one after the other."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from kit.among import among
from kit.db import Database, holding, inserting
from kit.together import together
from shops.models import Shop, ShopState
from tests.cast import NOW

SHOPS: Any = sa.select(
    col(Shop.domain), col(Shop.state), col(Shop.installed_at), (col(Shop.state) == ShopState.ACTIVE).label("works")
).where(among(col(Shop.domain), "domains"))
COUNT: Any = sa.select(sa.func.count().label("many")).select_from(Shop).where(col(Shop.domain) > sa.bindparam("after"))
HERE, THERE = "here.myshopify.com", "there.myshopify.com"


def row(domain: str) -> dict[str, Any]:
    with_defaults = Shop(domain=domain, installed_at=NOW, state=ShopState.RECONNECT).model_dump(exclude={"id"})
    return {name: value for name, value in with_defaults.items() if value is not None}


def test_what_is_found_is_what_each_alone_would_find_with_the_same_types(database: Database) -> None:
    with database.begin() as session:
        insert = inserting(session)(Shop)
        nothing, _, shops, count = together(
            session,
            [
                (SHOPS, {"domains": [HERE]}),
                (insert, row(HERE)),
                (SHOPS, {"domains": [HERE, THERE]}),
                (COUNT, {"after": "a"}),
            ],
        )
    assert list(nothing) == [], "each sees what those before it wrote, and no more"
    [(domain, state, installed_at, works)] = shops
    assert (domain, state, works) == (HERE, ShopState.RECONNECT, False) and isinstance(state, ShopState)
    assert installed_at == NOW and installed_at.tzinfo is not None
    assert shops[0]._asdict()["domain"] == HERE and count[0].many == 1


def test_the_same_statements_are_asked_again_with_other_values(database: Database) -> None:
    with database.begin() as session:
        for domain in (HERE, THERE):
            together(session, [*holding(session, domain), (inserting(session)(Shop), row(domain))])
    for domain in (HERE, THERE, HERE):
        with database.begin() as session:
            shops, count = together(session, [(SHOPS, {"domains": [domain]}), (COUNT, {"after": domain})])
            assert [one.domain for one in shops] == [domain] and count[0].many == (domain == HERE)


def test_what_breaks_a_rule_is_said_as_always_and_leaves_nothing(database: Database) -> None:
    with pytest.raises(IntegrityError) as said, database.begin() as session:
        insert = inserting(session)(Shop)
        together(session, [(insert, row(HERE)), (insert, row(HERE)), (COUNT, {"after": "a"})])
    assert said.value.orig is not None
    with database.begin() as session:
        assert together(session, [(COUNT, {"after": "a"}), (COUNT, {"after": HERE})])[0][0].many == 0
