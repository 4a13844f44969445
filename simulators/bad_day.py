"""A bad day: a quarter of all calls to the stand-ins go wrong, drawn by a fixed seed. STANDIN_FAULTS=1 begins one.

Throttled, answered 500 or a page of HTML, cut off, too late: as providers fail, some after they did what was asked.
STANDIN_FAULTS=2 is another such day: the number is the seed.
"""

import os
import random
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
TOO_MANY: dict[str, Any] = {"operation": "*", "kind": "429", "rate": 0.02, "seconds": 0.3}
OTHERS: list[dict[str, Any]] = [
    {"kind": "500", "rate": 0.12},
    {"kind": "lost", "rate": 0.08},
    {"kind": "timeout", "rate": 0.07, "seconds": 0.2},
]
BEHIND_DOORS: list[dict[str, Any]] = [
    {"kind": "500", "rate": 0.06},
    {"kind": "lost", "rate": 0.08},
    {"kind": "timeout", "rate": 0.03, "seconds": 0.2},
]
DOORS = {"429": 0.03, "html": 0.03, "cut_json": 0.04}
"""What any call to Twilio or the carrier may meet, reading too; `cut_json` after it was done."""
MAIL_BUSY = 0.25


def asked_for() -> bool:
    """Whether this process was told to have one."""
    return seed() > 0


def seed() -> int:
    """Which one; 0 is none."""
    said = os.environ.get(NAME, "")
    return int(said) if said.isdecimal() else 0


def patience() -> int:
    """How much longer than usual to wait for something."""
    return PATIENCE if asked_for() else 1


def begin(parts: Any, day: int | None = None, *, doors: bool = True) -> None:
    """Let Shopify, Twilio and the carrier of `simulators.app.Parts` fail from now on.

    With `doors` any call meets DOORS too, and fewer fail behind them; a 429 is waited for by the app's own clock.
    """
    end(parts)
    begin_at_shopify(parts.store, day, too_many=doors)
    for faults in (parts.texts.faults, parts.parcels.faults):
        faults.reseed(day or seed())
        for fault in BEHIND_DOORS if doors else OTHERS:
            faults.order(fault)
    parts.doors.begin(DOORS if doors else {}, day or seed())


def begin_at_shopify(store: Any, day: int | None = None, *, too_many: bool = True) -> None:
    """Let that Shopify fail from now on. After a 429 (`too_many`) the app waits by the real clock."""
    store.faults.replace([*SHOPIFY, TOO_MANY] if too_many else SHOPIFY)
    store.faults.draw = random.Random(day or seed())


def end(parts: Any) -> None:
    """All is well with them."""
    parts.store.faults.replace([])
    for faults in (parts.texts.faults, parts.parcels.faults):
        faults.order({"kind": "none"})
    parts.doors.begin({}, 0)
