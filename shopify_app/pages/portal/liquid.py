"""Pages answered as Liquid, so that the shop's theme stands around them.

Every brace of ours is written as an entity: what a client typed is never run.
"""

from flask import Response, make_response, render_template

from shopify_app.auth import ProxyCaller
from shopify_app.web import addresses


def liquid_safe(html: str) -> str:
    """`html` with nothing left in it that Liquid would run. A fragment has no braces of its own."""
    return html.replace("{", "&#123;").replace("}", "&#125;")


def in_theme(template: str, caller: ProxyCaller, **values: object) -> Response:
    """`template` as a part of the shop's own page, with links below the proxy's prefix."""
    ours, house = addresses().app_url, caller.shop_domain.removesuffix(".myshopify.com")
    values |= {"styles": f"{ours}/static/face.css", "withdraw": f"{caller.path_prefix}/withdraw"}
    values["sign_in"] = f"{ours}/return/{house}/sign-in"  # where cookies are kept: the proxy strips them
    html = render_template(template, base=caller.path_prefix, **values)
    answer = make_response(liquid_safe(html))
    answer.headers["Content-Type"] = "application/liquid; charset=utf-8"
    # The page is the theme's: a stricter policy of ours would stop the theme, should it be passed on.
    answer.headers["Content-Security-Policy"] = "frame-ancestors 'none'; object-src 'none'; base-uri 'self'"
    return answer
