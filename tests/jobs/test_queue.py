"""Securing a job: it exists when, and only when, its transaction commits. The engine's own rows are looked at."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import jobs
from jobs import queue as jobs_queue
from kit.db import Database, is_sqlite


@dataclass(frozen=True)
class Scanned:
    """Has fields named like enqueue's own parameters, as TrackerUpdated does."""

    shop_id: int
    at: str
    name: str
    key: str

    @property
    def order_key(self) -> str:
        return f"parcel:{self.shop_id}"


@dataclass(frozen=True)
class Unheard:
    shop_id: int


@pytest.fixture(autouse=True)
def events(monkeypatch):
    monkeypatch.setattr(jobs_queue, "_events", {Scanned: ("one.job", "another.job")})


def rows(database: Database) -> list[Any]:
    with database.begin() as session:
        schema = "" if is_sqlite(session) else "dbos."
        query = (
            "SELECT s.workflow_uuid, s.name, s.status, s.queue_name, s.queue_partition_key, i.inputs, "
            f"s.application_version FROM {schema}workflow_status s "
            f"LEFT JOIN {schema}workflow_input i USING (workflow_uuid) ORDER BY s.created_at, s.workflow_uuid"
        )
        return list(session.connection().execute(sa.text(query)))


def payload(row: Any) -> dict[str, Any]:
    found = json.loads(row.inputs)["args"][0]
    assert isinstance(found, dict)
    return found


def test_a_job_is_there_once_its_transaction_committed(database: Database) -> None:
    with database.begin() as session:
        job_id = jobs.enqueue(session, "one.job", shop_id=7)
    (row,) = rows(database)
    assert (row.workflow_uuid, row.name, row.status, row.queue_name) == (job_id, "one.job", "ENQUEUED", "work")
    assert payload(row) == {"job": job_id, "root": job_id, "attempt": 0, "key": "", "args": {"shop_id": 7}}


def test_a_job_of_a_rolled_back_transaction_never_was(database: Database) -> None:
    with pytest.raises(KeyError), database.begin() as session:
        jobs.enqueue(session, "one.job", shop_id=7)
        raise KeyError("no")
    assert rows(database) == []


def test_the_same_id_is_secured_once_even_in_two_transactions(database: Database) -> None:
    for _ in range(2):
        with database.begin() as session:
            jobs.enqueue(session, "one.job", job_id="periodic:one:1")
            jobs.enqueue(session, "one.job", job_id="periodic:one:1")
    assert [row.workflow_uuid for row in rows(database)] == ["periodic:one:1"]


def test_a_job_for_later_waits(database: Database) -> None:
    with database.begin() as session:
        jobs.enqueue(session, "one.job", at=datetime.now(UTC) + timedelta(days=2))
        jobs.enqueue(session, "one.job", at=datetime.now(UTC) - timedelta(days=2))
    assert sorted(row.status for row in rows(database)) == ["DELAYED", "ENQUEUED"]


def test_jobs_of_a_key_go_to_the_queue_that_keeps_their_order(database: Database) -> None:
    with database.begin() as session:
        jobs.enqueue(session, "one.job", key="return:7:1")
    (row,) = rows(database)
    assert (row.queue_name, row.queue_partition_key) == ("by_key", "return:7:1")


def test_jobs_are_pinned_to_one_version_so_that_the_next_release_takes_them(database: Database) -> None:
    with database.begin() as session:
        jobs.enqueue(session, "one.job")
    assert rows(database)[0].application_version == "1"


def test_ids_sort_in_the_order_they_were_given() -> None:
    ids = [jobs_queue._next_id() for _ in range(300)]
    assert ids == sorted(ids) and len(set(ids)) == 300


def test_an_event_becomes_its_jobs_with_all_its_fields_whatever_their_names(database: Database) -> None:
    event = Scanned(shop_id=7, at="2026-11-24T09:00:00Z", name="Meridian", key="k")
    with database.begin() as session:
        jobs.publish(session, event)
    found = rows(database)
    assert [row.name for row in found] == ["one.job", "another.job"]
    assert [payload(row)["args"] for row in found] == [asdict(event)] * 2
    assert {row.queue_partition_key for row in found} == {"parcel:7"} and {row.status for row in found} == {"ENQUEUED"}


def test_an_event_nobody_listens_to_secures_nothing(database: Database) -> None:
    with database.begin() as session:
        jobs.publish(session, Unheard(7))
    assert rows(database) == []


def test_arguments_are_kept_as_json_and_never_as_code(database: Database) -> None:
    with database.begin() as session:
        jobs.enqueue(session, "one.job", words='"; DROP TABLE shop; -- é', nothing=None, many=[1, {"a": 2}])
    args = payload(rows(database)[0])["args"]
    assert args == {"words": '"; DROP TABLE shop; -- é', "nothing": None, "many": [1, {"a": 2}]}
