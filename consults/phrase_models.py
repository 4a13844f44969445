"""Rows of a house's own phrases."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class OwnPhrase(SQLModel, table=True):
    """Words this house leaves unsaid, beside those that ship with the product. An asterisk stands for any ending."""

    __table_args__ = (sa.UniqueConstraint("shop_id", "words"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    words: str = Field(max_length=80)
    better: str = Field(max_length=200)
    added_at: datetime
    added_by: str = Field(default="", max_length=120)
