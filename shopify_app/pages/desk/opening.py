"""A return an advisor opens for a client: order number, pieces, reason. Shopify makes it, and the case is theirs."""

import re

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from consults.cases import find_case
from consults.rights import Right
from kit.errors import AppError, OutsideError, Waiting
from kit.tokens import new_token, token_hash
from routing import offers, openings
from routing.models import OpenedReturn
from routing.reads import OrderToReturn, Reason
from shopify_app.auth import DeskCaller, desk_with
from shopify_app.pages.desk.advisors_cases import whose
from shopify_app.pages.desk.offering import let_them_decide, quantity_of
from shopify_app.reaching import shopify_openings, shopify_stock
from shopify_app.web import begin, now

page = Blueprint("opening", __name__, url_prefix="/returns")

GID = re.compile(r"gid://shopify/(Order|FulfillmentLineItem|ReturnReasonDefinition)/\d{1,20}")
NO_ORDER = (
    "Shopify shows no order {name} here. Look at the number again; an order older than 60 days is only shown where the "
    "shop was allowed to read old orders."
)
NOTHING_LEFT = "Nothing of order {name} can be sent back: it was not sent yet, or all of it is in a return already."


@page.get("/new")
def new() -> ResponseReturnValue:
    """Ask for the order; once it is found, for the pieces."""
    caller = desk_with(Right.OPEN)
    name = request.args.get("order", "").strip()[:60]
    order, reasons, problem = _look_up(caller, name) if name else (None, (), "")
    with begin() as session:
        return render_template(
            "desk/new_return.html",
            caller=caller,
            name=name,
            order=order,
            reasons=reasons,
            problem=problem,
            key=new_token(),
            opened=openings.recent(session, shop_id=caller.shop_id, advisor_id=whose(caller)),
            offered=offers.waiting(session, shop_id=caller.shop_id, advisor_id=whose(caller)),
            offer_sent="offered" in request.args,
        ), (200 if not problem else 422)


@page.post("/new")
def open_it() -> ResponseReturnValue:
    """Secure the opening; a second press of the same form is the same return."""
    caller, form = desk_with(Right.OPEN), request.form
    gids = [form.get("order_gid", ""), form.get("reason", ""), *form.getlist("line")]
    if not all(GID.fullmatch(gid) for gid in gids) or not form.get("key"):
        raise AppError("Choose a reason and at least one piece.", status=422)
    if form.get("step") == "offer":
        return let_them_decide(caller, form)
    instead = _instead(caller, form.get("instead", "").strip())
    with begin() as session:
        row = openings.ask(
            session,
            shop_id=caller.shop_id,
            key=token_hash(form["key"]),
            order_gid=form["order_gid"],
            order_name=form.get("order", "")[:60],
            lines=[(gid, quantity_of(form.get(f"quantity:{gid}", "1"))) for gid in form.getlist("line")],
            reason_gid=form["reason"],
            advisor_id=caller.advisor_id,
            exchanges=instead,
            now=now(),
        )
        return redirect(f"/desk/returns/opened/{row.id}", 303)


@page.get("/opened/<int:opened_id>")
def opened(opened_id: int) -> ResponseReturnValue:
    """What became of it."""
    caller = desk_with(Right.OPEN)
    with begin() as session:
        row = openings.get_opened(session, shop_id=caller.shop_id, opened_id=opened_id)
        _theirs(caller, row)
        case = find_case(session, shop_id=caller.shop_id, return_gid=row.return_gid) if row.return_gid else None
        return render_template("desk/opened_return.html", caller=caller, row=row, case=case)


@page.post("/opened/<int:opened_id>/again")
def again(opened_id: int) -> ResponseReturnValue:
    """Somebody looked at the order in Shopify, and it is not there."""
    caller = desk_with(Right.OPEN)
    with begin() as session:
        _theirs(caller, openings.get_opened(session, shop_id=caller.shop_id, opened_id=opened_id))
        openings.ask_again(session, shop_id=caller.shop_id, opened_id=opened_id)
    return redirect(f"/desk/returns/opened/{opened_id}", 303)


def _look_up(caller: DeskCaller, name: str) -> tuple[OrderToReturn | None, tuple[Reason, ...], str]:
    shopify = shopify_openings()
    try:
        order = shopify.find_order(caller.shop_id, name)
        if order is None:
            return None, (), NO_ORDER.format(name=name)
        if not order.pieces:
            return None, (), NOTHING_LEFT.format(name=order.name)
        return order, shopify.reasons(caller.shop_id), ""
    except Waiting as waiting:
        return None, (), waiting.reason
    except OutsideError:
        return None, (), "Shopify does not answer at the moment. Please try again in a minute."


def _instead(caller: DeskCaller, sku: str) -> list[tuple[str, int]]:
    """The piece the client decided for, if any."""
    if not sku:
        return []
    piece = shopify_stock().find(caller.shop_id, sku)
    if piece is None:
        raise AppError("No piece has exactly that number. Look it up in Shopify and write it as it stands there.")
    return [(piece.variant_gid, 1)]


def _theirs(caller: DeskCaller, row: OpenedReturn) -> None:
    if not caller.is_manager and row.advisor_id != caller.advisor_id:
        raise AppError("That page is not known here.", status=404, code="not_found")
