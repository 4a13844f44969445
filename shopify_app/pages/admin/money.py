"""/app/settings/money: by when money is promised, who may grant and who may pay, what goes unconfirmed."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request
from sqlmodel import Session

from consults.advisors import advisors
from kit.amounts import read_amount
from kit.errors import AppError
from kit.money import Money
from logistics import refund_promises, rmas
from logistics.credits import ceilings, no_ceiling
from logistics.radar.cards import live_cards
from logistics.radar.kinds import HEADINGS
from logistics.refund_rules import pack
from logistics.rights import give_rights, rights, rights_of
from shopify_app.asked import whole
from shopify_app.auth import Merchant, merchant
from shopify_app.pages.admin.calling import go, shop_of, show, staff, visiting, wrong
from shopify_app.web import begin, now

page = Blueprint("admin_money", __name__)
MOST_SHOWN = 50


@page.get("/app/settings/money")
def index() -> str:
    """Everything about money that is not one return's."""
    caller = visiting()
    with begin() as session:
        shop, shop_id = shop_of(session, caller), caller.shop_id
        policy = rmas.policy_of(session, shop_id)
        above = policy.finance_above_cents
        return show(
            "money.html",
            promises=refund_promises.promises(session, shop_id=shop_id, now=now())[:MOST_SHOWN],
            cards=live_cards(session, shop_id=shop_id),
            card_headings=HEADINGS,
            rights=rights(session, shop_id=shop_id),
            mine=rights_of(session, shop_id=shop_id, who=staff(caller)),
            people=_people(session, caller),
            policy=policy,
            above=Money(above, shop.currency).amount if above is not None else "",
            days=policy.house_refund_days or pack()["house_days"],
            no_ceiling="" if shop.currency in ceilings(session, shop_id) else no_ceiling(shop.currency),
        )


@page.post("/app/settings/money")
def change() -> Response:
    """Save all of the form or none of it. Only who may pay says what goes without them."""
    caller = merchant()
    with begin() as session:
        rights_of(session, shop_id=caller.shop_id, who=staff(caller)).must_pay()
        values, fields = read_form(request.form, shop_of(session, caller).currency)
        if fields:
            return wrong(fields)
        policy = rmas.policy_of(session, caller.shop_id)
        for name, value in values.items():
            setattr(policy, name, value)
        session.add(policy)
    return go("", "Saved.")


@page.post("/app/settings/money/rights")
def change_rights() -> Response:
    """Give or take one person's rights. Once anybody has one, only who may pay gives them."""
    caller, form = merchant(), request.form
    with begin() as session:
        rights_of(session, shop_id=caller.shop_id, who=staff(caller)).must_pay()
        people, who = _people(session, caller), form.get("who", "")
        if who not in people:
            return wrong({"who": "Choose a person."})
        if not rights(session, shop_id=caller.shop_id) and who != staff(caller):
            # Whoever gives the first right keeps their own, so that nobody locks themselves out.
            give_rights(session, shop_id=caller.shop_id, who=staff(caller), name=people[staff(caller)], **_BOTH)
            session.flush()
        chosen = {"may_grant": "may_grant" in form, "may_pay": "may_pay" in form}
        try:
            give_rights(session, shop_id=caller.shop_id, who=who, name=people[who], **chosen)
        except AppError as error:
            return wrong({"may_pay": error.message})
    return go("", "Saved.")


_BOTH = {"may_grant": True, "may_pay": True}


def read_form(form: Mapping[str, str], currency: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What the form holds, as columns of the policy, and a sentence for each field to correct."""
    fields: dict[str, str] = {}
    values: dict[str, Any] = {name: name in form for name in ("offer_credit", "duties_back")}
    values["finance_above_cents"] = None
    if "finance_confirms" in form:
        try:
            values["finance_above_cents"] = read_amount(form.get("above", "").strip() or "0", currency).cents
        except ValueError:
            fields["above"] = "Write an amount, for example 5000."
    days = whole(form.get("house_refund_days", ""), 1, 60)
    if days is None:
        fields["house_refund_days"] = "Write a number of working days, from 1 to 60."
    values["house_refund_days"] = days
    return values, fields


def _people(session: Session, caller: Merchant) -> dict[str, str]:
    """Whom rights may be given to: the caller, and everyone of the directory who is known to Shopify."""
    known = {
        f"staff:{person.staff_gid.rsplit('/', 1)[-1]}": person.name
        for person in advisors(session, shop_id=caller.shop_id, active=True)
        if person.staff_gid
    }
    return {staff(caller): "You"} | known
