"""/app/returns/<id>: the parcel and the money of one return, and what a person does about them."""

from typing import Any

from flask import Blueprint, Response, request

from consults import advisors, cases
from jobs.attempts import retry_of
from logistics import packs, rmas
from logistics.covering import note_kind, note_papers
from logistics.dispositions import inspect
from logistics.judging import let_go_on
from logistics.money_terms import choose
from logistics.refund_promises import proof_of_sending
from logistics.reopening import see_to
from logistics.reverse_deliveries import receive_by_hand
from logistics.rights import rights_of
from logistics.settlements import approve_payment, set_aside
from logistics.states import Finding, SettlementState
from logistics.wear import DECISIONS, TOO_EARLY, decide_deduction
from measures import home as lists
from routing import selling
from routing.jobs import find_decision
from shopify_app.asked import row_id
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, staff, visiting, wrong
from shopify_app.pages.admin.money_side import money_side
from shopify_app.pages.admin.parcel_side import LABEL_STEPS, parcel_side, read_sender
from shopify_app.pages.why import why
from shopify_app.web import begin, now
from shops.accesses import RETURN, note_access

page = Blueprint("admin_returns", __name__)


@page.get("/app/returns/<int:rma_id>")
def one(rma_id: int) -> str:
    """A simple return; an assisted one leads to its case as well."""
    caller = visiting()
    with begin() as session:
        shop, shop_id = shop_of(session, caller), caller.shop_id
        view = rmas.view(session, shop_id=shop_id, rma_id=rma_id)
        decision = find_decision(session, shop_id=shop_id, return_gid=view.rma.return_gid)
        named = selling.named_on(session, decision) if decision else None
        note_access(session, shop_id=shop_id, who=staff(caller), what=RETURN, subject=f"rma:{rma_id}", now=now())
        return show(
            "return.html",
            view=view,
            step=lists.step_of_return(session, view.rma, zone=shop.zone, now=now()),
            why=why(session, shop_id=shop_id, decision=decision),
            people=advisors.advisors(session, shop_id=shop_id, active=True),
            decision=decision,
            named=advisors.get_advisor(session, shop_id=shop_id, advisor_id=named) if named else None,
            case=cases.find_case(session, shop_id=shop_id, return_gid=view.rma.return_gid),
            **parcel_side(session, view.rma),
            **money_side(session, view.rma, who=staff(caller)),
        )


@page.post("/app/returns/<int:rma_id>/arrival")
def arrive(rma_id: int) -> Response:
    """The piece is in somebody's hands."""
    caller = merchant()
    with begin() as session:
        receive_by_hand(session, shop_id=caller.shop_id, rma_id=rma_id, by=staff(caller), now=now())
    return go("", "Noted as arrived.")


@page.post("/app/returns/<int:rma_id>/sender")
def change_sender(rma_id: int) -> Response:
    """Where the client sends from; a label that waits for it, or was refused for it, is tried at once."""
    caller = merchant()
    about: dict[str, Any] = {"shop_id": caller.shop_id, "rma_id": rma_id, "now": now()}
    with begin() as session:
        kept = rmas.sender_of(rmas.get_rma(session, shop_id=caller.shop_id, rma_id=rma_id))
        address, fields = read_sender(request.form, kept)
        if fields:
            return wrong(fields)
        rmas.change_sender(session, address=address, by=staff(caller), **about)
        retry_of(session, names=LABEL_STEPS, **about)
    return go("", "Saved. The label follows by itself.")


@page.post("/app/returns/<int:rma_id>/eligibility")
def go_on(rma_id: int) -> Response:
    """A person looked at who may send it back; it goes on at once."""
    caller = merchant()
    about: dict[str, Any] = {"shop_id": caller.shop_id, "rma_id": rma_id, "now": now()}
    with begin() as session:
        let_go_on(session, by=staff(caller), **about)
        retry_of(session, names=("logistics.authorise",), **about)
    return go("", "It goes on.")


@page.post("/app/returns/<int:rma_id>/papers")
def see_papers(rma_id: int) -> Response:
    """A person has the permits of a protected material in their hands."""
    caller, number = merchant(), request.form.get("number", "").strip()
    if not 3 <= len(number) <= 80:
        with begin() as session:
            rmas.get_rma(session, shop_id=caller.shop_id, rma_id=rma_id)
        return wrong({"number": "Write the number of the permit, by which it can be looked up."})
    about: dict[str, Any] = {"shop_id": caller.shop_id, "rma_id": rma_id, "now": now()}
    with begin() as session:
        note_papers(session, number=number, by=staff(caller), **about)
        retry_of(session, names=LABEL_STEPS, **about)
    return go("", "Noted. The label follows by itself.")


