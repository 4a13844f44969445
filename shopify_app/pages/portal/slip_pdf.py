"""The slip that goes into the box, as a PDF on A5. It names no price and no id of Shopify's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shopify_app.pages.portal.barcodes import bars, scannable
from shopify_app.pages.portal.slip_letters import FONT, is_plain, is_whole, printable
from shopify_app.pages.portal.tongue import N_, _

if TYPE_CHECKING:
    from fpdf import FPDF

MARGIN = 14.0
LABEL_WIDTH = 26.0
BARS_HEIGHT = 16.0
OURS = "letters"
ON_THE_PAGE = N_("[…] stands for letters that this paper cannot print. They are on the page of return %(number)s.")


@dataclass(frozen=True)
class Slip:
    """What it says: the house, the return's number, what to do with it, (name, words) facts, two sentences."""

    house: str
    number: str
    title: str
    facts: tuple[tuple[str, str], ...]
    packing: str
    desk: str


def slip_pdf(slip: Slip) -> bytes:
    """The page."""
    from fpdf import FPDF  # with the first slip: it takes twenty megabytes, most of them for fonts that are not used

    pdf = FPDF(orientation="portrait", unit="mm", format="A5")
    pdf.set_margin(MARGIN)
    pdf.set_title(f"Slip {slip.number}")
    pdf.add_page()
    _head(pdf, slip)
    _facts(pdf, slip.facts)
    _words(pdf, slip.packing, gap=4)
    _bars(pdf, slip.number)
    _words(pdf, slip.desk, gap=4)
    if not all(is_whole(text) for text in (slip.house, slip.desk, *(words for _, words in slip.facts))):
        _words(pdf, _(ON_THE_PAGE, number=slip.number), gap=4)
    return bytes(pdf.output())


def _head(pdf: "FPDF", slip: Slip) -> None:
    house = printable(slip.house.upper())
    choose_font(pdf, "Times", 13, house)
    pdf.cell(0, 7, house)
    choose_font(pdf, "Helvetica", 9, printable(slip.number))
    pdf.cell(0, 7, printable(slip.number), align="R", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(5)
    title = printable(slip.title)
    choose_font(pdf, "Times", 18, title)
    pdf.multi_cell(0, 8, title, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(3)


def _facts(pdf: "FPDF", facts: Sequence[tuple[str, str]]) -> None:
    for name, words in facts:
        if not (shown := printable(words)):
            continue
        label = printable(name)
        choose_font(pdf, "Helvetica", 9, label)
        pdf.set_text_color(90)
        pdf.cell(LABEL_WIDTH, 6, label)
        pdf.set_text_color(0)
        choose_font(pdf, "Helvetica", 10, shown)
        pdf.multi_cell(0, 6, shown, new_x="LMARGIN", new_y="NEXT")


def _words(pdf: "FPDF", words: str, *, gap: float) -> None:
    pdf.ln(gap)
    shown = printable(words)
    choose_font(pdf, "Helvetica", 9.5, shown)
    pdf.multi_cell(0, 5, shown, new_x="LMARGIN", new_y="NEXT")


def choose_font(pdf: "FPDF", name: str, size: float, text: str) -> None:
    """The PDF's own font where it has all the letters, else ours; a slip carries only the letters it uses."""
    if is_plain(text):
        pdf.set_font(name, size=size)
        return
    if OURS not in pdf.fonts:
        pdf.add_font(OURS, fname=FONT)
    pdf.set_font(OURS, size=size)


def _bars(pdf: "FPDF", number: str) -> None:
    pdf.ln(5)
    drawn = bars(scannable(number))
    modules = drawn[-1][0] + drawn[-1][1] + drawn[0][0]
    scale, top = (pdf.w - 2 * MARGIN) / modules, pdf.get_y()
    pdf.set_fill_color(0)
    for at, width in drawn:
        pdf.rect(MARGIN + at * scale, top, width * scale, BARS_HEIGHT, style="F")
    pdf.set_y(top + BARS_HEIGHT + 1)
    pdf.set_font("Courier", size=10)
    pdf.cell(0, 5, scannable(number), align="C", new_x="LMARGIN", new_y="NEXT")
