"""Rows of withdrawals as clients stated them on our page."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from kit.db import word
from shops.crypt import Sealed


class StatementState(StrEnum):
    """What became of it. `person`: it stands, and somebody of the house has to carry it out."""

    RECEIVED = "received"
    OPENED = "opened"
    PERSON = "person"
    BY_HAND = "by_hand"


class WithdrawalStatement(SQLModel, table=True):
    """A client said that they withdraw from a purchase. Valid from `received_at`, whatever we find out afterwards.

    `key` is the form's own, so that a second press is the same statement. `part` says in the client's words which
    pieces are meant, "" for all of them; `why` what a person has to know.
    """

    __table_args__ = (
        sa.UniqueConstraint("shop_id", "key"),
        sa.Index("ix_withdrawalstatement_order", "shop_id", "order_gid"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    key: str = Field(max_length=64)
    order_name: str = Field(max_length=60)
    name: str = Field(default="", sa_type=Sealed)
    email: str = Field(default="", sa_type=Sealed)
    part: str = Field(default="", sa_type=Sealed)
    locale: str = Field(default="en", max_length=20)
    received_at: datetime
    state: StatementState = Field(default=StatementState.RECEIVED, sa_type=word(StatementState))
    order_gid: str = Field(default="", max_length=100)
    opened_id: int | None = None
    why: str = Field(default="", max_length=300)
    seen_by: str = Field(default="", max_length=120)
    seen_at: datetime | None = None
