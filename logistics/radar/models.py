"""Rows of the radar: what a client needs it for, and the cards of our failures."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from kit.db import word
from logistics.radar.kinds import LIVE_CARDS, CardState, Failure
from shops.crypt import Sealed

LIVE = sa.text(f"state IN {tuple(str(state) for state in LIVE_CARDS)!r}")


class ClientNeed(SQLModel, table=True):
    """What one return is really about: the occasion, its day, and the piece that was promised instead."""

    __table_args__ = (sa.UniqueConstraint("shop_id", "return_gid"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    return_gid: str = Field(max_length=120)
    occasion: str = Field(default="", sa_type=Sealed)  # "Their anniversary. For his wife."
    need_by: date | None = None
    variant_gid: str = Field(default="", max_length=120)
    piece: str = Field(default="", max_length=200)
    met_at: datetime | None = None
    set_at: datetime


class RadarCard(SQLModel, table=True):
    """One failure of ours. However many look, one that lasts has one card. `ways` are radar.ways.Way, as kept."""

    __table_args__ = (
        sa.Index("uq_radarcard_live", "shop_id", "key", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        sa.Index("ix_radarcard_return", "shop_id", "return_gid"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    key: str = Field(max_length=200)
    failure: Failure = Field(sa_type=word(Failure))
    state: CardState = Field(default=CardState.OPEN, sa_type=word(CardState))
    return_gid: str = Field(max_length=120)
    rma_id: int | None = Field(default=None, foreign_key="rma.id", ondelete="CASCADE")
    case_id: int | None = None  # plain numbers: the other package's rows
    advisor_id: int | None = Field(default=None, index=True)
    detail: str = ""
    occasion: str = Field(default="", sa_type=Sealed)
    need_by: date | None = None
    objection: str = ""
    words: str = Field(default="", sa_type=Sealed)
    ways: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    opened_at: datetime
    sent_at: datetime | None = None
    quiet_until: datetime | None = None
    chosen: int | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    why_closed: str = Field(default="", max_length=200)
