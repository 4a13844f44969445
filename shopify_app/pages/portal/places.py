"""The two places one page of the portal stands in: inside the storefront's theme, and on our own address.

One view and one template serve both. In neither is a cookie counted on: what a client has told so far travels in the
form, and who they are in a signed pass (`passes.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, make_response, render_template
from flask.typing import ResponseReturnValue

from kit.errors import NotFound
from shopify_app.auth import ProxyCaller, proxy
from shopify_app.pages.portal.liquid import in_theme
from shopify_app.pages.portal.tongue import _
from shopify_app.web import begin
from shops.shops import find_serving

INSIDE, OURS = "/proxy/returns", "/return/<house>"
View = Callable[..., ResponseReturnValue]


@dataclass(frozen=True)
class Place:
    """Where a page stands. `base` begins each link and each form's address; `client_gid` is who the theme signed in."""

    shop_id: int
    base: str
    caller: ProxyCaller | None

    @property
    def client_gid(self) -> str | None:
        """The customer Shopify says is signed in, inside the theme; None elsewhere."""
        return self.caller.customer_gid if self.caller else None

    def show(self, template: str, status: int = 200, **values: Any) -> Response:
        """`template`, which extends `layout`. In the theme always with a 200: Liquid is not rendered with another."""
        if self.caller is not None:
            return in_theme(template, self.caller, layout="portal/proxy_base.html", **values)
        html = render_template(template, layout="portal/base.html", base=self.base, **values)
        return make_response(html, status)


def in_both(page: Blueprint, rule: str, *methods: str) -> Callable[[View], View]:
    """Serve a view of a Place at `rule` below the proxy's prefix and below the house's page on our own address."""

    def add(view: View) -> View:
        @wraps(view)
        def inside(**parts: Any) -> ResponseReturnValue:
            return view(_inside(), **parts)

        @wraps(view)
        def outside(house: str, **parts: Any) -> ResponseReturnValue:
            return view(ours(house), **parts)

        for prefix, name, placed in (INSIDE, f"{view.__name__}_inside", inside), (OURS, view.__name__, outside):
            page.add_url_rule(f"{prefix}{rule}", name, placed, methods=methods or ("GET",), strict_slashes=False)
        return view

    return add


def _inside() -> Place:
    caller = proxy()
    return Place(caller.shop_id, caller.path_prefix, caller)


def ours(house: str) -> Place:
    """The place of that house on our own address: the first word of its myshopify.com name. Raises NotFound."""
    with begin() as session:
        shop = find_serving(session, f"{house}.myshopify.com")
    if shop is None or shop.id is None:
        raise NotFound(_("There is nothing at this address."))
    g.shop = shop
    return Place(shop.id, OURS.replace("<house>", house), None)
