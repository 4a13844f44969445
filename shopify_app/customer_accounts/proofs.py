"""The two proofs of a sign-in: ours, that who brings the code also asked for it (PKCE); Shopify's, the ID token."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from typing import Any

import jwt

LEEWAY_SECONDS = 30
CLAIMS = ["iss", "aud", "exp", "iat", "nonce", "sub"]
Keys = dict[str, Any]


class NotProved(Exception):
    """An ID token that proves nothing; the message says why, for the log."""


def new_verifier() -> str:
    """43 letters of chance: RFC 7636, section 4.1."""
    return secrets.token_urlsafe(32)


def challenge_of(verifier: str) -> str:
    """S256 of a verifier: RFC 7636, section 4.2."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode()


def check_id_token(
    token: str, *, issuer: str, audience: str, nonce: str, keys: Callable[[bool], Keys], now: datetime
) -> dict[str, Any]:
    """The claims of a genuine ID token for this sign-in. Raises NotProved.

    `keys(anew)` gives Shopify's key set; it is asked for anew once, for a key that is not known: keys are exchanged.
    Only RS256 counts, so neither an unsigned token nor one signed with a public key passes.
    """
    try:
        head = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise NotProved("not a token") from error
    if head.get("alg") != "RS256":
        raise NotProved("not signed with RS256")
    kid = head.get("kid")
    key = _find(keys(False), kid) or _find(keys(True), kid)
    if key is None:
        raise NotProved("signed with a key nobody knows")
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=audience,
            issuer=issuer,
            # The time is compared below, by our own clock.
            options={"require": CLAIMS, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
    except jwt.PyJWTError as error:
        raise NotProved(type(error).__name__) from error
    return _fresh(claims, nonce, audience, now.timestamp())


def _fresh(claims: dict[str, Any], nonce: str, audience: str, at: float) -> dict[str, Any]:
    if not secrets.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise NotProved("of another sign-in")
    try:
        begins, ends = float(claims.get("nbf") or claims["iat"]), float(claims["exp"])
    except (TypeError, ValueError) as error:
        raise NotProved("without a time") from error
    if not begins - LEEWAY_SECONDS <= at < ends + LEEWAY_SECONDS:  # so a time that is no number is never in it
        raise NotProved("out of its time")
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != audience:
        raise NotProved("made for another app")  # OpenID Connect Core, 3.1.3.7
    return claims


def _find(keys: Keys, kid: object) -> Any:
    """The RSA key for signing that is called `kid`."""
    listed = keys.get("keys")
    shown = [k for k in listed if isinstance(k, dict)] if isinstance(listed, list) else []
    rsa = [k for k in shown if k.get("kty") == "RSA" and k.get("kid") == kid]
    named = [k for k in rsa if k.get("use", "sig") == "sig" and k.get("alg", "RS256") == "RS256"]
    if not kid or not named:
        return None
    try:
        return jwt.PyJWK.from_dict(named[0]).key
    except jwt.PyJWTError:
        return None
