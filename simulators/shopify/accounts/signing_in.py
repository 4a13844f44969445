"""Discovery, the sign-in page with its clients, the token address, keys and signing out."""

import time
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, redirect, request
from markupsafe import escape

from simulators.shopify.accounts.tokens import AccountTokens, Refused
from simulators.shopify.store import Store

AT = "/shopify/<domain>"
MOST_CLIENTS = 30
FIRST_CLIENT = "Amara Whitlock"
SCOPE = "openid email customer-account-api:full"
HIDDEN = ("client_id", "redirect_uri", "state", "nonce", "code_challenge", "code_challenge_method", "scope")
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>Sign in</title>
<link rel="stylesheet" href="/static/face.css"></head><body class="ar"><main class="ar-col ar-gap6">
<div><h1>{heading}</h1><p class="ar-lead">{lead}</p></div>{rest}</main></body></html>"""


def mount(bp: Blueprint, store: Store, tokens: AccountTokens) -> None:
    mount_discovery(bp, store, tokens)
    mount_page(bp, store, tokens)

    @bp.post(f"{AT}/authentication/oauth/token")
    def account_token(domain: str):
        if bad := bad_day(store, "account.token"):
            return bad
        with store.change():
            try:
                answer = tokens.grant(domain, request.form.to_dict())
            except Refused as wrong:
                return jsonify(error=str(wrong)), 400
        late(store)
        return jsonify(answer)

    @bp.post("/control/shopify/account-keys")
    def exchange_keys():
        """Shopify exchanges the key that ID tokens are signed with."""
        tokens.exchange_keys()
        return jsonify(tokens.key_set())

    @bp.post("/control/shopify/account-tokens")
    def token_seconds():
        """How long the next access tokens last: `seconds`."""
        tokens.lasts = int((request.get_json(silent=True) or {}).get("seconds", tokens.lasts))
        return jsonify(seconds=tokens.lasts)


def mount_discovery(bp: Blueprint, store: Store, tokens: AccountTokens) -> None:
    @bp.get(f"{AT}/.well-known/openid-configuration")
    def openid_configuration(domain: str):
        if domain not in store.shops:
            return jsonify(errors="Not Found"), 404
        if bad := bad_day(store, "account.discovery"):
            return bad
        issuer = tokens.issuer(domain)
        return jsonify(
            issuer=issuer,
            authorization_endpoint=f"{issuer}/oauth/authorize",
            token_endpoint=f"{issuer}/oauth/token",
            end_session_endpoint=f"{issuer}/logout",
            jwks_uri=f"{issuer}/.well-known/jwks.json",
            response_types_supported=["code"],
            subject_types_supported=["public"],
            id_token_signing_alg_values_supported=["RS256"],
            code_challenge_methods_supported=["S256"],
            scopes_supported=SCOPE.split(),
        )

    @bp.get(f"{AT}/.well-known/customer-account-api")
    def customer_account_api(domain: str):
        if domain not in store.shops:
            return jsonify(errors="Not Found"), 404
        base = f"{store.config.public_base}/shopify/{domain}"
        return jsonify(graphql_api=f"{base}/account/customer/api/2026-07/graphql", mcp_api=f"{base}/customer/api/mcp")

    @bp.get(f"{AT}/authentication/.well-known/jwks.json")
    def account_keys(domain: str):
        return bad_day(store, "account.keys") or jsonify(tokens.key_set())


def mount_page(bp: Blueprint, store: Store, tokens: AccountTokens) -> None:
    @bp.get(f"{AT}/authentication/oauth/authorize")
    def authorize(domain: str):
        """Shopify's own page asks for an email and a code; here one may be any client of the house."""
        if wrong := problem(store, tokens, domain, request.args.to_dict()):
            return page("This app may not ask that", wrong), 400
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(request.args.get(name, ""))}">' for name in HIDDEN
        )
        people = "".join(
            f'<li><button name="client" value="{escape(gid)}"><strong class="ar-b">Continue as {escape(name)}</strong>'
            f'<span class="ar-sm ar-2">{escape(email)}</span></button></li>'
            for gid, name, email in clients(store, domain)
        )
        form = f'<form method="post">{hidden}<ul class="ar-clients">{people}</ul>'
        form += '<button class="ar-btn is-quiet" name="client" value="">Not now</button></form>'
        return page("Sign in to your account", "In the demo you may be any client of the house.", form)

    @bp.post(f"{AT}/authentication/oauth/authorize")
    def authorized(domain: str):
        asked, gid = request.form.to_dict(), request.form.get("client", "")
        if wrong := problem(store, tokens, domain, asked | {"response_type": "code"}):
            return page("This app may not ask that", wrong), 400
        with store.change():
            known = gid and "/Customer/" in gid and store.shops[domain].get(gid)
            answer = {"code": tokens.give_code(domain, gid, asked)} if known else {"error": "access_denied"}
        return redirect(f"{asked['redirect_uri']}?{urlencode(answer | {'state': asked.get('state', '')})}", 302)

    @bp.get(f"{AT}/authentication/logout")
    def account_logout(domain: str):
        back = request.args.get("post_logout_redirect_uri", "")
        if not request.args.get("id_token_hint") or back != f"{store.config.app_url}/return/sign-in/over":
            return page("You are signed out of the shop", "You may close this page.")
        return redirect(back, 302)


