"""Rows of the shop's pieces, of how far they were read, and of holds."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from consults.pieces.states import HoldEnd
from kit.db import word


class StockVariant(SQLModel, table=True):
    """A variant as Shopify last told of it. `places`: [[name, how many]]; `details`: what is written of the piece."""

    __table_args__ = (
        sa.UniqueConstraint("shop_id", "variant_gid"),
        sa.Index("ix_stockvariant_family", "shop_id", "kind", "cut", "price_cents"),
        sa.Index("ix_stockvariant_product", "shop_id", "product_gid"),
        sa.Index("ix_stockvariant_sku", "shop_id", "sku"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    variant_gid: str = Field(max_length=100)
    product_gid: str = Field(max_length=100)
    title: str = Field(default="", max_length=300)
    sku: str = Field(default="", max_length=120)
    kind: str = Field(default="", max_length=100)
    cut: str = Field(default="", max_length=60)
    size: str = Field(default="", max_length=60)
    price_cents: int = Field(default=0, sa_type=sa.BigInteger)
    currency: str = Field(default="USD", max_length=3)
    details: dict[str, str] = Field(default_factory=dict, sa_type=sa.JSON)
    height_um: int | None = None  # thousandths of a millimetre: compared by the database
    width_um: int | None = None
    available: int = 0
    places: list[list[str | int]] = Field(default_factory=list, sa_type=sa.JSON)
    image: str = Field(default="", max_length=500)
    read_at: datetime


class StockRead(SQLModel, table=True):
    """How far a shop's pieces were read. `after` is Shopify's cursor in the read of all of them that is under way."""

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    whole_begun_at: datetime | None = None
    whole_done_at: datetime | None = None
    after: str | None = Field(default=None, max_length=500)
    changes_until: datetime | None = None
    last_error: str = ""


class PieceHold(SQLModel, table=True):
    """A piece put aside for one client, until `expires_at`.

    `unit` counts the pieces of one variant from 0: of two in stock there are units 0 and 1, and no two holds have one.
    The index is what makes of fifty who ask for the last piece one who has it.
    """

    __table_args__ = (
        sa.Index(
            "uq_piecehold_unit",
            "shop_id",
            "variant_gid",
            "unit",
            unique=True,
            sqlite_where=sa.text("freed_at IS NULL"),
            postgresql_where=sa.text("freed_at IS NULL"),
        ),
        sa.Index(
            "uq_piecehold_case",
            "case_id",
            "variant_gid",
            unique=True,
            sqlite_where=sa.text("freed_at IS NULL"),
            postgresql_where=sa.text("freed_at IS NULL"),
        ),
        sa.Index("ix_piecehold_expiry", "freed_at", "expires_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    case_id: int = Field(foreign_key="case.id", ondelete="CASCADE", index=True)
    variant_gid: str = Field(max_length=100)
    unit: int
    title: str = Field(default="", max_length=300)
    reason: str = Field(default="", max_length=300)
    price_cents: int = Field(default=0, sa_type=sa.BigInteger)
    currency: str = Field(default="USD", max_length=3)
    image: str = Field(default="", max_length=500)
    held_by: int
    held_at: datetime
    expires_at: datetime
    offered_at: datetime | None = None  # the client is shown it from then on
    reserved_at: datetime | None = None  # Shopify keeps it out of other carts
    draft_gid: str = Field(default="", max_length=100)
    freed_at: datetime | None = None
    freed_why: HoldEnd | None = Field(default=None, sa_type=word(HoldEnd))
    released_at: datetime | None = None  # Shopify's draft order is gone
    problem: str = ""

    @property
    def tag(self) -> str:
        """By which its draft order is found at Shopify."""
        return f"hold-{self.shop_id}-{self.id}"
