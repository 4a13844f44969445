"""Counters of this process, and Prometheus's text. A process counts for itself; nothing is shared and nothing is kept.

A worker has no address of its own to be asked at, so it writes its snapshot beside its beat, where /metrics finds it.
"""

import threading
from collections.abc import Iterable
from typing import TypeAlias

Sample: TypeAlias = tuple[str, dict[str, str], float]

KNOWN: dict[str, tuple[str, str]] = {
    # name -> kind, what it says
    "returns_inbox_deliveries": ("gauge", "Stored webhooks by state."),
    "returns_inbox_oldest_seconds": ("gauge", "Age of the oldest webhook nobody handled yet; 0 when none waits."),
    "returns_queue_jobs": ("gauge", "Jobs that are not finished, by the engine's state."),
    "returns_jobs_in_trouble": ("gauge", "Jobs that did not succeed at once, by what becomes of them."),
    "returns_workers_alive": ("gauge", "Workers whose beat is fresh."),
    "returns_worker_oldest_beat_seconds": ("gauge", "Seconds since the beat of the worker heard of longest ago."),
    "returns_shopify_throttle_waits_total": ("counter", "Times a call waited because Shopify throttled it."),
    "returns_shopify_throttle_seconds_total": ("counter", "Seconds spent in those waits."),
    "returns_provider_errors_total": ("counter", "Calls out that failed, by provider and whether it is permanent."),
    "returns_shopify_version_mismatches_total": ("counter", "Answers made with another API version than asked for."),
    "returns_webhooks_handed_on_total": ("counter", "Webhooks of Shopify handed on, by the API version of their body."),
    "returns_token_refresh_failures_total": ("counter", "Refreshes of a shop's token that failed, by kind."),
}

_lock = threading.Lock()
_counters: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}


def count(name: str, amount: float = 1, **labels: str) -> None:
    """Add to a counter of KNOWN. Labels are few and never of a person or a shop."""
    key = (name, tuple(sorted(labels.items())))
    with _lock:
        _counters[key] = _counters.get(key, 0.0) + amount


def snapshot() -> list[Sample]:
    """What this process has counted since it began."""
    with _lock:
        return [(name, dict(labels), value) for (name, labels), value in sorted(_counters.items())]


def render(samples: Iterable[Sample]) -> str:
    """Prometheus's text format, version 0.0.4: samples grouped by name, each name introduced once."""
    by_name: dict[str, list[Sample]] = {}
    for sample in samples:
        by_name.setdefault(sample[0], []).append(sample)
    lines = []
    for name, (kind, words) in KNOWN.items():
        lines += [f"# HELP {name} {words}", f"# TYPE {name} {kind}"]
        lines += [f"{name}{_labels(labels)} {value:.10g}" for _, labels, value in by_name.get(name, [])]
    return "\n".join(lines) + "\n"


def _labels(labels: dict[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{key}="{_escape(value)}"' for key, value in sorted(labels.items())) + "}"


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
