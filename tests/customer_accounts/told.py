"""A shop's customer accounts as Shopify answers for them, in the test's hands."""

from typing import Any

import responses

from shopify_app.customer_accounts.accounts import CustomerAccounts
from tests import cast

DOMAIN = "verdane.myshopify.com"
SIGNING = f"https://{DOMAIN}/.well-known/openid-configuration"
API = f"https://{DOMAIN}/.well-known/customer-account-api"
AUTHORIZE = "https://shopify.com/authentication/1/oauth/authorize"
TOKEN = "https://shopify.com/authentication/1/oauth/token"
KEYS = "https://shopify.com/authentication/1/jwks.json"
LOGOUT = "https://shopify.com/authentication/1/logout"
GRAPHQL = "https://shopify.com/1/account/customer/api/2026-07/graphql"
ISSUER = "https://shopify.com/authentication/1"
PLACES = {
    "issuer": ISSUER,
    "authorization_endpoint": AUTHORIZE,
    "token_endpoint": TOKEN,
    "jwks_uri": KEYS,
    "end_session_endpoint": LOGOUT,
}


def accounts() -> CustomerAccounts:
    return CustomerAccounts(cast.settings())


def discovered(shopify: responses.RequestsMock, **changed: Any) -> None:
    """Shopify says where everything is; a place that is None is left out."""
    signing = {name: value for name, value in (PLACES | changed).items() if value is not None}
    shopify.get(SIGNING, json=signing)
    shopify.get(API, json={"graphql_api": GRAPHQL})
