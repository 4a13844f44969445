"""Home, by SQLite's own plan, which asks no statistics: what a long life piles up is found by more than the shop."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from tests.pages.admin_world import Admin, open_admin

PILED_UP = ("historic", "measuredreturn", "rma", "case", "settlement", "message", "promise", "openedreturn", "consult")


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        yield made


def test_home_goes_through_no_table_that_grows_with_the_returns_of_a_shop(admin: Admin) -> None:
    said: dict[str, Any] = {}
    sa.event.listen(
        admin.database.engine,
        "before_cursor_execute",
        lambda _c, _u, text, values, *_: said.setdefault(text, values),
    )
    assert "Waiting for someone" in admin.alice.open("/app").text
    with admin.database.engine.connect() as connection:
        plans = [
            (row.detail, text)
            for text, values in list(said.items())
            if text.startswith("SELECT")
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
        ]
    reads = rf"(SCAN|SEARCH) ({'|'.join(PILED_UP)})\w*\b"
    of_them = [(plan, text) for plan, text in plans if re.match(reads, plan)]
    slow = [(plan, text) for plan, text in of_them if plan.startswith("SCAN") or re.search(r"\(shop_id=\?\)", plan)]
    assert len(of_them) > 10 and slow == []
