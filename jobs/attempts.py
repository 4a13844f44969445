"""One attempt at a job: run it, and settle what follows from how it went."""

import random
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from time import sleep
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from jobs.models import JobTrouble, TroubleState
from jobs.queue import enqueue, put
from jobs.rows import cancel, make_due
from kit import metrics
from kit.clock import now as clock_now
from kit.db import Begin
from kit.errors import Conflict, OutsideError, Waiting
from kit.log import bind, get_logger
from kit.text import clean

log = get_logger("jobs")

HORIZON = timedelta(hours=72)
"""How long a job is tried while a provider is away."""
BUG_ATTEMPTS = 6
"""How often a job is tried that fails in our own code."""

Job = Callable[..., None]


def run_attempt(begin: Begin, jobs: Mapping[str, Job], name: str, payload: dict[str, Any]) -> str:
    """Run `name` once with the payload's arguments. Never raises for what the job did; says how it ended.

    A job that fails is enqueued again in the same transaction that records the failure, so neither is lost.
    """
    with bind(job=name, job_id=payload["job"], shop_id=payload["args"].get("shop_id")):
        try:
            jobs[name](begin, **payload["args"])
        except Waiting as waiting:
            return _settle(
                begin, name, payload, waiting.reason, TroubleState.WAITING, waiting.retry_after, waiting.cause
            )
        except OutsideError as error:
            return _after_outside(begin, name, payload, error)
        except Exception as error:
            log.exception("job.crashed")
            reason = f"{type(error).__name__}: {error}"
            enough = payload["attempt"] + 1 >= BUG_ATTEMPTS
            return _settle(begin, name, payload, reason, TroubleState.GIVEN_UP if enough else TroubleState.RETRYING)
        if payload["attempt"]:
            with begin() as session:
                session.connection().execute(sa.delete(JobTrouble).where(col(JobTrouble.root_id) == payload["root"]))
        log.info("job.done", attempt=payload["attempt"])
        return "done"


def _after_outside(begin: Begin, name: str, payload: dict[str, Any], error: OutsideError) -> str:
    metrics.count("returns_provider_errors_total", provider=error.provider, permanent=str(error.permanent).lower())
    log.warning("job.outside_error", provider=error.provider, reason=str(error), permanent=error.permanent)
    state = TroubleState.GIVEN_UP if error.permanent else TroubleState.RETRYING
    return _settle(begin, name, payload, str(error), state, error.retry_after, error.cause)


def _settle(
    begin: Begin,
    name: str,
    payload: dict[str, Any],
    reason: str,
    state: TroubleState,
    wait_seconds: float | None = None,
    cause: str = "",
) -> str:
    """Record it, however long the database is away: the engine would take an exception for the job's end."""
    while True:
        try:
            return _record(begin, name, payload, reason, state, wait_seconds, cause)
        except sa.exc.OperationalError:
            log.exception("job.not_recorded")
            sleep(2)


def _record(
    begin: Begin,
    name: str,
    payload: dict[str, Any],
    reason: str,
    state: TroubleState,
    wait_seconds: float | None,
    cause: str,
) -> str:
    now = clock_now()
    with begin() as session:
        row = _trouble(session, name, payload, now)
        if state is TroubleState.RETRYING and now - row.first_at > HORIZON:
            state = TroubleState.GIVEN_UP
        # A provider's words may hold what no database takes; refused, the job would be lost instead of tried again.
        row.state, row.reason, row.last_at, row.attempts = state, clean(reason)[:2000], now, payload["attempt"] + 1
        row.cause, row.next_at = cause, None
        if state is not TroubleState.GIVEN_UP:
            row.next_at = now + timedelta(seconds=max(wait_seconds or 0, backoff_seconds(payload["attempt"])))
            again = {**payload, "attempt": payload["attempt"] + 1}
            again["job"] = f"{payload['root']}#{again['attempt']}"
            put(session, name, again, key=payload["key"] or None, at=row.next_at)
        session.add(row)
    return state.value


def _trouble(session: Session, name: str, payload: dict[str, Any], now: datetime) -> JobTrouble:
    found = session.exec(select(JobTrouble).where(JobTrouble.root_id == payload["root"])).first()
    return found or JobTrouble(
        root_id=payload["root"],
        name=name,
        args=payload["args"],
        key=payload["key"],
        shop_id=payload["args"].get("shop_id"),
        state=TroubleState.RETRYING,
        first_at=now,
        last_at=now,
    )


def backoff_seconds(attempt: int) -> float:
    """1, 2, 4 … up to an hour, with jitter so that a crowd does not come back together."""
    return float(min(2**attempt, 3600) * random.uniform(0.8, 1.2))


