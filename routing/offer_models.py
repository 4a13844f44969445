"""Rows of returns a client decides about on their own page, before anything is made in Shopify."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class ReturnOffer(SQLModel, table=True):
    """An advisor prepared it, the client decides. `key` is the form's own; `lines` and `reason_gid` as OpenedReturn's.

    `pieces` is [{title, detail, quantity}] of what comes back, `choices` [{variant_gid, piece, price_cents}] of what
    may be had instead, three at most; prices and `value_cents` are in `currency`, the shop's. `wish` is offers.Wish,
    with the number of the piece for an exchange; `opened_id` the OpenedReturn it became.
    """

    __table_args__ = (sa.UniqueConstraint("shop_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    key: str = Field(max_length=64)
    order_gid: str = Field(max_length=100, index=True)
    order_name: str = Field(default="", max_length=60)
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    pieces: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    reason_gid: str = Field(default="", max_length=100)
    advisor_id: int
    choices: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    value_cents: int = Field(default=0, sa_type=sa.BigInteger)
    currency: str = Field(max_length=3)
    may_credit: bool = False
    wish: str = Field(default="", max_length=20)
    opened_id: int | None = Field(default=None, foreign_key="openedreturn.id", ondelete="SET NULL")
    offered_at: datetime
    decided_at: datetime | None = None
