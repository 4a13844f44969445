"""Rows of who may speak for an order besides its buyer."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from kit.db import word
from shops.crypt import Sealed


class SpeaksAs(StrEnum):
    """`delegate`: sees to it for the buyer. `recipient`: was given the pieces, sees no price and gets no money."""

    DELEGATE = "delegate"
    RECIPIENT = "recipient"


class OrderSpeaker(SQLModel, table=True):
    """Somebody the buyer of an order named, who has a link to it until the buyer takes it back.

    `key` is the form's own, so that one press names one person. `address`: email, or a mobile number in E.164.
    """

    __table_args__ = (UniqueConstraint("shop_id", "key", name="uq_orderspeaker_key"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    key: str = Field(max_length=64)
    order_gid: str = Field(max_length=120, index=True)
    order_name: str = Field(sa_type=Sealed)
    speaks_as: SpeaksAs = Field(sa_type=word(SpeaksAs))
    name: str = Field(sa_type=Sealed)
    address: str = Field(sa_type=Sealed)
    named_at: datetime
    ended_at: datetime | None = None
