"""/app/measures/file: the rows and figures for an analyst, fetched in a tab of its own: a frame can't keep a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify, request, stream_with_context
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from kit.errors import NotFound
from measures import exporting, pilot_showed, pilots, reading
from measures.reading import MONTHS
from shopify_app.asked import row_id
from shopify_app.auth import merchant
from shopify_app.pages.admin.measures import found_leaks, months_asked
from shopify_app.pages.admin.pilot_pdf import PilotReport, pilot_pdf
from shopify_app.web import begin, now
from shops.links import MEASURES, issue_link, open_link
from shops.models import Shop
from shops.shops import get_shop

page = Blueprint("admin_measures_files", __name__)

KINDS = ("csv", "json", "pilot", "quiet", "report", "told")
OF_A_PILOT = ("pilot", "report", "told")


@dataclass(frozen=True)
class Asked:
    """Which file: a kind, and of how many months (of a pilot: its id)."""

    kind: str
    of: int

    @property
    def number(self) -> int:
        """As a link keeps it."""
        return self.of * 10 + KINDS.index(self.kind)

    @classmethod
    def read(cls, number: int) -> "Asked":
        """From a link."""
        return cls(KINDS[number % 10], number // 10)


@page.post("/app/measures/file")
def open_file() -> Response:
    """An address for ten minutes."""
    caller = merchant()
    kind = request.args.get("kind", "csv")
    with begin() as session:
        if kind in OF_A_PILOT:
            number = row_id(request.args.get("pilot", "")) or 0
            asked = Asked(kind, pilots.get_pilot(session, shop_id=caller.shop_id, pilot_id=number).id or 0)
        else:
            asked = Asked(kind if kind in KINDS else "csv", months_asked())
        token = issue_link(session, shop_id=caller.shop_id, purpose=MEASURES, subject_id=asked.number, now=now())
    return jsonify({"open": f"/measures/{token}"})


@page.get("/measures/<token>")
def fetch(token: str) -> ResponseReturnValue:
    """The file of that address."""
    with begin() as session:
        opened = open_link(session, token, purpose=MEASURES, now=now())
        asked, shop = Asked.read(opened.subject_id), get_shop(session, opened.shop_id)
        if asked.kind in OF_A_PILOT:
            return _of_pilot(session, shop, asked)
        if asked.kind == "quiet":
            return _attached(exporting.leak_rows(found_leaks(session, shop)), "quiet-clients.csv")
        view = reading.view(session, shop=shop, months=asked.of if asked.of in MONTHS else 12, now=now())
        if asked.kind == "json":
            return _attached(exporting.figures(view), "measures.json")
    return _attached(stream_with_context(_rows(opened.shop_id, view)), "measures.csv")


def _of_pilot(session: Session, shop: Shop, asked: Asked) -> Response:
    pilot = pilots.get_pilot(session, shop_id=shop.id or 0, pilot_id=asked.of)
    if asked.kind == "pilot" and pilot_showed.may_look(pilot, now=now()):
        return _attached(exporting.pilot_rows(session, pilot), "pilot.csv")
    found = pilot_showed.result_of(session, pilot, now=now())
    if found is None:
        raise NotFound("There is no result yet: it is looked at once, on the day the plan says.")
    if asked.kind == "told":
        return _attached(exporting.pilot_figures(pilot, found, pilot_showed.worth_of(session, pilot)), "pilot.json")
    weeks, compared = pilot_showed.weeks_of(session, pilot), pilot_showed.worth_of(session, pilot)
    report = PilotReport(shop.shown_name, ZoneInfo(shop.zone), pilot, found, compared, weeks)
    return _attached(pilot_pdf(report), "pilot.pdf")


def _rows(shop_id: int, view: reading.View) -> Iterator[str]:
    with begin() as session:
        yield "\ufeff"  # the mark by which spreadsheets know UTF-8
        yield from exporting.rows(session, shop_id=shop_id, since=view.since)


TYPES = {"json": "application/json", "pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


def _attached(body: str | bytes | Iterator[str], name: str) -> Response:
    answer = Response(body, content_type=TYPES[name.rpartition(".")[2]])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
