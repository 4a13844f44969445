"""What an analyst needs to reproduce the page: a row a closed return, the definitions, and the page's own figures."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from kit.text import plain_cell
from measures import turns
from measures.leaks import Leak
from measures.measured import SUMMED, MeasuredReturn
from measures.next_orders import HORIZON, WINDOWS
from measures.pilot_models import Pilot
from measures.pilots import enrolled
from measures.reading import VERSION, Side, View

BATCH = 2_000
COLUMNS = (
    "definitions", "return", "order", "household", "assisted", "closed_on", "band", "currency", "ended", "parts",
    "next_days", *SUMMED,
)  # fmt: skip
DEFINITIONS = {
    "returns": "Closed in Shopify, of which a piece came back, by day of closing in the shop's time zone.",
    "assisted": "An advisor had a case for it. All others are self-service.",
    "ended": "The largest part of the value; of two alike refund before other before credit before exchange.",
    "refunded_cents": "Money back, up to the value of the pieces, whenever it went back.",
    "credited_cents": "Credit for another piece, up to what was not refunded.",
    "exchanged_cents": "What is left, up to what the new pieces cost.",
    "next_days": f"Days to the household's next order, exchanges excluded; empty for none within {HORIZON} days.",
    "not_yet": "1 where the household was watched and has not bought; watched until the day of the file at most.",
    "later_cents": f"Orders within {HORIZON} days, net of what went back, up to the household's next closing.",
    "household": "A number that names nobody; the same household has the same number in every file of the shop.",
    "intervals": "Wilson for a share, Newcombe's method 10 for a difference, Greenwood on the log-log scale.",
    "windows": ", ".join(f"{days} days" for days in WINDOWS),
}


def rows(session: Session, *, shop_id: int, since: date) -> Iterator[str]:
    """CSV, some rows at a time, in the order of closing; never all of them in memory."""
    key = turns.made_row(session, shop_id).hash_key
    yield _line(COLUMNS)
    table: Any = MeasuredReturn.__table__  # type: ignore[attr-defined]
    last: tuple[Any, str] | None = None
    while True:
        query = sa.select(table).where(table.c.shop_id == shop_id, table.c.closed_on >= since)
        if last is not None:
            query = query.where(sa.tuple_(table.c.closed_on, table.c.return_gid) > sa.tuple_(*last))
        found = session.connection().execute(query.order_by(table.c.closed_on, table.c.return_gid).limit(BATCH)).all()
        for row in found:
            yield _line(_values(MeasuredReturn(**row._mapping), key))
        if len(found) < BATCH:
            return
        last = (found[-1].closed_on, found[-1].return_gid)


def figures(view: View) -> str:
    """The page's figures as JSON, with the definitions and their version."""
    told = {
        "definitions_version": VERSION,
        "definitions": DEFINITIONS,
        "since": view.since.isoformat(),
        "until": view.until.isoformat(),
        "currency": view.currency,
        "in_other_currencies": view.elsewhere,
        "cost_inputs": {"by": "merchant" if view.said else "defaults", **asdict(view.assisted.costs)},
        "assisted": _side(view.assisted),
        "self_service": _side(view.alone),
    }
    return json.dumps(told, indent=1)


def pilot_rows(session: Session, pilot: Pilot) -> str:
    """CSV of the returns of a pilot, in the arm they were given."""
    key = turns.made_row(session, pilot.shop_id).hash_key
    lines = [_line(("definitions", "return", "household", "arm", "enrolled_at", "closed_on", "ended", "complained"))]
    for row, counted, _ in enrolled(session, pilot):
        ended = (counted.closed_on.isoformat(), counted.kind.value) if counted else ("", "")
        given = (_number(key, row.household), row.arm.value, row.at.isoformat())
        lines.append(_line((VERSION, row.return_gid, *given, *ended, int(row.complained_at is not None))))
    return "".join(lines)


def leak_rows(found: list[Leak]) -> str:
    """CSV of the clients who did not come back, by Shopify's own number."""
    lines = [_line(("client", "closed_on", "refunded", "orders_before", "spent_before", "currency"))]
    for leak in found:
        amounts = (leak.refunded.amount, leak.orders, leak.spent.amount, leak.spent.currency)
        lines.append(_line((leak.client_gid or "guest", leak.closed_on.isoformat(), *amounts)))
    return "".join(lines)


def _values(row: MeasuredReturn, key: str) -> tuple[Any, ...]:
    next_days = "" if row.next_days is None else row.next_days
    household, assisted = _number(key, row.household), int(row.assisted)
    about = (row.closed_on.isoformat(), row.band, row.currency, row.kind.value, row.parts, next_days)
    sums = [getattr(row, name) for name in SUMMED]
    return (VERSION, row.return_gid, row.order_gid, household, assisted, *about, *sums)


def _number(key: str, household: str) -> str:
    return hashlib.sha256(f"{key}:household:{household}".encode()).hexdigest()[:16]


def _side(side: Side) -> dict[str, Any]:
    windows = {str(days): point and [point.share, point.low, point.high, point.at_risk] for days, point in side.windows}
    return {
        "sums": dict(side.sums),
        "exchanges_for_each_refund": [side.exchanges.value, *_finite(side.exchanges.interval())],
        "bought_again": windows,
        "curve": [[point.day, point.at_risk, point.bought, point.share] for point in side.curve.points],
        "net_relationship_value": {**asdict(side.worth), "total": side.worth.total, "how": "modelled"},
        "if_clients_return_more": {str(percent): total for percent, total in side.habits},
    }


def _finite(span: tuple[float, float]) -> list[float | None]:
    return [value if value < float("inf") else None for value in span]


def _line(values: Any) -> str:
    text = io.StringIO()
    cells = [plain_cell(value) if isinstance(value, str) else value for value in values]
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()
