"""What a night looks at again: of each shop its own returns, however many others have between them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from kit.db import Database
from measures import sampling
from measures.models import HistoricReturn
from tests import cast
from tests.cast import NOW, number


def returned(session: Session, shop_id: int, count: int) -> list[str]:
    gids = [f"{shop_id}-{n:04}" for n in range(count)]
    about: dict[str, Any] = {"shop_id": shop_id, "status": "CLOSED", "opened_at": NOW}
    session.add_all(HistoricReturn(**about, return_gid=f"r{gid}", order_gid=f"o{gid}") for gid in gids)
    session.flush()
    return [f"o{gid}" for gid in gids]


@pytest.fixture
def shops(database: Database) -> tuple[Database, int, int, list[str]]:
    """Alice's two returns, with six hundred of Dana's between them."""
    with database.begin() as session:
        alices = number(cast.alice(session).id)
        danas = number(cast.alice(session, "dana.myshopify.com", "Dana and Daughters").id)
        about: dict[str, Any] = {"shop_id": alices, "status": "CLOSED", "opened_at": NOW}
        session.add(HistoricReturn(**about, return_gid="first", order_gid="o-first"))
        session.flush()
        theirs = returned(session, danas, 600)
        session.add(HistoricReturn(**about, return_gid="last", order_gid="o-last"))
    return database, alices, danas, theirs


def test_a_small_shop_among_large_ones_is_looked_at_whole(shops: tuple[Database, int, int, list[str]]) -> None:
    database, alices, _danas, _theirs = shops
    with database.begin() as session:
        assert sampling.drawn(session, shop_id=alices, now=NOW) == ["o-first", "o-last"]


def test_of_a_large_shop_two_hundred_are_drawn_others_each_day_and_nobody_elses(
    shops: tuple[Database, int, int, list[str]],
) -> None:
    database, _alices, danas, theirs = shops
    with database.begin() as session:
        days = [sampling.drawn(session, shop_id=danas, now=NOW + timedelta(days=n)) for n in range(12)]
        again = sampling.drawn(session, shop_id=danas, now=NOW + timedelta(hours=3))
    assert [len(day) for day in days] == [200] * 12 and again == days[0]
    assert all(day != days[0] for day in days[1:])
    assert set().union(*days) <= set(theirs) and len(set().union(*days)) > 560, "each is as likely as another"