def problem(store: Store, tokens: AccountTokens, domain: str, asked: dict) -> str:
    """What Shopify would not take of the app's question, in words; "" for a sound one."""
    if domain not in store.shops:
        return "There is no such shop."
    checks = {
        "client_id": asked.get("client_id") == store.config.api_key,
        "redirect_uri": asked.get("redirect_uri") == tokens.callback(),
        "response_type": asked.get("response_type") == "code",
        "scope": asked.get("scope") == SCOPE,
        "state": bool(asked.get("state")),
        "nonce": bool(asked.get("nonce")),
        "code_challenge": len(asked.get("code_challenge", "")) == 43,
        "code_challenge_method": asked.get("code_challenge_method") == "S256",
    }
    return ", ".join(f"{name} is wrong" for name, holds in checks.items() if not holds)


def clients(store: Store, domain: str) -> list[tuple[str, str, str]]:
    """(gid, name, email): Amara Whitlock first, then by their last order."""
    with store.lock:
        shop = store.shops[domain]
        latest: dict[str, str] = {}
        for order in shop.all("Order"):
            buyer = order.get("customerId") or ""
            latest[buyer] = max(latest.get(buyer, ""), order["createdAt"])
        people = sorted(shop.all("Customer"), key=lambda c: latest.get(c["id"], ""), reverse=True)
        named = [(c["id"], f"{c['firstName']} {c['lastName']}", c["email"]) for c in people]
    return sorted(named, key=lambda c: c[1] != FIRST_CLIENT)[:MOST_CLIENTS]


def page(heading: str, lead: str, rest: str = "") -> str:
    """`rest` is markup of ours, with what others wrote escaped."""
    return PAGE.format(heading=escape(heading), lead=escape(lead), rest=rest)


def bad_day(store: Store, operation: str) -> Response | None:
    """The fault this call meets, if it is one that leaves it undone."""
    with store.lock:
        fault = store.faults.strike(operation, exactly=True) or {}
    kind = fault.get("kind")
    if kind in ("500", "502", "429"):
        return Response('{"error": "a bad day"}', int(kind), content_type="application/json")
    if kind == "html":
        return Response("<h1>Something went wrong</h1>", 503, content_type="text/html")
    if kind == "cut_json":
        return Response('{"access_tok', 200, content_type="application/json")
    if kind == "timeout":
        time.sleep(float(fault.get("seconds", 120)))
        return Response("", 504)
    return None


def late(store: Store) -> None:
    """A slow answer of the token address, after the work: "account.token.late"."""
    with store.lock:
        fault = store.faults.strike("account.token.late", exactly=True) or {}
    time.sleep(float(fault.get("seconds", 0)))
