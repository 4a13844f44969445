"""One attempt at a job, and what follows from how it went."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from jobs import attempts
from jobs.attempts import BUG_ATTEMPTS, HORIZON, backoff_seconds, failed_jobs, retry_job, run_attempt
from jobs.models import JobTrouble, TroubleState
from kit.db import Database
from kit.errors import OutsideError, Waiting
from tests.cast import NOW
from tests.jobs_at_hand import Queue


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock(monkeypatch) -> Clock:
    mine = Clock()
    monkeypatch.setattr(attempts, "clock_now", mine)
    return mine


def payload(attempt: int = 0, key: str = "") -> dict[str, Any]:
    job = f"root#{attempt}" if attempt else "root"
    return {"job": job, "root": "root", "attempt": attempt, "key": key, "args": {"shop_id": 7}}


def fails(error: Exception) -> Callable[..., None]:
    def job(_begin: Any, **_args: Any) -> None:
        raise error

    return job


def attempt(database: Database, job: Callable[..., None], number: int = 0, key: str = "") -> str:
    return run_attempt(database.begin, {"a.job": job}, "a.job", payload(number, key))


def trouble(database: Database) -> JobTrouble | None:
    with database.begin() as session:
        return session.exec(select(JobTrouble)).first()


def the_trouble(database: Database) -> JobTrouble:
    row = trouble(database)
    assert row is not None
    return row


def test_a_job_that_succeeds_leaves_no_trouble(database: Database, queue: Queue, clock: Clock) -> None:
    seen = []
    assert attempt(database, lambda _begin, **args: seen.append(args)) == "done"
    assert seen == [{"shop_id": 7}] and trouble(database) is None and queue.waiting == []


def test_a_provider_that_was_away_is_tried_again_and_success_ends_the_trouble(
    database: Database, queue: Queue, clock: Clock
) -> None:
    assert attempt(database, fails(OutsideError("shopify", "answered 502")), key="case:1") == "retrying"
    row = the_trouble(database)
    assert (row.state, row.attempts, row.shop_id, row.reason) == (
        TroubleState.RETRYING,
        1,
        7,
        "shopify: answered 502",
    )
    ((name, again),) = queue.waiting
    assert name == "a.job"
    assert again == {"job": "root#1", "root": "root", "attempt": 1, "key": "case:1", "args": {"shop_id": 7}}
    assert attempt(database, lambda _begin, **_args: None, 1) == "done"
    assert trouble(database) is None


def test_the_provider_may_say_how_long_to_wait(database: Database, queue: Queue, clock: Clock) -> None:
    attempt(database, fails(OutsideError("shopify", "429", retry_after=90)))
    assert the_trouble(database).next_at == NOW + timedelta(seconds=90)


def test_what_waits_for_a_person_is_shown_with_its_sentence_and_waits_as_long_as_it_takes(
    database: Database, queue: Queue, clock: Clock
) -> None:
    assert attempt(database, fails(Waiting("Open the app once.", retry_after=600))) == "waiting"
    clock.at = NOW + 10 * HORIZON
    assert attempt(database, fails(Waiting("Open the app once.", retry_after=600)), 1) == "waiting"
    row = the_trouble(database)
    assert (row.reason, row.state, row.next_at) == (
        "Open the app once.",
        TroubleState.WAITING,
        clock.at + timedelta(minutes=10),
    )
    assert len(queue.waiting) == 2


def test_what_cannot_be_mended_by_trying_again_is_given_up_at_once(
    database: Database, queue: Queue, clock: Clock
) -> None:
    assert attempt(database, fails(OutsideError("shopify", "no such return", permanent=True))) == "given_up"
    row = the_trouble(database)
    assert (row.state, row.next_at) == (TroubleState.GIVEN_UP, None) and queue.waiting == []


def test_our_own_bug_is_given_up_after_a_few_tries(database: Database, queue: Queue, clock: Clock) -> None:
    outcomes = [attempt(database, fails(KeyError("lines")), number) for number in range(BUG_ATTEMPTS)]
    assert outcomes == ["retrying"] * (BUG_ATTEMPTS - 1) + ["given_up"]
    assert the_trouble(database).reason == "KeyError: 'lines'"
    assert len(queue.waiting) == BUG_ATTEMPTS - 1


def test_a_job_nobody_knows_is_shown_and_not_lost(database: Database, queue: Queue, clock: Clock) -> None:
    assert run_attempt(database.begin, {}, "gone.job", payload()) == "retrying"
    assert "gone.job" in the_trouble(database).reason


@pytest.mark.parametrize(
    ("after", "outcome"), [(HORIZON, "retrying"), (HORIZON + timedelta(microseconds=1), "given_up")]
)
def test_a_provider_is_waited_for_for_three_days_and_no_longer(
    database: Database, queue: Queue, clock: Clock, after: timedelta, outcome: str
) -> None:
    away = fails(OutsideError("shopify", "answered 502"))
    attempt(database, away)
    clock.at = NOW + after
    assert attempt(database, away, 1) == outcome


def test_the_attempt_that_fails_and_the_next_one_are_secured_together(
    database: Database, monkeypatch, clock: Clock
) -> None:
    def broken(*_args: Any, **_options: Any) -> None:
        raise ValueError("the queue's row could not be written")

    monkeypatch.setattr(attempts, "put", broken)
    with pytest.raises(ValueError):
        attempt(database, fails(OutsideError("shopify", "answered 502")))
    assert trouble(database) is None


def test_a_given_up_job_can_be_started_afresh_and_only_once_by_two_clicks(
    database: Database, queue: Queue, clock: Clock
) -> None:
    attempt(database, fails(OutsideError("shopify", "no", permanent=True)), key="case:1")
    clock.at = NOW + timedelta(days=30)
    for _ in range(2):
        with database.begin() as session:
            retry_job(session, session.exec(select(JobTrouble)).one(), now=clock.at)
    ((name, again),) = queue.waiting
    assert name == "a.job" and again["args"] == {"shop_id": 7} and again["key"] == "case:1"
    assert the_trouble(database).state is TroubleState.RETRYING
    away = fails(OutsideError("shopify", "answered 502"))
    assert run_attempt(database.begin, {"a.job": away}, "a.job", again) == "retrying", "three more days"
    assert queue.waiting[-1][1]["job"] not in ("root", again["job"])


def test_while_the_database_is_away_the_attempt_waits_for_it_and_loses_nothing(
    database: Database, queue: Queue, clock: Clock, monkeypatch
) -> None:
    """An attempt whose failure cannot be recorded would end at the engine, and the job with it."""
    slept: list[float] = []
    away = iter([True, True, True, False])

    def begin() -> Any:
        if next(away, False):
            raise sa.exc.OperationalError("BEGIN", {}, Exception("server closed the connection"))
        return database.begin()

    monkeypatch.setattr(attempts, "sleep", slept.append)
    job = fails(OutsideError("shopify", "answered 502"))
    assert run_attempt(begin, {"a.job": job}, "a.job", payload()) == "retrying"
    assert len(slept) == 3 and the_trouble(database).attempts == 1 and len(queue.waiting) == 1


@pytest.mark.parametrize(
    ("number", "least", "most"), [(0, 0.8, 1.2), (3, 6.4, 9.6), (12, 2880, 4320), (500, 2880, 4320)]
)
def test_tries_grow_apart_up_to_an_hour(number, least, most) -> None:
    assert all(least <= backoff_seconds(number) <= most for _ in range(50))


def test_troubles_are_listed_newest_first_and_by_shop(database: Database) -> None:
    with database.begin() as session:
        for number, shop_id in enumerate((7, 8, 7)):
            session.add(
                JobTrouble(
                    root_id=str(number),
                    name="a.job",
                    shop_id=shop_id,
                    state=TroubleState.RETRYING,
                    first_at=NOW,
                    last_at=NOW + timedelta(minutes=number),
                )
            )
    with database.begin() as session:
        assert [row.root_id for row in failed_jobs(session)] == ["2", "1", "0"]
        assert [row.root_id for row in failed_jobs(session, shop_id=7)] == ["2", "0"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        pytest.param(OutsideError("a", "cut in an emoji \ud83d"), "a: cut in an emoji ?", id="half a character"),
        pytest.param(ValueError("NUL \x00."), "ValueError: NUL .", id="NUL"),
        pytest.param(Waiting("é" * 3000), "é" * 2000, id="without end"),
    ],
)
def test_whatever_a_provider_or_an_error_says_the_job_is_not_lost_for_it(
    database: Database, queue: Queue, clock: Clock, error: Exception, told: str
) -> None:
    """No database takes such a text, and an attempt whose failure cannot be recorded would end at the engine."""
    assert attempt(database, fails(error)) in ("retrying", "waiting")
    assert the_trouble(database).reason == told and len(queue.waiting) == 1


def test_one_that_is_tried_again_keeps_when_it_first_failed_and_says_when_it_last_did(
    database: Database, queue: Queue, clock: Clock
) -> None:
    attempt(database, fails(Waiting("a", cause="booking")))
    clock.at = NOW + timedelta(hours=1)
    attempt(database, fails(OutsideError("b", "c", cause="account")), 1)
    row = the_trouble(database)
    assert (row.first_at, row.last_at, row.attempts, row.cause, row.reason) == (NOW, clock.at, 2, "account", "b: c")
