"""Rows of briefs."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from shops.crypt import Sealed


class Brief(SQLModel, table=True):
    """What Shopify said of one case's client and piece when it was last asked. `facts`: JSON, a list of facts.Fact.

    `owned` are products they kept, so that they are not shown what they have.
    """

    __table_args__ = (sa.Index("ix_brief_shop", "shop_id"),)

    case_id: int = Field(primary_key=True, foreign_key="case.id", ondelete="CASCADE")
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    facts: str = Field(default="[]", sa_type=Sealed)
    image: str = ""
    owned: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    made_at: datetime
