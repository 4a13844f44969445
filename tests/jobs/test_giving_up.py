"""A person decides about a step that did not succeed: not any more, sooner, or once more."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from jobs.attempts import give_up, go_on, hurry, retry_job, retry_of, run_attempt
from jobs.models import JobTrouble, TroubleState
from jobs.rows import _jobs, depth
from kit.causes import Cause
from kit.clock import now
from kit.db import Database
from kit.errors import Conflict, OutsideError, Waiting

SHOP = 7


def fail(database: Database, error: Exception, *, root: str = "root", name: str = "a.job", **args: Any) -> None:
    def job(_begin: Any, **_args: Any) -> None:
        raise error

    payload = {"job": root, "root": root, "attempt": 0, "key": "k", "args": {"shop_id": SHOP, **args}}
    run_attempt(database.begin, {name: job}, name, payload)


def with_trouble(database: Database, act: Callable[[Session, JobTrouble], object]) -> JobTrouble:
    with database.begin() as session:
        row = session.exec(select(JobTrouble).with_for_update()).one()
        act(session, row)
    return row


def jobs_by_state(database: Database) -> dict[str, int]:
    with database.begin() as session:
        return {state: count for state, count in depth(session).items() if count}


def status(database: Database, job_id: str, to: str | None = None) -> str:
    with database.begin() as session:
        table = _jobs(session)
        mine = table.c.workflow_uuid == job_id
        if to:
            session.connection().execute(sa.update(table).where(mine).values(status=to))
        return str(session.connection().execute(sa.select(table.c.status).where(mine)).scalar_one())


@pytest.mark.parametrize("error", [Waiting("The label waits."), OutsideError("easypost", "away")])
def test_a_step_that_was_given_up_is_not_tried_again(database: Database, error: Exception) -> None:
    fail(database, error)
    assert jobs_by_state(database) == {"DELAYED": 1}
    row = with_trouble(database, give_up)
    assert (row.state, row.next_at) == (TroubleState.GIVEN_UP, None)
    assert jobs_by_state(database) == {} and status(database, "root#1") == "CANCELLED"
    with_trouble(database, give_up)  # a second press changes nothing


def test_it_may_be_started_afresh_all_the_same(database: Database) -> None:
    fail(database, Waiting("The label waits."))
    with_trouble(database, give_up)
    row = with_trouble(database, lambda session, row: retry_job(session, row, now=now()))
    assert row.state is TroubleState.RETRYING and status(database, "root#2") == "ENQUEUED"


def test_one_that_is_being_tried_is_not_given_up(database: Database) -> None:
    fail(database, Waiting("The label waits."))
    status(database, "root#1", to="PENDING")
    with pytest.raises(Conflict, match="at this moment"):
        with_trouble(database, give_up)
    assert with_trouble(database, lambda *_: None).state is TroubleState.WAITING


def test_one_that_waits_is_tried_sooner_and_stays_the_same_attempt(database: Database) -> None:
    fail(database, Waiting("The label waits.", retry_after=3600))
    before = with_trouble(database, lambda *_: None).next_at
    row = with_trouble(database, lambda session, row: hurry(session, row, now=now()))
    assert before and row.next_at and row.next_at < before
    assert jobs_by_state(database) == {"DELAYED": 1}, "not a second one"


def test_why_it_waits_is_kept_in_a_word_and_goes_with_the_reason(database: Database) -> None:
    fail(database, Waiting("Add the address.", cause=Cause.SENDER_ADDRESS))
    assert with_trouble(database, lambda *_: None).cause == "sender_address"
    fail(database, OutsideError("easypost", "401", permanent=True, cause=Cause.ACCOUNT))
    assert with_trouble(database, lambda *_: None).cause == "account"
    fail(database, ValueError("a fault of ours"))
    assert with_trouble(database, lambda *_: None).cause == ""


def test_what_was_corrected_on_one_return_sets_its_own_steps_going_only(database: Database) -> None:
    away = OutsideError("easypost", "address", permanent=True, cause=Cause.ADDRESS)
    fail(database, away, root="a", name="label", rma_id=1)
    fail(database, away, root="b", name="label", rma_id=2)
    fail(database, away, root="c", name="pay", rma_id=1)
    with database.begin() as session:
        assert retry_of(session, shop_id=SHOP, names=("label",), rma_id=1, now=now()) == 1
        assert retry_of(session, shop_id=SHOP + 1, names=("label",), rma_id=1, now=now()) == 0
    assert jobs_by_state(database) == {"ENQUEUED": 1} and status(database, "a#2") == "ENQUEUED"


def test_what_a_person_answers_is_told_to_the_job_that_waited_for_it(database: Database) -> None:
    fail(database, Waiting("Who comes for it?", cause=Cause.BOOKING), rma_id=5)
    row = with_trouble(database, lambda session, trouble: go_on(session, trouble, now=now(), way="courier"))
    assert (row.state, row.cause, row.args) == (
        TroubleState.RETRYING, "", {"shop_id": SHOP, "rma_id": 5, "way": "courier"},
    )  # fmt: skip
    assert (status(database, "root#1"), status(database, "root#2")) == ("CANCELLED", "ENQUEUED")


def test_an_answer_changes_nothing_while_the_job_is_being_tried(database: Database) -> None:
    fail(database, Waiting("Who comes for it?"))
    status(database, "root#1", to="PENDING")
    with pytest.raises(Conflict):
        with_trouble(database, lambda session, trouble: go_on(session, trouble, now=now(), way="courier"))
    with database.begin() as session:
        assert session.exec(select(JobTrouble)).one().args == {"shop_id": SHOP}
