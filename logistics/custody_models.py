"""Rows about the piece itself: who had it in their hands, what it looked like, what it should be, what was found."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import Field, SQLModel

from kit.db import word
from kit.money import Money
from logistics.custody_words import Answer, Grade, HandOver, Verdict
from shops.crypt import Sealed


class Custody(SQLModel, table=True):
    """The piece passed from one hand to another; written once. Above a value a second person stands by."""

    __table_args__ = (sa.UniqueConstraint("rma_id", "key"), sa.Index("ix_custody_rma", "rma_id", "id"))

    id: int | None = Field(default=None, primary_key=True)
    rma_id: int = Field(foreign_key="rma.id", ondelete="CASCADE")
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    key: str = Field(max_length=200)
    kind: HandOver = Field(sa_type=word(HandOver))
    at: datetime
    person: str = Field(max_length=120)
    second_person: str = Field(default="", max_length=120)
    place: str = Field(default="", max_length=120)
    seal_number: str = Field(default="", max_length=60)
    seal_intact: bool | None = None


class PieceRecord(SQLModel, table=True):
    """What left the house, as it was written down at the sale; one an order's line.

    `facts` is {item of the checklist: what was written down}, "" where nothing was.
    """

    __table_args__ = (sa.UniqueConstraint("shop_id", "line_gid"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    line_gid: str = Field(max_length=120)
    category: str = Field(default="", max_length=40)
    facts: dict[str, str] = Field(default_factory=dict, sa_type=sa.JSON)
    written_by: str = Field(max_length=120)
    at: datetime


class Check(SQLModel, table=True):
    """One item of an inspection's checklist: what was written down at the sale, what was found, and the verdict."""

    __table_args__ = (sa.UniqueConstraint("rma_id", "line_id", "item"),)

    id: int | None = Field(default=None, primary_key=True)
    rma_id: int = Field(foreign_key="rma.id", ondelete="CASCADE")
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    line_id: int
    item: str = Field(max_length=40)
    outbound: str = Field(default="", max_length=300)
    found: str = Field(default="", max_length=300)
    verdict: Verdict = Field(sa_type=word(Verdict))


class Picture(SQLModel, table=True):
    """A picture of the piece, kept under `key` in a private place. Written before it is put there (`stored_at`)."""

    id: int | None = Field(default=None, primary_key=True)
    rma_id: int = Field(foreign_key="rma.id", ondelete="CASCADE", index=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    key: str = Field(unique=True, max_length=200)
    media_type: str = Field(max_length=40)
    bytes: int
    sha256: str = Field(max_length=64)
    taken_by: str = Field(max_length=120)
    at: datetime
    stored_at: datetime | None = None
    shown_to_client: bool = False


class Deduction(SQLModel, table=True):
    """A charge for wear that the client sees before anything is paid; one a return, in presentment currency."""

    id: int | None = Field(default=None, primary_key=True)
    rma_id: int = Field(foreign_key="rma.id", ondelete="CASCADE", unique=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    grade: Grade = Field(sa_type=word(Grade))
    amount_cents: int = Field(sa_type=sa.BigInteger)
    currency: str = Field(max_length=3)
    words: str = Field(sa_type=Sealed)
    proposed_by: str = Field(max_length=120)
    proposed_at: datetime
    answer: Answer = Field(default=Answer.OPEN, sa_type=word(Answer))
    answered_at: datetime | None = None
    client_words: str = Field(default="", sa_type=Sealed)

    @property
    def amount(self) -> Money:
        """What is kept back."""
        return Money(self.amount_cents, self.currency)


def _refuse(_mapper: Any, _connection: Any, row: Any) -> None:
    raise TypeError(f"{type(row).__name__} rows are written once and never changed")


for _verb in ("before_update", "before_delete"):
    event.listen(Custody, _verb, _refuse)
