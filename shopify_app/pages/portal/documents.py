"""/r/<token>/…: the papers of one return, each as a page in any script, and as a file."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, make_response, render_template
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from kit.errors import NotFound
from logistics.custody import hands_of, taken_at
from logistics.in_words import instant_in_words
from logistics.models import Rma
from logistics.rmas import RmaView, view
from shopify_app.pages.portal import papers
from shopify_app.pages.portal.clients import sees_prices, with_return
from shopify_app.pages.portal.paper_pdf import paper_pdf
from shopify_app.pages.portal.papers import About, Paper
from shopify_app.pages.portal.slip_letters import is_whole
from shopify_app.tongue import _, speak_english, tongue
from shopify_app.web import begin
from shops.models import Shop
from shops.shops import get_shop

page = Blueprint("documents", __name__, url_prefix="/r/<token>")
Write = Callable[[About], Paper | None]

PAPERS: dict[str, Write] = {
    "custody": papers.custody_receipt,
    "receipt": papers.return_receipt,
    "credit-note": papers.credit_note,
}
"""Name in the address, and who writes it."""


def papers_of(session: Session, rma: Rma, *, with_prices: bool) -> dict[str, Paper]:
    """Every paper there is of a return now, under its name."""
    about = _about(session, rma, with_prices=with_prices)
    found = {name: write(about) for name, write in PAPERS.items()}
    return {name: paper for name, paper in found.items() if paper is not None}


def show(name: str, token: str) -> ResponseReturnValue:
    """One paper as a page: in every script, and as it prints."""
    paper, shop = _paper(name, token)
    return render_template("portal/document.html", paper=paper, house=shop.shown_name, name=name, token=token)


def file(name: str, token: str) -> Response:
    """The same as a PDF; in English where a file of ours cannot write the client's letters, which the page can."""
    paper, shop = _paper(name, token, on_paper=True)
    answer = make_response(paper_pdf(paper, shop.shown_name))
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}-{file_name(paper.number)}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


for _name in PAPERS:
    page.add_url_rule(f"/{_name}", f"{_name}_page", partial(show, _name))
    page.add_url_rule(f"/{_name}.pdf", f"{_name}_file", partial(file, _name))


def _paper(name: str, token: str, *, on_paper: bool = False) -> tuple[Paper, Shop]:
    with begin() as session:
        rma = with_return(session, token, for_anybody=True)
        if on_paper and not is_whole(tongue().name):
            speak_english()
        paper = PAPERS[name](_about(session, rma, with_prices=sees_prices(session, token)))
        shop = get_shop(session, rma.shop_id)
    if paper is None:
        raise NotFound(_("This paper is not there yet. It is on the page of your return as soon as it is."))
    return paper, shop


def _about(session: Session, rma: Rma, *, with_prices: bool) -> About:
    assert rma.id is not None
    shop, locale = get_shop(session, rma.shop_id), tongue().locale
    seen: RmaView = view(session, shop_id=rma.shop_id, rma_id=rma.id)
    return About(
        seen=seen,
        hands=hands_of(session, rma),
        taken=taken_at(session, rma),
        house=shop.shown_name,
        locale=locale,
        day=lambda at: instant_in_words(at, shop.zone, locale),
        with_prices=with_prices,
    )


def file_name(number: str) -> str:
    """A return's number as a file's name: an order may be named in any letters."""
    return "".join(letter for letter in number if letter.isascii() and (letter.isalnum() or letter in "-_")) or "return"
