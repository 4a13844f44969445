"""Securing a job, and telling what happened. Shared by every process; needs no thread.

The engine is DBOS on our own database (reference: docs/decisions/0001-job-engine.md). It is known in this package only.
"""

import itertools
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Engine
from sqlmodel import Session

APPLICATION = "returns"
WORK = "work"
BY_KEY = "by_key"
# Constant on purpose: a version that changes with the sources strands the jobs of the release before (engine, trap 3).
APPLICATION_VERSION = "1"

_clients: "WeakKeyDictionary[Engine, Any]" = WeakKeyDictionary()
AtOnce: TypeAlias = Callable[[Session, Any], object]
_events: Mapping[type, Sequence[str]] = {}
_at_once: Mapping[type, AtOnce] = {}
_count = itertools.count()


def use_events(events: Mapping[type, Sequence[str]], at_once: Mapping[type, AtOnce] | None = None) -> None:
    """Set the tables from event class to what follows. Called once, at start.

    `events`: names of the jobs. `at_once`: a function that only writes rows, called in the publisher's transaction.
    """
    global _events, _at_once
    _events, _at_once = events, at_once or {}


def enqueue(
    session: Session,
    name: str,
    *,
    key: str | None = None,
    at: datetime | None = None,
    job_id: str | None = None,
    **args: Any,
) -> str:
    """Secure a job in the caller's transaction: it exists when, and only when, that transaction commits.

    Jobs of one `key` run one at a time, in order. `at` (aware) delays it. The same `job_id` runs once.
    `args` are plain JSON values. Returns the job's id.
    """
    return _secure(session, name, args, key=key, at=at, job_id=job_id or _next_id())


def _secure(
    session: Session, name: str, args: dict[str, Any], *, key: str | None, at: datetime | None, job_id: str
) -> str:
    payload = {"job": job_id, "root": job_id, "attempt": 0, "key": key or "", "args": args}
    put(session, name, payload, key=key, at=at)
    return job_id


def put(session: Session, name: str, payload: dict[str, Any], *, key: str | None, at: datetime | None) -> None:
    """Write the engine's row for one attempt of a job."""
    options: Any = {
        "workflow_name": name,
        "queue_name": BY_KEY if key else WORK,
        "workflow_id": payload["job"],
        "app_version": APPLICATION_VERSION,
    }
    if key:
        options["queue_partition_key"] = key
    if at is not None:
        delay = (at - datetime.now(UTC)).total_seconds()
        if delay > 0:
            options["delay_seconds"] = delay
    _client(session.get_bind()).enqueue_in_transaction(session, options, payload)


def publish(session: Session, event: Any, *, at: datetime | None = None) -> None:
    """Do what follows from `event` at once, and enqueue what follows later, all in the caller's transaction.

    An event is a frozen dataclass of plain values. `at` (aware) delays its jobs.

    An event may carry `order_key`, a property naming what its jobs must be in order for.
    """
    if type(event) in _at_once:
        _at_once[type(event)](session, event)
    key = getattr(event, "order_key", None)
    for name in _events.get(type(event), ()):
        # Not by keyword: an event may well have an `at` or a `name` of its own.
        _secure(session, name, asdict(event), key=key, at=at, job_id=_next_id())


def _client(engine: Any) -> Any:
    client = _clients.get(engine)
    if client is None:
        # Loaded with the first job: a web process that only takes webhooks in does without its 17 MB.
        from dbos import DBOSClient

        from jobs.serializer import JsonSerializer

        client = DBOSClient(
            system_database_engine=engine, lazy=True, application_name=APPLICATION, serializer=JsonSerializer()
        )
        _clients[engine] = client
    return client


def _next_id() -> str:
    # Sortable: jobs written in one millisecond are ordered by id, and unpadded ids came out of order.
    return f"{time.time_ns():020d}-{next(_count) % 10**6:06d}-{os.getpid():07d}"
