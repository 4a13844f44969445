"""Closed returns in figures, and their sums by day: brought up to date for some returns at a time.

The same code serves a webhook, a night and a rebuild. What a return counted for before is taken from the sums, what it
counts for now is added; the same twice changes nothing. Four journeys to the database, however much there is to ask.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.among import among
from kit.db import hold, holding, inserting
from kit.money import Money
from kit.together import Asked, together
from measures import gathering
from measures.buyers import FOLLOWED, Buyer, buyers
from measures.endings import Kind, Step, split
from measures.gathering import SHOP, Around, Chain
from measures.measured import KINDS, SUMMED, MeasuredDay, MeasuredReturn, NextOrders
from measures.next_orders import HORIZON, after
from measures.totals import limits

STEPS = {Step.UPGRADE: "upgrade", Step.EVEN: "even", Step.DOWN: "down"}
ALL: tuple[str, ...] = tuple(MeasuredReturn.__table__.columns.keys())  # type: ignore[attr-defined]
KEYS = ("shop_id", "closed_on", "assisted", "band", "currency")
NEXT = ("shop_id", "month", "assisted", "days")
NEVER = datetime.max.replace(tzinfo=UTC)
FEW = 12
"""So many rows are written on one journey; more go the way that is made for many."""


def follow_orders(session: Session, *, shop_id: int, order_gids: Iterable[str], before: Iterable[str] = ()) -> int:
    """Orders were placed, changed or refunded: the returns of theirs, and those they came after. How many cases.

    `before`: households these orders belonged to till now. What an order changes of the returns before it is only what
    their household bought next: nothing else is read.
    """
    gids = sorted(set(order_gids))
    if not gids:
        return 0
    # Before anything is read: who waits here sees all that the one before wrote.
    bought = together(session, [*_alone(session, shop_id), gathering.of_these(shop_id, gids)])[-1]
    own = sorted(row.order_gid for row in bought if row.returned)
    households = sorted({row.household for row in bought if row.household} | set(before))
    if not bought or not households:
        return _bring(session, shop_id, own)
    first = min(row.placed_at for row in bought) - timedelta(days=HORIZON + 2)
    closed = (CLOSED_SINCE, {"shop_id": shop_id, "gids": households, "since": first})
    return _bring(session, shop_id, own, closed=closed, zone=bought[0].zone)


def households_of(session: Session, *, shop_id: int, order_gids: Iterable[str]) -> set[str]:
    """Whose these orders are: to be asked before something is kept of them that may say otherwise."""
    found = gathering.orders_of(session, shop_id, sorted(set(order_gids)))
    return {row.household for row in found if row.household}


def follow_returns(session: Session, *, shop_id: int, return_gids: Sequence[str]) -> int:
    """Something became of returns."""
    return refresh(session, shop_id=shop_id, order_gids=gathering.orders_with(session, shop_id, return_gids))


def refresh(session: Session, *, shop_id: int, order_gids: Sequence[str]) -> int:
    """Bring the closed cases of these orders up to date, and the sums with them; how many there are."""
    return _bring(session, shop_id, order_gids, first=_alone(session, shop_id)) if order_gids else 0


def reckoned(session: Session, *, shop_id: int, order_gids: Sequence[str]) -> list[dict[str, Any]]:
    """What the rows of these orders' cases should be; nothing is written."""
    if not order_gids:
        return []
    returns, refunds = together(session, gathering.of_orders(shop_id, order_gids))
    return _reckon(session, shop_id, returns, refunds)[0]


def _alone(session: Session, shop_id: int) -> Sequence[Asked]:
    return holding(session, f"measures:{shop_id}")


