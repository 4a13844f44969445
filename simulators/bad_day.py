"""A bad day: a quarter of all calls to the stand-ins go wrong, drawn by a fixed seed. STANDIN_FAULTS=1 begins one.

Throttled, answered 500 or a page of HTML, cut off, too late: as providers fail, some after they did what was asked.
"""

import os
from typing import Any

NAME = "STANDIN_FAULTS"
PATIENCE = 4
"""How much longer things may take on such a day."""

SHOPIFY: list[dict[str, Any]] = [
    {"operation": "*", "kind": "throttle", "rate": 0.06},
    {"operation": "*", "kind": "500", "rate": 0.06},
    {"operation": "*", "kind": "html", "rate": 0.05},
    {"operation": "*", "kind": "cut_json", "rate": 0.06},
    {"operation": "*", "kind": "timeout", "rate": 0.04, "seconds": 0.2},
]
OTHERS: list[dict[str, Any]] = [
    {"kind": "500", "rate": 0.12},
    {"kind": "lost", "rate": 0.08},
    {"kind": "timeout", "rate": 0.07, "seconds": 0.2},
]
MAIL_BUSY = 0.25


def asked_for() -> bool:
    """Whether this process was told to have one."""
    return os.environ.get(NAME) == "1"


def patience() -> int:
    """How much longer than usual to wait for something."""
    return PATIENCE if asked_for() else 1


def begin(parts: Any) -> None:
    """Let Shopify, Twilio and the carrier of `simulators.app.Parts` fail from now on."""
    parts.store.faults.replace(SHOPIFY)
    for fault in OTHERS:
        parts.texts.faults.order(fault)
        parts.parcels.faults.order(fault)
