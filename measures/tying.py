"""Households: one client, or several who share an address or a telephone. A tie can be undone, for good."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.among import among
from kit.db import Begin, hold, insert_once
from kit.errors import NotFound
from measures import tallying
from measures.measured import HouseholdMember, HouseholdTie
from measures.models import HistoricOrder
from measures.statements import RETURNED, SHOP, rows
from measures.ties import MOST_SHARING, households, tied

SOME = 200
"""Ties, or keys, in one transaction."""
T = TypeVar("T")
ORDERS_OF = sa.select(col(HistoricOrder.order_gid)).where(
    col(HistoricOrder.shop_id) == SHOP, among(col(HistoricOrder.household), "gids"), RETURNED
)


def household_of(session: Session, *, shop_id: int, key: str) -> str:
    """Where a client's own key belongs now."""
    mine = (col(HouseholdMember.shop_id) == shop_id, col(HouseholdMember.key) == key)
    return session.exec(select(HouseholdMember.household).where(*mine)).first() or key


def people_of(session: Session, *, shop_id: int, household: str) -> list[str]:
    """All keys of a household."""
    mine = (col(HouseholdMember.shop_id) == shop_id, col(HouseholdMember.household) == household)
    return sorted(session.exec(select(HouseholdMember.key).where(*mine))) or [household]


def tie_all(begin: Begin, *, shop_id: int, now: datetime) -> int:
    """Find who shares an address and make them one household, save where a person undid it; how many ties are new.

    Some at a time, each a transaction of its own: nobody waits long, and after a kill the next look finds what is left.
    """
    with begin() as session:
        news = _news(session, shop_id)
    new = 0
    for some in _some(news):
        with begin() as session:
            for one, other, by in some:
                new += insert_once(session, HouseholdTie(shop_id=shop_id, one=one, other=other, by=by, tied_at=now))
    with begin() as session:
        moved = _unsettled(session, shop_id)
    for keys in _some(moved):
        with begin() as session:
            settle(session, shop_id, keys)
    return new


def undo(session: Session, *, shop_id: int, tie_id: int, by: str, now: datetime) -> None:
    """They are two households after all; the next look does not tie them again. Raises NotFound."""
    mine = (col(HouseholdTie.id) == tie_id, col(HouseholdTie.shop_id) == shop_id)
    undone = session.connection().execute(
        sa.update(HouseholdTie)
        .where(*mine)
        .values(undone_at=sa.func.coalesce(col(HouseholdTie.undone_at), now), undone_by=by[:120])
    )
    if undone.rowcount != 1:
        raise NotFound("That tie is not known here.")
    both = session.connection().execute(sa.select(col(HouseholdTie.one), col(HouseholdTie.other)).where(*mine)).one()
    settle(session, shop_id, list(both))


def ties_of(session: Session, *, shop_id: int, limit: int = 100) -> list[HouseholdTie]:
    """The newest ties, undone ones among them."""
    query = select(HouseholdTie).where(HouseholdTie.shop_id == shop_id).order_by(col(HouseholdTie.id).desc())
    return list(session.exec(query.limit(limit)))


def name_orders(session: Session, *, shop_id: int, most: int) -> int:
    """Give a household to orders kept before there were any, `most` rows at a time; to how many."""
    nameless = (
        col(HistoricOrder.shop_id) == shop_id,
        col(HistoricOrder.household).is_(None),
        _own().is_not(None),
    )
    ids = sa.select(col(HistoricOrder.id)).where(*nameless).limit(most)
    named = sa.update(HistoricOrder).where(col(HistoricOrder.shop_id) == shop_id, col(HistoricOrder.id).in_(ids))
    return int(session.connection().execute(named.values(household=_own())).rowcount)


def forget(session: Session, *, shop_id: int, key: str) -> None:
    """A client was erased: nothing names them any more, and who they were tied to is by themselves."""
    either = sa.or_(col(HouseholdTie.one) == key, col(HouseholdTie.other) == key)
    session.connection().execute(sa.delete(HouseholdTie).where(col(HouseholdTie.shop_id) == shop_id, either))
    settle(session, shop_id, [key])  # and all that are in a household with them


def _own() -> Any:
    """measures.ties.own_key, said to the database."""
    guest = sa.literal("e:").concat(col(HistoricOrder.email_hash))
    by_phone = sa.literal("p:").concat(col(HistoricOrder.phone_hash))
    return sa.func.coalesce(col(HistoricOrder.client_gid), guest, by_phone)


def _news(session: Session, shop_id: int) -> list[tuple[str, str, str]]:
    """Ties that are not kept yet: (one, other, by)."""
    columns = sa.select(col(HouseholdTie.one), col(HouseholdTie.other)).where(col(HouseholdTie.shop_id) == shop_id)
    kept = {(str(one), str(other)) for one, other in session.connection().execute(columns)}
    found: dict[tuple[str, str], str] = {}
    for by, column in (("email", col(HistoricOrder.email_hash)), ("phone", col(HistoricOrder.phone_hash))):
        for pair in _found(session, shop_id, column):
            if pair not in kept:
                found.setdefault(pair, by)
    return [(one, other, by) for (one, other), by in found.items()]


