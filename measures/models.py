"""Rows of a shop's past, and how far the reading of it came. No client's name or address in clear."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from kit.db import word
from measures.reads import Detail
from shops.crypt import Sealed


class ReadState(StrEnum):
    """Of the large read. `stopped`: it needs a person; `problem` says why."""

    IDLE = "idle"
    WANTED = "wanted"
    WORKING = "working"
    READING = "reading"
    STOPPED = "stopped"


class HistoryRead(SQLModel, table=True):
    """One row a shop: the large read under way or the last one, and what all of them reached.

    `byte_offset` and `lines_read` move in the transaction that writes what those lines said, so no line counts twice.
    """

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    hash_key: str = Field(sa_type=Sealed)
    state: ReadState = Field(default=ReadState.IDLE, sa_type=word(ReadState))
    turn: int = 0  # of the one chain of jobs that moves this row; a job of an earlier turn does nothing
    # the read under way, or the last one
    since: datetime | None = None
    changed_only: bool = False
    detail: Detail = Field(default=Detail.STAFF, sa_type=word(Detail))
    rights: str = Field(default="", max_length=200)
    marker: str = Field(default="", max_length=40)
    asked_at: datetime | None = None
    operation_gid: str | None = Field(default=None, max_length=100)
    is_part: bool = False  # what is read is the part of a read that failed
    byte_offset: int = Field(default=0, sa_type=sa.BigInteger)
    lines_read: int = Field(default=0, sa_type=sa.BigInteger)
    lines_total: int = Field(default=0, sa_type=sa.BigInteger)
    lines_odd: int = 0
    attempts: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    problem: str = ""
    # what all reads reached
    reaches_back_to: datetime | None = None
    read_rights: str = Field(default="", max_length=200)  # those of the app that widen what may be read
    read_detail: Detail | None = Field(default=None, sa_type=word(Detail))
    complete_at: datetime | None = None
    current_until: datetime | None = None  # every change before this was read


class HistoricOrder(SQLModel, table=True):
    """One order, in the shop's currency. `line_staff_gid`: somebody credited with a line of it.

    `household`: who bought it, as ties.own_key says or the household that key was tied to; None for nobody known.
    No index on the hashes: written in no order at all, they made a long past twice as long to read.
    """

    __table_args__ = (
        sa.UniqueConstraint("shop_id", "order_gid"),
        sa.Index("ix_historicorder_placed", "shop_id", "placed_at"),
        sa.Index("ix_historicorder_client", "shop_id", "client_gid"),
        sa.Index("ix_historicorder_household", "shop_id", "household", "placed_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    order_gid: str = Field(max_length=100)
    client_gid: str | None = Field(default=None, max_length=100)
    email_hash: str | None = Field(default=None, max_length=32)
    phone_hash: str | None = Field(default=None, max_length=32)
    placed_at: datetime
    updated_at: datetime
    total_cents: int = Field(sa_type=sa.BigInteger)
    refunded_cents: int = Field(default=0, sa_type=sa.BigInteger)
    currency: str = Field(max_length=3)
    channel: str = Field(default="", max_length=60)
    staff_gid: str | None = Field(default=None, max_length=100)
    line_staff_gid: str | None = Field(default=None, max_length=100)
    location_gid: str | None = Field(default=None, max_length=100)
    cancelled: bool = False
    household: str | None = Field(default=None, max_length=100)


class HistoricRefund(SQLModel, table=True):
    """Money that went back, of a return or not."""

    __table_args__ = (
        sa.UniqueConstraint("shop_id", "refund_gid"),
        sa.Index("ix_historicrefund_order", "shop_id", "order_gid"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    refund_gid: str = Field(max_length=100)
    order_gid: str = Field(max_length=100)
    return_gid: str | None = Field(default=None, max_length=100)
    at: datetime
    cents: int = Field(sa_type=sa.BigInteger)
    currency: str = Field(max_length=3)


class HistoricReturn(SQLModel, table=True):
    """One return, with Shopify's word for its status. `told_at`: of when that word is, None for one of before that."""

    __table_args__ = (
        sa.UniqueConstraint("shop_id", "return_gid"),
        sa.Index("ix_historicreturn_order", "shop_id", "order_gid"),
        sa.Index("ix_historicreturn_opened", "shop_id", "opened_at"),
        sa.Index("ix_historicreturn_id", "shop_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    return_gid: str = Field(max_length=100)
    order_gid: str = Field(max_length=100)
    status: str = Field(max_length=20)
    opened_at: datetime
    closed_at: datetime | None = None
    told_at: datetime | None = None


class HistoricPiece(SQLModel, table=True):
    """A line of a return: a piece that came back, or one that went out in exchange (`is_new`).

    `fee_cents`: of what was paid for it, kept back for taking it into stock again.
    """

    __table_args__ = (
        sa.UniqueConstraint("shop_id", "piece_gid"),
        sa.Index("ix_historicpiece_return", "shop_id", "return_gid"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    piece_gid: str = Field(max_length=100)
    return_gid: str = Field(max_length=100)
    is_new: bool
    quantity: int
    cents: int = Field(sa_type=sa.BigInteger)
    currency: str = Field(max_length=3)
    line_gid: str = Field(default="", max_length=100, sa_column_kwargs={"server_default": ""})
    fee_cents: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})


class ErasedClient(SQLModel, table=True):
    """A client who was erased, as a keyed hash: a result made before that may still name them, and is then blanked."""

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    client_hash: str = Field(primary_key=True, max_length=32)
    erased_on: date
