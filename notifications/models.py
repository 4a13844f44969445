"""Rows of the outbox."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from kit.db import word
from notifications.states import MessageState
from shops.crypt import Sealed


class Message(SQLModel, table=True):
    """One message to one person by one channel. `key` says what it is about; the same key is never sent twice."""

    __table_args__ = (sa.UniqueConstraint("shop_id", "key", "channel"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    name: str = Field(max_length=60)
    channel: str = Field(max_length=20)
    key: str = Field(max_length=200)
    locale: str = Field(default="en", max_length=20)
    recipient: str = Field(sa_type=Sealed)
    subject: str = Field(default="", sa_type=Sealed)
    body: str = Field(sa_type=Sealed)
    attachments: str | None = Field(default=None, sa_type=Sealed)
    state: MessageState = Field(default=MessageState.QUEUED, sa_type=word(MessageState))
    provider_id: str | None = Field(default=None, max_length=100, index=True)
    status_rank: int = 0
    error_code: str = ""
    error: str = ""
    created_at: datetime
    sending_at: datetime | None = None  # when a provider was last asked to take it
    sent_at: datetime | None = None


class InboundText(SQLModel, table=True):
    """A text somebody sent us. `meaning` is what was understood; `shop_id` is empty when nobody knows the number."""

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int | None = Field(default=None, foreign_key="shop.id", ondelete="CASCADE", index=True)
    provider_id: str = Field(max_length=100, unique=True)
    sender: str = Field(sa_type=Sealed)
    body: str = Field(sa_type=Sealed)
    at: datetime
    meaning: str = Field(default="", max_length=20)  # "" until it was read
    advisor_id: int | None = None
    case_id: int | None = None


class OptOut(SQLModel, table=True):
    """A number that answered STOP. Of no shop: it is the sender's number that they stopped, and shops share it.

    `ending` is the last two digits, so that few rows have to be opened to find one.
    """

    id: int | None = Field(default=None, primary_key=True)
    ending: str = Field(max_length=2, index=True)
    number: str = Field(sa_type=Sealed)
    at: datetime
