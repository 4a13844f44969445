"""What a shop's bucket of points still holds, shared by all our processes, so that none calls before it may.

Kept in a row a shop, and only while points are short or Shopify asked us to wait: then each call sets its points aside
in the row before it is sent. A shop with plenty costs one read of a row that is not there.
https://shopify.dev/docs/api/usage/limits
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from kit.db import Database, insert_once
from shops.models import Allowance

SHORT = 0.5
"""Below this share of a full bucket points are counted in the row."""
UNKNOWN_COST = 100.0
LONGEST_HOLD = timedelta(seconds=60)


def real_now() -> datetime:
    """Shopify's bucket fills by the real clock, whatever the business thinks the time is."""
    return datetime.now(UTC)


class Allowances:
    """Asked before each call, told after it."""

    def __init__(self, database: Database, *, now: Callable[[], datetime] = real_now):
        self.database = database
        self.now = now
        self.costs: dict[str, float] = {}  # what Shopify said a document costs at most

    def take(self, shop_id: int, name: str) -> float:
        """Set the points of document `name` aside: 0 when it may be sent, else seconds after which to ask again."""
        while True:
            with self.database.begin() as session:
                row = session.get(Allowance, shop_id)
            if row is None:
                return 0.0
            now = self.now()
            if row.held_until is not None and row.held_until > now:
                return (row.held_until - now).total_seconds()
            cost, left = min(self.costs.get(name, UNKNOWN_COST), row.size), _left(row, now)
            if left - cost >= row.size * SHORT:
                return 0.0
            if left < cost:
                return max((cost - left) / row.rate, 0.01)
            if self._set(row, available=left - cost, at=now):
                return 0.0

    def hear(self, shop_id: int, name: str, body: dict[str, Any], *, hold: float | None) -> None:
        """Learn from an answer's `extensions.cost`; `hold` is how long it says to wait, None when it was executed."""
        cost = (body.get("extensions") or {}).get("cost") or {}
        status = cost.get("throttleStatus") or {}
        requested = float(cost.get("requestedQueryCost") or self.costs.get(name, UNKNOWN_COST))
        self.costs[name] = requested
        available = float(status.get("currentlyAvailable") or 0)
        size = float(status.get("maximumAvailable") or max(available, requested))
        if hold is None and (not status or available >= size * SHORT):
            return
        now = self.now()
        values: dict[str, Any] = {"available": available, "size": size, "at": now}
        values["rate"] = max(float(status.get("restoreRate") or 100), 1.0)
        if hold is not None:
            values["held_until"] = now + timedelta(seconds=hold)
        self._write(shop_id, **values)

    def hold(self, shop_id: int, seconds: float) -> None:
        """Shopify said Retry-After: nobody calls it for this shop before."""
        self._write(shop_id, held_until=self.now() + min(timedelta(seconds=seconds), LONGEST_HOLD))

    def _set(self, row: Allowance, **values: Any) -> bool:
        """Whether the row was still what we read: of two who take the last points one asks again."""
        mine = (col(Allowance.shop_id) == row.shop_id, col(Allowance.version) == row.version)
        with self.database.begin() as session:
            done = session.connection().execute(
                sa.update(Allowance).where(*mine).values(version=row.version + 1, **values)
            )
        return done.rowcount == 1

    def _write(self, shop_id: int, **values: Any) -> None:
        until = values.get("held_until")
        with self.database.begin() as session:
            insert_once(session, Allowance(shop_id=shop_id, at=self.now()))
            mine = col(Allowance.shop_id) == shop_id
            if until is not None:  # of two that were asked to wait the longer holds
                held = col(Allowance.held_until)
                values["held_until"] = sa.case((held > until, held), else_=until)
            session.connection().execute(
                sa.update(Allowance).where(mine).values(version=Allowance.version + 1, **values)
            )


def _left(row: Allowance, now: datetime) -> float:
    """Points there are by now, if nobody else of ours was quicker."""
    return min(row.size, row.available + max((now - row.at).total_seconds(), 0) * row.rate)
