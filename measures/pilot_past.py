"""What a shop's own last year says of a pilot to come: how many returns it would get, and what they could tell."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.money import Money
from measures.measured import MeasuredReturn
from measures.pilot_result import DAYS
from measures.power import needed, smallest_found
from shops.models import Shop

LOOKED_AT = timedelta(days=365)


@dataclass(frozen=True)
class Past:
    """`closed` and `exchanged` count closed returns of `limit` and more; `days`: since the first of any size."""

    limit: Money
    closed: int
    exchanged: int
    days: int

    @property
    def share(self) -> float | None:
        """Of the closed ones, how many were exchanged for the most part (0 to 1); None where there is none."""
        return self.exchanged / self.closed if self.closed else None

    @property
    def expected(self) -> int | None:
        """How many a pilot would bring to each arm; None where it would be none."""
        return (round(self.closed / self.days * DAYS / 2) or None) if self.days else None

    @property
    def found(self) -> float | None:
        """The smallest share so many would find."""
        return smallest_found(self.share, self.expected) if self.share is not None and self.expected else None

    @property
    def hoped(self) -> int | None:
        """Twice the share in per cent, for the form to begin with; ten where nothing was exchanged."""
        return None if self.share is None else min(99, round(200 * self.share) or 10)

    @property
    def needed(self) -> int | None:
        """Households in each arm to find that."""
        if self.share is None or self.hoped is None or self.hoped / 100 == self.share:
            return None
        return needed(self.share, self.hoped / 100)


def past(session: Session, *, shop: Shop, limit: Money, now: datetime) -> Past:
    """The last twelve months, by the day a return was closed in the shop's zone. Amounts in another currency are left
    out, as the pilot leaves them out."""
    today = now.astimezone(ZoneInfo(shop.zone)).date()
    row = MeasuredReturn
    of_year = (row.shop_id == shop.id, row.closed_on > today - LOOKED_AT)
    first = session.exec(select(sa.func.min(row.closed_on)).where(*of_year)).one()
    counted = select(sa.func.count(), sa.func.coalesce(sa.func.sum(row.exchanges), 0)).select_from(row)
    large = (row.currency == limit.currency, col(row.back_cents) >= limit.cents)
    closed, exchanged = session.exec(counted.where(*of_year, *large)).one()
    return Past(limit, int(closed), int(exchanged), (today - first).days + 1 if first else 0)
