"""What to read of a shop's past, and how far back that reaches: pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from measures.reads import Detail

MONTHS = 24
BACK = timedelta(days=731)
SHOWN_WITHOUT_ASKING = timedelta(days=60)
"""How old an order an app sees that was not granted read_all_orders."""
OVERLAP = timedelta(hours=1)
"""Read again each time: Shopify's search may lag, and its clock is not ours."""
WIDENING = ("read_all_orders", "read_users")
"""Rights with which there is more to read than without."""
POLLS = ((timedelta(minutes=1), 5), (timedelta(minutes=10), 15), (timedelta(hours=1), 60))
SLOWEST_POLL = 300


@dataclass(frozen=True)
class Mark:
    """What earlier reads reached; all empty before the first."""

    complete_at: datetime | None = None
    current_until: datetime | None = None
    rights: str = ""
    detail: Detail | None = None


@dataclass(frozen=True)
class Plan:
    """The next read."""

    since: datetime
    changed_only: bool
    detail: Detail
    rights: str


def plan(mark: Mark, scopes: str, *, now: datetime) -> Plan:
    """All of two years the first time, and when a right came that shows more; otherwise what changed since."""
    rights = widening(scopes.split(","))
    more = set(rights.split(",")) - {"", *mark.rights.split(",")}
    if mark.complete_at is None or mark.current_until is None or mark.detail is None or more:
        detail = Detail.STAFF if "read_users" in rights.split(",") else Detail.CONTACTS
        return Plan(now - BACK, False, detail, rights)
    # What Shopify withheld when it was last asked for is not asked for every night.
    detail = mark.detail if mark.detail is not Detail.STAFF or "read_users" in rights else Detail.CONTACTS
    return Plan(mark.current_until - OVERLAP, True, detail, rights)


def widening(scopes: Collection[str]) -> str:
    """Those of the app's rights that show it more of the past, as kept in a row."""
    return ",".join(right for right in WIDENING if right in scopes)


def reaches_back_to(since: datetime, rights: str, *, asked_at: datetime) -> datetime:
    """The earliest order a read can have shown."""
    if "read_all_orders" in rights.split(","):
        return since
    return max(since, asked_at - SHOWN_WITHOUT_ASKING)


def poll_seconds(age: timedelta) -> int:
    """How long to wait before asking again how far a read is that was begun `age` ago."""
    return next((seconds for limit, seconds in POLLS if age < limit), SLOWEST_POLL)
