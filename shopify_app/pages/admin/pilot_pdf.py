"""The report of a pilot as a PDF on A4: the plan, the one result with its intervals, what was watched, definitions."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_date

from kit.money import Money
from measures.arms import Arm
from measures.comparing import Share
from measures.exporting import PILOT_DEFINITIONS
from measures.pilot_models import Pilot
from measures.pilot_result import Result, Side, Week, look_at
from measures.pilot_worth import Compared
from measures.reading import VERSION
from shopify_app.pages.admin.figure_words import percent
from shopify_app.pages.admin.pilot_words import apart, mean
from shopify_app.pages.portal.slip_letters import FONT, is_plain, printable

if TYPE_CHECKING:
    from fpdf import FPDF

MARGIN = 20.0
ROOM = 40.0
"""Millimetres a heading wants below it, itself included."""
OURS = "letters"
NAMES = {Arm.INVITED: "Invited", Arm.TODAY: "Today's flow"}


@dataclass(frozen=True)
class PilotReport:
    """What it is made of. Days are of the shop's zone."""

    house: str
    zone: ZoneInfo
    pilot: Pilot
    found: Result
    compared: Compared
    weeks: list[Week]


def pilot_pdf(report: PilotReport) -> bytes:
    """The pages. The same report gives the same bytes."""
    from fpdf import FPDF  # with the first report, as for the slip

    pdf = FPDF(orientation="portrait", unit="mm", format="A4")
    pdf.set_margin(MARGIN)
    pdf.set_title("The pilot")
    pdf.set_creation_date(look_at(report.pilot.ends_at))
    pdf.add_page()
    _line(pdf, f"The pilot at {report.house}", size=20, gap=0)
    _line(pdf, f"{_day(report, report.pilot.begins_at)} to {_day(report, report.pilot.ends_at)}", size=10, gap=1)
    _line(pdf, report.found.words, size=14, gap=6)
    _result(pdf, report)
    _worth(pdf, report)
    _plan(pdf, report)
    _weeks(pdf, report.weeks)
    _definitions(pdf)
    return bytes(pdf.output())


def _result(pdf: "FPDF", report: PilotReport) -> None:
    found = report.found
    head = ("Exchanged for the most part", "Share", "95 of 100 times between", "Still open")
    sides = ((Arm.INVITED, found.invited), (Arm.TODAY, found.today))
    _table(pdf, [head, *(_side(NAMES[arm], side) for arm, side in sides)], (4, 2, 3, 2))
    told = found.difference
    points = [f"{100 * value:+.0f}" for value in (told.value or 0.0, told.low, told.high)]
    value = "cannot be told" if told.value is None else f"{points[0]} points"
    _line(
        pdf, f"Invited less today's flow: {value}, between {points[1]} and {points[2]} in 95 of 100 such pilots.", gap=2
    )
    words = "Households were drawn, not returns; each counts once, in the arm it was given, whatever happened then."
    _line(pdf, words, gap=1)


def _worth(pdf: "FPDF", report: PilotReport) -> None:
    told, currency = report.compared, report.pilot.currency
    _head(pdf, "Net relationship value of a household")
    _line(pdf, told.words(report.found.difference.verdict), gap=1)
    sides = ((Arm.INVITED, told.invited), (Arm.TODAY, told.today))
    rows = [(NAMES[arm], (cell := mean(side, currency)).count, cell.value) for arm, side in sides]
    _table(pdf, [("Arm", "Households closed", "On average"), *rows], (3, 2, 2))
    _line(pdf, f"Invited less today's flow: {apart(told, currency)}.", gap=2)
    words = f"Orders up to {_day(report, look_at(report.pilot.ends_at))} count, at the costs the house gave."
    _line(pdf, f"{words} Answered only where the registered measure is.", gap=1)


def _side(name: str, side: Side) -> tuple[str, ...]:
    share = side.exchanged
    return f"{name}: {share.count} of {share.of} households", *_share(share), str(side.open)


