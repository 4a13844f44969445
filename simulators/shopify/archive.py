"""The SQLite file behind the stand-in, so that one which was killed remembers everything when it comes back."""

import json
import sqlite3
from pathlib import Path
from typing import Any

SCHEMA = "CREATE TABLE IF NOT EXISTS rows (kind TEXT, key TEXT, body TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID"
UPSERT = "INSERT INTO rows VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body"


class Archive:
    """Rows of JSON by kind and key. Without a path it keeps nothing. Callers hold the store's lock."""

    def __init__(self, path: str | Path | None) -> None:
        self.pending: dict[tuple[str, str], str] = {}
        self.database = None
        if path:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            self.database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self.database.execute("PRAGMA journal_mode=WAL")
            self.database.execute("PRAGMA synchronous=NORMAL")
            self.database.execute(SCHEMA)

    def put(self, kind: str, key: str, body) -> None:
        if self.database:
            self.pending[kind, key] = json.dumps(body, separators=(",", ":"), ensure_ascii=False)

    def load(self, kind: str) -> list[tuple[str, Any]]:
        """All rows of a kind, in the order of their keys."""
        if not self.database:
            return []
        found = self.database.execute("SELECT key, body FROM rows WHERE kind = ? ORDER BY key", (kind,))
        return [(key, json.loads(body)) for key, body in found]

    def flush(self) -> None:
        if not self.pending or not self.database:
            return
        rows = [(kind, key, body) for (kind, key), body in self.pending.items()]
        self.database.execute("BEGIN")
        self.database.executemany(UPSERT, rows)
        self.database.execute("COMMIT")
        self.pending.clear()

    def close(self) -> None:
        if self.database:
            self.flush()
            self.database.close()
            self.database = None
