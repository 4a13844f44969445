"""/app/withdrawals: what clients stated on our page, and the few that a person of the house has to carry out."""

from flask import Blueprint, Response, request

from kit.errors import AppError
from logistics import statements
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, staff, visiting, wrong
from shopify_app.web import begin, now
from shops import accesses

page = Blueprint("admin_withdrawals", __name__)


@page.get("/app/withdrawals")
def index() -> str:
    """Those that wait first. Names are shown, so the look is noted."""
    caller = visiting()
    with begin() as session:
        shop = shop_of(session, caller)
        found = statements.statements(session, shop_id=caller.shop_id)
        if found:
            accesses.note_access(
                session, shop_id=caller.shop_id, who=staff(caller), what=accesses.CASE, subject="withdrawals", now=now()
            )
        return show(
            "withdrawals.html", found=found, public=f"/return/{shop.domain.removesuffix('.myshopify.com')}/withdraw"
        )


@page.post("/app/withdrawals/<int:statement_id>/order")
def name_order(statement_id: int) -> Response:
    """A person knows which order is meant."""
    caller = merchant()
    with begin() as session:
        try:
            statements.try_again(
                session, shop_id=caller.shop_id, statement_id=statement_id, order_name=request.form.get("order", "")
            )
        except AppError as error:
            if error.status != 400:
                raise
            return wrong({"order": error.message})
    return go("", "It is carried out under that number.")


@page.post("/app/withdrawals/<int:statement_id>/seen-to")
def see_to(statement_id: int) -> Response:
    """A person carried it out by hand."""
    caller = merchant()
    with begin() as session:
        statements.see_to(session, shop_id=caller.shop_id, statement_id=statement_id, by=staff(caller), now=now())
    return go("", "Noted as seen to.")
