"""How often a thing may be tried in an hour, counted in the database, so that it holds across processes."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col

from kit.db import inserting
from kit.tokens import keyed_hash
from shops.models import Tally


class Pace(StrEnum):
    """How somebody who tries a thing is met: at once, with a wait, or not for a while."""

    FINE = "fine"
    SLOW = "slow"
    OVER = "over"


def may_try(session: Session, *, shop_id: int, tries: Mapping[str, int], secret: str, now: datetime) -> bool:
    """Count one try at each of `tries` (what is tried -> how often an hour it may be); whether all are within it.

    What is tried ("email:…") is kept as a hash under a key of `secret`. A try over the limit counts as well: who goes
    on stays out.
    """
    counts = _counted(session, shop_id, tries, secret, now)
    return all(counts[what] <= most for what, most in tries.items())


def pace(session: Session, *, shop_id: int, tries: Mapping[str, tuple[int, int]], secret: str, now: datetime) -> Pace:
    """Count one try at each of `tries`: what is tried -> how often an hour it is met at once, and how often at all."""
    counts = _counted(session, shop_id, tries, secret, now)
    if any(counts[what] > most for what, (_at_once, most) in tries.items()):
        return Pace.OVER
    is_slow = any(counts[what] > at_once for what, (at_once, _most) in tries.items())
    return Pace.SLOW if is_slow else Pace.FINE


def _counted(session: Session, shop_id: int, tries: Mapping[str, object], secret: str, now: datetime) -> dict[str, int]:
    """How often each was tried in this hour, this time included."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    # In one order for everybody: two that lock the same rows in different orders would wait for each other.
    keys = sorted((keyed_hash(secret, "limits", what), what) for what in tries)
    return {what: _count(session, shop_id, key, hour) for key, what in keys}


def _count(session: Session, shop_id: int, key: str, hour: datetime) -> int:
    statement = (
        inserting(session)(Tally)
        .values(shop_id=shop_id, key=key, hour=hour, count=1)
        .on_conflict_do_update(index_elements=["shop_id", "key", "hour"], set_={"count": col(Tally.count) + 1})
        .returning(col(Tally.count))
    )
    return int(session.connection().execute(statement).scalar_one())


def forget_tallies(session: Session, before: datetime) -> None:
    """Counts of hours that are over are gone."""
    session.connection().execute(sa.delete(Tally).where(col(Tally.hour) < before))
