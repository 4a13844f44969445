"""/extension/returns: the signed-in client's own returns, for the extension in their account."""

from flask import Blueprint, Response, jsonify, make_response
from flask.typing import ResponseReturnValue

from consults.cases import find_case
from logistics.lookups import returns_of_client
from logistics.rmas import lines_of
from shopify_app.extension_auth import extension
from shopify_app.pages.extension.cross_origin import allow_any_origin
from shopify_app.web import addresses, begin, now
from shops.links import RETURN, issue_link

page = Blueprint("extension_returns", __name__, url_prefix="/extension/returns")
page.after_request(allow_any_origin)


@page.route("", methods=["OPTIONS"], provide_automatic_options=False)
@page.route("/<int:rma_id>/link", methods=["OPTIONS"], provide_automatic_options=False)
def preflight(rma_id: int = 0) -> Response:
    """Asked before the real call, without a token."""
    return make_response("", 204)


@page.get("")
def index() -> ResponseReturnValue:
    """`{"returns": [{"id", "order", "pieces", "state", "advisor"}]}`; empty for a visitor who is not signed in."""
    caller = extension()
    if caller.customer_gid is None:
        return jsonify(returns=[])
    with begin() as session:
        found = returns_of_client(session, shop_id=caller.shop_id, client_gid=caller.customer_gid)
        told = [
            {
                "id": rma.id,
                "order": rma.order_name,
                "pieces": [line.title for line in lines_of(session, rma)],
                "state": rma.goods_state.value,
                "advisor": find_case(session, shop_id=caller.shop_id, return_gid=rma.return_gid) is not None,
            }
            for rma in found
        ]
    return jsonify(returns=told)


@page.post("/<int:rma_id>/link")
def make_link(rma_id: int) -> ResponseReturnValue:
    """`{"url"}` of the page of one of the client's own returns; 404 for anybody else's."""
    caller = extension()
    with begin() as session:
        mine = (
            returns_of_client(session, shop_id=caller.shop_id, client_gid=caller.customer_gid)
            if caller.customer_gid
            else []
        )
        if rma_id not in [rma.id for rma in mine]:
            return jsonify(error={"code": "not_found", "message": "There is nothing at this address."}), 404
        token = issue_link(session, shop_id=caller.shop_id, purpose=RETURN, subject_id=rma_id, now=now())
    return jsonify(url=addresses().return_page(token))
