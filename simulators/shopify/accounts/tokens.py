"""Codes and tokens of signed-in clients, and the keys they are signed with. Forgotten on a restart, on purpose."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from simulators.shopify.gids import number_of
from simulators.shopify.store import Store

CODE_SECONDS = 60
TOKEN_SECONDS = 3600


class Refused(Exception):
    """An OAuth error: its word is the message."""


class AccountTokens:
    """One set for all shops; each code and token knows its own."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.codes: dict[str, dict] = {}
        self.access: dict[str, dict] = {}
        self.refreshing: dict[str, dict] = {}
        self.lasts = TOKEN_SECONDS
        self._keys: list[tuple[str, rsa.RSAPrivateKey]] = []

    # what is asked for at sign-in

    def issuer(self, domain: str) -> str:
        return f"{self.store.config.public_base}/shopify/{domain}/authentication"

    def callback(self) -> str:
        """What [customer_authentication] of shopify.app.toml allows."""
        return f"{self.store.config.app_url}/return/sign-in/callback"

    def give_code(self, domain: str, client_gid: str, asked: dict) -> str:
        code = secrets.token_urlsafe(24)
        kept = {name: asked.get(name, "") for name in ("redirect_uri", "nonce", "code_challenge")}
        ends = self.store.now() + timedelta(seconds=CODE_SECONDS)
        self.codes[code] = {**kept, "shop": domain, "client": client_gid, "ends": ends}
        return code

    # what is given

    def grant(self, domain: str, form: dict) -> dict:
        """The answer of the token address. Raises Refused."""
        if form.get("client_id") != self.store.config.api_key:
            raise Refused("invalid_client")
        if form.get("grant_type") == "authorization_code":
            return self._for_code(domain, form)
        if form.get("grant_type") == "refresh_token":
            return self._again(domain, form)
        raise Refused("unsupported_grant_type")

    def _for_code(self, domain: str, form: dict) -> dict:
        code = self.codes.pop(form.get("code") or "", None)  # a code is good once, also for who brings it wrongly
        if code is None or code["shop"] != domain or self.store.now() >= code["ends"]:
            raise Refused("invalid_grant")
        challenge = base64.urlsafe_b64encode(hashlib.sha256((form.get("code_verifier") or "").encode()).digest())
        if not hmac.compare_digest(challenge.decode().rstrip("="), code["code_challenge"]):
            raise Refused("invalid_grant")
        if form.get("redirect_uri") != code["redirect_uri"]:
            raise Refused("invalid_grant")
        return self._pair(domain, code["client"]) | {"id_token": self.id_token(domain, code["client"], code["nonce"])}

    def _again(self, domain: str, form: dict) -> dict:
        used = self.refreshing.pop(form.get("refresh_token") or "", None)  # each refresh token is good once
        if used is None or used["shop"] != domain:
            raise Refused("invalid_grant")
        return self._pair(domain, used["client"])

    def _pair(self, domain: str, client_gid: str) -> dict:
        access, refresh = "shcat_" + secrets.token_urlsafe(24), "shcrt_" + secrets.token_urlsafe(24)
        whose = {"shop": domain, "client": client_gid}
        self.access[access] = whose | {"ends": self.store.now() + timedelta(seconds=self.lasts)}
        self.refreshing[refresh] = whose
        return {"access_token": access, "refresh_token": refresh, "expires_in": self.lasts, "token_type": "Bearer"}

    def client_of(self, domain: str, access: str) -> str | None:
        found = self.access.get(access)
        good = found is not None and found["shop"] == domain and self.store.now() < found["ends"]
        return found["client"] if found and good else None

    # keys

    def id_token(self, domain: str, client_gid: str, nonce: str) -> str:
        at: datetime = self.store.now()
        claims = {
            "iss": self.issuer(domain),
            "aud": self.store.config.api_key,
            "sub": str(number_of(client_gid)),
            "iat": int(at.timestamp()),
            "exp": int((at + timedelta(hours=1)).timestamp()),
            "nonce": nonce,
        }
        kid, key = self.keys()[-1]
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})

    def keys(self) -> list[tuple[str, rsa.RSAPrivateKey]]:
        if not self._keys:
            self.exchange_keys()
        return self._keys

    def exchange_keys(self) -> None:
        """A new key signs from now on; the one before it is gone, as after a year."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._keys = [(secrets.token_hex(8), key)]

    def key_set(self) -> dict:
        return {"keys": [public_key(kid, key) for kid, key in self.keys()]}


def public_key(kid: str, key: rsa.RSAPrivateKey) -> dict:
    shown = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**shown, "kid": kid, "use": "sig", "alg": "RS256"}
