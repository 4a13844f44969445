"""Rows of one-time codes."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from shops.crypt import Sealed


class CodeAsked(SQLModel, table=True):
    """Somebody asked for a code to prove that an order is theirs. Of one that is nobody's there is a row as well: it is
    answered, counted and blocked like the others, and no code fits it.

    `wanted` is the order's number, as it was typed, and `recipient` the address or number typed with it. Once both are
    found to belong together, `wanted` is the order's name, `order_gid` the order, and `recipient` where the code went.
    `by`: own|verify, "" while or where it leads nowhere. `state`: pending|approved. `subject_id` is of codes of
    an earlier release, and written no more.
    """

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    purpose: str = Field(max_length=20)
    subject_id: int | None = None
    wanted: str | None = Field(default=None, sa_type=Sealed)
    order_gid: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    locale: str = Field(default="en", max_length=20, sa_column_kwargs={"server_default": "en"})
    channel: str = Field(max_length=20)
    recipient: str = Field(default="", sa_type=Sealed)
    by: str = Field(default="", max_length=10)
    code_hash: str = Field(default="", max_length=64)
    state: str = Field(default="pending", max_length=10)
    checks: int = 0
    made_at: datetime
    expires_at: datetime
