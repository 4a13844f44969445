"""POST /app/desk-link: a way to the desk from the admin, for the advisor who is calling or one that is chosen."""

from flask import Blueprint, Response, jsonify, request
from sqlmodel import Session

from consults import advisors
from consults.models import Advisor
from shopify_app.asked import row_id
from shopify_app.auth import Merchant, merchant
from shopify_app.pages.admin.calling import go, wrong
from shopify_app.web import addresses, begin, now
from shops.links import DESK, issue_link

page = Blueprint("admin_desk_links", __name__)

NO_CASE = 0
"""What a desk link is about when it opens the desk itself."""


@page.post("/app/desk-link")
def make() -> Response:
    """A single-use link for one advisor, opened in a new tab; without one, the list to choose from."""
    caller = merchant()
    with begin() as session:
        advisor = _whose(session, caller)
        if advisor is None:
            return go("/app/advisors", "Choose whose desk to open.")
        if not advisor.active:
            return wrong({"active": f"{advisor.name}'s desk is closed."})
        token = issue_link(
            session, shop_id=caller.shop_id, purpose=DESK, subject_id=NO_CASE, person_id=advisor.id, now=now()
        )
    return jsonify({"open": addresses().desk_link(token)})


def _whose(session: Session, caller: Merchant) -> Advisor | None:
    chosen = row_id(request.args.get("advisor_id", ""))
    if chosen is not None:
        return advisors.get_advisor(session, shop_id=caller.shop_id, advisor_id=chosen)
    staff_gid = f"gid://shopify/StaffMember/{caller.user_id}"
    found = advisors.by_staff(session, shop_id=caller.shop_id, staff_gid=staff_gid)
    return found if found and found.active else None
