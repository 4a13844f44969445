"""The engine's own rows, where its calls do not do: counted, purged, made due. Known in this package only."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session

from kit.clock import now as clock_now
from kit.db import Begin, is_sqlite
from kit.log import get_logger

log = get_logger("jobs")

UNFINISHED = ("ENQUEUED", "PENDING", "DELAYED")
FINISHED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
KEPT = timedelta(days=30)
KEPT_PERIODIC = timedelta(days=2)
"""The clock's jobs come every minute and say nothing afterwards."""
BATCH = 500
# These carry no foreign key to a job's row, so they do not go with it.
BESIDE = ("workflow_input", "workflow_output", "operation_outputs")


def _table(session: Session, name: str, *columns: str) -> sa.TableClause:
    # Without a schema on SQLite, in `dbos` on PostgreSQL.
    schema = None if is_sqlite(session) else "dbos"
    return sa.table(name, *(sa.column(c) for c in columns), schema=schema)


def _jobs(session: Session) -> sa.TableClause:
    columns = ("workflow_uuid", "status", "executor_id", "updated_at", "delay_until_epoch_ms")
    return _table(session, "workflow_status", *columns)


def depth(session: Session) -> dict[str, int]:
    """Jobs that are not finished, by the engine's state: ENQUEUED, PENDING (running), DELAYED."""
    jobs = _jobs(session)
    query = sa.select(jobs.c.status, sa.func.count()).where(jobs.c.status.in_(UNFINISHED)).group_by(jobs.c.status)
    return dict.fromkeys(UNFINISHED, 0) | {str(s): int(n) for s, n in session.connection().execute(query)}


def holds_jobs(session: Session, slot: str) -> bool:
    """Whether a worker has begun jobs that are not finished."""
    jobs = _jobs(session)
    query = sa.select(jobs.c.workflow_uuid).where(jobs.c.status == "PENDING", jobs.c.executor_id == slot).limit(1)
    return session.connection().execute(query).first() is not None


def make_due(session: Session, job_ids: list[str], *, now: datetime) -> int:
    """Let delayed jobs begin now, in the caller's transaction; one that is running or done is left alone.

    The engine's own call for it opens a transaction of its own, which on SQLite would wait for the caller's for ever.
    """
    jobs = _jobs(session)
    done = session.connection().execute(
        sa.update(jobs)
        .where(jobs.c.workflow_uuid.in_(job_ids), jobs.c.status == "DELAYED")
        .values(delay_until_epoch_ms=int(now.timestamp() * 1000))
    )
    return int(done.rowcount)


def cancel(session: Session, job_id: str) -> bool:
    """Take a job back that has not begun, in the caller's transaction; False for one that is running or done."""
    jobs = _jobs(session)
    waiting = jobs.c.status.in_(("DELAYED", "ENQUEUED"))
    done = session.connection().execute(
        sa.update(jobs).where(jobs.c.workflow_uuid == job_id, waiting).values(status="CANCELLED")
    )
    return int(done.rowcount) == 1


def purge(begin: Begin) -> None:
    """Every day: finished jobs older than 30 days go, the clock's own after two."""
    now = clock_now()
    count = _purge(begin, now - KEPT, "%") + _purge(begin, now - KEPT_PERIODIC, "periodic:%")
    log.info("jobs.purged", count=count)


def _purge(begin: Begin, before: datetime, like: str) -> int:
    total = 0
    while True:
        with begin() as session:
            jobs, connection = _jobs(session), session.connection()
            old = (jobs.c.status.in_(FINISHED), jobs.c.updated_at < int(before.timestamp() * 1000))
            query = sa.select(jobs.c.workflow_uuid).where(*old, jobs.c.workflow_uuid.like(like)).limit(BATCH)
            ids = list(connection.execute(query).scalars())
            if not ids:
                return total
            for name in BESIDE:
                beside = _table(session, name, "workflow_uuid")
                connection.execute(sa.delete(beside).where(beside.c.workflow_uuid.in_(ids)))
            connection.execute(sa.delete(jobs).where(jobs.c.workflow_uuid.in_(ids)))
            total += len(ids)
