"""Rows of who sold what: the chain and its codes, claims kept with an order, choices of persons, the client book."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from kit.db import word
from routing.states import ImportState
from shops.crypt import Sealed


class SellerChain(SQLModel, table=True):
    """How a merchant's chain of evidence is asked; without a row, the defaults of routing/levels.py and below.

    `attribute_keys` are the cart and line attributes a code is read from; the metafield and the tag are the client's.
    """

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    levels: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    off: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    attribute_keys: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    client_namespace: str = Field(default="custom", max_length=255)
    client_key: str = Field(default="advisor", max_length=64)
    client_tag: str = Field(default="advisor:", max_length=60)
    consult_days: int = 30
    writes_back: bool = True


class AdvisorCode(SQLModel, table=True):
    """A code of the house that stands for an advisor. `plain` is how it is compared (signals.plain_code)."""

    __table_args__ = (sa.UniqueConstraint("shop_id", "plain"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    plain: str = Field(max_length=64)
    shown: str = Field(max_length=64)
    advisor_id: int = Field(foreign_key="advisor.id", ondelete="CASCADE", index=True)


class ClaimEvidence(SQLModel, table=True):
    """What was written on an order, or a line, under a key the merchant named. A buyer may have written anything."""

    id: int | None = Field(default=None, primary_key=True)
    evidence_id: int = Field(foreign_key="orderevidence.id", ondelete="CASCADE", index=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    line_gid: str = Field(default="", max_length=100)
    key: str = Field(max_length=100)
    value: str = Field(sa_type=Sealed)
    seen_at: datetime


class SellerChoice(SQLModel, table=True):
    """A person put another advisor in place of what the chain said (None: nobody). `by`: "staff:7" or "advisor:3"."""

    __table_args__ = (sa.Index("ix_sellerchoice_order", "shop_id", "order_gid"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    order_gid: str = Field(max_length=100)
    return_gid: str = Field(max_length=100)
    from_advisor_id: int | None = None
    advisor_id: int
    reason: str | None = Field(default=None, sa_type=Sealed)
    by: str = Field(max_length=120)
    at: datetime


class SellerNote(SQLModel, table=True):
    """What an order's `sold_by` metafield has to say, and how much of it Shopify has: `written` of `version`."""

    __table_args__ = (sa.UniqueConstraint("shop_id", "order_gid"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    order_gid: str = Field(max_length=100)
    body: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    version: int = 1
    written: int = 0
    written_at: datetime | None = None


class BookSecret(SQLModel, table=True):
    """The key a shop's client book hashes addresses with. Its own, so that keys of TOKEN_KEYS can be rotated."""

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    secret: str = Field(sa_type=Sealed)


class BookEntry(SQLModel, table=True):
    """A client's own advisor, by one way to know the client: their gid at Shopify, or a keyed hash of an address.

    Entries of one `client` are one client. `source`: "file", "person" or "hand_over".
    """

    __table_args__ = (
        sa.UniqueConstraint("shop_id", "client_key"),
        sa.Index("ix_bookentry_advisor", "shop_id", "advisor_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    client_key: str = Field(max_length=100)
    client: str = Field(max_length=100)
    advisor_id: int = Field(foreign_key="advisor.id", ondelete="CASCADE")
    since: date | None = None
    source: str = Field(max_length=20)
    noted_at: datetime


class BookHandOver(SQLModel, table=True):
    """The clients of one who leaves, and what they sold, are another's from then on."""

    __table_args__ = (sa.UniqueConstraint("shop_id", "from_advisor_id"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    from_advisor_id: int = Field(foreign_key="advisor.id", ondelete="CASCADE")
    to_advisor_id: int = Field(foreign_key="advisor.id", ondelete="CASCADE")
    at: datetime


class BookImport(SQLModel, table=True):
    """A file of the client book, read and shown, and applied as it was shown or not at all.

    `rows`: JSON [{"line", "keys", "advisor_id", "since"}], addresses hashed already; `rejected`: JSON [{"line",
    "reason", "cells"}], sealed because the cells are the merchant's own words. Both go when it is applied or dropped.
    """

    __table_args__ = (sa.Index("ix_bookimport_shop", "shop_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    state: ImportState = Field(default=ImportState.SHOWN, sa_type=word(ImportState))
    digest: str = Field(max_length=64)
    columns: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    rows: str | None = Field(default=None, sa_type=Sealed)
    rejected: str | None = Field(default=None, sa_type=Sealed)
    fresh: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    made_by: str = Field(max_length=120)
    made_at: datetime
    applied_at: datetime | None = None
