"""A paper of a return as a PDF on A4, with the letters the slip's fonts write (decision 19)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shopify_app.pages.portal.papers import Paper
from shopify_app.pages.portal.slip_letters import is_whole, printable
from shopify_app.pages.portal.slip_pdf import choose_font
from shopify_app.tongue import _

if TYPE_CHECKING:
    from fpdf import FPDF

MARGIN = 22.0
LABEL_WIDTH = 52.0
MOST_LETTERS = 600
"""Of one fact: what is longer is cut on paper, and whole on the page."""


def paper_pdf(paper: Paper, house: str) -> bytes:
    """The file."""
    from fpdf import FPDF  # with the first paper: as with the slip

    pdf = FPDF(orientation="portrait", unit="mm", format="A4")
    pdf.set_margin(MARGIN)
    pdf.set_title(f"{printable(paper.title)} {printable(paper.number)}")
    pdf.add_page()
    _line(pdf, "Times", 13, house.upper())
    pdf.ln(10)
    _line(pdf, "Times", 22, paper.title)
    _line(pdf, "Helvetica", 10, paper.number)
    pdf.ln(4)
    _line(pdf, "Helvetica", 11, paper.lead)
    pdf.ln(4)
    _facts(pdf, paper.facts)
    pdf.ln(6)
    _line(pdf, "Helvetica", 9, paper.note)
    if not all(is_whole(words) and len(words) <= MOST_LETTERS for words in (house, *(w for _n, w in paper.facts))):
        pdf.ln(3)
        _line(pdf, "Helvetica", 9, _("[…] stands for what this paper cannot print. It is on the page of your return."))
    return bytes(pdf.output())


def _facts(pdf: "FPDF", facts: Sequence[tuple[str, str]]) -> None:
    for name, words in facts:
        shown = printable(_cut(words))
        if not shown:
            continue
        top, label = pdf.get_y(), printable(name)
        pdf.set_text_color(90)
        choose_font(pdf, "Helvetica", 9, label)
        pdf.multi_cell(LABEL_WIDTH, 6, label, new_x="RIGHT", new_y="TOP", align="L")
        pdf.set_text_color(0)
        choose_font(pdf, "Helvetica", 11, shown)
        pdf.set_xy(MARGIN + LABEL_WIDTH, top)
        pdf.multi_cell(0, 6, shown, new_x="LMARGIN", new_y="NEXT", align="L")


def _line(pdf: "FPDF", font: str, size: float, words: str) -> None:
    shown = printable(_cut(words))
    choose_font(pdf, font, size, shown)
    pdf.multi_cell(0, size / 1.9, shown, new_x="LMARGIN", new_y="NEXT", align="L")


def _cut(words: str) -> str:
    return words if len(words) <= MOST_LETTERS else f"{words[:MOST_LETTERS]} […]"
