"""Rows: the merchant's rule, the evidence kept when an order arrived, and every decision with its reason."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from kit.db import word
from routing.decide import Level, Outcome


class RoutingPolicy(SQLModel, table=True):
    """What the merchant chose: from which order value an advisor is offered, and who answers when nobody is named."""

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    limit_cents: int = Field(sa_type=sa.BigInteger)  # a ring in rupiah is past 32 bits
    currency: str = Field(max_length=3)
    default_advisor_id: int | None = None
    version: int = 1


class OrderEvidence(SQLModel, table=True):
    """Who and where, as the order said when it arrived. `seen_updated_at` is the order's own time of change."""

    __table_args__ = (sa.UniqueConstraint("shop_id", "order_gid"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    order_gid: str = Field(max_length=100)
    order_name: str = Field(max_length=60)
    source_name: str = ""
    staff_gid: str | None = Field(default=None, max_length=100)
    location_gid: str | None = Field(default=None, max_length=100)
    seen_updated_at: datetime
    kept_at: datetime


class LineEvidence(SQLModel, table=True):
    """`quantity` pieces of a line, credited to a member of staff when the order arrived."""

    __table_args__ = (sa.UniqueConstraint("evidence_id", "line_gid", "staff_gid"),)

    id: int | None = Field(default=None, primary_key=True)
    evidence_id: int = Field(foreign_key="orderevidence.id", ondelete="CASCADE", index=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    line_gid: str = Field(max_length=100)
    staff_gid: str = Field(max_length=100)
    quantity: int


class Decision(SQLModel, table=True):
    """What routing chose for one return, with the version of the rule it was made with. One a return."""

    __table_args__ = (sa.UniqueConstraint("shop_id", "return_gid"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    return_gid: str = Field(max_length=100)
    order_gid: str = Field(max_length=100)
    outcome: Outcome = Field(sa_type=word(Outcome))
    advisor_id: int | None = None
    level: Level = Field(sa_type=word(Level))
    words: str
    policy_version: int
    total_cents: int = Field(sa_type=sa.BigInteger)
    currency: str = Field(max_length=3)
    decided_at: datetime
