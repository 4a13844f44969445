"""Rows of the catalogue, and of what was taken from it."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from consults.catalogue.kinds import Fit, WayKind
from kit.db import word


class CatalogueWay(SQLModel, table=True):
    """One thing the house does for a client beyond money. `cost_cents` is what it costs the house, in `currency`.

    `kinds` and `boutique_ids` say who may have it, none stands for all; `in_budget`: its cost counts in what an advisor
    may give without asking. The lowest `position` is shown first.
    """

    __table_args__ = (sa.Index("ix_catalogueway_shop", "shop_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    kind: WayKind = Field(sa_type=word(WayKind))
    title: str = Field(max_length=80)
    words: str = Field(default="", max_length=200)
    cost_cents: int = Field(default=0, sa_type=sa.BigInteger)
    currency: str = Field(max_length=3)
    per_week: int = 1
    lead_days: int = 0
    kinds: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    boutique_ids: list[int] = Field(default_factory=list, sa_type=sa.JSON)
    from_cents: int = Field(default=0, sa_type=sa.BigInteger)
    in_budget: bool = True
    position: int = 0
    is_on: bool = True
    changed_at: datetime
    changed_by: str = Field(default="", max_length=120)

    @property
    def fit(self) -> Fit:
        """Who may have it."""
        return Fit(self.kinds, self.from_cents, self.currency, self.boutique_ids)


class WayTaken(SQLModel, table=True):
    """A place in a week of one way, for one client: `place` counts from 0 below what the week holds.

    The index is what keeps a week from being promised twice. While `gesture_id` is only asked for, nothing is promised.
    """

    __table_args__ = (
        sa.Index(
            "uq_waytaken_place",
            "way_id",
            "week_on",
            "place",
            unique=True,
            sqlite_where=sa.text("freed_at IS NULL"),
            postgresql_where=sa.text("freed_at IS NULL"),
        ),
        sa.UniqueConstraint("case_id", "once"),  # a second tap takes no second place
        sa.Index("ix_waytaken_gesture", "gesture_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    case_id: int = Field(foreign_key="case.id", ondelete="CASCADE")
    way_id: int = Field(foreign_key="catalogueway.id", ondelete="CASCADE")
    week_on: date
    place: int
    ready_on: date
    advisor_id: int
    title: str = Field(max_length=80)
    cost_cents: int = Field(default=0, sa_type=sa.BigInteger)
    currency: str = Field(max_length=3)
    gesture_id: int | None = None
    promise_id: int | None = None
    once: str = Field(max_length=64)
    taken_at: datetime
    freed_at: datetime | None = None
