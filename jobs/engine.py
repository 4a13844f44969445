"""The worker's side of the engine: launch it on our database, beat, and take over from workers that died."""

import os
import socket
import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from dbos import DBOS
from sqlmodel import col, select

from jobs.attempts import Job, run_attempt
from jobs.models import WorkerBeat
from jobs.queue import APPLICATION, APPLICATION_VERSION, BY_KEY, WORK
from jobs.rows import holds_jobs
from jobs.serializer import JsonSerializer
from kit import metrics
from kit.clock import now as clock_now
from kit.db import Database
from kit.log import get_logger

log = get_logger("jobs")

BEAT_SECONDS = 5.0
STALE_AFTER = timedelta(seconds=20)
CONCURRENCY = 8


def migrate_engine(url: str) -> None:
    """Create or upgrade the engine's own tables."""
    DBOS.migrate(url.replace("postgresql+psycopg://", "postgresql://"))


class Engine:
    """Runs jobs in this process until `stop`. One per process; on SQLite one per database."""

    def __init__(self, database: Database, jobs: Mapping[str, Job], *, slot: str = "1"):
        # A stable id a slot: at start a worker recovers what its own id left behind (engine, trap 1).
        self.slot = f"{socket.gethostname()}-{slot}"
        self.database = database
        self.jobs = jobs
        self._stopping = threading.Event()
        self._beats = threading.Thread(target=self._beat_for_ever, name="beats", daemon=True)

    def start(self) -> None:
        """Register every job and begin taking them."""
        config: Any = {
            "name": APPLICATION,
            "system_database_engine": self.database.engine,
            "executor_id": self.slot,
            "application_version": APPLICATION_VERSION,
            "serializer": JsonSerializer(),
            "log_level": os.environ.get("DBOS_LOG_LEVEL", "ERROR"),
            "max_executor_threads": CONCURRENCY * 3,  # fewer than may be claimed would hold jobs back (trap 6)
            "use_listen_notify": False,
            "run_migrations": False,
        }
        DBOS(config=config)
        for name in self.jobs:
            DBOS.workflow(name=name, max_recovery_attempts=50)(self._runner(name))
        self._beat()
        DBOS.launch()
        DBOS.register_queue(WORK, worker_concurrency=CONCURRENCY, polling_interval_sec=0.2)
        DBOS.register_queue(BY_KEY, partition_concurrency=1, worker_concurrency=CONCURRENCY, polling_interval_sec=0.2)
        self._beats.start()
        log.info("worker.started", slot=self.slot)

    def stop(self) -> None:
        """Take nothing new, finish what is running (10 s at most) and leave."""
        self._stopping.set()
        DBOS.destroy(workflow_completion_timeout_sec=10)
        with self.database.begin() as session:
            beat = session.get(WorkerBeat, self.slot)
            # What did not finish in time is taken over by whoever sees the beat grow stale; so then it stays.
            if beat is not None and not holds_jobs(session, self.slot):
                session.delete(beat)
        log.info("worker.stopped", slot=self.slot)

    def _runner(self, name: str) -> Any:
        def run(payload: dict[str, Any]) -> str:
            return run_attempt(self.database.begin, self.jobs, name, payload)

        run.__name__ = run.__qualname__ = name
        return run

    def _beat_for_ever(self) -> None:
        while not self._stopping.wait(BEAT_SECONDS):
            try:
                self._beat()
                self._take_over()
            except Exception:
                log.exception("worker.beat_failed")

    def _beat(self) -> None:
        now = clock_now()
        with self.database.begin() as session:
            beat = session.get(WorkerBeat, self.slot) or WorkerBeat(slot=self.slot, beat_at=now, started_at=now)
            beat.beat_at, beat.counters = now, metrics.snapshot()
            session.add(beat)

    def _take_over(self) -> None:
        """Recover the jobs of workers whose beat stopped; without it a dead worker's cases stay blocked (trap 2)."""
        with self.database.begin() as session:
            stale = session.exec(select(WorkerBeat).where(col(WorkerBeat.beat_at) < clock_now() - STALE_AFTER)).all()
        for beat in stale:
            log.warning("worker.taken_over", dead=beat.slot)
            # Private, but the public call resets the attempt counter, and a poison job would then loop for ever.
            # It puts jobs back in the queue once, however many workers do it at a time.
            DBOS._recover_pending_workflows([beat.slot])
            with self.database.begin() as session:
                # Only now: were it gone before, and we died in between, nobody would look after these jobs again.
                session.connection().execute(
                    sa.delete(WorkerBeat).where(
                        col(WorkerBeat.slot) == beat.slot, col(WorkerBeat.beat_at) == beat.beat_at
                    )
                )
