"""Sentry by setting: what it may be told, and that a missing package is a warning and not a crash."""

import sys
from types import ModuleType
from typing import Any

import pytest
from structlog.testing import capture_logs

from kit.log import get_logger
from shopify_app import reporting
from shopify_app.reporting import before_send, start_reporting
from tests import cast


@pytest.fixture
def sentry(monkeypatch) -> dict[str, Any]:
    told: dict[str, Any] = {}
    module = ModuleType("sentry_sdk")
    module.init = lambda **options: told.update(options)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentry_sdk", module)
    return told


def test_without_the_setting_nothing_is_reported(sentry: dict[str, Any]) -> None:
    assert not start_reporting(cast.settings()) and not sentry


def test_with_it_nothing_personal_is_asked_for(sentry: dict[str, Any]) -> None:
    assert start_reporting(cast.settings(sentry_dsn="https://k@sentry.example/1"))
    assert sentry["send_default_pii"] is False and sentry["before_send"] is before_send
    assert sentry["max_request_body_size"] == "never" and sentry["include_local_variables"] is False


def test_a_missing_package_is_one_warning(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)  # which makes importing it fail
    monkeypatch.setattr(reporting, "log", get_logger("test"))
    with capture_logs() as logs:
        assert not start_reporting(cast.settings(sentry_dsn="https://k@sentry.example/1"))
    assert [entry["event"] for entry in logs] == ["reporting.no_package"]


def test_bodies_cookies_headers_links_and_names_stay_here() -> None:
    event = {
        "request": {
            "url": "https://app.example/consult/abcdefghijklmnopqrstuvwx",
            "method": "POST",
            "data": {"note": "It sits high"},
            "cookies": {"desk": "c"},
            "headers": {"Authorization": "Bearer t"},
            "query_string": "id_token=eyJ.a.b",
            "env": {"REMOTE_ADDR": "1.2.3.4"},
        },
        "user": {"ip_address": "1.2.3.4"},
        "extra": {"row": "Cleo"},
        "breadcrumbs": [{"message": "Cleo"}],
        "exception": {
            "values": [
                {
                    "value": "no text to +33 6 12 34 41 41 or cleo@example.com with shpat_0123",
                    "stacktrace": {"frames": [{"function": "send", "vars": {"to": "Cleo"}}]},
                }
            ]
        },
    }
    sent = before_send(event)
    assert sent["request"] == {"method": "POST"}
    assert sent["exception"]["values"][0]["value"] == "no text to [hidden] or [hidden] with [hidden]"
    assert sent["exception"]["values"][0]["stacktrace"]["frames"] == [{"function": "send"}]
    assert not any(word in repr(sent) for word in ("Cleo", "1.2.3.4", "Bearer", "consult"))
