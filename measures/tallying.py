"""Closed returns in figures, and their sums by day: brought up to date for some returns at a time.

The same code serves a webhook, a night and a rebuild. What a return counted for before is taken from the sums, what it
counts for now is added; the same twice changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.among import among
from kit.db import hold, inserting
from kit.money import Money
from measures import gathering
from measures.buyers import Buyer, buyers
from measures.endings import Kind, Step, split
from measures.gathering import SHOP, Around, Chain, rows
from measures.measured import KINDS, SUMMED, MeasuredDay, MeasuredReturn, NextOrders
from measures.next_orders import HORIZON, after
from measures.totals import limits
from shops.shops import zone_of

STEPS = {Step.UPGRADE: "upgrade", Step.EVEN: "even", Step.DOWN: "down"}
ALL: tuple[str, ...] = tuple(MeasuredReturn.__table__.columns.keys())  # type: ignore[attr-defined]
KEYS = ("shop_id", "closed_on", "assisted", "band", "currency")


def follow_orders(session: Session, *, shop_id: int, order_gids: Iterable[str]) -> int:
    """Orders were placed, changed or refunded: the returns of theirs, and those they came after. How many cases.

    What an order changes of the returns before it is only what their household bought next: nothing else is read.
    """
    gids = sorted(set(order_gids))
    if not gids:
        return 0
    # Before anything is read: who waits here sees all that the one before wrote.
    hold(session, f"measures:{shop_id}")
    bought = gathering.orders_of(session, shop_id, gids)
    own = gathering.returned(session, shop_id, gids)
    count = refresh(session, shop_id=shop_id, order_gids=own)
    known = {household: placed_at for household, placed_at in bought.values() if household}
    if not known:
        return count
    first = min(known.values()) - timedelta(days=HORIZON + 2)
    cases = [row for row in _cases_of(session, shop_id, sorted(known), first) if row["order_gid"] not in own]
    several = [row["order_gid"] for row in cases if row["parts"] > 1]
    count += refresh(session, shop_id=shop_id, order_gids=sorted(set(several)))
    return count + _follow(session, shop_id, [row for row in cases if row["parts"] == 1])


def follow_returns(session: Session, *, shop_id: int, return_gids: Sequence[str]) -> int:
    """Something became of returns."""
    return refresh(session, shop_id=shop_id, order_gids=gathering.orders_with(session, shop_id, return_gids))


def refresh(session: Session, *, shop_id: int, order_gids: Sequence[str]) -> int:
    """Bring the closed cases of these orders up to date, and the sums with them; how many there are."""
    if not order_gids:
        return 0
    hold(session, f"measures:{shop_id}")
    zone = zone_of(session, shop_id)
    chains, gids = gathering.chains_of(session, shop_id, order_gids)
    new = {row["return_gid"]: row for row in _reckon(session, shop_id, chains, zone)}
    old = {row["return_gid"]: row for row in _kept(session, shop_id, sorted(gids))}
    changed = {gid: row for gid, row in new.items() if old.get(gid) != row}
    gone = [gid for gid in old if gid not in new]
    _keep(session, shop_id, list(changed.values()), gone)
    before = [old[gid] for gid in (*changed, *gone) if gid in old]
    _move_sums(session, before, list(changed.values()))
    return len(new)


def _follow(session: Session, shop_id: int, cases: list[dict[str, Any]]) -> int:
    """What households bought after these cases, which are one return each; how many there are."""
    if not cases:
        return 0
    zone, since = zone_of(session, shop_id), min(row["closed_at"] for row in cases)
    found = buyers(session, shop_id, sorted({row["household"] for row in cases}), since)
    before, now = [], []
    for row in cases:
        buyer = found.get(row["household"]) or Buyer()
        new = row | _followed(row["closed_at"], [row["return_gid"]], buyer, zone)
        if new != row:
            before.append(row)
            now.append(new)
    _keep(session, shop_id, now, [])
    _move_sums(session, before, now)
    return len(cases)


def reckoned(session: Session, *, shop_id: int, order_gids: Sequence[str]) -> list[dict[str, Any]]:
    """What the rows of these orders' cases should be; nothing is written."""
    chains, _ = gathering.chains_of(session, shop_id, order_gids)
    return _reckon(session, shop_id, chains, zone_of(session, shop_id))


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
    found = buyers(session, shop_id, households, since) if households else {}
    cared = gathering.around(session, shop_id, [gid for chain in chains for gid in chain.members])
    rows = []
    for chain in chains:
        household = orders.get(chain.order_gid, (None, None))[0]
        buyer = (found.get(household) or Buyer()) if household else None
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
    return row | _ended(chain) | _followed(chain.closed_at, chain.members, buyer, zone)


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


