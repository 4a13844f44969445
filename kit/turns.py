"""SQLite connections that wait for their turn to write in small steps.

SQLite's own waiting sleeps longer and longer, a tenth of a second in the end, and whoever has just written begins the
next transaction meanwhile: beside a busy worker a webhook waited for seconds. Here everybody looks again every
millisecond or so, so the next one to write is about as often one of those who wait.
"""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

PATIENCE_SECONDS = 30.0
SHORTEST_PAUSE_SECONDS = 0.0005
LONGEST_PAUSE_SECONDS = 0.001
WRITING = ("INSERT", "UPDATE", "DELETE", "REPLAC", "BEGIN ")  # where a transaction begins

_gap_seconds = 0.0
_committed_at = 0.0


def leave_gaps(seconds: float = 0.0015) -> None:
    """From now on this process begins no transaction so soon after its last: for a worker, beside which others wait."""
    global _gap_seconds
    _gap_seconds = seconds


class Connection(sqlite3.Connection):
    """To be opened with a time-out of 0: the waiting is done here."""

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or Cursor)

    def execute(self, *args: Any) -> Any:
        return self.cursor().execute(*args)

    def executemany(self, *args: Any) -> Any:
        return self.cursor().executemany(*args)

    def begin_at_once(self) -> bool:
        """Begin a transaction that writes, or say False when another is writing."""
        try:
            sqlite3.Cursor(self).execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return False
        return True

    def commit(self) -> None:
        global _committed_at
        wrote = self.in_transaction
        super().commit()
        if wrote:
            _committed_at = time.monotonic()


class Cursor(sqlite3.Cursor):
    """Within a transaction the turn is ours, and nothing is busy; the statement that begins one waits."""

    def execute(self, *args: Any) -> Any:
        if self.connection.in_transaction:
            return super().execute(*args)
        return _in_turn(super().execute, args)

    def executemany(self, *args: Any) -> Any:
        if self.connection.in_transaction:
            return super().executemany(*args)
        return _in_turn(super().executemany, args)


def _in_turn(run: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    until = pause = 0.0
    if args[0].lstrip()[:6].upper().startswith(WRITING):
        rest = _committed_at + _gap_seconds - time.monotonic()
        if _gap_seconds and rest > 0:
            time.sleep(rest)
    while True:
        try:
            return run(*args)
        except sqlite3.OperationalError as error:
            now = time.monotonic()
            until = until or now + PATIENCE_SECONDS
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or now > until:
                raise
        pause = min(pause * 1.2 or SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        time.sleep(pause)