def _bring(
    session: Session,
    shop_id: int,
    own: Sequence[str],
    *,
    first: Sequence[Asked] = (),
    closed: Asked | None = None,
    zone: str = "",
) -> int:
    """Bring cases of these orders up to date, and follow those that `closed` finds; how many. `first` goes before."""
    about, mine = {"shop_id": shop_id, "gids": own}, set(own)
    asked = [*gathering.of_orders(shop_id, own), (KEPT, about)] if own else []
    answers = together(session, [*first, *asked, *([closed] if closed else [])])[len(first) :]
    returns, refunds, kept = answers[:3] if own else ((), (), ())
    others = [row._asdict() for row in answers[-1] if row.order_gid not in mine] if closed else []
    single = [row for row in others if row["parts"] == 1]
    new, followed = _reckon(session, shop_id, returns, refunds, single, zone)
    old = {row.return_gid: row._asdict() for row in kept}
    gone = sorted(old.keys() - {row["return_gid"] for row in new})
    changed = [row for row in new if old.get(row["return_gid"]) != row]
    before = [old[gid] for gid in (*(row["return_gid"] for row in changed), *gone) if gid in old]
    before += [one for one, other in followed if one != other]
    changed += [other for one, other in followed if one != other]
    _write(session, [*_keep(session, shop_id, changed, gone), *_move_sums(session, before, changed)])
    # A case that is several returns is brought up to date as a whole.
    several = sorted({row["order_gid"] for row in others if row["parts"] > 1})
    return len(new) + len(followed) + (_bring(session, shop_id, several) if several else 0)


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


def _reckon(
    session: Session,
    shop_id: int,
    returns: Sequence[Any],
    refunds: Sequence[Any],
    single: Sequence[dict[str, Any]] = (),
    zone: str = "",
) -> tuple[list[dict[str, Any]], list[tuple[dict[str, Any], dict[str, Any]]]]:
    """What cases of those returns should be; and the `single` ones, each as it is and as it should be."""
    closed = [row for row in returns if row.status == "CLOSED" and row.closed_at is not None]
    households = {row["household"] for row in single} | {row.household for row in closed if row.household}
    around = gathering.of_returns(shop_id, returns) if returns else ()
    after = [(FOLLOWED, {"shop_id": shop_id, "gids": sorted(households)})] if households else []
    answers = together(session, [*around, *after])
    chains, cared = gathering.chains_of(session, shop_id, returns, refunds, *answers[:3]) if returns else ([], {})
    since = min([row.closed_at for row in closed] + [row["closed_at"] for row in single], default=NEVER)
    found = buyers(answers[-1] if households else (), since)
    made = []
    for chain in chains:
        buyer = (found.get(chain.household) or Buyer()) if chain.household else None
        about = [cared[gid] for gid in chain.members]
        made.append(_figures(chain, buyer, about, ZoneInfo(chain.zone)) | {"shop_id": shop_id})
    then = [
        _followed(row["closed_at"], [row["return_gid"]], found.get(row["household"]) or Buyer(), ZoneInfo(zone))
        for row in single
    ]
    return made, [(row, row | what) for row, what in zip(single, then, strict=True)]


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
KEPT = sa.select(TABLE).where(TABLE.c.shop_id == SHOP, among(TABLE.c.order_gid, "gids"))
GONE = sa.delete(TABLE).where(TABLE.c.shop_id == SHOP, among(TABLE.c.return_gid, "gids"))
CLOSED_SINCE = sa.select(TABLE).where(
    TABLE.c.shop_id == SHOP,
    among(TABLE.c.household, "gids"),
    TABLE.c.closed_at > sa.bindparam("since", type_=TABLE.c.closed_at.type),
)


def _keep(session: Session, shop_id: int, kept: list[dict[str, Any]], gone: list[str]) -> list[Asked]:
    delete = [(GONE, {"shop_id": shop_id, "gids": gone})] if gone else []
    return [*delete, *((_upsert(inserting(session)), row) for row in kept)]


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


def _write(session: Session, asked: Sequence[Asked]) -> None:
    """A few rows together; many, each kind by itself."""
    if len(asked) <= FEW:
        together(session, asked)
        return
    for statement, some in groupby(asked, key=itemgetter(0)):
        session.connection().execute(statement, [dict(values) for _, values in some])


@cache
def _adding(insert_into: Any, model: Any, keys: tuple[str, ...], sums: tuple[str, ...]) -> Any:
    """Add to the sums that are there; those that are not begin with these."""
    insert, table = insert_into(model), model.__table__
    added = {name: table.c[name] + insert.excluded[name] for name in sums}
    return insert.on_conflict_do_update(index_elements=list(keys), set_=added)


def measured(session: Session, *, shop_id: int, return_gid: str) -> MeasuredReturn | None:
    """One case as it is counted; None where it is not."""
    query = select(MeasuredReturn).where(MeasuredReturn.shop_id == shop_id, MeasuredReturn.return_gid == return_gid)
    return session.exec(query.execution_options(populate_existing=True)).first()
