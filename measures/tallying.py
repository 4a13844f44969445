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

STEPS = {Step.UPGRADE: "upgrade", Step.EVEN: "even", Step.DOWN: "down"}
ALL: tuple[str, ...] = tuple(MeasuredReturn.__table__.columns.keys())  # type: ignore[attr-defined]
KEYS = ("shop_id", "closed_on", "assisted", "band", "currency")


def follow_orders(session: Session, *, shop_id: int, order_gids: Iterable[str], before: Iterable[str] = ()) -> int:
    """Orders were placed, changed or refunded: the returns of theirs, and those they came after. How many cases.

    `before`: households these orders belonged to till now. What an order changes of the returns before it is only what
    their household bought next: nothing else is read.
    """
    gids = sorted(set(order_gids))
    if not gids:
        return 0
    # Before anything is read: who waits here sees all that the one before wrote.
    hold(session, f"measures:{shop_id}")
    bought = gathering.orders_of(session, shop_id, gids)
    own = sorted(row.order_gid for row in bought if row.returned)
    count = _refresh(session, shop_id, own)
    households = {row.household for row in bought if row.household} | set(before)
    if not households:
        return count
    first = min(row.placed_at for row in bought) - timedelta(days=HORIZON + 2)
    cases = [row for row in _cases_of(session, shop_id, sorted(households), first) if row["order_gid"] not in own]
    several = [row["order_gid"] for row in cases if row["parts"] > 1]
    count += _refresh(session, shop_id, sorted(set(several)))
    single = [row for row in cases if row["parts"] == 1]
    return count + _follow(session, shop_id, single, ZoneInfo(bought[0].zone))


def households_of(session: Session, *, shop_id: int, order_gids: Iterable[str]) -> set[str]:
    """Whose these orders are: to be asked before something is kept of them that may say otherwise."""
    found = gathering.orders_of(session, shop_id, sorted(set(order_gids)))
    return {row.household for row in found if row.household}


def follow_returns(session: Session, *, shop_id: int, return_gids: Sequence[str]) -> int:
    """Something became of returns."""
    return refresh(session, shop_id=shop_id, order_gids=gathering.orders_with(session, shop_id, return_gids))


def refresh(session: Session, *, shop_id: int, order_gids: Sequence[str]) -> int:
    """Bring the closed cases of these orders up to date, and the sums with them; how many there are."""
    if order_gids:
        hold(session, f"measures:{shop_id}")
    return _refresh(session, shop_id, order_gids)


def _refresh(session: Session, shop_id: int, order_gids: Sequence[str]) -> int:
    if not order_gids:
        return 0
    chains, cared = gathering.chains_of(session, shop_id, order_gids)
    new = {row["return_gid"]: row for row in _reckon(session, shop_id, chains, cared)}
    old = {row["return_gid"]: row for row in _kept(session, shop_id, sorted(cared))}
    changed = {gid: row for gid, row in new.items() if old.get(gid) != row}
    gone = [gid for gid in old if gid not in new]
    _keep(session, shop_id, list(changed.values()), gone)
    before = [old[gid] for gid in (*changed, *gone) if gid in old]
    _move_sums(session, before, list(changed.values()))
    return len(new)


def _follow(session: Session, shop_id: int, cases: list[dict[str, Any]], zone: ZoneInfo) -> int:
    """What households bought after these cases, which are one return each; how many there are."""
    if not cases:
        return 0
    since = min(row["closed_at"] for row in cases)
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
    return _reckon(session, shop_id, *gathering.chains_of(session, shop_id, order_gids))


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


# --- one case in figures


def _reckon(session: Session, shop_id: int, chains: list[Chain], cared: dict[str, Around]) -> list[dict[str, Any]]:
    if not chains:
        return []
    zone, since = ZoneInfo(chains[0].zone), min(chain.closed_at for chain in chains)
    households = sorted({chain.household for chain in chains if chain.household})
    found = buyers(session, shop_id, households, since)
    made = []
    for chain in chains:
        buyer = (found.get(chain.household) or Buyer()) if chain.household else None
        about = [cared[gid] for gid in chain.members]
        made.append(_figures(chain, buyer, about, zone) | {"shop_id": shop_id})
    return made


def _figures(chain: Chain, buyer: Buyer | None, about: list[Around], zone: ZoneInfo) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(ALL, 0)
    row |= {
        "return_gid": chain.return_gid,
        "order_gid": chain.order_gid,
        "household": chain.household or f"r:{chain.return_gid}"[:100],
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
        "travelled_cents": chain.came.back if any(one.parcels for one in about) else 0,
        "given_cents": sum(one.given[chain.currency] for one in about),
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
        connection.execute(_upsert(inserting(session)), _one_or(kept))


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
    session: Session, model: Any, keys: tuple[str, ...], sums: tuple[str, ...], more: list[dict[str, Any]]
) -> None:
    """Add to the sums that are there; those that are not begin with these."""
    if more:
        session.connection().execute(_adding(inserting(session), model, keys, sums), _one_or(more))


def _one_or(many: list[dict[str, Any]]) -> Any:
    """One row is said as one: PostgreSQL's driver takes a list for a pipeline, which costs more than it saves."""
    return many[0] if len(many) == 1 else many


@cache
def _adding(insert_into: Any, model: Any, keys: tuple[str, ...], sums: tuple[str, ...]) -> Any:
    insert, table = insert_into(model), model.__table__
    added = {name: table.c[name] + insert.excluded[name] for name in sums}
    return insert.on_conflict_do_update(index_elements=list(keys), set_=added)


def measured(session: Session, *, shop_id: int, return_gid: str) -> MeasuredReturn | None:
    """One case as it is counted; None where it is not."""
    query = select(MeasuredReturn).where(MeasuredReturn.shop_id == shop_id, MeasuredReturn.return_gid == return_gid)
    return session.exec(query.execution_options(populate_existing=True)).first()