def _found(session: Session, shop_id: int, column: Any) -> Iterator[tuple[str, str]]:
    """Ties by one kind of address: one pass over the orders, sorted by the database, and only what is shared read."""
    pairs = sa.select(column.label("address"), _own().label("key")).distinct()
    pairs_ = pairs.where(col(HistoricOrder.shop_id) == shop_id, column.is_not(None)).subquery()
    sharers = sa.func.count().over(partition_by=pairs_.c.address)
    counted = sa.select(pairs_.c.address, pairs_.c.key, sharers.label("sharers")).subquery()
    query = (
        sa.select(counted.c.address, counted.c.key)
        .where(counted.c.sharers > 1, counted.c.sharers <= MOST_SHARING)
        .order_by(counted.c.address)
    )
    for _, sharing in groupby(session.connection().execute(query), key=lambda row: row.address):
        yield from tied(str(row.key) for row in sharing)


def _unsettled(session: Session, shop_id: int) -> list[str]:
    """Keys that are not in the household the ties say, those of one household side by side."""
    live = sa.select(col(HouseholdTie.one), col(HouseholdTie.other)).where(
        col(HouseholdTie.shop_id) == shop_id, col(HouseholdTie.undone_at).is_(None)
    )
    wanted = households((str(one), str(other)) for one, other in session.connection().execute(live))
    columns = sa.select(col(HouseholdMember.key), col(HouseholdMember.household))
    members = session.connection().execute(columns.where(col(HouseholdMember.shop_id) == shop_id))
    now = {str(key): str(home) for key, home in members}
    moved = [key for key in {*wanted, *now} if wanted.get(key, key) != now.get(key, key)]
    return sorted(moved, key=lambda key: (wanted.get(key, key), key))


TIES: Any = (
    sa.select(col(HouseholdTie.one), col(HouseholdTie.other))
    .where(col(HouseholdTie.shop_id) == SHOP, col(HouseholdTie.undone_at).is_(None))
    .where(sa.or_(among(col(HouseholdTie.one), "gids"), among(col(HouseholdTie.other), "gids")))
)
MEMBERS = sa.select(col(HouseholdMember.key), col(HouseholdMember.household)).where(
    col(HouseholdMember.shop_id) == SHOP, among(col(HouseholdMember.key), "gids")
)
PEOPLE = sa.select(col(HouseholdMember.key), col(HouseholdMember.household)).where(
    col(HouseholdMember.shop_id) == SHOP, among(col(HouseholdMember.household), "gids")
)


def _whole(session: Session, shop_id: int, keys: Sequence[str]) -> list[str]:
    """These keys and all that are tied to them, or are in a household with them, however far."""
    known: set[str] = set()
    news = set(keys)
    while news:
        known |= news
        near = {key for tie in rows(session, TIES, shop_id, sorted(news)) for key in tie}
        homes = {home for _, home in rows(session, MEMBERS, shop_id, sorted(news))}
        near |= {key for key, _ in rows(session, PEOPLE, shop_id, sorted(homes))}
        news = near - known
    return sorted(known)


def settle(session: Session, shop_id: int, keys: Sequence[str]) -> None:
    """Make of these keys, and all tied to them, what the ties say: members, orders, the measures of who moved."""
    hold(session, f"households:{shop_id}")
    keys = _whole(session, shop_id, keys)
    wanted = households((one, other) for one, other in rows(session, TIES, shop_id, keys))
    now = {str(row.key): str(row.household) for row in rows(session, MEMBERS, shop_id, keys)}
    moved = [key for key in keys if wanted.get(key, key) != now.get(key, key)]
    gone = [key for key in now if key not in wanted]
    _write(session, shop_id, {key: wanted[key] for key in wanted if wanted[key] != now.get(key)}, gone)
    touched: set[str] = set()
    for key in moved:
        _move_orders(session, shop_id, key, now.get(key, key), wanted.get(key, key))
        touched |= {now.get(key, key), wanted.get(key, key)}
    orders = rows(session, ORDERS_OF, shop_id, sorted(touched))
    tallying.refresh(session, shop_id=shop_id, order_gids=sorted(row.order_gid for row in orders))


def _some(many: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(many), SOME):
        yield many[start : start + SOME]


def _write(session: Session, shop_id: int, news: dict[str, str], gone: Sequence[str]) -> None:
    old = [*news, *gone]
    for start in range(0, len(old), SOME):
        keys = col(HouseholdMember.key).in_(old[start : start + SOME])
        mine = col(HouseholdMember.shop_id) == shop_id
        session.connection().execute(sa.delete(HouseholdMember).where(mine, keys))
    rows = [{"shop_id": shop_id, "key": key, "household": household} for key, household in sorted(news.items())]
    if rows:
        session.connection().execute(sa.insert(HouseholdMember), rows)


def _move_orders(session: Session, shop_id: int, key: str, from_household: str, to_household: str) -> None:
    theirs = (
        col(HistoricOrder.shop_id) == shop_id,
        col(HistoricOrder.household) == from_household,
        _own() == key,
    )
    session.connection().execute(sa.update(HistoricOrder).where(*theirs).values(household=to_household))
