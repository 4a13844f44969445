"""Issue 7, holds: fifty ask for the last piece at once; the database lets one have it, and its end frees it."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from consults.pieces import holds, stock
from consults.pieces.holds import NotFree, hold_piece
from consults.pieces.jobs import FREE_SECONDS
from consults.pieces.kinds import Piece
from consults.pieces.models import PieceHold
from kit.db import Database
from shops import crypt
from tests import cast
from tests.jobs_at_hand import Queue


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    crypt.use_keys("test-token-key")
    made = Database(database_url, pool_size=25)
    yield made
    made.close()


@pytest.fixture
def clients(database: Database) -> tuple[int, int, list[int]]:
    """Alice's shop with one Lower Meridian left, and fifty clients who might like it."""
    with database.begin() as session:
        shop = cast.alice(session)
        bob = cast.bob(session, shop)
        shop_id, bob_id = cast.number(shop.id), cast.number(bob.id)
        gids = [f"gid://shopify/Return/{n}" for n in range(100, 150)]
        cases = [cast.number(cast.cleos_case(session, shop, bob, return_gid=gid).id) for gid in gids]
        last = Piece("v1", "p1", "Lower Meridian ring", "ring", "emerald", "52", 1_540_000, available=1)
        stock.keep_pieces(session, shop_id=shop_id, pieces=[last], now=cast.NOW)
    return shop_id, bob_id, cases


def try_all(database: Database, clients: tuple[int, int, list[int]], at: Any = cast.NOW) -> tuple[list[int], list[int]]:
    """Everybody at once; who has it, and who was told that it is gone."""
    shop_id, bob_id, cases = clients
    together, have, told = threading.Barrier(len(cases)), [], []

    def ask(case_id: int) -> None:
        together.wait(timeout=60)
        try:
            with database.begin() as session:
                about: dict[str, Any] = {"shop_id": shop_id, "case_id": case_id, "advisor_id": bob_id}
                hold_piece(session, variant_gid="v1", now=at, **about)
            have.append(case_id)
        except NotFree:
            told.append(case_id)

    threads = [threading.Thread(target=ask, args=(case_id,)) for case_id in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return have, told


def test_of_50_parallel_holds_on_the_last_piece_one_wins_and_its_end_frees_it(
    database_url: str, queue: Queue, clients: tuple[int, int, list[int]], database: Database
) -> None:
    have, told = try_all(database, clients)
    assert (len(have), len(told)) == (1, 49)
    with database.begin() as session:
        (row,) = session.exec(select(PieceHold)).all()
        until = row.expires_at
    with database.begin() as session:
        assert holds.free_expired(session, now=until - timedelta(seconds=1)) == 0
    with database.begin() as session:
        assert holds.free_expired(session, now=until + timedelta(seconds=FREE_SECONDS)) == 1
    again, _ = try_all(database, clients, until + timedelta(minutes=1))
    assert len(again) == 1
    with database.begin() as session:
        live = session.exec(select(PieceHold).where(col(PieceHold.freed_at).is_(None))).all()
        assert [hold.case_id for hold in live] == again
