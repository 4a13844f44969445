"""Rows of closed returns and their sums by day: written, kept by differences, and made anew a month at a time."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from kit.among import among
from kit.db import hold, inserting
from kit.together import Asked, together
from measures.measured import SUMMED, MeasuredDay, MeasuredReturn, NextOrders
from measures.reckoning import ALL
from measures.statements import SHOP

KEYS = ("shop_id", "closed_on", "assisted", "band", "currency")
NEXT = ("shop_id", "month", "assisted", "days")
FEW = 12
"""So many rows are written on one journey; more go the way that is made for many."""
TABLE: Any = MeasuredReturn.__table__  # type: ignore[attr-defined]
KEPT = sa.select(TABLE).where(TABLE.c.shop_id == SHOP, among(TABLE.c.order_gid, "gids"))
GONE = sa.delete(TABLE).where(TABLE.c.shop_id == SHOP, among(TABLE.c.return_gid, "gids"))
CLOSED_SINCE = sa.select(TABLE).where(
    TABLE.c.shop_id == SHOP,
    among(TABLE.c.household, "gids"),
    TABLE.c.closed_at > sa.bindparam("since", type_=TABLE.c.closed_at.type),
)


def write(
    session: Session, shop_id: int, *, before: list[dict[str, Any]], now: list[dict[str, Any]], gone: list[str]
) -> None:
    """Keep the cases that changed, `now` in place of `before`, let go of those `gone`, and move the sums by both."""
    delete = [(GONE, {"shop_id": shop_id, "gids": gone})] if gone else []
    kept = ((_upsert(inserting(session)), row) for row in now)
    asked = [*delete, *kept, *_move_sums(session, before, now)]
    if len(asked) <= FEW:
        together(session, asked)
        return
    for statement, some in groupby(asked, key=itemgetter(0)):
        session.connection().execute(statement, [dict(values) for _, values in some])


@cache
def _upsert(insert_into: Any) -> Any:
    """Made once a dialect: forty columns take longer to say than to write."""
    insert = insert_into(MeasuredReturn)
    changed = {name: insert.excluded[name] for name in ALL if name not in ("shop_id", "return_gid")}
    return insert.on_conflict_do_update(index_elements=["shop_id", "return_gid"], set_=changed)


def _move_sums(session: Session, before: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[Asked]:
    days: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    bought: Counter[tuple[Any, ...]] = Counter()
    for some, sign in ((before, -1), (now, 1)):
        for row in some:
            sums = days[tuple(row[key] for key in KEYS)]
            for name in SUMMED:
                sums[name] += sign * row[name]
            if row["next_days"] is not None:
                month = row["closed_on"].replace(day=1)
                bought[(row["shop_id"], month, row["assisted"], row["next_days"])] += sign
    moved = [
        dict(zip(KEYS, key, strict=True)) | {name: sums[name] for name in SUMMED}
        for key, sums in sorted(days.items())
        if any(sums.values())
    ]
    counts = [dict(zip(NEXT, key, strict=True)) | {"count": count} for key, count in sorted(bought.items()) if count]
    insert = inserting(session)
    days_, next_ = _adding(insert, MeasuredDay, KEYS, SUMMED), _adding(insert, NextOrders, NEXT, ("count",))
    return [*((days_, row) for row in moved), *((next_, row) for row in counts)]


@cache
def _adding(insert_into: Any, model: Any, keys: tuple[str, ...], sums: tuple[str, ...]) -> Any:
    """Add to the sums that are there; those that are not begin with these."""
    insert, table = insert_into(model), model.__table__
    added = {name: table.c[name] + insert.excluded[name] for name in sums}
    return insert.on_conflict_do_update(index_elements=list(keys), set_=added)


# --- a month anew


def months_of(session: Session, *, shop_id: int) -> list[date]:
    """The first of each month of which there are cases or sums, and of all between them."""
    days = (
        (MeasuredReturn, MeasuredReturn.closed_on),
        (MeasuredDay, MeasuredDay.closed_on),
        (NextOrders, NextOrders.month),
    )
    found: list[date] = []
    for model, day in days:
        span = sa.select(sa.func.min(day), sa.func.max(day)).where(col(model.shop_id) == shop_id)
        found += [on for on in session.connection().execute(span).one() if on is not None]
    months, month = [], min(found).replace(day=1) if found else date.max
    while found and month <= max(found):
        months.append(month)
        month = next_month(month)
    return months


def next_month(month: date) -> date:
    """The first of the month after it."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def remake_month(session: Session, *, shop_id: int, month: date) -> None:
    """Add up all closed returns of one month anew, in the database, in place of the sums kept by differences."""
    hold(session, f"measures:{shop_id}")
    connection, source = session.connection(), MeasuredReturn
    for model, day in ((MeasuredDay, MeasuredDay.closed_on), (NextOrders, NextOrders.month)):
        of_it = (col(model.shop_id) == shop_id, col(day) >= month, col(day) < next_month(month))
        connection.execute(sa.delete(model).where(*of_it))
    mine = (col(source.shop_id) == shop_id, col(source.closed_on) >= month, col(source.closed_on) < next_month(month))
    keys: list[Any] = [getattr(source, key) for key in KEYS]
    sums: list[Any] = [sa.func.sum(getattr(source, name)) for name in SUMMED]
    days = sa.select(*keys, *sums).where(*mine).group_by(*keys)
    connection.execute(sa.insert(MeasuredDay).from_select([*KEYS, *SUMMED], days))
    by: list[Any] = [col(source.shop_id), col(source.assisted), col(source.next_days)]
    first = sa.literal(month, type_=sa.Date())
    bought = sa.select(*by, first, sa.func.count()).where(*mine, col(source.next_days).is_not(None)).group_by(*by)
    names = ["shop_id", "assisted", "days", "month", "count"]
    connection.execute(sa.insert(NextOrders).from_select(names, bought))