@page.post("/app/returns/<int:rma_id>/kind")
def say_kind(rma_id: int) -> Response:
    """What kind of piece it is, where the shop's products do not say."""
    caller, kind = merchant(), request.form.get("kind", "")
    about: dict[str, Any] = {"shop_id": caller.shop_id, "rma_id": rma_id, "now": now()}
    with begin() as session:
        rmas.get_rma(session, shop_id=caller.shop_id, rma_id=rma_id)
        if packs.pack(session, caller.shop_id, "categories").entry(kind) is None:
            return wrong({"kind": "Choose what kind of piece it is."})
        note_kind(session, kind=kind, by=staff(caller), **about)
        retry_of(session, names=LABEL_STEPS, **about)
    return go("", "Noted.")


@page.post("/app/returns/<int:rma_id>/seen")
def seen(rma_id: int) -> Response:
    """The return ended in Shopify against what happened here, and a person saw to the piece and the client."""
    caller = merchant()
    with begin() as session:
        see_to(session, shop_id=caller.shop_id, rma_id=rma_id, by=staff(caller), now=now())
    return go("", "Noted.")


@page.post("/app/returns/<int:rma_id>/inspection")
def keep_inspection(rma_id: int) -> Response:
    """What was found on opening the box; the amount follows by itself."""
    caller, form = merchant(), request.form
    if form.get("finding") not in {str(finding) for finding in Finding}:
        with begin() as session:
            rmas.get_rma(session, shop_id=caller.shop_id, rma_id=rma_id)
        return wrong({"finding": "Choose what you found."})
    with begin() as session:
        inspect(
            session,
            shop_id=caller.shop_id,
            rma_id=rma_id,
            finding=Finding(form["finding"]),
            note=form.get("note", "").strip()[:4000],
            restock="restock" in form,
            by=staff(caller),
            now=now(),
        )
    return go("", "The finding is written down.")


@page.post("/app/returns/<int:rma_id>/payment/aside")
def set_payment_aside(rma_id: int) -> Response:
    """A person saw to an uncertain payment in Shopify; what is still open there is proposed afresh."""
    caller = merchant()
    chosen = row_id(request.form.get("settlement_id", ""))
    if chosen is None:
        return wrong({"settlement_id": "Load this page again; the amount is not known any more."})
    about: dict[str, Any] = {"shop_id": caller.shop_id, "rma_id": rma_id, "by": staff(caller), "now": now()}
    with begin() as session:
        rights_of(session, shop_id=caller.shop_id, who=staff(caller)).must_pay()
        set_aside(session, settlement_id=chosen, **about)
    return go("", "Noted. What is still open in Shopify comes back as an amount.")


@page.post("/app/returns/<int:rma_id>/payment")
def pay(rma_id: int) -> Response:
    """The one click. The amount is the settlement's own; the form only says which was looked at."""
    caller = merchant()
    chosen = row_id(request.form.get("settlement_id", ""))
    if chosen is None:
        return wrong({"settlement_id": "Load this page again; the amount is not known any more."})
    with begin() as session:
        done = approve_payment(
            session,
            shop_id=caller.shop_id,
            rma_id=rma_id,
            settlement_id=chosen,
            by=staff(caller),
            rights=rights_of(session, shop_id=caller.shop_id, who=staff(caller)),
            how=request.form.get("how", ""),
            now=now(),
        )
    granted = done.state is SettlementState.PROPOSED
    return go("", "Granted. Somebody with the right to pay confirms it." if granted else "It is on its way to Shopify.")


@page.post("/app/returns/<int:rma_id>/terms")
def choose_terms(rma_id: int) -> Response:
    """Another way for the money to go; the amount is proposed anew."""
    caller = merchant()
    as_credit = request.form.get("as_credit") == "yes"
    with begin() as session:
        rights = rights_of(session, shop_id=caller.shop_id, who=staff(caller))
        rights.must_grant()
        choose(session, shop_id=caller.shop_id, rma_id=rma_id, by=staff(caller), as_credit=as_credit, now=now())
    return go("", "The amount is proposed anew.")


@page.post("/app/returns/<int:rma_id>/wear")
def decide_wear(rma_id: int) -> Response:
    """A charge for wear is left, or stands once the client had their say; the amount follows by itself."""
    caller = merchant()
    answer = DECISIONS.get(request.form.get("answer", ""))
    if answer is None:
        with begin() as session:
            rmas.get_rma(session, shop_id=caller.shop_id, rma_id=rma_id)
        return wrong({"answer": TOO_EARLY})
    with begin() as session:
        rights_of(session, shop_id=caller.shop_id, who=staff(caller)).must_grant()
        decide_deduction(session, shop_id=caller.shop_id, rma_id=rma_id, answer=answer, by=staff(caller), now=now())
    return go("", "Noted. The amount follows by itself.")


@page.post("/app/returns/<int:rma_id>/proof")
def keep_proof(rma_id: int) -> Response:
    """The client showed that the piece was sent, which stops the wait for it."""
    caller = merchant()
    with begin() as session:
        proof_of_sending(session, shop_id=caller.shop_id, rma_id=rma_id, by=staff(caller), now=now())
    return go("", "Noted.")
