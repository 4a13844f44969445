"""Who is calling from Shopify's customer accounts: our UI extension there, by its session token.

The token is a JWT of our client secret. `dest` may come without https://; `sub` names the client only when they are
signed in and the app was approved for customer data. It cannot be exchanged for anything.
"""

from dataclasses import dataclass

import jwt
from flask import request

from kit.settings import Settings
from shopify_app.auth import NotSignedIn
from shopify_app.web import begin, settings
from shops.shops import find_serving
from webhooks.sources.shopify import clean_domain

CUSTOMER = "gid://shopify/Customer/"


@dataclass(frozen=True)
class ExtensionCaller:
    """A page of the shop's customer accounts. `customer_gid` is None for a visitor who is not signed in."""

    shop_id: int
    shop_domain: str
    customer_gid: str | None


def read_extension_token(raw: str, config: Settings) -> tuple[str, str | None]:
    """(shop domain, client's gid or None) of a genuine token. Raises NotSignedIn."""
    for secret in config.webhook_secrets:
        try:
            claims = jwt.decode(
                raw,
                secret,
                algorithms=["HS256"],
                audience=config.shopify_api_key,
                leeway=10,
                options={"require": ["exp", "dest", "aud"]},
            )
        except jwt.PyJWTError:
            continue
        dest = str(claims["dest"]).removeprefix("https://")
        if clean_domain(dest) == dest:
            subject = str(claims.get("sub") or "")
            known = subject.startswith(CUSTOMER) and subject.removeprefix(CUSTOMER).isdigit()
            return dest, subject if known else None
    raise NotSignedIn("This opens from your account in the shop.", "extension")


def extension() -> ExtensionCaller:
    """The extension calling, of a shop that has the app. The shop comes from the token, never from the request."""
    header = request.headers.get("Authorization", "")
    if not header.startswith("Bearer "):
        raise NotSignedIn("This opens from your account in the shop.", "extension")
    domain, customer_gid = read_extension_token(header.removeprefix("Bearer ").strip(), settings())
    with begin() as session:
        shop = find_serving(session, domain)
    if shop is None:
        raise NotSignedIn("This opens from your account in the shop.", "extension")
    assert shop.id is not None
    return ExtensionCaller(shop.id, shop.domain, customer_gid)