def _followed(closed_at: datetime, members: Sequence[str], buyer: Buyer | None, zone: ZoneInfo) -> dict[str, Any]:
    """What the household bought next. Of a buyer nobody knows it cannot be said, not even "not yet"."""
    if buyer is None:
        return {"next_days": None}
    closings = [at for at, gid in buyer.closings if at > closed_at and gid not in members]
    found = after(closed_at, buyer.orders, zone=zone, until=min(closings, default=None))
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


TABLE: Any = MeasuredReturn.__table__  # type: ignore[attr-defined]
KEPT = sa.select(TABLE).where(TABLE.c.shop_id == SHOP, among(TABLE.c.return_gid, "gids"))
CLOSED_SINCE = sa.select(TABLE).where(
    TABLE.c.shop_id == SHOP,
    among(TABLE.c.household, "gids"),
    TABLE.c.closed_at > sa.bindparam("since", type_=TABLE.c.closed_at.type),
)


def _kept(session: Session, shop_id: int, return_gids: Sequence[str]) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in rows(session, KEPT, shop_id, return_gids)]


def _cases_of(session: Session, shop_id: int, households: list[str], since: datetime) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in rows(session, CLOSED_SINCE, shop_id, households, since=since)]


def _keep(session: Session, shop_id: int, kept: list[dict[str, Any]], gone: list[str]) -> None:
    connection = session.connection()
    if gone:
        mine = (col(MeasuredReturn.shop_id) == shop_id, col(MeasuredReturn.return_gid).in_(gone))
        connection.execute(sa.delete(MeasuredReturn).where(*mine))
    if kept:
        connection.execute(_upsert(inserting(session)), kept)


@cache
def _upsert(insert_into: Any) -> Any:
    """Made once a dialect: forty columns take longer to say than to write."""
    insert = insert_into(MeasuredReturn)
    changed = {name: insert.excluded[name] for name in ALL if name not in ("shop_id", "return_gid")}
    return insert.on_conflict_do_update(index_elements=["shop_id", "return_gid"], set_=changed)


def _move_sums(session: Session, before: list[dict[str, Any]], now: list[dict[str, Any]]) -> None:
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
    _add(session, MeasuredDay, KEYS, SUMMED, moved)
    counts = [{"shop_id": key[0], **_next(key[1:]), "count": count} for key, count in sorted(bought.items()) if count]
    _add(session, NextOrders, ("shop_id", "month", "assisted", "days"), ("count",), counts)


def _next(key: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(("month", "assisted", "days"), key, strict=True))


def _add(
    session: Session, model: Any, keys: tuple[str, ...], sums: tuple[str, ...], rows: list[dict[str, Any]]
) -> None:
    """Add to the sums that are there; those that are not begin with these."""
    if rows:
        session.connection().execute(_adding(inserting(session), model, keys, sums), rows)


@cache
def _adding(insert_into: Any, model: Any, keys: tuple[str, ...], sums: tuple[str, ...]) -> Any:
    insert, table = insert_into(model), model.__table__
    added = {name: table.c[name] + insert.excluded[name] for name in sums}
    return insert.on_conflict_do_update(index_elements=list(keys), set_=added)


def measured(session: Session, *, shop_id: int, return_gid: str) -> MeasuredReturn | None:
    """One case as it is counted; None where it is not."""
    query = select(MeasuredReturn).where(MeasuredReturn.shop_id == shop_id, MeasuredReturn.return_gid == return_gid)
    return session.exec(query.execution_options(populate_existing=True)).first()
