"""Sentry, if SENTRY_DSN is set and the package installed. It is told that something failed, never about whom."""

import importlib
from typing import Any

from kit.log import PERSONAL, get_logger
from kit.settings import Settings

log = get_logger("reporting")

KEPT_OF_REQUEST = frozenset({"method"})


def start_reporting(settings: Settings) -> bool:
    """Begin to report; False when there is nowhere to, or nothing to do it with (said once, as a warning)."""
    if not settings.sentry_dsn:
        return False
    try:
        sentry: Any = importlib.import_module("sentry_sdk")
    except ImportError:
        log.warning("reporting.no_package", hint="SENTRY_DSN is set, but the package sentry-sdk is not installed.")
        return False
    sentry.init(
        dsn=settings.sentry_dsn,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,  # a frame's variables are rows and letters
        max_breadcrumbs=0,
        before_send=before_send,
    )
    return True


def before_send(event: dict[str, Any], _hint: Any = None) -> dict[str, Any]:
    """The event without bodies, cookies, headers, queries, addresses of pages (they hold links) or who it was."""
    if isinstance(event.get("request"), dict):
        event["request"] = {k: v for k, v in event["request"].items() if k in KEPT_OF_REQUEST}
    for name in ("user", "extra", "breadcrumbs", "server_name"):
        event.pop(name, None)
    cleaned = _hidden(event)
    assert isinstance(cleaned, dict)
    return cleaned


def _hidden(value: Any) -> Any:
    """Texts at any depth as the logs have them; local variables dropped, should a frame carry any."""
    if isinstance(value, str):
        return PERSONAL.sub("[hidden]", value)
    if isinstance(value, dict):
        return {k: _hidden(v) for k, v in value.items() if k != "vars"}
    if isinstance(value, list):
        return [_hidden(v) for v in value]
    return value
