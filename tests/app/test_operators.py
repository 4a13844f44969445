"""What an operator sees: readiness with a sentence each, and figures for who has the token."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

import jobs
from jobs.models import JobTrouble, TroubleState, WorkerBeat
from kit import metrics
from kit.db import Database
from shopify_app.app import create_app
from tests import cast
from tests.cast import NOW
from webhooks.models import Delivery, DeliveryState

TOKEN = "a-metrics-token"


@pytest.fixture(autouse=True)
def at_now():
    with cast.clock():
        yield


@pytest.fixture
def counted(monkeypatch):
    monkeypatch.setattr(metrics, "_counters", {})


def app(database: Database, **chosen: str) -> Flask:
    return create_app(cast.settings(database.url, **chosen), database)


def add(database: Database, *rows) -> None:
    with database.begin() as session:
        session.add_all(rows)


def beat(slot: str = "w-1", seconds: float = 3, counters: list | None = None) -> WorkerBeat:
    at = NOW - timedelta(seconds=seconds)
    return WorkerBeat(slot=slot, beat_at=at, started_at=at, counters=counters or [])


def delivery(seconds: float, n: int = 1, **values) -> Delivery:
    about: dict[str, Any] = {"source": "shopify", "topic": "t", "external_id": str(n), "body": b"{}"}
    return Delivery(**{**about, "received_at": NOW - timedelta(seconds=seconds), **values})


def ready(database: Database) -> tuple[int, list[str]]:
    answer = app(database).test_client().get("/readyz")
    return answer.status_code, answer.get_json()["missing"]


# --- readiness


def test_with_a_worker_and_nothing_old_it_is_ready(database: Database) -> None:
    add(database, beat(), delivery(59), delivery(9000, 2, state=DeliveryState.HANDLED))
    assert ready(database) == (200, [])


def test_without_a_worker_it_says_how_to_run_one(database: Database) -> None:
    add(database, beat(seconds=31))
    status, (sentence,) = ready(database)
    assert status == 503 and "python -m shopify_app worker" in sentence


def test_a_queue_that_stands_still_is_said(database: Database) -> None:
    add(database, beat(), delivery(61))
    assert ready(database) == (503, ["The queue does not move: a delivery has waited for 61 seconds."])


def test_a_delivery_that_was_tried_and_failed_is_not_a_queue_that_stands_still(database: Database) -> None:
    add(database, beat(), delivery(120, attempts=2))
    assert ready(database) == (200, [])


def test_at_each_limit_it_is_still_ready_and_a_moment_later_it_is_not(database: Database) -> None:
    add(database, beat(seconds=30), delivery(60))
    assert ready(database) == (200, [])
    with cast.clock(NOW + timedelta(microseconds=1)):
        assert ready(database) == (503, ["No worker is alive: run `python -m shopify_app worker`."])
    add(database, beat("w-2"))
    with cast.clock(NOW + timedelta(microseconds=1)):
        assert ready(database) == (503, ["The queue does not move: a delivery has waited for 60 seconds."])


# --- figures


def test_without_the_setting_there_is_nothing_at_metrics(database: Database) -> None:
    client = app(database).test_client()
    for accept in ("text/html", "application/json"):
        wanted = {"Accept": accept}
        found, nowhere = client.get("/metrics", headers=wanted), client.get("/nowhere", headers=wanted)
        assert found.status_code == 404 and found.text == nowhere.text
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer \u00e9"]
)
def test_without_the_token_nobody_reads_it(database: Database, header: str | None) -> None:
    given = {} if header is None else {"Authorization": header}
    answer = app(database, metrics_token=TOKEN).test_client().get("/metrics", headers=given)
    assert answer.status_code == 401 and answer.text == "Bearer token missing or wrong.\n"
    assert (answer.headers["WWW-Authenticate"], answer.mimetype) == ("Bearer", "text/plain")


def test_the_figures_are_those_of_the_rows(database: Database, counted) -> None:
    trouble: dict[str, Any] = {"name": "x", "first_at": NOW, "last_at": NOW, "state": TroubleState.WAITING}
    counters = [["returns_provider_errors_total", {"provider": "twilio", "permanent": "false"}, 3]]
    add(
        database,
        delivery(30),
        delivery(10, 2),
        delivery(9000, 3, state=DeliveryState.FAILED),
        beat(counters=counters),
        beat("w-2", seconds=100),
        JobTrouble(root_id="a", **trouble),
    )
    with database.begin() as session:
        jobs.enqueue(session, "test.note")
    metrics.count("returns_shopify_throttle_waits_total")
    metrics.count("returns_shopify_throttle_waits_total")
    answer = (
        app(database, metrics_token=TOKEN).test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    )
    assert answer.status_code == 200 and answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    for line in [
        'returns_inbox_deliveries{state="new"} 2',
        'returns_inbox_deliveries{state="failed"} 1',
        'returns_inbox_deliveries{state="handled"} 0',
        "returns_inbox_oldest_seconds 30",
        'returns_queue_jobs{state="enqueued"} 1',
        'returns_queue_jobs{state="delayed"} 0',
        'returns_jobs_in_trouble{state="waiting"} 1',
        'returns_jobs_in_trouble{state="given_up"} 0',
        "returns_workers_alive 1",
        "returns_worker_oldest_beat_seconds 100",
        'returns_provider_errors_total{permanent="false",process="w-1",provider="twilio"} 3',
    ]:
        assert line in lines, f"{line}\n{answer.text}"
    assert any(line.startswith('returns_shopify_throttle_waits_total{process="web-') for line in lines)
    for name in metrics.KNOWN:
        assert sum(line.startswith(f"# TYPE {name} ") for line in lines) == 1


def test_a_worker_is_alive_up_to_the_limit_and_without_one_nothing_is_old(database: Database) -> None:
    client, header = app(database, metrics_token=TOKEN).test_client(), {"Authorization": f"Bearer {TOKEN}"}
    before = client.get("/metrics", headers=header).text.splitlines()
    assert {"returns_workers_alive 0", "returns_worker_oldest_beat_seconds 0"} <= set(before)
    add(database, beat(seconds=30), beat("w-2", seconds=30.001))
    after = client.get("/metrics", headers=header).text.splitlines()
    assert {"returns_workers_alive 1", "returns_worker_oldest_beat_seconds 30.001"} <= set(after)


def test_labels_are_escaped(counted) -> None:
    metrics.count("returns_provider_errors_total", provider='a"b\\c\nd')
    text = metrics.render(metrics.snapshot())
    assert 'returns_provider_errors_total{provider="a\\"b\\\\c\\nd"} 1' in text.splitlines()


def test_the_figures_an_operator_needs_are_all_there(database: Database, counted) -> None:
    """Inbox age, queue depth, throttle, refresh failures, provider errors, and an API version that is not ours."""
    metrics.count("returns_shopify_throttle_seconds_total", 1.5)
    metrics.count("returns_token_refresh_failures_total", kind="refused")
    metrics.count("returns_provider_errors_total", provider="shopify", permanent="true")
    metrics.count("returns_shopify_version_mismatches_total", asked="2026-07", served="2025-10")
    metrics.count("returns_webhooks_handed_on_total", version="2025-10")
    answer = (
        app(database, metrics_token=TOKEN).test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    )
    names = {line.split("{")[0].split(" ")[0] for line in answer.text.splitlines() if not line.startswith("#")}
    assert names >= {
        "returns_inbox_oldest_seconds",
        "returns_inbox_deliveries",
        "returns_queue_jobs",
        "returns_jobs_in_trouble",
        "returns_shopify_throttle_seconds_total",
        "returns_token_refresh_failures_total",
        "returns_provider_errors_total",
        "returns_shopify_version_mismatches_total",
        "returns_webhooks_handed_on_total",
    }
    assert ".myshopify.com" not in answer.text, "of the installation, and of no shop"
