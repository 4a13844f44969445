"""Rows of what rests for whom."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from shops.crypt import Sealed


class LettersPolicy(SQLModel, table=True):
    """The house's key at Klaviyo; None where it has none, or does not want it."""

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    klaviyo_key: str | None = Field(default=None, sa_type=Sealed)
    changed_at: datetime
    changed_by: str = Field(default="", max_length=120)


class LettersRest(SQLModel, table=True):
    """What was told of one client, last: by the tag on their record, and at Klaviyo. None: nothing was, so far.

    `tag_allowed` is False where the shop did not grant the right to write on clients' records.
    """

    __table_args__ = (sa.UniqueConstraint("shop_id", "client_gid"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    client_gid: str = Field(max_length=100)
    tagged: bool | None = None
    tag_allowed: bool = True
    at_klaviyo: bool | None = None
    changed_at: datetime
