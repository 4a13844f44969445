"""/desk/scan: the boutique scans what the client shows, and has the piece in its hands."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.advisors import get_advisor, get_boutique
from consults.rights import Right
from kit.errors import Conflict, NotFound
from logistics import rmas
from logistics.custody import needs_two
from logistics.handovers import hand_over, look_up
from shopify_app.auth import DeskCaller, desk_with
from shopify_app.web import begin, now

page = Blueprint("scanning", __name__, url_prefix="/scan")


@page.get("")
def ask() -> ResponseReturnValue:
    """A code is typed in here, where the camera does not read it; and what is here and not looked at yet."""
    caller = desk_with(Right.PARCELS)
    code = "".join(request.args.get("code", "").split()).upper()[:40]
    if code.isalnum():
        return redirect(f"/desk/scan/{code}", 303)
    with begin() as session:
        found = rmas.arrived_rmas(session, shop_id=caller.shop_id)
        arrived = [(rma, rmas.lines_of(session, rma)) for rma in found]
        return render_template("desk/scan.html", caller=caller, problem="", arrived=arrived)


@page.get("/<code>")
def look(code: str) -> ResponseReturnValue:
    """What the code stands for, and a button. Looking changes nothing."""
    caller = desk_with(Right.PARCELS)
    with begin() as session:
        try:
            found = look_up(session, shop_id=caller.shop_id, code=code)
        except NotFound as unknown:
            return render_template("desk/scan.html", caller=caller, problem=unknown.message, arrived=()), 404
        return render_template(
            "desk/hand_over.html",
            caller=caller,
            code=code,
            rma=found.rma,
            lines=rmas.lines_of(session, found.rma),
            problem=found.problem,
            two=needs_two(session, found.rma),
        )


@page.post("/<code>")
def take(code: str) -> ResponseReturnValue:
    """The piece changes hands, once."""
    caller = desk_with(Right.PARCELS)
    try:
        with begin() as session:
            rma = hand_over(
                session,
                shop_id=caller.shop_id,
                code=code,
                by=caller.name,
                second=request.form.get("second", "")[:120],
                place=_place(session, caller),
                now=now(),
            )
    except (NotFound, Conflict) as no:
        return render_template("desk/scan.html", caller=caller, problem=no.message, arrived=()), no.status
    return redirect(f"/desk/returns/{rma.id}/inspection", 303)


def _place(session: Session, caller: DeskCaller) -> str:
    advisor = get_advisor(session, shop_id=caller.shop_id, advisor_id=caller.advisor_id)
    if advisor.boutique_id is None:
        return ""
    return get_boutique(session, shop_id=caller.shop_id, boutique_id=advisor.boutique_id).name
