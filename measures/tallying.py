"""Closed returns in figures, and their sums by day: brought up to date for some returns at a time.

The same code serves a webhook, a night and a rebuild. What a return counted for before is taken from the sums, what it
counts for now is added; the same twice changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.db import hold, inserting
from kit.money import Money
from measures import gathering
from measures.endings import Kind, Step, split
from measures.gathering import Around, Buyer, Chain
from measures.measured import KINDS, SUMMED, MeasuredDay, MeasuredReturn, NextOrders
from measures.next_orders import after
from measures.totals import limits
from shops.shops import get_shop

STEPS = {Step.UPGRADE: "upgrade", Step.EVEN: "even", Step.DOWN: "down"}
ALL: tuple[str, ...] = tuple(MeasuredReturn.__table__.columns.keys())  # type: ignore[attr-defined]
KEYS = ("shop_id", "closed_on", "assisted", "band", "currency")


def follow_orders(session: Session, *, shop_id: int, order_gids: Iterable[str]) -> int:
    """Orders were placed, changed or refunded: the returns of theirs, and those they came after. How many cases."""
    gids = sorted(set(order_gids))
    theirs = {*gids, *gathering.before_order(session, shop_id, gids)}
    return refresh(session, shop_id=shop_id, order_gids=sorted(theirs))


def follow_returns(session: Session, *, shop_id: int, return_gids: Sequence[str]) -> int:
    """Something became of returns."""
    return refresh(session, shop_id=shop_id, order_gids=gathering.orders_with(session, shop_id, return_gids))


def refresh(session: Session, *, shop_id: int, order_gids: Sequence[str]) -> int:
    """Bring the closed cases of these orders up to date, and the sums with them; how many there are."""
    if not order_gids:
        return 0
    # Before anything is read: who waits here sees all that the one before wrote.
    hold(session, f"measures:{shop_id}")
    zone = ZoneInfo(get_shop(session, shop_id).zone)
    chains, gids = gathering.chains_of(session, shop_id, order_gids)
    new = {row["return_gid"]: row for row in _reckon(session, shop_id, chains, zone)}
    old = {row["return_gid"]: row for row in _kept(session, shop_id, sorted(gids))}
    changed = {gid: row for gid, row in new.items() if old.get(gid) != row}
    gone = [gid for gid in old if gid not in new]
    _keep(session, shop_id, list(changed.values()), gone)
    before = [old[gid] for gid in (*changed, *gone) if gid in old]
    _move_sums(session, before, list(changed.values()))
    return len(new)


def reckoned(session: Session, *, shop_id: int, order_gids: Sequence[str]) -> list[dict[str, Any]]:
    """What the rows of these orders' cases should be; nothing is written."""
    chains, _ = gathering.chains_of(session, shop_id, order_gids)
    return _reckon(session, shop_id, chains, ZoneInfo(get_shop(session, shop_id).zone))


def remake_sums(session: Session, *, shop_id: int) -> None:
    """Add up all closed returns anew, in the database, in place of the sums kept by differences."""
    hold(session, f"measures:{shop_id}")
    connection, source = session.connection(), MeasuredReturn
    for model in (MeasuredDay, NextOrders):
        connection.execute(sa.delete(model).where(col(model.shop_id) == shop_id))
    keys: list[Any] = [getattr(source, key) for key in KEYS]
    sums: list[Any] = [sa.func.sum(getattr(source, name)) for name in SUMMED]
    days = sa.select(*keys, *sums).where(col(source.shop_id) == shop_id).group_by(*keys)
    connection.execute(sa.insert(MeasuredDay).from_select([*KEYS, *SUMMED], days))
    bought: Any = (
        sa.select(col(source.closed_on), col(source.assisted), col(source.next_days), sa.func.count())
        .where(col(source.shop_id) == shop_id, col(source.next_days).is_not(None))
        .group_by(col(source.closed_on), col(source.assisted), col(source.next_days))
    )
    counts: Counter[tuple[date, bool, int]] = Counter()
    for closed_on, assisted, next_days, count in connection.execute(bought):
        counts[(closed_on.replace(day=1), assisted, next_days)] += count
    rows = [{"shop_id": shop_id, **_next(key), "count": count} for key, count in counts.items()]
    if rows:
        connection.execute(sa.insert(NextOrders), rows)


# --- one case in figures


def _reckon(session: Session, shop_id: int, chains: list[Chain], zone: ZoneInfo) -> list[dict[str, Any]]:
    if not chains:
        return []
    orders = gathering.orders_of(session, shop_id, {chain.order_gid for chain in chains})
    households = sorted({found[0] for found in orders.values() if found[0]})
    since = min(chain.closed_at for chain in chains)
    buyers = gathering.buyers(session, shop_id, households, since) if households else {}
    cared = gathering.around(session, shop_id, [gid for chain in chains for gid in chain.members])
    rows = []
    for chain in chains:
        household = orders.get(chain.order_gid, (None, None))[0]
        buyer = buyers.get(household, Buyer()) if household else None
        about = [cared.get(gid, Around()) for gid in chain.members]
        rows.append(_figures(chain, household, buyer, about, zone) | {"shop_id": shop_id})
    return rows


