"""Rows of the inbox."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from kit.db import word
from shops.crypt import SealedBytes


class DeliveryState(StrEnum):
    """`unclaimed`: from a shop we do not know (yet); it is handled when that shop installs."""

    NEW = "new"
    HANDLED = "handled"
    UNCLAIMED = "unclaimed"
    IGNORED = "ignored"
    FAILED = "failed"


class Delivery(SQLModel, table=True):
    """One webhook as it came, raw, encrypted at rest. Unique is the sender's own id of it, equal on every copy."""

    __table_args__ = (
        sa.UniqueConstraint("source", "shop_domain", "topic", "external_id"),
        sa.Index("ix_delivery_waiting", "state", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(max_length=20)
    shop_domain: str = Field(default="", max_length=255)
    topic: str = Field(max_length=100)
    external_id: str = Field(max_length=200)
    event_id: str = Field(default="", max_length=200)
    triggered_at: str = Field(default="", max_length=40)
    api_version: str = Field(default="", max_length=20)
    body: bytes = Field(sa_type=SealedBytes)
    body_gone_at: datetime | None = None  # forgotten after 30 days, or erased; the envelope stays
    received_at: datetime
    state: DeliveryState = Field(default=DeliveryState.NEW, sa_type=word(DeliveryState))
    claimed_until: datetime | None = None
    handled_at: datetime | None = None
    attempts: int = 0
    error: str = ""
