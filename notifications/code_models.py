"""Rows of one-time codes."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from shops.crypt import Sealed


class CodeAsked(SQLModel, table=True):
    """Somebody asked for a code to prove that an address is theirs. Of one that leads nowhere there is a row as well:
    it is answered, counted and blocked like the others, and no code fits it.

    `by`: own|verify, "" where it leads nowhere. `state`: pending|approved|blocked. `subject_id` is what it opens.
    """

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    purpose: str = Field(max_length=20)
    subject_id: int | None = None
    channel: str = Field(max_length=20)
    recipient: str = Field(default="", sa_type=Sealed)
    by: str = Field(default="", max_length=10)
    code_hash: str = Field(default="", max_length=64)
    state: str = Field(default="pending", max_length=10)
    checks: int = 0
    made_at: datetime
    expires_at: datetime
