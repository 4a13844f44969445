"""Households: one client, or several who share an address or a telephone. A tie can be undone, for good."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.db import hold, insert_once
from kit.errors import NotFound
from measures import tallying
from measures.measured import HouseholdMember, HouseholdTie
from measures.models import HistoricOrder, HistoricReturn
from measures.ties import MOST_SHARING, households, tied

SOME = 500


def household_of(session: Session, *, shop_id: int, key: str) -> str:
    """Where a client's own key belongs now."""
    mine = (col(HouseholdMember.shop_id) == shop_id, col(HouseholdMember.key) == key)
    return session.exec(select(HouseholdMember.household).where(*mine)).first() or key


def people_of(session: Session, *, shop_id: int, household: str) -> list[str]:
    """All keys of a household."""
    mine = (col(HouseholdMember.shop_id) == shop_id, col(HouseholdMember.household) == household)
    return sorted(session.exec(select(HouseholdMember.key).where(*mine))) or [household]


def tie_all(session: Session, *, shop_id: int, now: datetime) -> int:
    """Find who shares an address and make them one household, save where a person undid it; how many ties are new."""
    new = 0
    for by, column in (("email", col(HistoricOrder.email_hash)), ("phone", col(HistoricOrder.phone_hash))):
        for one, other in _found(session, shop_id, column):
            row = HouseholdTie(shop_id=shop_id, one=one, other=other, by=by, tied_at=now)
            new += insert_once(session, row)
    settle(session, shop_id)
    return new


def undo(session: Session, *, shop_id: int, tie_id: int, by: str, now: datetime) -> None:
    """They are two households after all; the next look does not tie them again. Raises NotFound."""
    undone = session.connection().execute(
        sa.update(HouseholdTie)
        .where(col(HouseholdTie.id) == tie_id, col(HouseholdTie.shop_id) == shop_id)
        .values(undone_at=sa.func.coalesce(col(HouseholdTie.undone_at), now), undone_by=by[:120])
    )
    if undone.rowcount != 1:
        raise NotFound("That tie is not known here.")
    settle(session, shop_id)


def ties_of(session: Session, *, shop_id: int, limit: int = 100) -> list[HouseholdTie]:
    """The newest ties, undone ones among them."""
    query = select(HouseholdTie).where(HouseholdTie.shop_id == shop_id).order_by(col(HouseholdTie.id).desc())
    return list(session.exec(query.limit(limit)))


def name_orders(session: Session, *, shop_id: int, after_id: int, most: int) -> int | None:
    """Give a household to orders kept before there were any, `most` rows at a time; the last id, None at the end."""
    mine = (col(HistoricOrder.shop_id) == shop_id, col(HistoricOrder.id) > after_id)
    ids = sa.select(col(HistoricOrder.id)).where(*mine).order_by(col(HistoricOrder.id)).limit(most)
    found = [int(row[0] or 0) for row in session.connection().execute(ids)]
    if not found:
        return None
    span = (
        col(HistoricOrder.id) > after_id,
        col(HistoricOrder.id) <= found[-1],
        col(HistoricOrder.household).is_(None),
    )
    named = sa.update(HistoricOrder).where(col(HistoricOrder.shop_id) == shop_id, *span)
    session.connection().execute(named.values(household=_own()))
    return found[-1]


def forget(session: Session, *, shop_id: int, key: str) -> None:
    """A client was erased: nothing names them any more, and who they were tied to is by themselves."""
    either = sa.or_(col(HouseholdTie.one) == key, col(HouseholdTie.other) == key)
    session.connection().execute(sa.delete(HouseholdTie).where(col(HouseholdTie.shop_id) == shop_id, either))
    settle(session, shop_id)


def _own() -> Any:
    """measures.ties.own_key, said to the database."""
    guest = sa.literal("e:").concat(col(HistoricOrder.email_hash))
    by_phone = sa.literal("p:").concat(col(HistoricOrder.phone_hash))
    return sa.func.coalesce(col(HistoricOrder.client_gid), guest, by_phone)


def _found(session: Session, shop_id: int, column: Any) -> Iterator[tuple[str, str]]:
    """Ties by one kind of address, read as the database finds them."""
    mine = (col(HistoricOrder.shop_id) == shop_id, column.is_not(None))
    several = sa.func.count(sa.distinct(_own()))
    shared = sa.select(column).where(*mine).group_by(column).having(several > 1, several <= MOST_SHARING)
    addresses = [row[0] for row in session.connection().execute(shared)]
    for start in range(0, len(addresses), SOME):
        some = addresses[start : start + SOME]
        query = sa.select(column, _own()).where(*mine, column.in_(some)).distinct()
        sharing: dict[str, set[str]] = defaultdict(set)
        for address, key in session.connection().execute(query):
            sharing[address].add(key)
        for keys in sharing.values():
            yield from tied(keys)


def settle(session: Session, shop_id: int) -> None:
    """Make members and orders what the ties say, and the measures of whoever moved."""
    hold(session, f"households:{shop_id}")
    live = select(HouseholdTie.one, HouseholdTie.other).where(
        HouseholdTie.shop_id == shop_id, col(HouseholdTie.undone_at).is_(None)
    )
    wanted = households((str(one), str(other)) for one, other in session.connection().execute(live))
    columns = sa.select(col(HouseholdMember.key), col(HouseholdMember.household))
    member = columns.where(col(HouseholdMember.shop_id) == shop_id)
    now = {str(key): str(home) for key, home in session.connection().execute(member)}
    moved = {key for key in {*wanted, *now} if wanted.get(key, key) != now.get(key, key)}
    gone = [key for key in now if key not in wanted]
    _write(session, shop_id, {key: wanted[key] for key in wanted if wanted[key] != now.get(key)}, gone)
    touched: set[str] = set()
    for key in sorted(moved):
        _move_orders(session, shop_id, key, now.get(key, key), wanted.get(key, key))
        touched |= {now.get(key, key), wanted.get(key, key)}
    for orders in _with_returns(session, shop_id, sorted(touched)):
        tallying.refresh(session, shop_id=shop_id, order_gids=orders)


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


def _with_returns(session: Session, shop_id: int, touched: Iterable[str]) -> Iterator[list[str]]:
    """Orders of those households that have returns, some at a time."""
    names = list(touched)
    for start in range(0, len(names), SOME):
        query = (
            sa.select(col(HistoricOrder.order_gid))
            .join(
                HistoricReturn,
                sa.and_(
                    col(HistoricReturn.shop_id) == col(HistoricOrder.shop_id),
                    col(HistoricReturn.order_gid) == col(HistoricOrder.order_gid),
                ),
            )
            .where(
                col(HistoricOrder.shop_id) == shop_id,
                col(HistoricOrder.household).in_(names[start : start + SOME]),
            )
            .distinct()
        )
        yield [row[0] for row in session.connection().execute(query)]
