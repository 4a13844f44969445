"""The worker: hands on what the doors stored, runs the jobs, keeps the clock's promises."""

import signal
import threading
from collections.abc import Callable

from jobs import enqueue
from jobs.engine import Engine
from kit import clock, log, turns
from kit.collector import leave_alone_what_stays
from kit.db import Database
from kit.settings import Settings
from shopify_app.reporting import start_reporting
from shopify_app.wiring import PERIODIC, jobs_table, wire
from shops import crypt
from webhooks.inbox import pump

logger = log.get_logger("worker")

IDLE_SECONDS = 0.25


class Worker:
    """One process's worker. `slot` tells it from others on the same machine."""

    def __init__(self, settings: Settings, database: Database, *, slot: str = "1"):
        wire(settings, database)
        self.database = database
        self.engine = Engine(database, jobs_table(settings, database), slot=slot)
        self.stopping = threading.Event()
        self.threads = [
            threading.Thread(target=self._pump_for_ever, name="pump", daemon=True),
            threading.Thread(target=self._keep_time, name="periodic", daemon=True),
        ]

    def start(self) -> None:
        """Begin; returns at once."""
        self.engine.start()
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is running and leave."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(timeout=5)
        self.engine.stop()

    def _pump_for_ever(self) -> None:
        self._loop(lambda: pump(self.database.begin), IDLE_SECONDS)

    def _keep_time(self) -> None:
        self._loop(self._enqueue_due, 15)

    def _enqueue_due(self) -> int:
        """Secure each periodic job once per period: its id names the period, so any number of workers may ask."""
        with self.database.begin() as session:
            for name, seconds in PERIODIC.items():
                period = int(clock.now().timestamp() // seconds)
                enqueue(session, name, job_id=f"periodic:{name}:{period}")
        return 0

    def _loop(self, work: Callable[[], int], idle_seconds: float) -> None:
        while not self.stopping.is_set():
            try:
                if work():
                    continue
            except Exception:
                logger.exception("worker.loop_failed")
            self.stopping.wait(idle_seconds)


def run(settings: Settings, *, slot: str = "1") -> None:
    """Work until SIGTERM or SIGINT."""
    log.configure(settings.log_format)
    clock.check_zones()
    crypt.use_keys(settings.token_keys)
    start_reporting(settings)
    turns.leave_gaps()  # so that a webhook at the door gets its turn
    database = Database(settings.database_url, pool_size=20)
    worker = Worker(settings, database, slot=slot)
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    worker.start()
    leave_alone_what_stays()
    asked.wait()
    worker.stop()
    database.close()
