"""/app/advisors/commission: the rule about the credit for a sale, and the month's file for the payroll."""

from flask import Blueprint, Response, jsonify, make_response, request
from flask.typing import ResponseReturnValue

from routing import credits
from routing.commissions import Kind, rule_in_words
from routing.credits import Month, RuleUnclear, payroll
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, visiting, wrong
from shopify_app.web import begin, now
from shops.links import PAYROLL, issue_link, open_link

page = Blueprint("admin_commission", __name__)


@page.get("/app/advisors/commission")
def index() -> str:
    """The rule, and the file."""
    caller = visiting()
    with begin() as session:
        shop = shop_of(session, caller)
        stated = credits.rule(session, caller.shop_id)
        return show(
            "commission.html",
            stated=stated,
            words=rule_in_words(stated) if stated else "",
            kinds=Kind,
            currency=stated.bonus.currency if stated and stated.bonus else shop.currency,
            month=f"{now():%Y-%m}",
        )


@page.post("/app/advisors/commission")
def change() -> Response:
    """State the rule for cases opened from now on."""
    caller = merchant()
    form = request.form
    asked = {name: form.get(name, "") for name in ("kind", "percent", "bonus")}
    with begin() as session:
        try:
            credits.state_rule(session, shop_id=caller.shop_id, now=now(), **asked)
        except RuleUnclear as unclear:
            return wrong({unclear.field: unclear.message})
    return go("/app/advisors", "The rule is saved. It holds for cases opened from now on.")


@page.get("/app/advisors/payroll.csv")
def file() -> Response:
    """The month's credits, for whoever may open a page of the admin."""
    caller = visiting()
    month = Month.parse(request.args.get("month", ""))
    with begin() as session:
        return _attached(payroll(session, shop_id=caller.shop_id, month=month), month)


@page.post("/app/advisors/payroll")
def open_file() -> Response:
    """An address for ten minutes, in a tab of its own: a frame can't keep a file."""
    caller = merchant()
    month = Month.parse(request.form.get("month", ""))
    with begin() as session:
        number = month.year * 100 + month.month
        token = issue_link(session, shop_id=caller.shop_id, purpose=PAYROLL, subject_id=number, now=now())
    return jsonify({"open": f"/payroll/{token}"})


@page.get("/payroll/<token>")
def fetch(token: str) -> ResponseReturnValue:
    """The file of that address."""
    with begin() as session:
        opened = open_link(session, token, purpose=PAYROLL, now=now())
        month = Month(*divmod(opened.subject_id, 100))
        return _attached(payroll(session, shop_id=opened.shop_id, month=month), month)


def _attached(text: str, month: Month) -> Response:
    answer = make_response("\ufeff" + text)  # the mark by which spreadsheets know UTF-8
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="payroll-{month}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