def _figures(
    chain: Chain, household: str | None, buyer: Buyer | None, about: list[Around], zone: ZoneInfo
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(ALL, 0)
    row |= {
        "return_gid": chain.return_gid,
        "order_gid": chain.order_gid,
        "household": household or f"r:{chain.return_gid}"[:100],
        "assisted": any(one.assisted for one in about),
        "closed_at": chain.closed_at,
        "closed_on": chain.closed_at.astimezone(zone).date(),
        "band": band_of(Money(chain.came.back, chain.currency)),
        "currency": chain.currency,
        "parts": len(chain.members),
        "returns": 1,
        "minutes": sum(one.minutes for one in about),
        "parcels": sum(one.parcels for one in about),
        "reworks": sum(one.reworked for one in about),
    }
    return row | _ended(chain) | _followed(chain, buyer, zone)


def _ended(chain: Chain) -> dict[str, Any]:
    came, found = chain.came, split(chain.came)
    row: dict[str, Any] = {
        "pieces_back": came.pieces_back,
        "pieces_exchanged": found.pieces_exchanged,
        "back_cents": came.back,
        "exchanged_cents": found.exchanged,
        "refunded_cents": found.refunded,
        "credited_cents": found.credited,
        "other_cents": found.other,
        KINDS[found.kind]: 1,
    }
    if found.step is not None:
        row[f"{STEPS[found.step]}_cents"] = found.exchanged
        if found.kind is Kind.EXCHANGE:
            row[f"{STEPS[found.step]}s"] = 1
    return row


def _followed(chain: Chain, buyer: Buyer | None, zone: ZoneInfo) -> dict[str, Any]:
    """What the household bought next. Of a buyer nobody knows it cannot be said, not even "not yet"."""
    if buyer is None:
        return {"next_days": None}
    closings = [at for at, gid in buyer.closings if at > chain.closed_at and gid not in chain.members]
    found = after(chain.closed_at, buyer.orders, zone=zone, until=min(closings, default=None))
    return {
        "next_days": found.next_days,
        "bought": int(found.next_days is not None),
        "not_yet": int(found.next_days is None),
        "next_cents": found.next_cents,
        "later_orders": found.later,
        "later_cents": found.later_cents,
    }


def band_of(value: Money) -> str:
    """ "small", "mid" or "dear", by what is dear in that currency (totals.limits)."""
    mid, dear = limits(value.currency)
    return "dear" if value.cents >= dear.cents else "mid" if value.cents >= mid.cents else "small"


# --- writing


def _kept(session: Session, shop_id: int, return_gids: Sequence[str]) -> list[dict[str, Any]]:
    table: Any = MeasuredReturn.__table__  # type: ignore[attr-defined]
    query = sa.select(table).where(table.c.shop_id == shop_id, table.c.return_gid.in_(return_gids))
    return [dict(row) for row in session.connection().execute(query).mappings()]


def _keep(session: Session, shop_id: int, rows: list[dict[str, Any]], gone: list[str]) -> None:
    connection = session.connection()
    if gone:
        mine = (col(MeasuredReturn.shop_id) == shop_id, col(MeasuredReturn.return_gid).in_(gone))
        connection.execute(sa.delete(MeasuredReturn).where(*mine))
    if rows:
        insert: Any = inserting(session)(MeasuredReturn)
        changed = {name: insert.excluded[name] for name in ALL if name not in ("shop_id", "return_gid")}
        statement = insert.on_conflict_do_update(index_elements=["shop_id", "return_gid"], set_=changed)
        connection.execute(statement, rows)


def _move_sums(session: Session, before: list[dict[str, Any]], now: list[dict[str, Any]]) -> None:
    days: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    bought: Counter[tuple[Any, ...]] = Counter()
    for rows, sign in ((before, -1), (now, 1)):
        for row in rows:
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
    _add(session, MeasuredDay, KEYS, SUMMED, moved)
    counts = [{"shop_id": key[0], **_next(key[1:]), "count": count} for key, count in sorted(bought.items()) if count]
    _add(session, NextOrders, ("shop_id", "month", "assisted", "days"), ("count",), counts)


def _next(key: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(("month", "assisted", "days"), key, strict=True))


def _add(session: Session, model: Any, keys: Sequence[str], sums: Sequence[str], rows: list[dict[str, Any]]) -> None:
    """Add to the sums that are there; those that are not begin with these."""
    if not rows:
        return
    insert: Any = inserting(session)(model)
    table = model.__table__
    added = {name: table.c[name] + insert.excluded[name] for name in sums}
    session.connection().execute(insert.on_conflict_do_update(index_elements=list(keys), set_=added), rows)


def measured(session: Session, *, shop_id: int, return_gid: str) -> MeasuredReturn | None:
    """One case as it is counted; None where it is not."""
    query = select(MeasuredReturn).where(MeasuredReturn.shop_id == shop_id, MeasuredReturn.return_gid == return_gid)
    return session.exec(query.execution_options(populate_existing=True)).first()
