"""Rows of labels that somebody hung on a return in Shopify, and that were not made here."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from kit.db import word


class Said(StrEnum):
    """What a person said of it. `open`: nobody has; its cover is not confirmed, and it counts for nothing."""

    OPEN = "open"
    COVERED = "covered"
    NOT_USED = "not_used"


class ForeignLabel(SQLModel, table=True):
    """A label or tracking that staff hung on by hand. `evidence` and `cover_cents` are a person's own word of it."""

    __table_args__ = (sa.UniqueConstraint("rma_id", "delivery_gid", "tracking"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    rma_id: int = Field(foreign_key="rma.id", ondelete="CASCADE")
    delivery_gid: str = Field(max_length=120)
    tracking: str = Field(default="", max_length=120)
    said: Said = Field(default=Said.OPEN, sa_type=word(Said))
    seen_at: datetime
    evidence: str = Field(default="", max_length=240)
    cover_cents: int | None = Field(default=None, sa_type=sa.BigInteger)
    currency: str = Field(default="", max_length=3)
    said_by: str = Field(default="", max_length=120)
    said_at: datetime | None = None
