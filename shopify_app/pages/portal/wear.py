"""/r/<token>/wear: what was found, the pictures, the amount; and the client's answer, before any money goes."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kit.errors import AppError, NotFound
from logistics import rmas
from logistics.custody_models import Deduction
from logistics.custody_words import Answer
from logistics.pictures import get_picture, pictures_of
from logistics.wear import answer_deduction, deduction_of
from shopify_app.pages.desk.pieces import picture_answer
from shopify_app.pages.portal.clients import with_return
from shopify_app.pages.portal.tongue import _
from shopify_app.web import begin, now, pictures

page = Blueprint("wear", __name__, url_prefix="/r/<token>/wear")
ANSWERS = {"agree": Answer.AGREED, "disagree": Answer.DISPUTED}


@page.get("")
def show(token: str) -> ResponseReturnValue:
    """The mark, what it comes to, and two answers of the same weight."""
    with begin() as session:
        rma = with_return(session, token)
        found = _priced(deduction_of(session, rma))
        about: dict[str, Any] = {"shop_id": rma.shop_id, "rma_id": rma.id}
        seen = [picture for picture in pictures_of(session, **about) if picture.shown_to_client]
        lines = rmas.lines_of(session, rma)
        return render_template(
            "portal/wear.html", token=token, rma=rma, found=found, pictures=seen, piece=lines[0].title if lines else ""
        )


@page.post("")
def answer(token: str) -> ResponseReturnValue:
    """The client's own answer, once."""
    given = ANSWERS.get(request.form.get("answer", ""))
    with begin() as session:
        rma = with_return(session, token)
        _priced(deduction_of(session, rma))
        if given is None:
            raise AppError(_("Please choose one of the two answers."))
        assert rma.id is not None
        answer_deduction(
            session,
            shop_id=rma.shop_id,
            rma_id=rma.id,
            answer=given,
            words=request.form.get("words", ""),
            by="client",
            now=now(),
        )
    return redirect(f"/r/{token}/wear", 303)


@page.get("/<int:picture_id>")
def show_picture(token: str, picture_id: int) -> ResponseReturnValue:
    """One of the pictures that are for the client."""
    with begin() as session:
        rma = with_return(session, token)
        assert rma.id is not None
        picture = get_picture(session, shop_id=rma.shop_id, rma_id=rma.id, picture_id=picture_id)
        if not picture.shown_to_client:
            raise NotFound(_("That picture is not here."))
    return picture_answer(pictures().get(picture.key), picture.media_type)


def _priced(found: Deduction | None) -> Deduction:
    if found is None or not found.currency:
        raise NotFound(_("There is nothing to show here."))
    return found
