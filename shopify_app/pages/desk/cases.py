"""A client's page: who it is, what to say, ways forward, promises."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults import ladder
from consults.advisors import advisors, get_advisor, get_boutique
from consults.booking import consults_of
from consults.briefs.briefs import facts_in, find_brief
from consults.cases import take_case
from consults.first_answers import BY_HAND, note_answer
from consults.guests import guests_of
from consults.history import by_advisor
from consults.kinds import Outcome, Role, RootCause
from consults.meetings import may_say
from consults.models import Case, Consult
from consults.pieces.complaints import complaint_of
from consults.pieces.kinds import kind_of
from consults.promises import promises_of
from consults.rights import Right
from consults.rooms.embedded import present
from consults.rooms.rooms import in_window, room_for
from consults.rounds.rounds import standing
from consults.states import LIVE, ConsultState
from consults.threads import may_write, note_seen, written
from consults.wishes import prefers_simple_return
from kit.errors import AppError
from kit.money import Money
from kit.tokens import new_token
from logistics.exchanges import exchange_of, holds, path_now
from logistics.models import Rma
from logistics.radar.cards import cards_of
from logistics.radar.kinds import ASK_OCCASION, HEADINGS
from logistics.radar.needs import need_of
from logistics.rmas import RmaView, find_rma, view
from logistics.settlements import open_settlement
from logistics.side_sales import sale_of
from logistics.wear import waiting_charge
from notifications.chains import told
from routing.credits import effect_on
from routing.hand_overs import next_in_turn
from routing.jobs import find_decision
from routing.models import Decision
from shopify_app.auth import DeskCaller, desk
from shopify_app.pages.desk import cues
from shopify_app.pages.desk.advisors_cases import case_of, case_to_look_at, note_case_seen
from shopify_app.pages.desk.briefs import brief_of
from shopify_app.pages.desk.caring import care_of
from shopify_app.pages.desk.giving import giving
from shopify_app.pages.desk.showing import tray, wish_of
from shopify_app.pages.desk.ways import ways_forward
from shopify_app.pages.first_answers import clock_of
from shopify_app.pages.portal.money_words import instead_of
from shopify_app.pages.portal.returns import refund_of
from shopify_app.pages.why import why
from shopify_app.pages.wording import named
from shopify_app.web import begin, now

page = Blueprint("cases", __name__, url_prefix="/cases/<int:case_id>")

OUTCOMES = (
    (Outcome.KEPT, "Keeps it", "As it is, and glad of it."),
    (Outcome.EXCHANGE, "Another piece", "An exchange, settled together."),
    (Outcome.UPGRADE, "A more valuable piece", "The difference settled together."),
    (Outcome.REWORK, "Rework at the atelier", "The same piece, made right."),
    (Outcome.VIEWING, "A private viewing, then decide", "In the boutique, with whoever comes along."),
    (Outcome.REFUND, "Refund", "Theirs to choose at any time. Say yes at once."),
    (Outcome.FOLLOW_UP, "We speak again", "Undecided. Promise a day."),
    (Outcome.OTHER, "Something else", ""),
)
CAUSES = (
    (RootCause.SIZE, "Size"),
    (RootCause.PROPORTION, "Proportion"),
    (RootCause.EXPECTATION, "Expectation"),
    (RootCause.OCCASION, "Occasion"),
    (RootCause.SECOND_THOUGHTS, "Second thoughts"),
    (RootCause.QUALITY, "A fault"),
    (RootCause.GIFT_MISMATCH, "A gift"),
    (RootCause.PRICE, "Price"),
    (RootCause.CLIENT_DECLINED, "Would rather not talk"),
)
WORTH_SHOWING = (*LIVE, ConsultState.COMPLETED, ConsultState.NO_SHOW)


@page.get("")
def show(case_id: int) -> ResponseReturnValue:
    """The page a text message links to."""
    caller = desk()
    with begin() as session:
        case = case_to_look_at(session, caller, case_id)
        if case.advisor_id == caller.advisor_id:
            note_seen(session, case, now=now())
        return render_template("desk/case.html", **about(session, caller, case))


@page.post("/take")
def take(case_id: int) -> ResponseReturnValue:
    """The advisor has it in hand: the first answer is given."""
    caller = desk()
    with begin() as session:
        case = case_to_look_at(session, caller, case_id)
        about: dict[str, Any] = {
            "shop_id": caller.shop_id,
            "case_id": case_id,
            "advisor_id": caller.advisor_id,
            "now": now(),
        }
        # A manager opens anybody's; whose client it was before somebody stood in takes it back.
        is_theirs = caller.is_manager or case.advisor_id == caller.advisor_id
        (take_case if is_theirs else ladder.take_offer)(session, **about)
    return redirect(f"/desk/cases/{case_id}", 303)


@page.post("/not-today")
def not_today(case_id: int) -> ResponseReturnValue:
    """Somebody else answers in their stead, now."""
    caller = desk()
    with begin() as session:
        case = case_of(session, caller, case_id)
        caller.allowed.must(Right.HAND_OVER)
        about: dict[str, Any] = {
            "shop_id": caller.shop_id,
            "case_id": case_id,
            "advisor_id": case.advisor_id,
            "now": now(),
        }
        ladder.not_today(session, colleague=next_in_turn, **about)
    return redirect("/desk", 303)


@page.post("/answered")
def answered(case_id: int) -> ResponseReturnValue:
    """The advisor wrote or rang, which is a first answer too."""
    caller, how = desk(), request.form.get("how", "")
    with begin() as session:
        case = case_of(session, caller, case_id)
        if how not in BY_HAND:
            raise AppError("Say whether you wrote or rang.")
        note_answer(session, case, how=how, actor=by_advisor(caller.advisor_id), now=now())
    return redirect(f"/desk/cases/{case_id}", 303)


def about(session: Session, caller: DeskCaller, case: Case) -> dict[str, Any]:
    """What the page, the outcome and the room show of one case."""
    assert case.id is not None
    note_case_seen(session, caller, case)
    advisor = get_advisor(session, shop_id=case.shop_id, advisor_id=case.advisor_id)
    rma = find_rma(session, shop_id=case.shop_id, return_gid=case.return_gid)
    seen = view(session, shop_id=case.shop_id, rma_id=rma.id) if rma and rma.id else None
    refund = refund_of(seen) if seen else Money(case.value_cents, case.currency)
    consult = shown_consult(session, case)
    client = named(case)
    return {
        "caller": caller,
        "case": case,
        "client": client,
        "advisor": advisor,
        "boutique": get_boutique(session, shop_id=case.shop_id, boutique_id=advisor.boutique_id)
        if advisor.boutique_id
        else None,
        "clock": clock_of(session, case, zone=_zone_of(session, caller), now=now()),
        "consult": consult,
        "room_open": consult is not None and _room_open(session, consult),
        "in_room": _in_room(session, consult),
        "may_say": consult is not None and may_say(session, case, consult, now=now()),
        "along": guests_of(session, consult) if consult is not None else [],
        "promises": promises_of(session, shop_id=case.shop_id, case_id=case.id),
        "seen": seen,
        "refund": _refund_in_words(seen, refund),
        "why": why(session, shop_id=case.shop_id, decision=_decision(session, case), case_id=case.id),
        "people": advisors(session, shop_id=case.shop_id, active=True) if caller.may(Right.REASSIGN) else [],
        "cards": cards_of(session, shop_id=case.shop_id, return_gid=case.return_gid),
        "card_headings": HEADINGS,
        "ask_occasion": ASK_OCCASION,
        "need": need_of(session, shop_id=case.shop_id, return_gid=case.return_gid),
        "instead": instead_of(seen) if seen else "",
        "sale": sale_of(session, rma) if rma else None,
        "exchange": exchange_of(session, rma) if rma else None,
        "makes_way": rma is not None and holds(session, rma),
        "path": str(path_now(session, rma, "any")) if rma else "",
        "batch": open_settlement(session, rma) if rma else None,
        "charge": waiting_charge(session, rma) if rma else None,
        "simple": prefers_simple_return(session, shop_id=case.shop_id, case_id=case.id),
        "talk": [cue.about(client) for cue in cues.steps(_questions(session, case, rma))],
        "third": cues.SHOWING,
        "moments": cues.MOMENTS,
        "a_day": cues.A_DAY.about(client),
        "outcomes": OUTCOMES,
        "causes": CAUSES,
        **brief_of(session, case, rma, notes=caller.may(Right.SEE_NOTES)),
        **giving(session, caller, case),
        **ways_forward(session, caller, case),
        "offers": standing(session, case),
        **care_of(session, case),
        "tray": tray(session, case, rma),
        "credit": effect_on(session, case, reader_id=caller.advisor_id),
        "owner": get_advisor(session, shop_id=case.shop_id, advisor_id=case.owner_id)
        if case.is_stood_in and case.owner_id
        else None,
        "looking": not caller.is_manager and case.advisor_id != caller.advisor_id,
        "now": now(),
        "written": written(session, case),
        "may_write": may_write(session, case),
        "writing_key": new_token(),
        "ways": told(session, shop_id=case.shop_id, prefix=f"case:{case.id}:"),
        "answers": {t.key: t for t in told(session, shop_id=case.shop_id, prefix=f"case:{case.id}:line:")},
    }


def _questions(session: Session, case: Case, rma: Rma | None) -> cues.Cue:
    """By the reason they gave, what they sent back and what it was for; each only as far as it is known."""
    wish, need = wish_of(session, case, rma), need_of(session, shop_id=case.shop_id, return_gid=case.return_gid)
    known = facts_in(find_brief(session, case)).get("occasion")
    return cues.hopes(
        complaint=wish.complaint if wish else complaint_of(case.root_cause, case.client_words, case.reason_label),
        kind=wish.piece.kind if wish else kind_of(case.category, (), case.piece_title),
        occasion=(need.occasion if need else "") or (known.words if known else ""),
        reason=case.reason_label,
    )


def _refund_in_words(seen: RmaView | None, refund: Money | None) -> str:
    if seen is not None and instead_of(seen):  # what they would have had, and still may choose
        return seen.rma.value.show()
    return refund.show() if refund else "settled in the admin"


def _decision(session: Session, case: Case) -> Decision | None:
    return find_decision(session, shop_id=case.shop_id, return_gid=case.return_gid)


def shown_consult(session: Session, case: Case) -> Consult | None:
    """The conversation to come or under way, else the last one that had its time."""
    assert case.id is not None
    found = [c for c in consults_of(session, shop_id=case.shop_id, case_id=case.id) if c.state in WORTH_SHOWING]
    return next((c for c in found if c.state in LIVE), found[0] if found else None)


def _zone_of(session: Session, caller: DeskCaller) -> str:
    return get_advisor(session, shop_id=caller.shop_id, advisor_id=caller.advisor_id).zone


def _in_room(session: Session, consult: Consult | None) -> list[str]:
    """Who of the client's side is there now."""
    if consult is None or consult.id is None:
        return []
    there = present(session, consult_id=consult.id, now=now())
    return [person.name or "Somebody" for person in there if person.role != Role.ADVISOR]


def _room_open(session: Session, consult: Consult) -> bool:
    assert consult.id is not None
    return in_window(room_for(session, shop_id=consult.shop_id, consult_id=consult.id), now=now())
