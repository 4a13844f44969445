"""Into the portal by the shop's own customer accounts: to Shopify's sign-in, back, and to one's orders.

All of it stands on our own address: the theme's proxy strips cookies, so from there a form leads here. The button is a
POST, because a try is written down; the answer is a page that goes on by itself, because a page's form-action lets no
form be redirected elsewhere. What comes back counts once, within minutes, in the browser that began.
"""

from typing import Any

from flask import Blueprint, Response, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kit.errors import AppError, OutsideError
from kit.log import get_logger
from kit.tokens import new_token
from shopify_app.pages.portal.accounts import (
    SIGNED_IN,
    TRY,
    cookie_name,
    home_of,
    sign_in_address,
    sign_in_again,
    signed_in,
    with_cookie,
)
from shopify_app.pages.portal.places import OURS, Place, in_both, ours
from shopify_app.pages.portal.tongue import _, tongue
from shopify_app.reaching import customer_accounts
from shopify_app.web import addresses, begin, now, settings
from shops import account_sessions
from shops.account_models import SignInTry
from shops.limits import may_try
from shops.shops import get_shop

page = Blueprint("signing_in_here", __name__)
log = get_logger("portal")
CALLBACK, SIGNED_OUT = "/return/sign-in/callback", "/return/sign-in/over"  # both stand in shopify.app.toml
TRIES_OF_A_SHOP = 3000  # an hour: far above any house's, and it keeps a robot from filling the table


class Again(AppError):
    """The sign-in cannot be used; it may be begun anew."""

    code = "sign_in_again"


@in_both(page, "/sign-in")
def sign_in_door(place: Place) -> ResponseReturnValue:
    """A button; looking at it begins nothing."""
    return place.show("portal/sign_in.html", sign_in=sign_in_address(g.shop))


@page.post(f"{OURS}/sign-in")
def begin_sign_in(house: str) -> ResponseReturnValue:
    """Write the try down, and lead on to Shopify."""
    from shopify_app.customer_accounts.proofs import new_verifier

    place, verifier = ours(house), new_verifier()
    browser = request.cookies.get(cookie_name(TRY)) or new_token()
    try:
        customer_accounts().places(g.shop.domain)  # asked before anything is written: a shop may have no accounts
    except OutsideError as error:
        return _no_accounts(place, error)
    with begin() as session:
        about: dict[str, Any] = {"shop_id": place.shop_id, "now": now()}
        if not may_try(session, tries={"sign-in": TRIES_OF_A_SHOP}, secret=settings().secret_key, **about):
            raise AppError(
                _("Very many are signing in at this moment. Please use your order number and email instead."),
                status=429,
                code="too_often",
            )
        begun = account_sessions.begin_try(session, browser=browser, verifier=verifier, **about)
    there = customer_accounts().sign_in_address(
        g.shop.domain,
        state=begun.state,
        nonce=begun.nonce,
        verifier=verifier,
        back=f"{addresses().app_url}{CALLBACK}",
        locale=tongue().tag,
    )
    response = place.show("portal/sign_in_going.html", there=there)
    return with_cookie(response, TRY, browser, account_sessions.TRY_LASTS)


@page.get(CALLBACK)
def come_back() -> ResponseReturnValue:
    """Shopify's answer. The client it names is asked for at Shopify itself, with the token that came."""
    state, browser = request.args.get("state", "")[:200], request.cookies.get(cookie_name(TRY), "")
    with begin() as session:
        known = account_sessions.find_try(session, state)
        if known is not None:
            g.shop = get_shop(session, known.shop_id)
        used = account_sessions.use_try(session, state, browser=browser, now=now())
    if used is None:
        log.info("sign_in.refused", why="no such try" if known is None else "used, late, or of another browser")
        return sign_in_again(400)
    if request.args.get("error"):  # they closed it, or it was not granted: the other ways are still there
        return redirect(home_of(g.shop), 303)
    try:
        cookie = _finish(used, request.args.get("code", "")[:2000])
    except Again:
        return sign_in_again(400)
    response = make_response(redirect(f"{home_of(g.shop)}/orders", 303))
    return with_cookie(response, SIGNED_IN, cookie, account_sessions.SESSION_LASTS)


def _finish(used: SignInTry, code: str) -> str:
    from shopify_app.customer_accounts.accounts import SignInRefused

    accounts, domain = customer_accounts(), g.shop.domain
    issuer = request.args.get("iss")
    if issuer is not None and issuer != accounts.places(domain).issuer:  # RFC 9207: somebody else's answer
        raise Again("That sign-in was not this shop's.")
    try:
        about: dict[str, Any] = {"verifier": used.verifier, "nonce": used.nonce, "now": now()}
        tokens = accounts.exchange(domain, code=code, back=f"{addresses().app_url}{CALLBACK}", **about)
        client_gid = accounts.client_of(domain, tokens.access)
    except SignInRefused as error:
        log.warning("sign_in.refused", shop=domain, why=str(error))
        raise Again("That sign-in did not come through.") from error
    with begin() as session:
        return account_sessions.open_session(
            session, shop_id=used.shop_id, client_gid=client_gid, tokens=tokens, now=now()
        )


@page.post(f"{OURS}/sign-out")
def sign_out(house: str) -> ResponseReturnValue:
    """Here at once; in the shop as well by one more press, for its own page has to be opened for that."""
    account, further = signed_in(house), ""
    if account is None:
        return sign_in_again(401)
    with begin() as session:
        account_sessions.end_session(session, **account.about)
    try:
        back = f"{addresses().app_url}{SIGNED_OUT}"
        further = customer_accounts().sign_out_address(account.shop.domain, id_token=account.id_token, back=back)
    except OutsideError:
        log.info("sign_out.shop_away", shop=account.shop.domain)
    response = make_response(_signed_out(further))
    response.delete_cookie(cookie_name(SIGNED_IN), path="/", secure=not settings().is_local, httponly=True)
    return response


@page.get(SIGNED_OUT)
def signed_out_everywhere() -> ResponseReturnValue:
    """Where Shopify sends the browser after its own signing out. The same for every house: Shopify takes no other."""
    return _signed_out("")


def _signed_out(further: str) -> str:
    home = home_of(g.shop) if g.get("shop") else ""
    return render_template("portal/signed_out.html", layout="portal/base.html", further=further, base=home)


def _no_accounts(place: Place, error: OutsideError) -> Response:
    """The other ways in need no account; a shop may have none, and Shopify may be away."""
    log.warning("sign_in.away", shop=g.shop.domain, permanent=error.permanent)
    return place.show("portal/sign_in.html", sign_in="", away=True)
