"""One database, two dialects: the same promises on both."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import StatementError
from sqlmodel import Session, select

from jobs.models import WorkerBeat
from kit.db import Database, insert_once, is_sqlite, locked
from shops.models import Shop, ShopState
from tests.cast import NOW


def shop(domain: str = "verdane.myshopify.com") -> Shop:
    return Shop(domain=domain, installed_at=NOW, state=ShopState.RECONNECT)


def domains(database: Database) -> list[str]:
    with database.begin() as session:
        return list(session.exec(select(Shop.domain)))


def test_a_row_goes_in_once_and_a_copy_is_told_so(database: Database) -> None:
    with database.begin() as session:
        assert insert_once(session, shop()) is True
        assert insert_once(session, shop()) is False
    with database.begin() as session:
        assert insert_once(session, shop()) is False
        found = session.exec(select(Shop)).one()
        assert found.state is ShopState.RECONNECT and found.access_token is None


def test_of_eight_who_insert_the_same_at_once_one_is_told_yes(database: Database) -> None:
    gate, told = threading.Barrier(8), []

    def insert() -> None:
        gate.wait()
        with database.begin() as session:
            told.append(insert_once(session, shop()))

    threads = [threading.Thread(target=insert) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == [False] * 7 + [True]


def test_a_block_that_raises_leaves_nothing(database: Database) -> None:
    def broken(session: Session) -> None:
        insert_once(session, shop("a.myshopify.com"))
        session.add(shop("b.myshopify.com"))
        session.flush()
        raise KeyError("in the middle")

    with pytest.raises(KeyError), database.begin() as session:
        broken(session)
    assert domains(database) == []


def test_rows_stay_readable_after_their_transaction(database: Database) -> None:
    with database.begin() as session:
        row = shop()
        session.add(row)
    assert row.id is not None and row.domain == "verdane.myshopify.com"


def test_a_naive_time_is_refused(database: Database) -> None:
    naive = datetime(2026, 11, 24, 9)  # noqa: DTZ001
    with pytest.raises(StatementError, match=r"naive|timezone|tzinfo|aware"), database.begin() as session:
        session.add(WorkerBeat(slot="x", beat_at=naive, started_at=NOW))


def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    with database.begin() as session:
        session.add(WorkerBeat(slot="x", beat_at=NOW, started_at=NOW))
    with database.begin() as session:
        found = session.exec(select(WorkerBeat)).one()
        assert found.beat_at == NOW and found.beat_at.utcoffset() == datetime.now(UTC).utcoffset()


def test_eight_who_read_and_then_write_do_not_deadlock(database: Database) -> None:
    with database.begin() as session:
        session.add(WorkerBeat(slot="x", beat_at=NOW, started_at=NOW))
    failures: list[Exception] = []

    def touch(number: int) -> None:
        try:
            for turn in range(5):
                with database.begin() as session:
                    session.exec(select(WorkerBeat)).all()
                    session.add(WorkerBeat(slot=f"{number}-{turn}", beat_at=NOW, started_at=NOW))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=touch, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    with database.begin() as session:
        assert len(session.exec(select(WorkerBeat)).all()) == 41


def adds(database: Database, *, before: bool) -> int:
    """Four who add to one number of a row ten times each, as it was read; with `before`, read once already."""
    with database.begin() as session:
        session.add(shop())
    mine = select(Shop).where(Shop.domain == "verdane.myshopify.com")
    gate = threading.Barrier(4)

    def add() -> None:
        gate.wait(30)
        for _ in range(10):
            with database.begin() as session:
                if before:
                    session.exec(mine).one()
                row = locked(session, mine).one()
                row.name = str(int(row.name or 0) + 1)
                session.add(row)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with database.begin() as session:
        return int(session.exec(mine).one().name)


@pytest.mark.parametrize("before", [False, True], ids=["unread", "read before"])
def test_a_locked_row_is_as_it_is_now_and_nobody_elses_until_the_end(database: Database, before: bool) -> None:
    assert adds(database, before=before) == 40


def test_a_row_is_locked_after_a_write_as_well_and_what_was_not_written_yet_stays(database: Database) -> None:
    with database.begin() as session:
        session.add(shop())
        row = locked(session, select(Shop)).one()
        row.name = "Verdane"
        assert locked(session, select(Shop)).one().name == "Verdane"
    assert domains(database) == ["verdane.myshopify.com"]


def test_sqlite_keeps_a_commit_through_a_power_cut_and_erases_from_the_file(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.begin() as session:
        assert is_sqlite(session)
        connection = session.connection()
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
    database.close()
    assert found == PRAGMAS


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 0}
