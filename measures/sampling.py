"""Which returns a night looks at: drawn from one shop's own, so that a small shop is looked at as a large one is."""

import random
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from measures.models import HistoricReturn

SAMPLE = 200


def drawn(session: Session, *, shop_id: int, now: datetime, most: int = SAMPLE) -> list[str]:
    """Orders of `most` of the shop's returns, each as likely as another; of all of them where there are no more.

    The same if it is asked twice a day, others tomorrow.
    """
    mine = col(HistoricReturn.shop_id) == shop_id
    connection = session.connection()
    count = connection.execute(sa.select(sa.func.count()).where(mine)).scalar_one()
    of_them: Any = sa.select(col(HistoricReturn.order_gid)).where(mine)
    if count > most:
        chance = random.Random(f"{shop_id}:{now.date()}")
        gids = _at(session, shop_id, chance.sample(range(1, count + 1), most))
        of_them = of_them.where(col(HistoricReturn.return_gid).in_(gids))
    return sorted({gid for (gid,) in connection.execute(of_them)})


def _at(session: Session, shop_id: int, places: list[int]) -> list[str]:
    """The returns at those places, from 1 on, as the index has them: it alone is read."""
    place = sa.func.row_number().over(order_by=col(HistoricReturn.return_gid)).label("place")
    numbered = sa.select(col(HistoricReturn.return_gid), place).where(col(HistoricReturn.shop_id) == shop_id).subquery()
    found = session.connection().execute(sa.select(numbered.c.return_gid).where(numbered.c.place.in_(places)))
    return [gid for (gid,) in found]
