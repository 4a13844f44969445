"""Who is signed in through the shop's customer accounts, on our own address: a cookie, its row, and the way back in."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Response, g, make_response, render_template, request

from shopify_app.pages.portal.places import Place, ours
from shopify_app.web import addresses, begin, now, settings
from shops import account_sessions
from shops.models import Shop

TRY, SIGNED_IN = "sign-in", "account"


@dataclass(frozen=True)
class Account:
    """A client signed in on our own address."""

    place: Place
    shop: Shop
    session_id: int
    client_gid: str
    id_token: str

    @property
    def about(self) -> dict[str, int]:
        """Which session of which shop."""
        return {"shop_id": self.place.shop_id, "session_id": self.session_id}


def signed_in(house: str) -> Account | None:
    """Who is signed in at this house; None for nobody. Raises NotFound for a house that is none."""
    place = ours(house)
    with begin() as session:
        cookie = request.cookies.get(cookie_name(SIGNED_IN), "")
        row = account_sessions.find_session(session, cookie, shop_id=place.shop_id, now=now())
    if row is None or row.id is None:
        return None
    return Account(place, g.shop, row.id, row.client_gid, row.id_token)


def sign_in_address(shop: Shop) -> str:
    """Where a form that begins the sign-in is posted to, from wherever it stands."""
    return f"{addresses().app_url}/return/{shop.domain.removesuffix('.myshopify.com')}/sign-in"


def sign_in_again(status: int) -> Response:
    """What came back, or the session, is over: said kindly, with the way in once more where the house is known."""
    known = g.get("shop")
    sign_in, home = (sign_in_address(known), home_of(known)) if known else ("", "")
    html = render_template("portal/sign_in.html", layout="portal/base.html", again=True, sign_in=sign_in, base=home)
    return make_response(html, status)


def home_of(shop: Shop) -> str:
    """The house's page on our own address."""
    return f"/return/{shop.domain.removesuffix('.myshopify.com')}"


def cookie_name(name: str) -> str:
    """`__Host-`: only this very host may set or read it, over https. The local demo has no https."""
    return name if settings().is_local else f"__Host-{name}"


def with_cookie(response: Response, name: str, value: str, lasts: timedelta) -> Response:
    """Lax: it has to come along when Shopify sends the browser back; no form of another site's brings it."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=int(lasts.total_seconds()),
        path="/",
        secure=not settings().is_local,
        httponly=True,
        samesite="Lax",
    )
    return response
