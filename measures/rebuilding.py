"""All of a shop's sums made anew, some returns at a time: resumable, in bounded memory, with progress.

The place moves with the rows, as in reading the past: whoever is killed, the next goes on from the last batch.
"""

import time
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs
from kit import clock
from kit.db import Begin, hold, insert_once, locked
from kit.log import get_logger
from measures import sampling, summing, tallying, tying
from measures.measured import SUMMED, MeasuredDay, MeasuredReturn, Measuring, NextOrders
from measures.models import HistoricReturn
from shops.shops import get_shop, is_working, working_shops

log = get_logger("measures")

BATCH = 1_000
SLICE_SECONDS = 20.0
NIGHT = timedelta(hours=2)


def state_of(session: Session, *, shop_id: int) -> Measuring | None:
    """How far the sums of a shop are; None before the first rebuild."""
    return session.get(Measuring, shop_id, populate_existing=True)


def want(session: Session, *, shop_id: int) -> None:
    """Begin anew. A rebuild under way starts over; pages keep showing the sums of before."""
    insert_once(session, Measuring(shop_id=shop_id))
    row = session.get_one(Measuring, shop_id, populate_existing=True)
    row.turn, row.rebuilding, row.after_id, row.done = row.turn + 1, True, 0, 0
    count = sa.select(sa.func.count()).select_from(HistoricReturn).where(col(HistoricReturn.shop_id) == shop_id)
    row.total = int(session.connection().execute(count).scalar_one())
    session.add(row)
    session.flush()
    _secure(session, row)


def rebuild(begin: Begin, *, shop_id: int, turn: int, seconds: float = SLICE_SECONDS) -> None:
    """One turn of it: some batches, each a transaction, and the next turn secured."""
    until = time.monotonic() + seconds
    with begin() as session:
        row = state_of(session, shop_id=shop_id)
        if row is None or row.turn != turn or not row.rebuilding or not is_working(get_shop(session, shop_id)):
            return
    if row.done == 0:
        _name_all(begin, shop_id)
    while True:
        with begin() as session:
            found = _batch(session, shop_id, turn)
        if found is None:
            return
        if not found:
            return _add_up(begin, shop_id, turn)
        if time.monotonic() > until:
            break
    with begin() as session:
        row = _mine(session, shop_id, turn)
        if row is not None:
            row.turn += 1
            session.add(row)
            session.flush()
            _secure(session, row)
            log.info("measures.rebuilding", shop_id=shop_id, done=row.done, total=row.total)


def _name_all(begin: Begin, shop_id: int) -> None:
    """Give every order its household, and tie those that are one."""
    named = 1
    while named:
        with begin() as session:
            named = tying.name_orders(session, shop_id=shop_id, most=BATCH * 10)
    tying.tie_all(begin, shop_id=shop_id, now=clock.now())


def _batch(session: Session, shop_id: int, turn: int) -> int | None:
    """The next returns; how many, and None when another one took over."""
    row = _mine(session, shop_id, turn)
    if row is None:
        return None
    query = (
        sa.select(col(HistoricReturn.id), col(HistoricReturn.order_gid))
        .where(col(HistoricReturn.shop_id) == shop_id, col(HistoricReturn.id) > row.after_id)
        .order_by(col(HistoricReturn.id))
        .limit(BATCH)
    )
    found = session.connection().execute(query).all()
    if found:
        tallying.refresh(session, shop_id=shop_id, order_gids=sorted({gid for _, gid in found}))
        row.after_id, row.done = int(found[-1][0] or 0), row.done + len(found)
        session.add(row)
    return len(found)


def _add_up(begin: Begin, shop_id: int, turn: int) -> None:
    """The sums in place of those kept by differences, a month at a time: nobody waits for all of them."""
    with begin() as session:
        months = summing.months_of(session, shop_id=shop_id)
    for month in months:
        with begin() as session:
            if _mine(session, shop_id, turn) is None:
                return
            summing.remake_month(session, shop_id=shop_id, month=month)
    with begin() as session:
        row = _mine(session, shop_id, turn)
        if row is None:
            return
        row.rebuilding, row.refreshed_at = False, clock.now()
        session.add(row)
        log.info("measures.rebuilt", shop_id=shop_id, returns=row.done)


