"""A shop's customer accounts: the way to Shopify's sign-in, the tokens that come of it, and the client's own orders.

A public client of OAuth with PKCE, under the app's own client id: `[customer_authentication]` of shopify.app.toml
names our address for the answer. No secret goes with it.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests

from kit.clock import parse_instant
from kit.errors import OutsideError
from kit.settings import Settings
from shopify_app.admin_api.reading import nodes
from shopify_app.admin_api.tokens import admin_base
from shopify_app.customer_accounts.calling import call, make_http
from shopify_app.customer_accounts.discovery import Kept, Places, discover
from shopify_app.customer_accounts.proofs import Keys, NotProved, challenge_of, check_id_token
from shops.account_sessions import Tokens

SCOPE = "openid email customer-account-api:full"
QUERY = Path(__file__).with_name("queries") / "account_orders.graphql"
CUSTOMER = re.compile(r"gid://shopify/Customer/\d+")
ORDER = re.compile(r"gid://shopify/Order/\d+")
MOST_PAGES = 5


class SignInRefused(Exception):
    """Shopify did not accept what was brought, or what it gave proves nothing. The message is for the log."""


@dataclass(frozen=True)
class AccountOrder:
    """One order of the signed-in client. `returnable` is None where the shop says nothing of it."""

    order_gid: str
    name: str
    placed_at: datetime
    pieces: tuple[str, ...]
    returnable: bool | None


class CustomerAccounts:
    """The customer accounts of any shop, by its domain. Kept for the life of a process: discovery is remembered."""

    def __init__(self, settings: Settings, http: requests.Session | None = None):
        self.settings = settings
        self.local = settings.shopify_admin_base_url
        self.http = http or make_http(self.local)
        self._places: Kept[Places] = Kept()
        self._keys: Kept[Keys] = Kept()

    def places(self, domain: str) -> Places:
        """Where that shop's accounts are. Raises OutsideError."""
        base = admin_base(self.settings, domain)
        return self._places.get(base, lambda: discover(self.http, base, local=self.local))

    def sign_in_address(
        self, domain: str, *, state: str, nonce: str, verifier: str, back: str, locale: str = ""
    ) -> str:
        """Where the client's browser goes to sign in."""
        asked = {
            "client_id": self.settings.shopify_api_key,
            "response_type": "code",
            "redirect_uri": back,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        if locale:
            asked["locale"] = locale
        return _asking(self.places(domain).authorize, asked)

    def sign_out_address(self, domain: str, *, id_token: str, back: str) -> str:
        """Where the client's browser goes to sign out of the shop as well; "" where the shop names no such place."""
        address = self.places(domain).end_session
        asked = {"id_token_hint": id_token, "post_logout_redirect_uri": back}
        return _asking(address, asked) if address else ""

    def exchange(self, domain: str, *, code: str, verifier: str, nonce: str, back: str, now: datetime) -> Tokens:
        """Tokens for a code, with the ID token checked. Raises SignInRefused or OutsideError."""
        asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        tokens = self._ask_tokens(domain, asked, now)
        about: dict[str, Any] = {"nonce": nonce, "audience": self.settings.shopify_api_key, "now": now}
        try:
            check_id_token(
                tokens.id_token,
                issuer=self.places(domain).issuer,
                keys=lambda anew: self._key_set(domain, anew),
                **about,
            )
        except NotProved as error:
            raise SignInRefused(f"the ID token is {error}") from error
        return tokens

    def renew(self, domain: str, refresh_token: str, *, now: datetime) -> Tokens:
        """Fresh tokens. Raises SignInRefused when the client has to sign in again, or OutsideError."""
        return self._ask_tokens(domain, {"grant_type": "refresh_token", "refresh_token": refresh_token}, now)

    def client_of(self, domain: str, access_token: str) -> str:
        """The gid of the client that token was given for, by Shopify's word. Raises SignInRefused or OutsideError."""
        return str(self._ask(domain, access_token, {"after": None})["id"])

    def orders(self, domain: str, access_token: str) -> tuple[str, list[AccountOrder]]:
        """(the client's gid, their orders, newest first, at most a hundred). Raises SignInRefused or OutsideError."""
        gid, found, after = "", [], None
        for _ in range(MOST_PAGES):
            customer = self._ask(domain, access_token, {"after": after})
            gid, page = customer["id"], customer.get("orders") or {}
            found += [_order(value) for value in nodes(page) if ORDER.match(str(value.get("id")))]
            info = page.get("pageInfo") or {}
            after = info.get("endCursor")
            if not info.get("hasNextPage") or not after:
                break
        return gid, found

    def _ask_tokens(self, domain: str, asked: dict[str, str], now: datetime) -> Tokens:
        given = asked | {"client_id": self.settings.shopify_api_key}
        status, body = call(self.http, "POST", self.places(domain).token, "customer accounts token", data=given)
        if status != 200:
            raise SignInRefused(f"the token was refused: {str(body.get('error'))[:60]}")
        if not isinstance(body.get("access_token"), str) or not body["access_token"]:
            raise SignInRefused("no token in the answer")
        return Tokens(
            access=body["access_token"],
            access_expires_at=now + timedelta(seconds=_seconds(body.get("expires_in"))),
            refresh=str(body.get("refresh_token") or ""),
            id_token=str(body.get("id_token") or ""),
        )

    def _key_set(self, domain: str, anew: bool) -> Keys:
        address = self.places(domain).keys

        def read() -> Keys:
            status, body = call(self.http, "GET", address, "customer accounts keys")
            if status != 200:
                raise OutsideError("shopify", f"customer accounts keys: answered {status}")
            return body

        return self._keys.get(address, read, anew=anew)

    def _ask(self, domain: str, access_token: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The `customer` of one answer, who is certainly there."""
        # The token stands in the header by itself: with "Bearer" before it, this API does not know it.
        status, body = call(
            self.http,
            "POST",
            self.places(domain).graphql,
            "AccountOrders",
            json={"query": QUERY.read_text(), "variables": variables},
            headers={"Authorization": access_token},
        )
        if status in (401, 403):
            raise SignInRefused(f"the access token was refused: {status}")
        customer = (body.get("data") or {}).get("customer")
        if status != 200 or not isinstance(customer, dict) or not CUSTOMER.fullmatch(str(customer.get("id"))):
            raise OutsideError("shopify", f"AccountOrders: no client in the answer ({status})", permanent=True)
        return customer


def _asking(address: str, asked: dict[str, str]) -> str:
    """`address` may have parameters of its own, which stay."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def _order(value: dict[str, Any]) -> AccountOrder:
    lines = nodes(value.get("lineItems"))
    offered = value.get("returnInformation")
    return AccountOrder(
        order_gid=str(value["id"]).partition("?")[0],
        name=value.get("name") or "",
        placed_at=parse_instant(value["processedAt"]),
        pieces=tuple(_piece(line) for line in lines),
        returnable=None if offered is None else bool(nodes(offered.get("returnableLineItems"))),
    )


def _piece(line: dict[str, Any]) -> str:
    quantity = int(line.get("quantity") or 1)
    return f"{quantity} × {line.get('title') or ''}" if quantity > 1 else str(line.get("title") or "")


def _seconds(value: object) -> float:
    """How long a token lasts; a short while where Shopify does not say."""
    return float(value) if isinstance(value, int | float) and 0 < value < 86_400 * 30 else 300.0
