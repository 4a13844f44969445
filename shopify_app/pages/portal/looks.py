"""The house's look as a stylesheet of its own: a page of the portal has no style within it."""

from flask import Blueprint, Response, g, make_response, request

from shopify_app.pages.portal.places import OURS
from shopify_app.web import addresses, begin
from shops.looks import Look
from shops.shops import find_serving

page = Blueprint("looks", __name__)
YEAR = 31_536_000


@page.get(f"{OURS}/look.css")
def stylesheet(house: str) -> Response:
    """The custom properties of that house; of an address that is none, ours, which are the same for everybody."""
    with begin() as session:
        shop = find_serving(session, f"{house}.myshopify.com")
        look = (shop.look if shop else None) or Look()
    answer = make_response(look.stylesheet())
    answer.headers["Content-Type"] = "text/css; charset=utf-8"
    answer.set_etag(look.mark)
    # Its address changes with the look, so the answer to it never does.
    lasts = f"max-age={YEAR}, immutable" if request.args.get("v") == look.mark else "max-age=300"
    answer.headers["Cache-Control"] = f"public, {lasts}"
    return answer.make_conditional(request)


def look_address() -> str:
    """Where the stylesheet of this page's house is; "" where it has chosen none."""
    look = g.shop.look if "shop" in g else None
    if look is None:
        return ""
    house = g.shop.domain.removesuffix(".myshopify.com")
    return f"{addresses().app_url}{OURS.replace('<house>', house)}/look.css?v={look.mark}"
