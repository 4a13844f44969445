"""Households in slices: each a transaction of its own, so that nobody waits long, and a kill loses nothing."""

from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from sqlmodel import select

from kit.db import Database
from measures import history, tying
from measures.measured import HouseholdMember, HouseholdTie
from tests import cast
from tests.cast import NOW, number
from tests.measures.test_tallying import order

PEOPLE = 9


class Killed(Exception):
    """The worker died."""


def pairs(database: Database) -> int:
    """Nine couples, each of two records with one address."""
    with database.begin() as session:
        shop_id = number(cast.alice(session).id)
        for name in range(PEOPLE):
            for one in "ab":
                told = order(
                    f"C{name}{one}", order_gid=f"gid://shopify/Order/{name}{one}", email=f"c{name}@example.com"
                )
                history.keep_order(session, shop_id=shop_id, order=told)
    return shop_id


def homes(database: Database, shop_id: int) -> dict[str, str]:
    with database.begin() as session:
        found = session.exec(select(HouseholdMember).where(HouseholdMember.shop_id == shop_id)).all()
    return {row.key.rsplit("/", 1)[-1]: row.household.rsplit("/", 1)[-1] for row in found}


@pytest.mark.parametrize("dies_at", range(2, 12))
def test_killed_at_any_slice_the_next_look_ends_with_the_same_households(database: Database, dies_at: int) -> None:
    shop_id, begun = pairs(database), 0

    @contextmanager
    def mortal() -> Any:
        nonlocal begun
        begun += 1
        if begun == dies_at:
            raise Killed
        with database.begin() as session:
            yield session

    with patch.object(tying, "SOME", 2):
        try:
            tying.tie_all(mortal, shop_id=shop_id, now=NOW)
        except Killed:
            tying.tie_all(database.begin, shop_id=shop_id, now=NOW)
    expected = {f"C{name}{one}": f"C{name}a" for name in range(PEOPLE) for one in "ab"}
    assert homes(database, shop_id) == expected


def test_a_tie_undone_in_the_middle_of_a_chain_leaves_each_part_a_household(database: Database) -> None:
    """a-b by e-mail, b-c by telephone, c-d by e-mail: undoing b-c leaves a-b and c-d."""
    told = (("a", "one@example.com", ""), ("b", "one@example.com", "+33612345678"),
            ("c", "two@example.com", "+33612345678"), ("d", "two@example.com", ""))  # fmt: skip
    with database.begin() as session:
        shop_id = number(cast.alice(session).id)
        for name, email, phone in told:
            record = order(f"Cx{name}", order_gid=f"gid://shopify/Order/x{name}", email=email, phone=phone)
            history.keep_order(session, shop_id=shop_id, order=record)
    assert tying.tie_all(database.begin, shop_id=shop_id, now=NOW) == 3
    assert homes(database, shop_id) == {f"Cx{name}": "Cxa" for name in "abcd"}
    with database.begin() as session:
        tie = session.exec(select(HouseholdTie).where(HouseholdTie.by == "phone")).one()
        tying.undo(session, shop_id=shop_id, tie_id=number(tie.id), by="alice", now=NOW)
    assert homes(database, shop_id) == {"Cxa": "Cxa", "Cxb": "Cxa", "Cxc": "Cxc", "Cxd": "Cxc"}
