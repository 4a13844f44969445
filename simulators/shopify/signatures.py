"""Everything Shopify signs with the app's secret: webhook bodies and ID tokens."""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta

from simulators.shopify.config import ShopifyConfig

ID_TOKEN_SECONDS = 60
LEEWAY_SECONDS = 10


def sign_webhook(secret: str, body: bytes) -> str:
    """base64 of the HMAC-SHA256 over the raw bytes: the `X-Shopify-Hmac-Sha256` header."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def mint_id_token(config: ShopifyConfig, shop: str, user_id: int | str, now: datetime) -> str:
    """The token App Bridge hands an embedded page; good for a minute. `user_id` is the staff member's number."""
    issued = int(now.timestamp())
    claims = {
        "iss": f"https://{shop}/admin",
        "dest": f"https://{shop}",
        "aud": config.api_key,
        "sub": str(user_id),
        "exp": issued + ID_TOKEN_SECONDS,
        "nbf": issued,
        "iat": issued,
        "jti": secrets.token_hex(16),
        "sid": secrets.token_hex(32),
    }
    head = encode(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    signed = f"{head}.{encode(json.dumps(claims).encode())}"
    return f"{signed}.{encode(jwt_signature(config.api_secret, signed))}"


def read_id_token(config: ShopifyConfig, token: str, now: datetime) -> dict:
    """The claims of a sound token; raises ValueError saying what is wrong with it."""
    try:
        head, body, signature = token.split(".")
        algorithm, claims = json.loads(decode(head))["alg"], json.loads(decode(body))
        given = decode(signature)
    except (ValueError, KeyError, TypeError):
        raise ValueError("not a JWT") from None
    if algorithm != "HS256" or not hmac.compare_digest(given, jwt_signature(config.api_secret, f"{head}.{body}")):
        raise ValueError("wrong signature")
    if claims.get("aud") != config.api_key:
        raise ValueError("meant for another app")
    moment, leeway = now, timedelta(seconds=LEEWAY_SECONDS)
    if moment.timestamp() > claims.get("exp", 0) + leeway.seconds:
        raise ValueError("expired")
    if moment.timestamp() < claims.get("nbf", 0) - leeway.seconds:
        raise ValueError("not valid yet")
    return claims


def jwt_signature(secret: str, signed: str) -> bytes:
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
