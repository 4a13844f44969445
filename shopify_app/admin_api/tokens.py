"""Offline access tokens: got by exchange when nothing usable is stored, renewed before they end, one at a time a shop.

The lock is a lease in the shop's row, so that it holds across processes and no transaction stays open during the call.
"""

import time
from datetime import timedelta
from typing import Any

import requests
import sqlalchemy as sa
from sqlmodel import col

from kit import metrics
from kit.causes import Cause
from kit.clock import now as clock_now
from kit.db import Database
from kit.errors import OutsideError, Waiting
from kit.log import get_logger
from kit.settings import Settings
from shopify_app.admin_api.grants import Grant, RefusedGrant, read_grant, store_grant
from shops.models import Shop, ShopState
from shops.shops import get_shop

log = get_logger("shopify")

MARGIN = timedelta(minutes=5)
LEASE = timedelta(seconds=30)
CONNECT_AND_READ = (3.05, 20)
RECONNECT = "Shopify ended this app's access to the shop. Open the app in the Shopify admin once to connect it again."


class TokenKeeper:
    """Gives a working access token for a shop."""

    def __init__(self, settings: Settings, database: Database, http: requests.Session):
        self.settings = settings
        self.database = database
        self.http = http

    def token(self, shop_id: int) -> tuple[str, str]:
        """(shop domain, access token). Renews it when under five minutes remain.

        Raises Waiting when the grant was lost, OutsideError when Shopify is away.
        """
        for _ in range(60):
            with self.database.begin() as session:
                shop = get_shop(session, shop_id)
            if shop.state is not ShopState.ACTIVE or not shop.access_token:
                raise Waiting(RECONNECT, cause=Cause.RECONNECT)
            if _lasts(shop):
                return shop.domain, shop.access_token
            if self._lease(shop_id):
                try:
                    self._renew(shop_id)
                finally:
                    self._release(shop_id)
            else:
                time.sleep(0.25)  # another process is renewing; its result is read next time round
        raise OutsideError("shopify", "the token is still being renewed elsewhere")

    def drop(self, shop_id: int, token: str) -> None:
        """Shopify answered 401 to `token`: make it be renewed, unless somebody did meanwhile."""
        with self.database.begin() as session:
            shop = get_shop(session, shop_id)
            if shop.access_token == token:
                shop.access_expires_at = clock_now()

    def exchange(self, domain: str, id_token: str) -> Grant:
        """A first token for an ID token. Raises RefusedGrant."""
        return self._ask(
            domain,
            {
                "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
                "subject_token": id_token,
                "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
                "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
                "expiring": "1",
            },
        )

    def _renew(self, shop_id: int) -> None:
        with self.database.begin() as session:
            shop = get_shop(session, shop_id)
        if _lasts(shop):  # renewed by whoever had the lease before, or the shop has left
            return
        if not shop.refresh_token:
            return self._lost(shop_id, shop)
        try:
            grant = self._ask(shop.domain, {"grant_type": "refresh_token", "refresh_token": shop.refresh_token})
        except RefusedGrant as refused:
            metrics.count("returns_token_refresh_failures_total", kind="refused")
            if refused.reason == "invalid_client":
                # Our own secret is wrong, not the shop's grant: no merchant could mend that by opening the app.
                raise OutsideError("shopify", "the app's client secret is not taken", retry_after=60) from refused
            return self._lost(shop_id, shop)
        except OutsideError:
            metrics.count("returns_token_refresh_failures_total", kind="away")
            raise
        with self.database.begin() as session:
            row = get_shop(session, shop_id)
            if row.refresh_token == shop.refresh_token:  # not uninstalled or granted anew meanwhile
                store_grant(row, grant)
        log.info("token.renewed", shop=shop.domain)

    def _lost(self, shop_id: int, shop: Shop) -> None:
        """Mark the shop, unless it was uninstalled or granted anew since `shop` was read."""
        with self.database.begin() as session:
            row = get_shop(session, shop_id)
            if row.state is not ShopState.ACTIVE or row.access_token != shop.access_token:
                return
            row.state = ShopState.RECONNECT
        log.warning("token.lost", shop=shop.domain)
        raise Waiting(RECONNECT, cause=Cause.RECONNECT)

    def _lease(self, shop_id: int) -> bool:
        free = sa.or_(col(Shop.renewing_until).is_(None), col(Shop.renewing_until) < clock_now())
        with self.database.begin() as session:
            taken = session.connection().execute(
                sa.update(Shop).where(col(Shop.id) == shop_id, free).values(renewing_until=clock_now() + LEASE)
            )
        return taken.rowcount == 1

    def _release(self, shop_id: int) -> None:
        with self.database.begin() as session:
            session.connection().execute(sa.update(Shop).where(col(Shop.id) == shop_id).values(renewing_until=None))

    def _ask(self, domain: str, grant: dict[str, Any]) -> Grant:
        body = {"client_id": self.settings.shopify_api_key, "client_secret": self.settings.shopify_api_secret, **grant}
        url = f"{admin_base(self.settings, domain)}/admin/oauth/access_token"
        try:
            answer = self.http.post(url, json=body, timeout=CONNECT_AND_READ, allow_redirects=False)
        except requests.RequestException as error:
            raise OutsideError("shopify", type(error).__name__, ambiguous=True) from error
        if answer.status_code in (400, 401, 403):
            raise RefusedGrant(_reason(answer))
        if answer.status_code != 200:
            raise OutsideError("shopify", f"token address answered {answer.status_code}")
        try:
            return read_grant(answer.json(), clock_now())
        except (ValueError, KeyError, TypeError) as error:
            raise OutsideError("shopify", "the token answer could not be read", ambiguous=True) from error


def _lasts(shop: Shop) -> bool:
    return shop.access_expires_at is None or shop.access_expires_at - clock_now() > MARGIN


def admin_base(settings: Settings, domain: str) -> str:
    """Where a shop's admin is: the shop itself, or the local stand-in."""
    base = settings.shopify_admin_base_url
    return f"{base.rstrip('/')}/{domain}" if base else f"https://{domain}"


def _reason(answer: requests.Response) -> str:
    try:
        return str(answer.json().get("error", answer.status_code))
    except (ValueError, AttributeError):
        return str(answer.status_code)
