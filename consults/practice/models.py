"""Rows of practice."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from shops.crypt import Sealed


class PracticeRun(SQLModel, table=True):
    """One scene of one advisor, who owns what they said in it. `turns`: JSON, [[words, beat], …].

    `opening`: a client's words without who they are, where it comes from a past return. Names no case.
    """

    __table_args__ = (sa.Index("ix_practicerun_advisor", "shop_id", "advisor_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    advisor_id: int = Field(foreign_key="advisor.id", ondelete="CASCADE")
    scene: str = Field(max_length=40)
    opening: str = Field(default="", sa_type=Sealed)
    turns: str = Field(default="[]", sa_type=Sealed)
    lines: str = Field(default="[]", sa_type=Sealed)
    version: int = 0
    assigned_by: int | None = None
    made_at: datetime
    begun_at: datetime | None = None
    done_at: datetime | None = None
