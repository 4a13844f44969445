"""One GraphQL call to Shopify's Admin API, with time-outs, and every kind of failure told apart.

Reads are tried again here; a mutation never is, except where Shopify says it was not executed (throttled).
"""

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from kit import metrics
from kit.causes import Cause
from kit.db import Database
from kit.errors import OutsideError, Waiting
from kit.log import get_logger
from kit.settings import Settings
from shopify_app.admin_api import ADMIN_API_VERSION
from shopify_app.admin_api.allowances import Allowances, real_now
from shopify_app.admin_api.documents import document
from shopify_app.admin_api.tokens import CONNECT_AND_READ, RECONNECT, TokenKeeper, admin_base
from webhooks.bodies import read_json

log = get_logger("shopify")

READ_ATTEMPTS = 3
THROTTLE_ATTEMPTS = 8
MOST_WAIT_SECONDS = 20.0
VERSION = re.compile(r"\d{4}-\d{2}|unstable")


@dataclass(frozen=True)
class Reply:
    """`data` may be partial: `denied` names the paths Shopify withheld, for want of a scope or of approval."""

    data: dict[str, Any]
    denied: tuple[str, ...] = field(default=())


class UserErrors(OutsideError):
    """Shopify understood and refused. `codes` are its words, for example INVALID_STATE."""

    def __init__(self, operation: str, errors: list[dict[str, Any]]):
        self.codes = tuple(str(e.get("code") or "") for e in errors)
        text = "; ".join(f"{e.get('code') or ''} {e.get('message', '')}".strip() for e in errors)
        super().__init__("shopify", f"{operation}: {text}", permanent=True)


def make_http() -> requests.Session:
    """A pooled session. Retries are decided here, not in the pool."""
    http = requests.Session()
    http.headers["User-Agent"] = "assisted-returns"
    http.mount("https://", HTTPAdapter(pool_connections=20, pool_maxsize=20, max_retries=0))
    http.mount("http://", HTTPAdapter(pool_connections=20, pool_maxsize=20, max_retries=0))
    http.trust_env = False
    return http


