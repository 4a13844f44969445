"""The queue in a test's own hands: jobs are listed and run here, in order, instead of by a worker."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

import jobs
import jobs.attempts
import jobs.queue
from jobs.attempts import Job
from kit.db import Database
from tests.faults import persist


class Queue:
    """Jobs secured by committed transactions, oldest first. Those of a rolled-back transaction never appear."""

    def __init__(self) -> None:
        self.waiting: list[tuple[str, dict[str, Any]]] = []
        self.ids: set[str] = set()
        self.pass_by: Callable[[float], None] = lambda _seconds: None  # on a bad day, between two attempts

    def names(self) -> list[str]:
        """Names of the waiting jobs."""
        return [name for name, _ in self.waiting]

    def put(self, session: Session, name: str, payload: dict[str, Any], **_options: Any) -> None:
        """Stands in for jobs.queue.put."""

        def committed(_session: Any) -> None:
            if payload["job"] not in self.ids:
                self.ids.add(payload["job"])
                self.waiting.append((name, payload))

        event.listen(session, "after_commit", committed, once=True)

    def drain(self, database: Database, table: Mapping[str, Job], *, only: set[str] | None = None) -> list[str]:
        """Run what waits, and what that brings, until nothing does; the names in the order they ran.

        A job the table does not have is left out. One that raises, raises here.
        """
        ran = []
        while self.waiting:
            name, payload = self.waiting.pop(0)
            if name in table and (only is None or name in only):
                persist(partial(table[name], database.begin, **payload["args"]), self.pass_by)
                ran.append(name)
        return ran


def take_queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    """An empty queue, in place of the engine's until the test ends."""
    mine = Queue()
    monkeypatch.setattr(jobs.queue, "put", mine.put)
    monkeypatch.setattr(jobs.attempts, "put", mine.put)
    return mine
