"""The app proxy: {store}/apps/assisted-returns/... to the app, signed as Shopify signs, cookies stripped both ways."""

import hashlib
import hmac
import re
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlencode, urlsplit

import requests
from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from simulators.config import Config
from simulators.frames.house import House
from simulators.frames.signed_in import signed_in_number

PREFIXES = ("/store/apps/assisted-returns", "/apps/assisted-returns")
TARGET = "/proxy/returns"
TIMEOUT_SECONDS = 20
PASSED_ON = ("Accept", "Accept-Language", "Content-Type", "User-Agent", "X-Requested-With")
PASSED_BACK = ("Cache-Control", "Content-Type", "Content-Disposition", "Content-Language", "Retry-After")
NO_LAYOUT = re.compile(r"^\s*\{%-?\s*layout\s+none\s*-?%\}")


def proxy_doors(config: Config, house: House) -> Blueprint:
    doors = Blueprint("proxy", __name__)
    http = requests.Session()
    http.trust_env = False
    http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # one buyer's cookie must not reach the next

    def forward(prefix: str, rest: str) -> Response:
        # The buyer owns this query string, doubled names and all; only a signature of theirs is not sent along.
        pairs = [(k, v) for k, v in request.args.items(multi=True) if k != "signature"] + [
            ("shop", config.shop),
            ("path_prefix", prefix),
            ("timestamp", str(int(config.clock().timestamp()))),
            ("logged_in_customer_id", signed_in_number(house, config.shop)),
        ]
        query = urlencode([*pairs, ("signature", proxy_signature(config.api_secret, pairs))])
        path = f"{TARGET}/{rest}" if rest else TARGET
        try:
            answer = http.request(
                request.method,
                f"{config.app_url}{path}?{query}",
                data=request.get_data(),
                headers=_headers(config),
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException:
            return Response(render_template("store_away.html"), status=502)
        return _back(config, prefix, answer)

    for number, prefix in enumerate(PREFIXES):
        for rule in (prefix, f"{prefix}/", f"{prefix}/<path:rest>"):
            doors.add_url_rule(
                rule,
                endpoint=f"forward{number}{len(rule)}",
                view_func=lambda rest="", prefix=prefix: forward(prefix, rest),
                methods=["GET", "POST"],
            )
    return doors


def proxy_signature(secret: str, pairs: list[tuple[str, str]]) -> str:
    """Sorted `key=value` without a separator, repeated values joined with a comma, HMAC-SHA256 in hex."""
    together: dict[str, list[str]] = {}
    for name, value in pairs:
        together.setdefault(name, []).append(value)
    text = "".join(sorted(f"{name}={','.join(values)}" for name, values in together.items()))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _headers(config: Config) -> dict[str, str]:
    passed = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
    return passed | {
        "X-Forwarded-For": request.remote_addr or "127.0.0.1",
        "X-Forwarded-Host": config.shop,
        "X-Forwarded-Proto": "https",
        "X-Shop-Domain": config.shop,
    }


def _back(config: Config, prefix: str, answer: requests.Response) -> Response:
    kind = answer.headers.get("Content-Type", "")
    kept = {name: answer.headers[name] for name in PASSED_BACK if name in answer.headers}
    if "Location" in answer.headers:
        kept["Location"] = _to_store(config, prefix, answer.headers["Location"])
    if not kind.startswith("application/liquid"):
        return Response(answer.content, answer.status_code, kept)
    body = answer.content.decode("utf-8", "replace")
    if NO_LAYOUT.match(body):
        page = NO_LAYOUT.sub("", body)
    else:
        page = render_template("store_theme.html", body=Markup(body), app_url=config.app_url)
    return Response(page, answer.status_code, kept | {"Content-Type": "text/html; charset=utf-8"})


def _to_store(config: Config, prefix: str, location: str) -> str:
    """A redirect to the app's own proxy address is one to the store's; any other stays as it is."""
    url, app = urlsplit(location), urlsplit(config.app_url)
    ours = not url.netloc or (url.scheme, url.netloc) == (app.scheme, app.netloc)
    if not ours or not (url.path == TARGET or url.path.startswith(TARGET + "/")):
        return location
    return prefix + url.path.removeprefix(TARGET) + (f"?{url.query}" if url.query else "")
