"""Rows of pieces a client takes instead: the return that is made anew in Shopify for one, and what is kept for them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from kit.db import word
from logistics.states import SaleState


class Exchange(SQLModel, table=True):
    """One return made anew with the piece in it; one at most. `asked_gid` is the return the client asked for.

    `before` are the order's returns at that moment: what is there beside them was made by us. `declining_at` is when
    we took the request out of the way, `sent_at` when the new one was sent. Without `variant_gid` Shopify did not take
    the piece, and the return is made anew without it.
    """

    id: int | None = Field(default=None, primary_key=True)
    rma_id: int = Field(foreign_key="rma.id", ondelete="CASCADE", unique=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    asked_gid: str = Field(max_length=120)
    order_gid: str = Field(max_length=120, index=True)
    variant_gid: str = Field(max_length=120)
    piece: str = Field(default="", max_length=200)
    state: SaleState = Field(default=SaleState.ASKED, sa_type=word(SaleState))
    before: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    asked_by: str = Field(max_length=120)
    asked_at: datetime
    declining_at: datetime | None = None
    sent_at: datetime | None = None
    made_at: datetime | None = None
    problem: str = ""


class KeptPieces(SQLModel, table=True):
    """What is kept out of other carts for one return, by one draft order: `wanted` and `kept` are [variant, quantity]s.

    `kept` is what the draft order holds, or what was sent when `sent_at` is set and no answer came. `round` tells one
    draft order's tag from the next one's.
    """

    rma_id: int = Field(primary_key=True, foreign_key="rma.id", ondelete="CASCADE")
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    wanted: list[list[Any]] = Field(default_factory=list, sa_type=sa.JSON)
    kept: list[list[Any]] = Field(default_factory=list, sa_type=sa.JSON)
    draft_gid: str = Field(default="", max_length=120)
    round: int = 1
    sent_at: datetime | None = None

    @property
    def tag(self) -> str:
        """By which the draft order is found in Shopify again."""
        return f"kept-for-return-{self.rma_id}-{self.round}"
