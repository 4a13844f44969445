"""Rows of gestures."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from consults.gestures.states import GestureState
from kit.db import word
from shops.crypt import Sealed


class Gesture(SQLModel, table=True):
    """Something given to the client of a case beside what is due to them, in the shop's currency.

    `beyond`: it was more than the advisor's budget held, so that somebody else had to allow it.
    """

    __table_args__ = (
        sa.Index("ix_gesture_case", "case_id", "id"),
        sa.Index("ix_gesture_advisor", "shop_id", "advisor_id", "asked_at"),
        # A second tap on the same page is the same gesture.
        sa.UniqueConstraint("case_id", "once"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    case_id: int = Field(foreign_key="case.id", ondelete="CASCADE")
    advisor_id: int
    what: str = Field(sa_type=Sealed)
    why: str = Field(sa_type=Sealed)
    cents: int = Field(sa_type=sa.BigInteger)
    currency: str = Field(max_length=3)
    beyond: bool = False
    state: GestureState = Field(sa_type=word(GestureState))
    once: str = Field(max_length=64)
    asked_at: datetime
    answered_by: int | None = None
    answered_at: datetime | None = None
    answer: str | None = Field(default=None, sa_type=Sealed)
