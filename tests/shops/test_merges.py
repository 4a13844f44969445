"""Which record stands for which, in whatever order Shopify tells of the merges."""

from itertools import pairwise, permutations

import pytest
from sqlmodel import Session, select

from kit.db import Database
from shops.merges import MOST_STEPS, forget, merged_into, note_merge, standing
from shops.models import ClientMerge
from tests import cast

A, B, C, D = (f"gid://shopify/Customer/{n}" for n in range(1, 5))


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: nothing here is the database's own to decide."""
    return sqlite_url


@pytest.fixture
def shop_id(database: Database) -> int:
    with database.begin() as session:
        return cast.number(cast.alice(session).id)


def told(session: Session, shop_id: int, *merges: tuple[str, str]) -> tuple[str, list[str]]:
    for gone, kept in merges:
        found = note_merge(session, shop_id=shop_id, gone_gid=gone, kept_gid=kept)
    return found


def test_a_record_merged_into_none_stands_for_itself(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        assert standing(session, shop_id=shop_id, client_gid=A) == A
        assert merged_into(session, shop_id=shop_id, client_gid=A) == []


@pytest.mark.parametrize("order", list(permutations([(A, B), (B, C), (D, B)])), ids=str)
def test_the_last_one_stands_for_all_whatever_was_told_first(
    database: Database, shop_id: int, order: tuple[tuple[str, str], ...]
) -> None:
    with database.begin() as session:
        last, former = told(session, shop_id, *order)
        assert last == C
        assert {standing(session, shop_id=shop_id, client_gid=gid) for gid in (A, B, C, D)} == {C}
        assert sorted(merged_into(session, shop_id=shop_id, client_gid=C)) == [A, B, D]
        assert set(former) == {A, B, D}


def test_the_same_word_twice_is_one_merge(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        assert told(session, shop_id, (A, B), (A, B)) == (B, [A])
        assert len(session.exec(select(ClientMerge)).all()) == 1


def test_two_that_are_said_to_have_become_each_other_come_to_an_end(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        last, former = told(session, shop_id, (A, B), (B, A))
        assert {last, *former} == {A, B} and last not in former


def test_a_merge_is_one_shops_own(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        dana_id = cast.number(cast.alice(session, "dana.myshopify.com").id)
        told(session, shop_id, (A, B))
        assert standing(session, shop_id=dana_id, client_gid=A) == A
        assert merged_into(session, shop_id=dana_id, client_gid=B) == []
        forget(session, shop_id=dana_id, client_gid=B)
        assert standing(session, shop_id=shop_id, client_gid=A) == B


def test_a_chain_of_more_than_anybody_merges_is_followed_no_further(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        gids = [f"gid://shopify/Customer/{n}" for n in range(MOST_STEPS + 5)]
        session.add_all(ClientMerge(shop_id=shop_id, gone_gid=one, kept_gid=other) for one, other in pairwise(gids))
        session.flush()
        assert standing(session, shop_id=shop_id, client_gid=gids[0]) == gids[MOST_STEPS - 1]
        assert len(merged_into(session, shop_id=shop_id, client_gid=gids[-1])) == MOST_STEPS


def test_with_a_clients_data_go_their_former_records_and_nobody_elses(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        told(session, shop_id, (A, B), (B, C), (D, "gid://shopify/Customer/5"))
        forget(session, shop_id=shop_id, client_gid=B)
        left = session.exec(select(ClientMerge.gone_gid)).all()
        assert left == [D], "what led to it and where it led"
