"""Rows of the direct line: our numbers, and what clients and advisors say to each other over them."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from shops.crypt import Sealed


class Line(SQLModel, table=True):
    """A number of ours that clients ring and write to: a boutique's, or one advisor's. No two houses have the same."""

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    number: str = Field(max_length=20, unique=True)
    boutique_id: int | None = Field(default=None, foreign_key="boutique.id", ondelete="CASCADE", unique=True)
    advisor_id: int | None = Field(default=None, foreign_key="advisor.id", ondelete="CASCADE", unique=True)


class Thread(SQLModel, table=True):
    """What a client and their advisor write to each other by one channel, about one case.

    `ours` is the number of ours the client writes to. `address` is the client's, as the channel knows them; on WhatsApp
    it may be an id that hides their number, so WhatsApp's own `wa_id` is kept too. `told_at`: when the advisor was last
    told of something new; `seen_at`: when they last looked.
    """

    __table_args__ = (sa.UniqueConstraint("case_id", "channel", "ours"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    case_id: int = Field(foreign_key="case.id", ondelete="CASCADE")
    channel: str = Field(max_length=20)
    ours: str = Field(default="", max_length=20)
    ending: str = Field(max_length=2, index=True)
    address: str = Field(sa_type=Sealed)
    wa_id: str | None = Field(default=None, sa_type=Sealed)
    opened_at: datetime
    told_at: datetime | None = None
    seen_at: datetime | None = None


class Said(SQLModel, table=True):
    """One thing somebody wrote in a thread: the client, or the advisor with `advisor_id`.

    `provider_id` is Twilio's id of what came in, so that a copy is one; `message_key` is our message that carries an
    answer out.
    """

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    thread_id: int = Field(foreign_key="thread.id", ondelete="CASCADE", index=True)
    case_id: int = Field(foreign_key="case.id", ondelete="CASCADE", index=True)
    at: datetime
    body: str = Field(sa_type=Sealed)
    advisor_id: int | None = None
    provider_id: str | None = Field(default=None, max_length=100, unique=True)
    message_key: str = Field(default="", max_length=200)


class LineCall(SQLModel, table=True):
    """Somebody rang a line, once however often Twilio asks about it. `how`: put_through|answered|missed|closed|unknown.

    No number is kept: a client's is in their case, and a stranger's is nobody's business.
    """

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    call_sid: str = Field(max_length=60, unique=True)
    case_id: int | None = Field(default=None, foreign_key="case.id", ondelete="CASCADE")
    advisor_id: int | None = None
    at: datetime
    how: str = Field(max_length=20)
