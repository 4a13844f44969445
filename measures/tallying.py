"""Closed returns in figures, and their sums by day: brought up to date for some returns at a time.

The same code serves a webhook, a night and a rebuild. What a return counted for before is taken from the sums, what it
counts for now is added; the same twice changes nothing. Five journeys to the database, however much there is to ask.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlmodel import Session, select

from kit.db import holding
from kit.together import Asked, together
from measures import statements, summing
from measures.measured import MeasuredReturn
from measures.next_orders import HORIZON
from measures.reckoning import reckon


def follow_orders(session: Session, *, shop_id: int, order_gids: Iterable[str], before: Iterable[str] = ()) -> int:
    """Orders were placed, changed or refunded: the returns of theirs, and those they came after. How many cases.

    `before`: households these orders belonged to till now.
    """
    gids = sorted(set(order_gids))
    return _follow(session, shop_id, statements.of_these(shop_id, gids), before) if gids else 0


def households_of(session: Session, *, shop_id: int, order_gids: Iterable[str]) -> set[str]:
    """Whose these orders are: to be asked before something is kept of them that may say otherwise."""
    found = statements.orders_of(session, shop_id, sorted(set(order_gids)))
    return {row.household for row in found if row.household}


def follow_returns(session: Session, *, shop_id: int, return_gids: Sequence[str]) -> int:
    """Something became of returns: they, and those of their households before them. How many cases.

    A closing ends what follows the one before it, and may be told after what was bought since.
    """
    gids = sorted(set(return_gids))
    return _follow(session, shop_id, statements.of_those_with(shop_id, gids)) if gids else 0


def refresh(session: Session, *, shop_id: int, order_gids: Sequence[str]) -> int:
    """Bring the closed cases of these orders up to date, and the sums with them; how many there are."""
    return _bring(session, shop_id, order_gids, first=_alone(session, shop_id)) if order_gids else 0


def reckoned(session: Session, *, shop_id: int, order_gids: Sequence[str]) -> list[dict[str, Any]]:
    """What the rows of these orders' cases should be; nothing is written."""
    if not order_gids:
        return []
    returns, refunds = together(session, statements.of_orders(shop_id, order_gids))
    return reckon(session, shop_id, returns, refunds)[0]


def _follow(session: Session, shop_id: int, those: Asked, before: Iterable[str] = ()) -> int:
    """What an order, or a closing, changes of the returns before it is only what their household bought next: nothing
    else of them is read.
    """
    # Before anything is read: who waits here sees all that the one before wrote.
    found = together(session, [*_alone(session, shop_id), those])[-1]
    own = sorted({row.order_gid for row in found if row.returned})
    known = [row for row in found if row.placed_at is not None]
    households = sorted({row.household for row in known if row.household} | set(before))
    if not known or not households:
        return _bring(session, shop_id, own)
    first = min(row.placed_at for row in known) - timedelta(days=HORIZON + 2)
    closed = (summing.CLOSED_SINCE, {"shop_id": shop_id, "gids": households, "since": first})
    return _bring(session, shop_id, own, closed=closed, zone=known[0].zone)


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
    asked = [*statements.of_orders(shop_id, own), (summing.KEPT, about)] if own else []
    answers = together(session, [*first, *asked, *([closed] if closed else [])])[len(first) :]
    returns, refunds, kept = answers[:3] if own else ((), (), ())
    others = [row._asdict() for row in answers[-1] if row.order_gid not in mine] if closed else []
    single = [row for row in others if row["parts"] == 1]
    new, followed = reckon(session, shop_id, returns, refunds, single, zone)
    old = {row.return_gid: row._asdict() for row in kept}
    gone = sorted(old.keys() - {row["return_gid"] for row in new})
    changed = [row for row in new if old.get(row["return_gid"]) != row]
    before = [old[gid] for gid in (*(row["return_gid"] for row in changed), *gone) if gid in old]
    before += [one for one, other in followed if one != other]
    changed += [other for one, other in followed if one != other]
    summing.write(session, shop_id, before=before, now=changed, gone=gone)
    # A case that is several returns is brought up to date as a whole.
    several = sorted({row["order_gid"] for row in others if row["parts"] > 1})
    return len(new) + len(followed) + (_bring(session, shop_id, several) if several else 0)


def measured(session: Session, *, shop_id: int, return_gid: str) -> MeasuredReturn | None:
    """One case as it is counted; None where it is not."""
    query = select(MeasuredReturn).where(MeasuredReturn.shop_id == shop_id, MeasuredReturn.return_gid == return_gid)
    return session.exec(query.execution_options(populate_existing=True)).first()
