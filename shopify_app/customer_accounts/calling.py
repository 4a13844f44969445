"""One HTTP call to a shop's customer accounts. What it says is judged by who asked."""

from typing import Any

import requests

from kit.errors import OutsideError
from kit.outside import public_http
from webhooks.bodies import read_json

CONNECT_AND_READ = (3.05, 10)
MOST_BYTES = 1_000_000


def make_http(local: str) -> requests.Session:
    """Https on the public internet only: these addresses are named by a discovery document. `local`: the stand-in."""
    http = public_http(local)
    http.headers["User-Agent"] = "assisted-returns"
    return http


def call(http: requests.Session, method: str, url: str, what: str, **given: Any) -> tuple[int, dict[str, Any]]:
    """Status and JSON of an answer under 500. Raises OutsideError for everything else."""
    try:
        answer = http.request(method, url, timeout=CONNECT_AND_READ, allow_redirects=False, **given)
    except (requests.RequestException, OSError) as error:
        raise OutsideError("shopify", f"{what}: {type(error).__name__}") from error
    if answer.status_code >= 500 or answer.status_code == 429:
        raise OutsideError("shopify", f"{what}: answered {answer.status_code}", retry_after=2)
    if len(answer.content) > MOST_BYTES:
        raise OutsideError("shopify", f"{what}: the answer is too long", permanent=True)
    try:
        body = read_json(answer.content)
    except ValueError as error:
        raise OutsideError("shopify", f"{what}: the answer is not JSON") from error
    if not isinstance(body, dict):
        raise OutsideError("shopify", f"{what}: the answer is no object")
    return answer.status_code, body
