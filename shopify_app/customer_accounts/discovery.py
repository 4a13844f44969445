"""Where a shop's customer accounts are. Shopify says so itself, per shop: no address of theirs is written in here.

https://shopify.dev/docs/api/customer/2026-07 (Discovery): /.well-known/openid-configuration and
/.well-known/customer-account-api on the shop's own domain.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import requests

from kit.errors import OutsideError
from shopify_app.customer_accounts.calling import call

KEPT_SECONDS = 600.0
T = TypeVar("T")


@dataclass(frozen=True)
class Places:
    """A shop's addresses, and the name its tokens are issued under."""

    issuer: str
    authorize: str
    token: str
    keys: str
    end_session: str
    graphql: str


class Kept(Generic[T]):
    """What was read a short while ago, by address; read again after KEPT_SECONDS, or when told."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._found: dict[str, tuple[float, T]] = {}
        self._lock = Lock()

    def get(self, key: str, read: Callable[[], T], *, anew: bool = False) -> T:
        """The value under `key`. Two who ask at once may both read."""
        with self._lock:
            at, value = self._found.get(key, (0.0, None))
        if value is not None and not anew and self._clock() - at < KEPT_SECONDS:
            return value
        fresh = read()
        with self._lock:
            self._found[key] = (self._clock(), fresh)
        return fresh


def discover(http: requests.Session, shop: str, *, local: str = "") -> Places:
    """Read both documents of the shop at the address `shop`. Raises OutsideError, also for addresses not to be trusted.

    A shop without customer accounts answers neither: that is permanent until the merchant turns them on.
    """
    signing, api = _read(http, shop, "openid-configuration"), _read(http, shop, "customer-account-api")
    places = Places(
        issuer=str(signing.get("issuer") or ""),
        authorize=str(signing.get("authorization_endpoint") or ""),
        token=str(signing.get("token_endpoint") or ""),
        keys=str(signing.get("jwks_uri") or ""),
        end_session=str(signing.get("end_session_endpoint") or ""),
        graphql=str(api.get("graphql_api") or ""),
    )
    needed = (places.issuer, places.authorize, places.token, places.keys, places.graphql)
    if not all(_is_trusted(url, local) for url in needed):
        raise OutsideError("shopify", "customer accounts: an address in the discovery is none", permanent=True)
    return places


def _read(http: requests.Session, shop: str, name: str) -> dict[str, Any]:
    status, body = call(http, "GET", f"{shop}/.well-known/{name}", f"customer accounts {name}")
    if status != 200:
        raise OutsideError("shopify", f"customer accounts {name}: answered {status}", permanent=True)
    return body


def _is_trusted(url: str, local: str) -> bool:
    """Https, or the stand-in on this machine that the operator named."""
    try:
        parts, ours = urlsplit(url), urlsplit(local)
    except ValueError:
        return False
    if local and (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc):
        return True
    return parts.scheme == "https" and bool(parts.hostname) and not parts.username
