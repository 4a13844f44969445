"""Rows of the tenant."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from kit.db import word
from shops.crypt import Sealed
from shops.looks import Look


class ShopState(StrEnum):
    """`reconnect`: the grant was lost and only a person opening the app can renew it."""

    ACTIVE = "active"
    RECONNECT = "reconnect"
    UNINSTALLED = "uninstalled"


class Shop(SQLModel, table=True):
    """A shop that installed the app. Tokens are null when there is nothing to call Shopify with."""

    id: int | None = Field(default=None, primary_key=True)
    domain: str = Field(unique=True, max_length=255)
    name: str = ""
    currency: str = Field(default="USD", max_length=3)
    zone: str = Field(default="UTC", max_length=64)
    state: ShopState = Field(default=ShopState.ACTIVE, sa_type=word(ShopState))
    scopes: str = ""
    access_token: str | None = Field(default=None, sa_type=Sealed)
    access_expires_at: datetime | None = None
    refresh_token: str | None = Field(default=None, sa_type=Sealed)
    refresh_expires_at: datetime | None = None
    renewing_until: datetime | None = None  # somebody is renewing the tokens until then
    installed_at: datetime
    uninstalled_at: datetime | None = None
    # Since when Shopify has kept clients' names and addresses from the app; None when it showed the last ones.
    withheld_at: datetime | None = None
    # What the house is called on pages and in messages, and where a client can ring; the merchant's to set.
    house: str = ""
    telephone: str = ""
    telephone_hours: str = ""
    plus: bool | None = None  # on Shopify Plus; None until Shopify said
    # The portal in the house's colours, "" for ours; what it calls a piece, {language: [one, several, gender]}.
    accent: str = Field(default="", max_length=7, sa_column_kwargs={"server_default": ""})
    on_accent: str = Field(default="", max_length=7, sa_column_kwargs={"server_default": ""})
    face: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})
    piece_words: dict[str, Any] = Field(
        default_factory=dict, sa_type=sa.JSON, sa_column_kwargs={"server_default": "{}"}
    )

    @property
    def look(self) -> Look | None:
        """The house's own; None where it has chosen none."""
        return Look(self.accent, self.on_accent, self.face) if self.accent else None

    @property
    def shown_name(self) -> str:
        """What clients read."""
        return self.house or self.name or self.domain.removesuffix(".myshopify.com")


class Allowance(SQLModel, table=True):
    """How many points a shop's bucket at Shopify held `at` that time, and until when nobody may call it at all.

    There is a row only where points were short once. `version` tells two writers apart.
    """

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    available: float = 1000.0
    size: float = 1000.0
    rate: float = 100.0
    at: datetime
    held_until: datetime | None = None
    version: int = 0


class Link(SQLModel, table=True):
    """A link a person was given. Only the hash of its token is kept, so a reader of the table cannot use it."""

    __table_args__ = (sa.Index("ix_link_subject", "shop_id", "purpose", "subject_id"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    token_hash: str = Field(unique=True, max_length=64)
    purpose: str = Field(max_length=20)
    subject_id: int
    person_id: int | None = None
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class DeskSession(SQLModel, table=True):
    """An advisor signed in at the desk, for a shift."""

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    advisor_id: int
    token_hash: str = Field(unique=True, max_length=64)
    made_at: datetime
    expires_at: datetime


class DataRequest(SQLModel, table=True):
    """A client asked the shop what is kept about them; the shop is owed an export within 30 days."""

    __table_args__ = (sa.UniqueConstraint("shop_id", "request_id", "client_gid"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    client_gid: str = Field(max_length=100)
    order_gids: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    request_id: str = Field(default="", max_length=100)
    asked_at: datetime
    due_on: date
    answered_at: datetime | None = None
    answered_by: str = Field(default="", max_length=120)


class ClientMerge(SQLModel, table=True):
    """Two records of one client became one at Shopify. Kept because merges are told of in any order."""

    __table_args__ = (sa.Index("ix_clientmerge_kept", "shop_id", "kept_gid"),)

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    gone_gid: str = Field(primary_key=True, max_length=100)
    kept_gid: str = Field(max_length=100)


class AccessLog(SQLModel, table=True):
    """Who of the house looked at a client's personal data. Names no client: `subject` is "case:7" or "rma:7"."""

    __table_args__ = (sa.Index("ix_accesslog_shop", "shop_id", "id"), sa.Index("ix_accesslog_at", "at"))

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    who: str = Field(max_length=120)
    what: str = Field(max_length=40)
    subject: str = Field(max_length=60)
    at: datetime


class ShopFigures(SQLModel, table=True):
    """What the orders of the last twelve months came to, counted by `measures` every night. None: cannot be told."""

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    counted_at: datetime
    since: datetime
    currency: str = Field(default="", max_length=3)
    orders: int = 0
    total_cents: int = Field(default=0, sa_type=sa.BigInteger)
    average_order_cents: int | None = Field(default=None, sa_type=sa.BigInteger)
    mid_cents: int = Field(default=0, sa_type=sa.BigInteger)
    mid_orders: int = 0
    dear_cents: int = Field(default=0, sa_type=sa.BigInteger)
    dear_orders: int = 0
    staff_orders: int | None = None
    returned_orders: int = 0
    assisted_orders: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # of these, with a case
    # Returns of these orders, those of which something was kept back for taking it into stock again, and how much.
    returns: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    fee_returns: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    fee_cents: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})
    # Households known by name or address: those of whom something came back and the others, and who ordered twice.
    returners: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    returners_again: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    others: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    others_again: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    monthly_visits: int | None = None  # as the merchant says: Shopify does not tell an app


class Tally(SQLModel, table=True):
    """How often something was tried in one hour. `key` is a keyed hash of what was tried, which names nobody."""

    __table_args__ = (sa.UniqueConstraint("shop_id", "key", "hour"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    key: str = Field(max_length=64)
    hour: datetime
    count: int
