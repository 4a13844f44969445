"""Rows of clients who sign in through the shop's own customer accounts."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from shops.crypt import Sealed


class SignInTry(SQLModel, table=True):
    """A sign-in that was begun: what its answer has to fit. Used once, within minutes, by the browser that began it."""

    __table_args__ = (sa.Index("ix_signintry_expires_at", "expires_at"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    state_hash: str = Field(unique=True, max_length=64)
    browser_hash: str = Field(max_length=64)
    nonce: str = Field(max_length=64)
    verifier: str = Field(sa_type=Sealed)
    expires_at: datetime
    used_at: datetime | None = None


class AccountSession(SQLModel, table=True):
    """A client signed in with us, for an hour. Shopify's tokens never leave the server."""

    __table_args__ = (
        sa.Index("ix_accountsession_client", "shop_id", "client_gid"),
        sa.Index("ix_accountsession_expires_at", "expires_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    token_hash: str = Field(unique=True, max_length=64)
    client_gid: str = Field(max_length=100)
    access_token: str = Field(sa_type=Sealed)
    refresh_token: str = Field(default="", sa_type=Sealed)
    id_token: str = Field(default="", sa_type=Sealed)  # Shopify asks for it at signing out
    access_expires_at: datetime
    renewing_until: datetime | None = None  # somebody is renewing the tokens until then
    made_at: datetime
    expires_at: datetime
