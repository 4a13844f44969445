"""Rows of rounds."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from shops.crypt import Sealed


class OfferRound(SQLModel, table=True):
    """What was offered to the client of a case until they said no. `number` counts from 1.

    `asked_words`: the client asked what else there is, in these words; without them there is no round after the second.
    """

    __table_args__ = (sa.UniqueConstraint("case_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    case_id: int = Field(foreign_key="case.id", ondelete="CASCADE")
    number: int
    begun_at: datetime
    begun_by: int
    asked_words: str | None = Field(default=None, sa_type=Sealed)
    refused_at: datetime | None = None