def failed_jobs(session: Session, *, shop_id: int | None = None) -> list[JobTrouble]:
    """Jobs in trouble, newest first; of one shop when given."""
    query = select(JobTrouble).order_by(col(JobTrouble.last_at).desc()).limit(200)
    return list(session.exec(query.where(JobTrouble.shop_id == shop_id) if shop_id is not None else query))


def retry_job(session: Session, trouble: JobTrouble, *, now: datetime) -> None:
    """Start a given-up job afresh."""
    attempts = trouble.attempts + 1
    payload = {
        "job": f"{trouble.root_id}#{attempts}",
        "root": trouble.root_id,
        "attempt": attempts,
        "key": trouble.key,
        "args": trouble.args,
    }
    trouble.state, trouble.cause = TroubleState.RETRYING, ""
    trouble.first_at = trouble.next_at = now
    session.add(trouble)
    put(session, trouble.name, payload, key=trouble.key or None, at=None)


def hurry(session: Session, trouble: JobTrouble, *, now: datetime) -> None:
    """Begin the next attempt of a job that waits, or is tried again later, now. It stays the same attempt."""
    if make_due(session, [f"{trouble.root_id}#{trouble.attempts}"], now=now):
        trouble.next_at = now
        session.add(trouble)


def retry_of(session: Session, *, shop_id: int, names: Collection[str], rma_id: int, now: datetime) -> int:
    """Something was corrected on one return: its steps of these names go on at once, given up or not. How many."""
    found = [r for r in failed_jobs(session, shop_id=shop_id) if r.name in names and r.args.get("rma_id") == rma_id]
    for trouble in found:
        if trouble.state is TroubleState.GIVEN_UP:
            retry_job(session, trouble, now=now)
        else:
            hurry(session, trouble, now=now)
    return len(found)


def give_up(session: Session, trouble: JobTrouble) -> None:
    """A person decides that a job is not tried any more; it stays listed. Raises Conflict while it is being tried."""
    if trouble.state is TroubleState.GIVEN_UP:
        return
    if not cancel(session, f"{trouble.root_id}#{trouble.attempts}"):
        raise Conflict("It is being tried at this moment. Look again in a minute.")
    trouble.state, trouble.next_at = TroubleState.GIVEN_UP, None
    session.add(trouble)
    log.info("job.given_up", job=trouble.name, root=trouble.root_id)


def go_on(session: Session, trouble: JobTrouble, *, now: datetime, **told: Any) -> None:
    """A person answered what a job waits for: it begins afresh, `told` so. Raises Conflict while it is tried."""
    give_up(session, trouble)
    trouble.args = {**trouble.args, **told}
    retry_job(session, trouble, now=now)


AGAIN = timedelta(seconds=30)


def wake(session: Session, *, shop_id: int, now: datetime, again: bool = True) -> int:
    """Somebody mended what a shop's jobs waited for: their next attempts begin now. How many were made due.

    It is the same attempt under the same id, only earlier, so nothing gets a second chance to run twice. An attempt
    under way that saw things as they were before settles to wait after this: for it the shop is woken once `again`.
    """
    waiting = session.exec(
        select(JobTrouble).where(JobTrouble.shop_id == shop_id, JobTrouble.state == TroubleState.WAITING)
    ).all()
    woken = make_due(session, [f"{row.root_id}#{row.attempts}" for row in waiting], now=now) if waiting else 0
    for row in waiting:
        row.next_at = now
        session.add(row)
    if again:
        enqueue(session, "jobs.wake", at=now + AGAIN, shop_id=shop_id)
    if woken:
        log.info("jobs.woken", count=woken, shop_id=shop_id)
    return woken


def keys_in_trouble(session: Session, *, shop_id: int) -> set[str]:
    """The order keys of the shop's jobs in trouble: of what somebody, or a later attempt, is to see to."""
    return set(session.exec(select(JobTrouble.key).where(JobTrouble.shop_id == shop_id)))


def wake_again(begin: Begin, *, shop_id: int) -> None:
    """The second look of `wake`."""
    with begin() as session:
        wake(session, shop_id=shop_id, now=clock_now(), again=False)


def blank_reasons(session: Session, *, shop_id: int, words: Collection[str]) -> None:
    """Take reasons away in which a provider named the client who is being erased."""
    for row in session.exec(select(JobTrouble).where(JobTrouble.shop_id == shop_id)).all():
        if any(word in row.reason for word in words):
            row.reason = "What was said named a client whose data was erased."
            session.add(row)


def count_trouble(session: Session) -> dict[str, int]:
    """Jobs in trouble by state, every state named."""
    rows = session.exec(select(JobTrouble.state, sa.func.count()).group_by(col(JobTrouble.state)))
    return dict.fromkeys((s.value for s in TroubleState), 0) | {str(state): int(count) for state, count in rows}
