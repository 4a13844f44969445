"""Rows of an advisor's time: days that are otherwise, calendars that say when they are busy, times they proposed."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from consults.feed_words import FeedTrouble
from consults.kinds import Kind
from kit.db import word
from shops.crypt import Sealed


class DateOverride(SQLModel, table=True):
    """One day on which an advisor works otherwise: [[start, end], …] in minutes from midnight; none closes the day."""

    __table_args__ = (sa.UniqueConstraint("advisor_id", "day"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    advisor_id: int = Field(foreign_key="advisor.id", ondelete="CASCADE")
    day: date
    ranges: list[list[int]] = Field(default_factory=list, sa_type=sa.JSON)


class BusyFeed(SQLModel, table=True):
    """A calendar of an advisor's that is read for when they are busy. `provider` names who reads it.

    `read_at` is the last good copy, `trouble` what went wrong since. `needed`: without a copy of today no time of
    theirs is offered. `left_out` counts entries that repeat in a way we do not follow.
    """

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    advisor_id: int = Field(foreign_key="advisor.id", ondelete="CASCADE", index=True)
    provider: str = Field(default="ics", max_length=20)
    address: str = Field(sa_type=Sealed)  # a calendar's secret address opens it
    added_at: datetime
    tried_at: datetime | None = None
    read_at: datetime | None = None
    trouble: FeedTrouble | None = Field(default=None, sa_type=word(FeedTrouble))
    left_out: int = 0
    needed: bool = True


class BusyBlock(SQLModel, table=True):
    """[starts_at, ends_at) of a calendar, what it is about never kept."""

    __table_args__ = (sa.Index("ix_busyblock_advisor", "advisor_id", "ends_at"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    advisor_id: int = Field(foreign_key="advisor.id", ondelete="CASCADE")
    feed_id: int = Field(foreign_key="busyfeed.id", ondelete="CASCADE", index=True)
    starts_at: datetime
    ends_at: datetime


class ProposedTime(SQLModel, table=True):
    """A time the client may take with one tap. It keeps nothing free: of two who want it, one is told it is gone.

    `by` is who proposed it, as the history names them. `closed_at`: taken, or others were proposed since.
    """

    __table_args__ = (sa.UniqueConstraint("case_id", "advisor_id", "starts_at", "made_at"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    case_id: int = Field(foreign_key="case.id", ondelete="CASCADE", index=True)
    advisor_id: int = Field(foreign_key="advisor.id", ondelete="CASCADE")
    kind: Kind = Field(default=Kind.VIDEO, sa_type=word(Kind))
    starts_at: datetime
    made_at: datetime
    by: str = Field(max_length=40)
    closed_at: datetime | None = None
