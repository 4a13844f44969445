"""Rows of who decides about money, and how it goes."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from kit.db import word
from kit.money import Money
from logistics.states import SaleState


class MoneyTerms(SQLModel, table=True):
    """How the money of one return goes, where a person or the law chose otherwise than the usual way."""

    rma_id: int = Field(primary_key=True, foreign_key="rma.id", ondelete="CASCADE")
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    as_credit: bool = False
    shipping_back: bool = False
    track: str = Field(default="", max_length=20)  # a word of refund_dates.Track
    noticed_at: datetime | None = None  # when the client withdrew, where that was another moment than the request
    # Whether credit has room below its ceiling; the piece that comes with the return, "" where none does.
    may_credit: bool = Field(default=False, sa_column_kwargs={"server_default": sa.text("(false)")})
    instead_piece: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    proof_at: datetime | None = None  # when they showed that it was sent
    set_by: str = Field(default="", max_length=120)
    set_at: datetime


class SideSale(SQLModel, table=True):
    """A piece sold beside a return that goes its own way: a draft order, paid at Shopify's checkout. One a return."""

    id: int | None = Field(default=None, primary_key=True)
    rma_id: int = Field(foreign_key="rma.id", ondelete="CASCADE", unique=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    variant_gid: str = Field(max_length=120)
    piece: str = Field(default="", max_length=200)
    state: SaleState = Field(default=SaleState.ASKED, sa_type=word(SaleState))
    draft_gid: str = Field(default="", max_length=120)
    name: str = Field(default="", max_length=40)
    pay_url: str = ""
    amount_cents: int = Field(default=0, sa_type=sa.BigInteger)
    currency: str = Field(default="USD", max_length=3)
    asked_by: str = Field(max_length=120)
    asked_at: datetime
    sent_at: datetime | None = None
    problem: str = ""

    @property
    def tag(self) -> str:
        """By which the draft order is found in Shopify again."""
        return f"assisted-return-{self.rma_id}"

    @property
    def amount(self) -> Money:
        """What the client pays for it."""
        return Money(self.amount_cents, self.currency)


class RefundWatch(SQLModel, table=True):
    """What was said about a promised day, once a day and kind: "refund_near" or "refund_late"."""

    __table_args__ = (sa.UniqueConstraint("rma_id", "kind", "due_on"),)

    id: int | None = Field(default=None, primary_key=True)
    rma_id: int = Field(foreign_key="rma.id", ondelete="CASCADE")
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    kind: str = Field(max_length=20)
    due_on: date
    said_at: datetime


class MoneyRight(SQLModel, table=True):
    """What one member of staff may do about money. A shop without any row leaves both to whoever is in the admin."""

    __table_args__ = (sa.UniqueConstraint("shop_id", "who"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    who: str = Field(max_length=120)  # "staff:<Shopify's number>"
    name: str = Field(default="", max_length=120)
    may_grant: bool = False
    may_pay: bool = False
