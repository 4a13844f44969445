"""Rows of what clients chose on the house's own return page, besides the pieces."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from kit.db import word
from shops.crypt import Sealed


class Prefers(StrEnum):
    """How the client would like it. `open`: they were not asked, as by law nothing may stand before a withdrawal."""

    TALK = "talk"
    SIMPLE = "simple"
    OPEN = "open"


class TalkState(StrEnum):
    """What became of the time they chose. `taken`: by somebody else, a moment before."""

    NONE = "none"
    WANTED = "wanted"
    RESERVED = "reserved"
    TAKEN = "taken"


class AskedReturn(SQLModel, table=True):
    """A return asked for on our page by `acting` (passes.Acting), and what goes with it; `opened_id` is its opening.

    `advisor_id` is who was shown. `way` is how it is to travel (logistics.ways), "" where nobody asked.
    `texts_words` is the sentence by which that number may be texted, "" where they did not agree.
    """

    opened_id: int = Field(primary_key=True, foreign_key="openedreturn.id", ondelete="CASCADE")
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    acting: str = Field(max_length=20)
    prefers: Prefers = Field(sa_type=word(Prefers))
    advisor_id: int | None = None
    talk: TalkState = Field(default=TalkState.NONE, sa_type=word(TalkState))
    talk_at: datetime | None = None
    talk_kind: str = Field(default="", max_length=20)
    talk_zone: str = Field(default="", max_length=64)
    phone: str | None = Field(default=None, sa_type=Sealed)
    texts_words: str = Field(default="", max_length=300, sa_column_kwargs={"server_default": ""})
    way: str = Field(default="", max_length=20)
    locale: str = Field(default="en", max_length=20)
    pieces: int = 1
