"""Rules that no database decides are held on the quicker one."""

from collections.abc import Iterator

import pytest

from kit.db import Database
from shops import crypt


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[Database]:
    crypt.use_keys("a-key-for-tests")
    database = Database(sqlite_url)
    yield database
    database.close()
