"""Rows of the pilot."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from kit.db import word
from measures.arms import Arm


class PilotMode(StrEnum):
    """`observe`: nobody is invited; what happens is written down, as a baseline."""

    OBSERVE = "observe"
    COMPARE = "compare"


class Pilot(SQLModel, table=True):
    """One pilot. Its plan is never changed: who wants another one ends this. `stopped_at`: switched off by a person.

    While `off` is set nobody at all is invited: the shop has its native flow. `before_share` and `hoped_share` are what
    the power was reckoned with, in per cent; `needed` what came out, in each arm.
    """

    __table_args__ = (sa.Index("ix_pilot_shop", "shop_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    mode: PilotMode = Field(sa_type=word(PilotMode))
    salt: str = Field(max_length=64)
    begins_at: datetime
    ends_at: datetime
    from_cents: int = Field(default=0, sa_type=sa.BigInteger)
    currency: str = Field(max_length=3)
    before_share: int
    hoped_share: int
    needed: int
    expected: int | None = None
    registered_by: str = Field(max_length=120)
    registered_at: datetime
    stopped_at: datetime | None = None
    stopped_by: str = Field(default="", max_length=120)
    off: bool = False


class PilotReturn(SQLModel, table=True):
    """One return of a pilot, in the arm its household was given. `key` is the client's own, whatever it is tied to."""

    __table_args__ = (
        sa.UniqueConstraint("shop_id", "return_gid"),
        sa.Index("ix_pilotreturn_key", "pilot_id", "key"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    pilot_id: int = Field(foreign_key="pilot.id", ondelete="CASCADE")
    return_gid: str = Field(max_length=100)
    key: str = Field(max_length=100)
    household: str = Field(max_length=100)
    arm: Arm = Field(sa_type=word(Arm))
    at: datetime
    complained_at: datetime | None = None
