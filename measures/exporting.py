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
from measures.pilot_result import SETTLING, Result
from measures.pilot_showed import as_enrolled, enrolled, net_of_rows
from measures.pilot_worth import LEAST, Compared
from measures.reading import VERSION, Side, View

BATCH = 2_000
HERE = "_here"
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
    "next_cents": "What that order came to; nought where it was in another currency than the return.",
    "later_cents": f"Orders within {HORIZON} days, net of what went back, up to the household's next closing; of those "
    "in the currency of the return.",
    "minutes": "Of conversation, from its beginning to its end.",
    "parcels": "Boxes that were sent; one where the return is from before the app.",
    "travelled_cents": "What came back, where it came in a parcel: cover is reckoned of it.",
    "given_cents": "Gestures that were allowed, and ways of the catalogue at what they cost the house.",
    "reworks": "1 for a case that ended in bench work of which no way of the catalogue says what it cost.",
    "household": "A number that names nobody; the same household has the same number in every file of the shop.",
    "intervals": "Wilson for a share, Newcombe's method 10 for a difference, Greenwood on the log-log scale; for "
    "net value the variance of a ratio with days of closing as clusters, Student's with days less one.",
    HERE: "At the end of a name: of the returns in the shop's currency. Amounts are of these only, with or without it.",
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


PILOT_COLUMNS = (
    "definitions", "return", "household", "arm", "enrolled_at", "first_of_household", "closed_on", "ended", "currency",
    "back_cents", "exchanged_cents", "refunded_cents", "refund_days", "complained", "net_cents",
)  # fmt: skip
PILOT_DEFINITIONS = {
    "arm": "As drawn by a salted hash of the household when its first return came; it stands, whatever happened then.",
    "first_of_household": "1 for the return that counts in the result; later ones of the same household do not.",
    "ended": "The largest part of the value; empty while the return is open or nothing of it came back.",
    "measure": "Of households whose first return is closed: the share that ended in an exchange.",
    "interval": "Wilson's for each share, Newcombe's method 10 for their difference, 95 of 100.",
    "look": f"Once, {SETTLING.days} days after the last invitation.",
    "refund_days": "Whole days from the request to the closing of a return with money back.",
    "net_cents": "Net relationship value of the return: margin on what the household bought up to the look, less what "
    "the return cost, at the merchant's inputs; empty where it is open or in another currency.",
    "second_question": "The average of a household's net value, invited less today's flow, with Welch's interval; "
    f"from {LEAST} households an arm on, and answered only where the registered measure is.",
}


def pilot_rows(session: Session, pilot: Pilot) -> str:
    """CSV of the returns of a pilot, in the arm they were given: all that its result is made of."""
    key = turns.made_row(session, pilot.shop_id).hash_key
    lines, seen = [_line(PILOT_COLUMNS)], set()
    those = enrolled(session, pilot)
    nets = net_of_rows(session, pilot, those)
    for row, counted, opened_at in those:
        told = as_enrolled(row, counted, opened_at)
        first = int(row.household not in seen)
        seen.add(row.household)
        given = (_number(key, row.household), row.arm.value, row.at.isoformat(), first)
        ended: tuple[Any, ...] = ("", "", "", "", "", "")
        if counted is not None:
            amounts = (counted.back_cents, counted.exchanged_cents, counted.refunded_cents)
            ended = (counted.closed_on.isoformat(), counted.kind.value, counted.currency, *amounts)
        days = "" if told.refund_days is None else told.refund_days
        worth = round(nets[row.return_gid]) if row.return_gid in nets else ""
        lines.append(_line((VERSION, row.return_gid, *given, *ended, days, int(told.complained), worth)))
    return "".join(lines)


def pilot_figures(pilot: Pilot, found: Result, compared: Compared) -> str:
    """The report as JSON, with the plan, the definitions and their version."""
    sides = {"invited": found.invited, "today": found.today}
    told = {
        "definitions_version": VERSION,
        "definitions": PILOT_DEFINITIONS,
        "registered_at": pilot.registered_at.isoformat(),
        "begins_at": pilot.begins_at.isoformat(),
        "ends_at": pilot.ends_at.isoformat(),
        "needed_in_each_arm": pilot.needed,
        "arms": {
            name: {"households": side.households, "open": side.open, "exchanged": side.exchanged.count,
                   "closed": side.exchanged.of, "interval": side.exchanged.interval(), "ended": side.kinds}
            for name, side in sides.items()
        },
        "difference": asdict(found.difference),
        "verdict": found.difference.verdict.value,
        "words": found.words,
        "net_relationship_value": {
            "currency": pilot.currency,
            "invited": asdict(compared.invited),
            "today": asdict(compared.today),
            "difference": compared.difference and asdict(compared.difference),
            "verdict": compared.verdict(found.difference.verdict).value,
            "words": compared.words(found.difference.verdict),
        },
    }  # fmt: skip
    return json.dumps(told, indent=1)


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
        "sums": {name: side.sums[name] for name in (*SUMMED, *(f"{name}{HERE}" for name in SUMMED))},
        "exchanges_for_each_refund": [side.exchanges.value, *_finite(side.exchanges.interval())],
        "bought_again": windows,
        "curve": [[point.day, point.at_risk, point.bought, point.share] for point in side.curve.points],
        "net_relationship_value": {**asdict(side.worth), "total": side.worth.total, "how": "modelled"},
        "net_value_of_one_return": side.each and asdict(side.each),
        "if_clients_return_more": {str(percent): total for percent, total in side.habits},
    }


def _finite(span: tuple[float, float]) -> list[float | None]:
    return [value if value < float("inf") else None for value in span]


def _line(values: Any) -> str:
    text = io.StringIO()
    cells = [plain_cell(value) if isinstance(value, str) else value for value in values]
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()