def _share(share: Share) -> tuple[str, str]:
    if share.value is None:
        return "cannot tell", "nobody yet"
    low, high = share.interval()
    return percent(share.value), f"{percent(low)} and {percent(high)}"


def _plan(pdf: "FPDF", report: PilotReport) -> None:
    pilot = report.pilot
    _head(pdf, "The plan, as it was registered")
    expected = str(pilot.expected) if pilot.expected else "an unknown number"
    for words in (
        f"Registered on {_day(report, pilot.registered_at)}, before anybody was invited, and not changed since.",
        f"Returns of {Money(pilot.from_cents, pilot.currency).show()} and more that the rules would invite.",
        f"{pilot.before_share}% exchanged before; {pilot.hoped_share}% would be worth it.",
        f"To find that in 80 of 100 pilots {pilot.needed} households are needed in each arm; {expected} were expected.",
        f"Looked at once, on {_day(report, look_at(pilot.ends_at))}.",
        *([f"Ended by a person on {_day(report, pilot.stopped_at)}."] if pilot.stopped_at else []),
    ):
        _line(pdf, words, gap=1)


def _weeks(pdf: "FPDF", weeks: list[Week]) -> None:
    _head(pdf, "Watched each week: for harm only, it says nothing of the result")
    if not weeks:
        return _line(pdf, "No return came.", gap=1)
    rows: list[tuple[str, ...]] = [("Week", "Arm", "Returns", "Refunds chosen", "Days to the refund", "Complaints")]
    for week in weeks:
        for arm, name in NAMES.items():
            days, refunds = week.refund_days[arm], week.refunds[arm]
            shown = "none yet" if days is None else f"{days:g}"
            chosen = f"{refunds.count} of {refunds.of}"
            rows.append((str(week.number), name, str(week.returns[arm]), chosen, shown, str(week.complaints[arm])))
    _table(pdf, rows, (1, 2, 1, 2, 2, 2))


def _definitions(pdf: "FPDF") -> None:
    _head(pdf, f"Definitions, version {VERSION}")
    for name, words in PILOT_DEFINITIONS.items():
        _line(pdf, f"{name}: {words}", size=9, gap=0.5)
    _line(pdf, "The rows behind this report are a file beside it, one a return, with the same version.", size=9, gap=2)


def _table(pdf: "FPDF", rows: list[tuple[str, ...]], widths: tuple[int, ...]) -> None:
    pdf.ln(3)
    shown = [[_plainly(cell) for cell in row] for row in rows]
    _face(pdf, "Helvetica", "".join(cell for row in shown for cell in row), 9)
    with pdf.table(col_widths=widths, borders_layout="HORIZONTAL_LINES", line_height=6) as table:
        for row in shown:
            table.row(row)


def _head(pdf: "FPDF", words: str) -> None:
    """A heading, on the page that what it heads begins on."""
    if pdf.will_page_break(ROOM):
        pdf.add_page()
    _line(pdf, words, size=13, gap=6)


def _line(pdf: "FPDF", words: str, *, size: float = 10, gap: float = 0) -> None:
    pdf.ln(gap)
    shown = _plainly(words)
    _face(pdf, "Times" if size > 12 else "Helvetica", shown, size)
    pdf.multi_cell(0, size * 0.5, shown, align="L", new_x="LMARGIN", new_y="NEXT")


def _face(pdf: "FPDF", plain: str, shown: str, size: float) -> None:
    """The PDF's own face, or ours where that lacks a letter, as of an amount in euros."""
    if not is_plain(shown) and OURS not in pdf.fonts:
        for style in ("", "B"):  # the heads of a table ask for a bold one; there is one weight
            pdf.add_font(OURS, style=style, fname=FONT)
    pdf.set_font(plain if is_plain(shown) else OURS, size=size)


def _plainly(words: str) -> str:
    return printable(words.replace("\u2212", "-"))  # the true minus is in neither face


def _day(report: PilotReport, at: datetime) -> str:
    return format_date(at.astimezone(report.zone).date(), "d MMMM y", locale="en")
