"""What Shopify's token address answers, read and kept. tokens.py asks it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kit.errors import OutsideError
from shops.models import Shop, ShopState


@dataclass(frozen=True)
class Grant:
    """What Shopify's token address answers. Times are absolute, UTC; the refresh part is None for lasting tokens."""

    access_token: str
    scopes: str
    access_expires_at: datetime | None
    refresh_token: str | None
    refresh_expires_at: datetime | None


class RefusedGrant(OutsideError):
    """Shopify refused to give a token; `reason` is its word, for example invalid_grant."""

    def __init__(self, reason: str):
        super().__init__("shopify", f"no token: {reason}", permanent=True)
        self.reason = reason


def read_grant(answer: dict[str, Any], at: datetime) -> Grant:
    """A Grant from Shopify's JSON. A missing expires_in means a token that lasts. Raises ValueError, TypeError.

    What is not a whole grant must not take the place of one that works: the old refresh token may be used once more.
    """
    if not isinstance(answer, dict) or not _is_token(answer.get("access_token")):
        raise ValueError("no access token")
    refresh = answer.get("refresh_token")
    if refresh is not None and not _is_token(refresh):
        raise ValueError("no refresh token")
    return Grant(
        access_token=answer["access_token"],
        scopes=str(answer.get("scope") or ""),
        access_expires_at=_after(at, answer.get("expires_in")),
        refresh_token=refresh,
        refresh_expires_at=_after(at, answer.get("refresh_token_expires_in")),
    )


def _is_token(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _after(at: datetime, seconds: Any) -> datetime | None:
    try:
        return None if seconds is None else at + timedelta(seconds=int(seconds))
    except OverflowError:
        raise ValueError("no such time") from None


def store_grant(shop: Shop, grant: Grant) -> None:
    """Both tokens and both times at once, in the caller's transaction: half a pair would lock the shop out."""
    shop.access_token, shop.access_expires_at = grant.access_token, grant.access_expires_at
    shop.refresh_token, shop.refresh_expires_at = grant.refresh_token, grant.refresh_expires_at
    shop.scopes = grant.scopes or shop.scopes
    shop.state = ShopState.ACTIVE
