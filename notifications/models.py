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
