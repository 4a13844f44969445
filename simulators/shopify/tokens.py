"""Access tokens: exchange, refresh, expiry. shopify.md 5.3 and 5.4.

One expiring offline token per shop: a new exchange ends the former. A refresh gives a new pair; the refresh token
before it stays good until the new one is first used, so that an app which died before storing the pair can try again.
"""

import secrets
from datetime import datetime, timedelta

from simulators.shopify.signatures import mint_id_token, read_id_token
from simulators.shopify.store import Store

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token"
ONLINE = "urn:shopify:params:oauth:token-type:online-access-token"
REFRESH_DAYS = 90
ONLINE_SECONDS = 86_399


class TokenError(Exception):
    """An OAuth error: `code` is Shopify's word for it."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code, self.description = code, description


def grant_token(store: Store, domain: str, form: dict) -> dict:
    """Answer POST /admin/oauth/access_token; raises TokenError. The caller holds the lock."""
    if form.get("client_id") != store.config.api_key or form.get("client_secret") != store.config.api_secret:
        raise TokenError("invalid_client", "The client credentials are wrong.")
    if form.get("grant_type") == EXCHANGE:
        return exchange(store, domain, form)
    if form.get("grant_type") == "refresh_token":
        return refresh(store, domain, form.get("refresh_token") or "")
    raise TokenError("unsupported_grant_type", f"No grant {form.get('grant_type')!r} here.")


def exchange(store: Store, domain: str, form: dict) -> dict:
    if form.get("subject_token_type") != ID_TOKEN:
        raise TokenError("invalid_request", "subject_token_type must be an id_token here.")
    try:
        claims = read_id_token(store.config, form.get("subject_token") or "", store.now())
    except ValueError as wrong:
        raise TokenError("invalid_subject_token", f"The ID token is {wrong}.") from None
    if claims.get("dest") != f"https://{domain}":
        raise TokenError("invalid_subject_token", "The ID token is of another shop.")
    if not store.shops[domain].installation["installed"]:
        raise TokenError("invalid_grant", "The app isn't installed on this shop.")
    if form.get("requested_token_type") == ONLINE:
        return online_token(store, domain, int(claims["sub"]))
    end_tokens(store, domain)
    return reply(new_pair(store, domain, expiring=str(form.get("expiring")) == "1"))


def refresh(store: Store, domain: str, refresh_token: str) -> dict:
    used = find(store, domain, "refresh_token", refresh_token)
    now = store.now()
    if used is None or used["ended"] or now >= at(used["refresh_expires_at"]):
        raise TokenError("invalid_grant", "This refresh token is not, or no longer, valid.")
    for pair in pairs(store, domain):
        if pair["id"] == used["previous"]:  # its replacement is being used for the first time: now it is over
            end(store, pair)
        elif pair["previous"] == used["id"] and not pair["ended"]:
            end(store, pair)  # the reply that carried this pair was never used; a retry replaces it
    return reply(new_pair(store, domain, expiring=True, previous=used["id"]))


def new_pair(store: Store, domain: str, *, expiring: bool, previous: str | None = None) -> dict:
    now, config = store.now(), store.config
    pair = {
        "id": f"{store.count('next_token'):06}",
        "shop": domain,
        "access_token": "shpat_" + secrets.token_hex(16),
        "expires_at": (now + timedelta(seconds=config.token_seconds)).isoformat() if expiring else None,
        "expires_in": config.token_seconds if expiring else None,
        "refresh_token": "shprt_" + secrets.token_hex(16) if expiring else None,
        "refresh_expires_at": (now + timedelta(days=REFRESH_DAYS)).isoformat(),
        "scope": ",".join(store.shops[domain].installation["scopes"]),
        "created_at": now.isoformat(),
        "previous": previous,
        "ended": False,
    }
    return keep(store, pair)


def online_token(store: Store, domain: str, user_id: int) -> dict:
    pair = new_pair(store, domain, expiring=True)
    pair["refresh_token"] = None
    keep(store, pair | {"online": True})
    staff = next((s for s in store.shops[domain].all("StaffMember") if s["id"].endswith(f"/{user_id}")), {})
    return {
        "access_token": pair["access_token"],
        "scope": pair["scope"],
        "expires_in": ONLINE_SECONDS,
        "associated_user_scope": pair["scope"],
        "associated_user": {
            "id": user_id,
            "first_name": staff.get("firstName"),
            "last_name": staff.get("lastName"),
            "email": staff.get("email"),
            "email_verified": True,
            "account_owner": staff.get("isShopOwner", False),
            "locale": staff.get("locale", "en"),
            "collaborator": False,
        },
    }


def reply(pair: dict) -> dict:
    answer = {"access_token": pair["access_token"], "scope": pair["scope"]}
    if pair["refresh_token"]:
        answer |= {
            "expires_in": pair["expires_in"],
            "refresh_token": pair["refresh_token"],
            "refresh_token_expires_in": REFRESH_DAYS * 86_400,
        }
    return answer


def is_good(store: Store, domain: str, access_token: str) -> bool:
    """Whether an Admin API call with this token is let in."""
    pair = find(store, domain, "access_token", access_token)
    if pair is None or pair["ended"]:
        return False
    return pair["expires_at"] is None or store.now() < at(pair["expires_at"])


def end_tokens(store: Store, domain: str) -> None:
    """At uninstall, and when an exchange gives a new token."""
    for pair in pairs(store, domain):
        if not pair.get("online"):
            end(store, pair)


def masked(store: Store) -> list[dict]:
    """What may be shown: enough to tell tokens apart."""
    hidden = {"access_token", "refresh_token"}
    return [{k: v and v[:10] + "…" if k in hidden else v for k, v in pair.items()} for pair in store.tokens.values()]


def end(store: Store, pair: dict) -> None:
    keep(store, pair | {"ended": True})


def keep(store: Store, pair: dict) -> dict:
    store.tokens[pair["id"]] = pair
    store.keep("token", pair["id"], pair)
    return pair


def pairs(store: Store, domain: str) -> list[dict]:
    return [pair for pair in store.tokens.values() if pair["shop"] == domain]


def find(store: Store, domain: str, name: str, value: str) -> dict | None:
    return next((p for p in pairs(store, domain) if value and p[name] == value), None)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


__all__ = ["TokenError", "end_tokens", "grant_token", "is_good", "masked", "mint_id_token"]
