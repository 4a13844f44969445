"""The engine's own rows: counted, purged, and made due when somebody mended what a job waited for."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

import jobs
from jobs import attempts
from jobs.attempts import run_attempt, wake, wake_again
from jobs.models import JobTrouble, TroubleState
from jobs.queue import put
from jobs.rows import depth, holds_jobs, purge
from kit.clock import now
from kit.db import Database, is_sqlite
from kit.errors import Waiting


def table(session) -> str:
    return "workflow_status" if is_sqlite(session) else "dbos.workflow_status"


def set_row(database: Database, job_id: str, **values) -> None:
    with database.begin() as session:
        parts = ", ".join(f"{name} = :{name}" for name in values)
        session.connection().execute(
            sa.text(f"UPDATE {table(session)} SET {parts} WHERE workflow_uuid = :id"), {**values, "id": job_id}
        )


def ids(database: Database) -> set[str]:
    with database.begin() as session:
        return set(session.connection().execute(sa.text(f"SELECT workflow_uuid FROM {table(session)}")).scalars())


def secure(database: Database, job_id: str, **options) -> str:
    with database.begin() as session:
        return jobs.enqueue(session, "test.note", job_id=job_id, **options)


def millis(days: float) -> int:
    return int((now() - timedelta(days=days)).timestamp() * 1000)


def test_what_is_not_finished_is_counted_by_state(database: Database) -> None:
    for job_id in ("a", "b", "c", "d"):
        secure(database, job_id)
    secure(database, "later", at=now() + timedelta(hours=1))
    set_row(database, "b", status="PENDING", executor_id="w-1")
    set_row(database, "c", status="SUCCESS")
    with database.begin() as session:
        assert depth(session) == {"ENQUEUED": 2, "PENDING": 1, "DELAYED": 1}
        assert holds_jobs(session, "w-1") and not holds_jobs(session, "w-2")


def test_finished_jobs_go_after_thirty_days_and_the_clocks_own_after_two(database: Database, monkeypatch) -> None:
    monkeypatch.setattr("jobs.rows.BATCH", 2)
    for n in range(5):
        secure(database, f"old-{n}")
        set_row(database, f"old-{n}", status="SUCCESS", updated_at=millis(30.1))
    for name, status, days in [
        ("young", "SUCCESS", 29.9),
        ("failed", "ERROR", 31),
        ("waits", "ENQUEUED", 90),
        ("runs", "PENDING", 90),
        ("periodic:x:1", "SUCCESS", 2.1),
        ("periodic:x:2", "SUCCESS", 1.9),
    ]:
        secure(database, name)
        set_row(database, name, status=status, updated_at=millis(days))
    purge(database.begin)
    assert ids(database) == {"young", "waits", "runs", "periodic:x:2"}


# --- mended


def wait_for_a_person(database: Database, root: str, *, shop_id: int = 7, attempt: int = 0) -> None:
    def job(begin, **_):
        raise Waiting("The address is missing.", retry_after=600)

    name = root if attempt == 0 else f"{root}#{attempt}"
    payload = {"job": name, "root": root, "attempt": attempt, "key": "", "args": {"shop_id": shop_id}}
    if attempt == 0:
        with database.begin() as session:
            put(session, "test.note", payload, key=None, at=None)
    assert run_attempt(database.begin, {"test.note": job}, "test.note", payload) == "waiting"


def delayed(database: Database) -> dict[str, int]:
    with database.begin() as session:
        rows = session.connection().execute(
            sa.text(f"SELECT workflow_uuid, delay_until_epoch_ms FROM {table(session)} WHERE status = 'DELAYED'")
        )
        return {job_id: int(at) for job_id, at in rows}


def test_a_job_that_waited_begins_at_once_when_its_cause_is_mended_and_runs_no_oftener(database: Database) -> None:
    wait_for_a_person(database, "mine")
    wait_for_a_person(database, "strangers", shop_id=8)
    before = ids(database)
    assert delayed(database)["mine#1"] > (now() + timedelta(minutes=8)).timestamp() * 1000
    with database.begin() as session:
        assert wake(session, shop_id=7, now=now()) == 1
    assert delayed(database)["mine#1"] <= now().timestamp() * 1000
    assert delayed(database)["strangers#1"] > (now() + timedelta(minutes=8)).timestamp() * 1000
    with database.begin() as session:
        row = session.exec(select(JobTrouble).where(JobTrouble.root_id == "mine")).one()
        assert row.next_at is not None and row.next_at <= now()
        assert depth(session)["DELAYED"] == 3, "the two attempts that were there, and the second look"
    assert len(ids(database) - before) == 1, "no attempt was added"


def test_what_runs_or_was_given_up_is_left_alone(database: Database) -> None:
    wait_for_a_person(database, "runs")
    set_row(database, "runs#1", status="PENDING")
    wait_for_a_person(database, "given up")
    with database.begin() as session:
        session.connection().execute(
            sa.update(JobTrouble).where(col(JobTrouble.root_id) == "given up").values(state=TroubleState.GIVEN_UP)
        )
        assert wake(session, shop_id=7, now=now(), again=False) == 0


def test_waking_is_undone_with_the_transaction_that_mended(database: Database) -> None:
    wait_for_a_person(database, "mine")
    with pytest.raises(RuntimeError), database.begin() as session:
        assert wake(session, shop_id=7, now=now()) == 1
        raise RuntimeError("the form could not be saved")
    assert delayed(database)["mine#1"] > (now() + timedelta(minutes=8)).timestamp() * 1000


def test_an_attempt_that_saw_things_as_they_were_is_woken_by_the_second_look(database: Database) -> None:
    with database.begin() as session:
        wake(session, shop_id=7, now=now())
    wait_for_a_person(database, "was under way")
    (second,) = [i for i in delayed(database) if i != "was under way#1"]
    assert delayed(database)[second] <= (now() + attempts.AGAIN).timestamp() * 1000
    wake_again(database.begin, shop_id=7)
    assert delayed(database)["was under way#1"] <= now().timestamp() * 1000
    assert len(delayed(database)) == 2, "the second look asks for no third"


def test_a_reason_that_names_an_erased_client_goes(database: Database) -> None:
    wait_for_a_person(database, "mine")
    with database.begin() as session:
        attempts.blank_reasons(session, shop_id=7, words=["cleo@example.com"])
        attempts.blank_reasons(session, shop_id=8, words=["address"])
    with database.begin() as session:
        assert session.exec(select(JobTrouble.reason)).one() == "The address is missing."
        attempts.blank_reasons(session, shop_id=7, words=["address"])
    with database.begin() as session:
        assert "address" not in session.exec(select(JobTrouble.reason)).one()
