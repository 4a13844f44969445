"""Shelf: JSON documents in one SQLite file, so that a restarted stand-in remembers."""

import json
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

_TABLE = """
CREATE TABLE IF NOT EXISTS documents (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, id)
)"""


class Shelf:
    """Documents by kind and id, in the order they first arrived. Safe to share between threads."""

    def __init__(self, path: Path | None = None):
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None, timeout=10)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(_TABLE)

    def put(self, kind: str, id: str, body: dict) -> None:
        """Keeps `body`, over whatever was there; a document keeps its place in the order."""
        with self._lock:
            self._db.execute(
                "INSERT INTO documents (kind, id, body) VALUES (?, ?, ?)"
                " ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
                (kind, id, json.dumps(body)),
            )

    def get(self, kind: str, id: str) -> dict | None:
        with self._lock:
            row = self._db.execute("SELECT body FROM documents WHERE kind = ? AND id = ?", (kind, id)).fetchone()
        return json.loads(row[0]) if row else None

    def all(self, kind: str) -> list[dict]:
        """Every document of a kind, oldest first."""
        return [body for _, body in self.numbered(kind)]

    def numbered(self, kind: str) -> list[tuple[int, dict]]:
        """As `all`, each with its number; numbers rise across kinds, so two kinds can be put into one order."""
        with self._lock:
            rows = self._db.execute("SELECT number, body FROM documents WHERE kind = ? ORDER BY number", (kind,))
            return [(number, json.loads(body)) for number, body in rows.fetchall()]

    def change(self, kind: str, id: str, edit: Callable[[dict], object]) -> dict:
        """Lets `edit` alter the document in place, with nobody else writing meanwhile; gives what it became.

        Raises KeyError if there is none. If `edit` raises, nothing has changed.
        """
        with self._lock:
            body = self.get(kind, id)
            if body is None:
                raise KeyError(id)
            edit(body)
            self.put(kind, id, body)
            return body

    def drop(self, kind: str, id: str) -> None:
        with self._lock:
            self._db.execute("DELETE FROM documents WHERE kind = ? AND id = ?", (kind, id))

    def close(self) -> None:
        with self._lock:
            self._db.close()
