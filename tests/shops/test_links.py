"""Links that people carry."""

import threading
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from kit.db import Database
from kit.errors import NotFound
from shops import links
from shops.links import CONSULT, DESK, LIFETIME, RETURN, LinkDone, Opened
from shops.models import Link, Shop
from tests import cast
from tests.cast import NOW


def a_link(session: Session, purpose: str = DESK, subject_id: int = 11) -> str:
    found = session.exec(select(Shop)).first()
    shop = found or cast.alice(session)
    return links.issue_link(
        session, shop_id=cast.number(shop.id), purpose=purpose, subject_id=subject_id, person_id=5, now=NOW
    )


def opens(database: Database, token: str, purpose: str = DESK, at=NOW) -> Opened | type[Exception]:
    try:
        with database.begin() as session:
            return links.open_link(session, token, purpose=purpose, now=at)
    except (NotFound, LinkDone) as error:
        return type(error)


def test_a_link_stands_for_what_it_was_made_for_and_opening_changes_nothing(database: Database) -> None:
    with database.begin() as session:
        token = a_link(session)
    first, second = opens(database, token), opens(database, token)
    assert first == second
    assert isinstance(first, Opened) and (first.subject_id, first.person_id) == (11, 5)


def test_only_its_hash_is_kept(database: Database) -> None:
    with database.begin() as session:
        token = a_link(session)
        session.flush()
        row = session.exec(select(Link)).one()
        assert token not in repr(row.model_dump())


@pytest.mark.parametrize("purpose", [RETURN, CONSULT])
def test_a_link_of_another_purpose_is_not_found(database: Database, purpose: str) -> None:
    with database.begin() as session:
        token = a_link(session, DESK)
    assert opens(database, token, purpose) is NotFound


@pytest.mark.parametrize("token", ["", "x" * 32, "\udcff", "' OR 1=1 --"])
def test_a_token_we_never_gave_is_not_found(database: Database, token: str) -> None:
    assert opens(database, token) is NotFound


@pytest.mark.parametrize("purpose", [DESK, RETURN, CONSULT])
def test_it_ends_at_the_very_instant_it_says(database: Database, purpose: str) -> None:
    with database.begin() as session:
        token = a_link(session, purpose)
    end = NOW + LIFETIME[purpose]
    assert isinstance(opens(database, token, purpose, end - timedelta(microseconds=1)), Opened)
    assert opens(database, token, purpose, end) is LinkDone


def test_a_used_link_has_done_its_work(database: Database) -> None:
    with database.begin() as session:
        token = a_link(session)
    with database.begin() as session:
        assert links.use_link(session, token, purpose=DESK, now=NOW).subject_id == 11
    assert opens(database, token) is LinkDone
    with pytest.raises(LinkDone) as caught, database.begin() as session:
        links.use_link(session, token, purpose=DESK, now=NOW)
    assert caught.value.status == 410


def test_of_two_who_use_it_at_once_one_gets_in(database: Database) -> None:
    with database.begin() as session:
        token = a_link(session)
    gate, told = threading.Barrier(2), []

    def use() -> None:
        try:
            with database.begin() as session:
                links.open_link(session, token, purpose=DESK, now=NOW)
                gate.wait(10)
                links.use_link(session, token, purpose=DESK, now=NOW)
            told.append("in")
        except LinkDone:
            told.append("done")

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == ["done", "in"]


def test_revoking_ends_every_link_to_that_one_thing_and_no_other(database: Database) -> None:
    with database.begin() as session:
        mine, mine_too = a_link(session, RETURN), a_link(session, RETURN)
        others, consult = a_link(session, RETURN, 12), a_link(session, CONSULT)
        shop_id = cast.number(session.exec(select(Shop)).one().id)
        links.revoke_links(session, shop_id=shop_id, purpose=RETURN, subject_id=11, now=NOW)
    assert opens(database, mine, RETURN) is LinkDone and opens(database, mine_too, RETURN) is LinkDone
    assert isinstance(opens(database, others, RETURN), Opened)
    assert isinstance(opens(database, consult, CONSULT), Opened)


def test_a_link_that_has_done_its_work_still_says_whose_it_was(database: Database) -> None:
    with database.begin() as session:
        token = a_link(session)
        links.use_link(session, token, purpose=DESK, now=NOW)
        known = links.known_link(session, token, purpose=DESK)
        assert known is not None and known.subject_id == 11
        assert links.known_link(session, token, purpose=RETURN) is None
        assert links.known_link(session, "never given", purpose=DESK) is None