class AdminApi:
    """Calls Shopify for a shop, by our id of it."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        http: requests.Session | None = None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = real_now,
    ):
        self.settings = settings
        self.http = http or make_http()
        self.tokens = TokenKeeper(settings, database, self.http)
        self.allowances = Allowances(database, now=now)
        self.sleep = sleep

    def read(self, shop_id: int, name: str, variables: dict[str, Any]) -> Reply:
        """Run the query queries/<name>.graphql. Raises OutsideError, or Waiting when the shop has to reconnect."""
        for attempt in range(READ_ATTEMPTS):
            try:
                return self._call(shop_id, name, variables)
            except OutsideError as error:
                too_long = (error.retry_after or 0) > MOST_WAIT_SECONDS
                if error.permanent or too_long or attempt == READ_ATTEMPTS - 1:
                    raise
                metrics.count("returns_provider_errors_total", provider="shopify", permanent="false")
                self.sleep(error.retry_after or 0.3 * 2**attempt)
        raise AssertionError("unreachable")

    def write(self, shop_id: int, name: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Run the mutation queries/<name>.graphql once; its payload. Raises UserErrors, or OutsideError `ambiguous`."""
        return self.write_and_more(shop_id, name, variables)[0]

    def write_and_more(
        self, shop_id: int, name: str, variables: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The same for a mutation that asks for something besides: its payload, and all of the answer.

        Only the first field has to have been done.
        """
        reply = self._call(shop_id, name, variables)
        payload = next(iter(reply.data.values()), None)
        if payload is None:
            words, cause = f"{name}: no payload ({', '.join(reply.denied)})", Cause.WITHHELD if reply.denied else ""
            raise OutsideError("shopify", words, permanent=bool(reply.denied), cause=cause)
        if payload.get("userErrors"):
            raise UserErrors(name, payload["userErrors"])
        return dict(payload), reply.data

    def _call(self, shop_id: int, name: str, variables: dict[str, Any]) -> Reply:
        refreshed = False
        for _ in range(THROTTLE_ATTEMPTS):
            self._wait_for_turn(shop_id, name)
            domain, token = self.tokens.token(shop_id)
            answer = self._post(domain, token, name, variables)
            if answer.status_code == 401:
                self.tokens.drop(shop_id, token)
                if refreshed:
                    raise Waiting(RECONNECT, cause=Cause.RECONNECT)
                refreshed = True
                continue
            body = self._heard(shop_id, name, answer)
            wait = throttle_wait(body)
            self.allowances.hear(shop_id, name, body, hold=wait)
            if wait is None:
                return judge(body, name)
            metrics.count("returns_shopify_throttle_waits_total")
            metrics.count("returns_shopify_throttle_seconds_total", wait)
            log.info("shopify.throttled", operation=name, seconds=round(wait, 2))
        raise OutsideError("shopify", f"{name}: throttled", retry_after=10)

    def _wait_for_turn(self, shop_id: int, name: str) -> None:
        """Until the shop's points allow the call, whichever of our processes spent them. Raises OutsideError."""
        waited = 0.0
        while wait := self.allowances.take(shop_id, name):
            waited += wait
            if waited > MOST_WAIT_SECONDS:
                raise OutsideError("shopify", f"{name}: Shopify asked to wait", retry_after=min(wait, 60))
            self.sleep(wait)

    def _heard(self, shop_id: int, name: str, answer: requests.Response) -> dict[str, Any]:
        try:
            return read_body(answer, name)
        except OutsideError as error:
            if error.retry_after:
                self.allowances.hold(shop_id, error.retry_after)
            raise

    def _post(self, domain: str, token: str, name: str, variables: dict[str, Any]) -> requests.Response:
        url = f"{admin_base(self.settings, domain)}/admin/api/{ADMIN_API_VERSION}/graphql.json"
        try:
            answer = self.http.post(
                url,
                json={"query": document(name), "variables": variables},
                headers={"X-Shopify-Access-Token": token},
                timeout=CONNECT_AND_READ,
                allow_redirects=False,
            )
        except requests.ConnectionError as error:
            sent = "NewConnectionError" not in repr(error) and "ConnectTimeout" not in repr(error)
            raise OutsideError("shopify", f"{name}: no connection", ambiguous=sent) from error
        except requests.RequestException as error:
            raise OutsideError("shopify", f"{name}: {type(error).__name__}", ambiguous=True) from error
        served = answer.headers.get("X-Shopify-API-Version")
        if served and served != ADMIN_API_VERSION:
            # An expired version is served by the oldest supported one without an error.
            metrics.count("returns_shopify_version_mismatches_total", asked=ADMIN_API_VERSION, served=version(served))
            log.error("shopify.version_mismatch", asked=ADMIN_API_VERSION, served=version(served))
        return answer


def version(served: str) -> str:
    """A version as Shopify writes them, or "other": a header is a claim, and labels of a figure are few."""
    return served if VERSION.fullmatch(served) else "other"


def read_body(answer: requests.Response, name: str) -> dict[str, Any]:
    """The JSON of an answer. Raises OutsideError for everything Shopify says by status alone."""
    status = answer.status_code
    if status == 429:
        raise OutsideError("shopify", f"{name}: 429", retry_after=_seconds(answer.headers.get("Retry-After")))
    if status in (402, 403, 404, 423):
        raise Waiting(f"Shopify does not let the app work in this shop now (answer {status}).", cause=Cause.SHOP_CLOSED)
    if status >= 500:
        raise OutsideError("shopify", f"{name}: answered {status}", ambiguous=True)
    if status != 200:
        raise OutsideError("shopify", f"{name}: answered {status}", permanent=True)
    try:
        body = read_json(answer.content)
    except ValueError as error:
        raise OutsideError("shopify", f"{name}: the answer is not JSON", ambiguous=True) from error
    if not isinstance(body, dict):
        raise OutsideError("shopify", f"{name}: the answer is no object", ambiguous=True)
    return body


def throttle_wait(body: dict[str, Any]) -> float | None:
    """Seconds until the same operation can be afforded, when it was throttled (HTTP 200) and so not executed."""
    if not any(_code(e) == "THROTTLED" for e in _errors(body)):
        return None
    cost = (body.get("extensions") or {}).get("cost") or {}
    status = cost.get("throttleStatus") or {}
    missing = float(cost.get("requestedQueryCost") or 100) - float(status.get("currentlyAvailable") or 0)
    rate = float(status.get("restoreRate") or 100)
    return min(max(missing, 0) / max(rate, 1) + random.uniform(0.05, 0.3), MOST_WAIT_SECONDS)


def judge(body: dict[str, Any], name: str) -> Reply:
    """A Reply from a body that was not throttled; denied fields are named, other errors raised."""
    denied = []
    for error in _errors(body):
        code = _code(error)
        if code == "ACCESS_DENIED":
            denied.append(".".join(str(p) for p in error.get("path") or ()) or str(error.get("message", "")))
        elif code == "INTERNAL_SERVER_ERROR":
            raise OutsideError("shopify", f"{name}: internal error", ambiguous=True)
        elif code == "SHOP_INACTIVE":
            raise Waiting("The shop is not active at Shopify.", cause=Cause.SHOP_CLOSED)
        else:
            raise OutsideError("shopify", f"{name}: {error.get('message', code)}", permanent=True)
    data = body.get("data")
    if not isinstance(data, dict):
        if denied:
            return Reply({}, tuple(denied))
        raise OutsideError("shopify", f"{name}: no data", ambiguous=True)
    return Reply(data, tuple(denied))


def _errors(body: dict[str, Any]) -> list[dict[str, Any]]:
    errors = body.get("errors")
    return [e for e in errors if isinstance(e, dict)] if isinstance(errors, list) else []


def _code(error: dict[str, Any]) -> str:
    extensions = error.get("extensions")
    return str(extensions.get("code") or "") if isinstance(extensions, dict) else ""


def _seconds(header: str | None) -> float:
    """How long a Retry-After asks to wait, at most a minute; two seconds for one that is missing, or is a date."""
    try:
        seconds = float(header or "")
    except ValueError:
        return 2.0
    return min(seconds, 60.0) if seconds > 0 else 2.0  # neither is "nan"
