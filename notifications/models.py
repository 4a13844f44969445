"""Rows of the outbox."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from kit.db import word
from notifications.states import RANK, MessageState
from shops.crypt import Sealed


class Message(SQLModel, table=True):
    """One message to one person by one channel. `key` says what it is about; the same key is never sent twice.

    `step` counts the ways of one chain from 1; 0 is a message on its own. `passed_on`: it did not arrive, and the next
    way was taken. `quiet` are hours in which the next way waits ("1260 480 Europe/Paris"), and after `not_after` it is
    not taken any more. `sender` is our number where it is not the usual one; `variables`, JSON, are what the message
    was made of.
    """

    __table_args__ = (
        sa.UniqueConstraint("shop_id", "key", "channel"),
        sa.Index("ix_message_state", "shop_id", "state"),
    )

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
    step: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    passed_on: bool = Field(default=False, sa_column_kwargs={"server_default": sa.text("false")})
    quiet: str = Field(default="", max_length=80, sa_column_kwargs={"server_default": ""})
    not_after: datetime | None = None
    sender: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})
    variables: str | None = Field(default=None, sa_type=Sealed)

    @property
    def was_read(self) -> bool:
        """Whether they opened it, where the channel says so."""
        return self.status_rank == RANK["read"]


class InboundText(SQLModel, table=True):
    """A text somebody sent us. `meaning` is what was understood; `shop_id` is empty when nobody knows the number.

    `sender` is a number, or on WhatsApp an id of theirs that hides it ("US.ABC"); `wa_id` is WhatsApp's own. `ours` is
    the number they wrote to.
    """

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int | None = Field(default=None, foreign_key="shop.id", ondelete="CASCADE", index=True)
    provider_id: str = Field(max_length=100, unique=True)
    sender: str = Field(sa_type=Sealed)
    body: str = Field(sa_type=Sealed)
    at: datetime
    meaning: str = Field(default="", max_length=20)  # "" until it was read
    advisor_id: int | None = None
    case_id: int | None = None
    channel: str = Field(default="sms", max_length=20, sa_column_kwargs={"server_default": "sms"})
    ours: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})
    wa_id: str | None = Field(default=None, sa_type=Sealed)


class OptOut(SQLModel, table=True):
    """A number that answered STOP, by channel. Of no shop: it is the sender's number they stopped, and shops share it.

    `ending` is the last two digits, so that few rows have to be opened to find one.
    """

    id: int | None = Field(default=None, primary_key=True)
    ending: str = Field(max_length=2, index=True)
    number: str = Field(sa_type=Sealed)
    at: datetime
    channel: str = Field(default="sms", max_length=20, sa_column_kwargs={"server_default": "sms"})


class Consent(SQLModel, table=True):
    """Somebody agreed to be written to by that channel, with the proof: when, how, and to which words.

    `how`: page|shopify|advisor. `ending` as with an OptOut.
    """

    __table_args__ = (sa.Index("ix_consent_ending", "shop_id", "ending"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    channel: str = Field(max_length=20)
    ending: str = Field(max_length=2)
    address: str = Field(sa_type=Sealed)
    given_at: datetime
    how: str = Field(max_length=20)
    words: str = ""
    ip: str | None = Field(default=None, sa_type=Sealed)
    withdrawn_at: datetime | None = None