def _mine(session: Session, shop_id: int, turn: int) -> Measuring | None:
    """The row, kept from others until the transaction ends; None when another turn has begun."""
    row = locked(session, select(Measuring).where(Measuring.shop_id == shop_id)).first()
    return row if row is not None and row.turn == turn else None


def _secure(session: Session, row: Measuring) -> None:
    about: dict[str, Any] = {"shop_id": row.shop_id, "turn": row.turn}
    job_id = f"measures:{row.shop_id}:{row.turn}"
    jobs.enqueue(session, "measures.rebuild", key=f"measures:{row.shop_id}", job_id=job_id, **about)


# --- every night


def check_all(begin: Begin) -> None:
    """Every night, of each shop: tie households, reckon a sample anew, and compare the sums."""
    with begin() as session:
        now = clock.now()
        for shop in working_shops(session):
            shop_id = shop.id or 0
            # After the night's reading, and spread out as it is.
            at = now + timedelta(hours=3) + NIGHT * (shop_id * 7919 % 1000 / 1000)
            about: dict[str, Any] = {"key": f"measures:{shop_id}", "shop_id": shop_id, "at": at}
            jobs.enqueue(session, "measures.check", job_id=f"measures-day:{shop_id}:{now.date()}", **about)


def check(begin: Begin, *, shop_id: int) -> None:
    """One shop's night. What differs is counted, shown on the page and mended by a rebuild."""
    with begin() as session:
        row = state_of(session, shop_id=shop_id)
        if row is None:
            return want(session, shop_id=shop_id)
        if row.rebuilding:
            return
    tying.tie_all(begin, shop_id=shop_id, now=clock.now())
    differences = compare(begin, shop_id=shop_id, now=clock.now())
    with begin() as session:
        row = session.get_one(Measuring, shop_id, populate_existing=True)
        row.checked_at, row.differences = clock.now(), differences
        row.refreshed_at = row.checked_at if not differences else row.refreshed_at
        session.add(row)
        if differences:
            log.error("measures.differ", shop_id=shop_id, differences=differences)
            want(session, shop_id=shop_id)


def compare(begin: Begin, *, shop_id: int, now: datetime) -> int:
    """How many of a sample of cases, and of all sums, are not what the rows say."""
    with begin() as session:
        gids = sampling.drawn(session, shop_id=shop_id, now=now)
    with begin() as session:
        wrong = _sampled(session, shop_id, gids)
    with begin() as session:
        return wrong + _summed(session, shop_id)


def _sampled(session: Session, shop_id: int, gids: list[str]) -> int:
    # A write first: SQLite then keeps others from writing between what is reckoned here and what is compared with it.
    session.connection().execute(
        sa.update(Measuring).where(col(Measuring.shop_id) == shop_id).values(turn=col(Measuring.turn))
    )
    hold(session, f"measures:{shop_id}")
    return sum(not _same(session, row) for row in tallying.reckoned(session, shop_id=shop_id, order_gids=gids))


def _summed(session: Session, shop_id: int) -> int:
    """Both kinds of sums in one statement, which sees one moment, while webhooks go on adding to both."""
    mine = col(MeasuredReturn.shop_id) == shop_id
    bought = sa.func.count(col(MeasuredReturn.next_days))
    of_rows = sa.select(*(sa.func.sum(getattr(MeasuredReturn, name)) for name in SUMMED), bought).where(mine)
    counted = sa.select(sa.func.sum(col(NextOrders.count))).where(col(NextOrders.shop_id) == shop_id)
    of_days = sa.select(*(sa.func.sum(getattr(MeasuredDay, name)) for name in SUMMED), counted.scalar_subquery()).where(
        col(MeasuredDay.shop_id) == shop_id
    )
    one, other = session.connection().execute(sa.union_all(of_rows, of_days)).all()
    return sum((a or 0) != (b or 0) for a, b in zip(one, other, strict=True))


def _same(session: Session, row: dict[str, Any]) -> bool:
    kept = tallying.measured(session, shop_id=row["shop_id"], return_gid=row["return_gid"])
    return kept is not None and {name: getattr(kept, name) for name in row} == row
