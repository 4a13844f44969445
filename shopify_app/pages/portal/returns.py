"""The page of one return, which every message links to: its way, its slip, its label."""

from datetime import date
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlmodel import Session

from consults.advisors import get_advisor
from consults.booking import consults_of
from consults.cases import find_case
from consults.gestures.gestures import shown_to_client
from consults.lines import number_to_ring
from consults.models import Advisor, Case, Consult
from consults.pieces.holds import offered
from consults.promises import promises_of
from consults.states import CaseState, ConsultState
from consults.wishes import prefer_simple_return, prefers_simple_return
from kit.errors import NotFound
from kit.money import Money
from kit.phones import shown_phone
from logistics.collection_changes import is_missed
from logistics.custody_words import Answer
from logistics.doors import door_zone
from logistics.minds import piece_instead, wish_of, wishes
from logistics.models import Parcel, Rma, Settlement
from logistics.money_terms import chosen
from logistics.radar.cards import answer_card, cards_of
from logistics.refund_promises import is_paid, promise_of
from logistics.rmas import RmaView, policy_of, sender_of, view
from logistics.side_sales import sale_of
from logistics.states import Goods, ParcelState, SettlementState
from logistics.wear import deduction_of
from routing.jobs import find_decision
from routing.models import Decision
from routing.offers import rma_of
from routing.rules import Outcome
from routing.selling import named_on
from shopify_app.asked import row_id
from shopify_app.pages.portal import timeline
from shopify_app.pages.portal.asked import asked_page, has_own_page
from shopify_app.pages.portal.barcodes import barcode, scannable
from shopify_app.pages.portal.boutiques import Place, places_to_bring_to
from shopify_app.pages.portal.changes import changes_of, kept_heading
from shopify_app.pages.portal.clients import sees_prices, with_asked, with_offer, with_return
from shopify_app.pages.portal.deciding import offer_page
from shopify_app.pages.portal.documents import file_name, papers_of
from shopify_app.pages.portal.late import in_time
from shopify_app.pages.portal.money_words import instead_of, money_words
from shopify_app.pages.portal.qr import squares
from shopify_app.pages.portal.slip_letters import is_whole
from shopify_app.pages.portal.slip_pdf import Slip, slip_pdf
from shopify_app.pages.portal.standing_in import standing_in
from shopify_app.pages.portal.tongue import _, ngettext, piece_word, speak_english, tongue
from shopify_app.pages.wording import capitalize_first, named
from shopify_app.web import addresses, begin, now
from shops.links import CONSULT, issue_link
from shops.shops import get_shop

page = Blueprint("returns", __name__, url_prefix="/r/<token>")


@page.get("")
def show(token: str) -> ResponseReturnValue:
    """What happened, what is now, what follows; with a day each."""
    with begin() as session:
        asked = with_asked(session, token)
        if asked is not None and not has_own_page(session, asked):
            return render_template("portal/asked.html", **asked_page(session, token, asked))
        offer = with_offer(session, token)
        if offer is not None and rma_of(session, offer) is None:
            return render_template("portal/offer.html", token=token, **offer_page(session, offer))
        rma = with_return(session, token)
        shown = _page(session, rma, with_prices=sees_prices(session, token))
        return render_template("portal/return.html", token=token, **shown)


@page.get("/slip")
def slip(token: str) -> ResponseReturnValue:
    """The paper that goes into the box. It names no price."""
    with begin() as session:
        seen = _view(session, with_return(session, token, for_anybody=True))
        case = find_case(session, shop_id=seen.rma.shop_id, return_gid=seen.rma.return_gid)
        advisor = _advisor(session, case)
        code = barcode(scannable(seen.rma.number))
        about = {"advisor": advisor, "ring": _ring(session, advisor), "city": sender_of(seen.rma).city}
        order = seen.rma.order_name.lstrip("#")
        words = {"packing": packing_words(), "atelier": atelier_words(order, advisor)}
        return render_template("portal/slip.html", seen=seen, code=code, **about, **words)


@page.get("/slip.pdf")
def slip_file(token: str) -> ResponseReturnValue:
    """The same paper as a file, for a shop that prints; in English where its fonts have not the client's letters."""
    with begin() as session:
        seen = _view(session, with_return(session, token, for_anybody=True))
        if not is_whole(packing_words()):
            speak_english()
        case = find_case(session, shop_id=seen.rma.shop_id, return_gid=seen.rma.return_gid)
        shop, advisor = get_shop(session, seen.rma.shop_id), _advisor(session, case)
        ring = _ring(session, advisor)
    answer = make_response(slip_pdf(_slip(seen, shop.shown_name, shop.telephone, advisor, ring)))
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="slip-{file_name(seen.rma.number)}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@page.get("/label")
def label(token: str) -> ResponseReturnValue:
    """The carrier's label of the first box, or of `?box=2`."""
    with begin() as session:
        boxes = labels_of(_view(session, with_return(session, token, for_anybody=True)))
    wanted = request.args.get("box", 1, type=int)
    if not 1 <= wanted <= len(boxes):
        raise NotFound(_("There is no label for this yet. It comes by email as soon as it is there."))
    return redirect(boxes[wanted - 1].label_url)


@page.post("/simple")
def prefer_simple(token: str) -> ResponseReturnValue:
    """The client would rather have the refund without a conversation. The return goes on as it does anyway."""
    with begin() as session:
        rma = with_return(session, token)
        case = find_case(session, shop_id=rma.shop_id, return_gid=rma.return_gid)
        if case is not None and case.id is not None:
            prefer_simple_return(session, shop_id=rma.shop_id, case_id=case.id, now=now())
    return redirect(f"/r/{token}", 303)


@page.post("/choice")
def choose_way(token: str) -> ResponseReturnValue:
    """Which of the ways out we offered suits them."""
    card_id, way = (row_id(request.form.get(name, "")) for name in ("card", "way"))
    with begin() as session:
        rma = with_return(session, token)
        mine = cards_of(session, shop_id=rma.shop_id, return_gid=rma.return_gid)
        if card_id is None or way is None or all(card.id != card_id for card in mine):
            raise NotFound(_("There is nothing at this address."))
        answer_card(session, shop_id=rma.shop_id, card_id=card_id, chosen=way, now=now())
    return redirect(f"/r/{token}#choose", 303)


@page.post("/conversation")
def to_conversation(token: str) -> ResponseReturnValue:
    """On to the times, with a link made for it."""
    with begin() as session:
        rma = with_return(session, token)
        case = find_case(session, shop_id=rma.shop_id, return_gid=rma.return_gid)
        if case is None or case.id is None:
            raise NotFound(_("There is nothing at this address."))
        consult = issue_link(session, shop_id=rma.shop_id, purpose=CONSULT, subject_id=case.id, now=now())
    return redirect(f"/consult/{consult}", 303)


def _slip(seen: RmaView, house: str, telephone: str, advisor: Advisor | None, ring: str) -> Slip:
    facts = [(_("From"), ", ".join(part for part in (named(seen.rma), sender_of(seen.rma).city) if part))]
    for line in seen.lines:
        count = ngettext("%(num)s piece", "%(num)s pieces", line.quantity) if line.quantity > 1 else ""
        facts.append(
            (capitalize_first(piece_word().one), ", ".join(part for part in (line.title, line.detail, count) if part))
        )
        known = ((_("Serial"), line.serial), (_("Certificate"), line.certificate))
        facts += [(name, words) for name, words in known if words]
    if advisor is not None:
        facts.append((_("Advisor"), ", ".join(part for part in (advisor.name, shown_phone(ring)) if part)))
    elif telephone:
        facts.append((_("Telephone"), shown_phone(telephone)))
    return Slip(
        house=house,
        number=seen.rma.number,
        facts=tuple(facts),
        title=_("Please place this inside the box"),
        packing=packing_words(),
        desk=atelier_words(seen.rma.order_name.lstrip("#"), advisor),
    )


def packing_words() -> str:
    """What belongs into the box, and what not onto it."""
    return _(
        "Everything that came with it, please: the piece, its certificate and its case. Plain outer packaging is "
        "best; no name of the house belongs on it."
    )


def atelier_words(order: str, advisor: Advisor | None) -> str:
    """For whoever opens the box."""
    if advisor is None:
        return _("For the atelier. Check against order %(order)s.", order=order)
    return _(
        "For the atelier. Check against order %(order)s. Questions to %(advisor)s before any work begins.",
        order=order,
        advisor=advisor.first_name,
    )


def labels_of(seen: RmaView) -> list[Parcel]:
    """Boxes with a label that may be printed."""
    ready = (ParcelState.BOUGHT, ParcelState.ATTACHED)
    return [box for box in seen.parcels if box.state in ready and box.is_covered and box.label_url]


def refund_of(seen: RmaView) -> Money | None:
    """What goes back to the client: every batch together, before there is one the pieces' value.

    None when it was settled elsewhere, in the admin, so that the amount is not ours to name.
    """
    counting = [batch.amount for batch in _batches(seen)]
    if counting:
        return Money(sum(amount.cents for amount in counting), counting[0].currency)
    return None if seen.rma.goods_state in (Goods.SETTLED, Goods.CLOSED) else seen.rma.value


def facts_of(
    session: Session, seen: RmaView, case: Case | None, advisor: Advisor | None, consult: Consult | None
) -> timeline.WayFacts:
    """What the timeline is told of one return."""
    rma, money, batches = seen.rma, refund_of(seen), _batches(seen)
    instead = instead_of(seen) or ("even" if not batches and piece_instead(session, rma) else "")
    first = {step.to_state: step.at for step in reversed(seen.steps)}
    locale = tongue().locale
    held = consult is not None and consult.state is ConsultState.COMPLETED
    return timeline.WayFacts(
        piece=seen.lines[0].title if seen.lines else piece_word().one,
        goods=rma.goods_state.value,
        zone=case.client_zone if case else get_shop(session, rma.shop_id).zone,
        locale=locale,
        refund=money.show(locale) if money and not instead else "",
        opened_at=rma.opened_at,
        labelled_at=first.get("labelled") or (first.get("in_transit") if seen.parcels else None),
        moved_at=first.get("in_transit"),
        arrived_at=rma.arrived_at,
        inspected_at=rma.inspected_at,
        approved_at=batches[-1].approved_at if batches else None,
        settled_at=rma.settled_at,
        ended_at=rma.closed_at,
        refund_days=policy_of(session, rma.shop_id).refund_days,
        way=str(next((box.way for box in seen.parcels if box.state is not ParcelState.VOID), "label")),
        collected_at=next((box.collection_from for box in seen.parcels if _is_collected(box)), None),
        missed_at=next((box.collection_until for box in seen.parcels if is_missed(box, now=now())), None),
        latest=_promised(session, rma),
        advisor=advisor.first_name if advisor else "",
        talk_at=consult.starts_at if consult else None,
        talk=("held" if held else "booked") if consult else "",
        instead=instead,
        now=now(),
    )


def standing(session: Session, rma: Rma) -> tuple[str, list[timeline.Step]]:
    """(the one sentence, the steps) of a return, as its page shows them."""
    case = find_case(session, shop_id=rma.shop_id, return_gid=rma.return_gid)
    facts = facts_of(session, _view(session, rma), case, _advisor(session, case), _talk(session, case))
    return timeline.heading(facts), timeline.way(facts)


def _page(session: Session, rma: Rma, *, with_prices: bool) -> dict[str, Any]:
    seen = _view(session, rma)
    case = find_case(session, shop_id=rma.shop_id, return_gid=rma.return_gid)
    advisor, consult = _advisor(session, case), _talk(session, case)
    facts = facts_of(session, seen, case, advisor, consult)
    decision = find_decision(session, shop_id=rma.shop_id, return_gid=rma.return_gid)
    may_talk = case is not None and case.state is CaseState.OPEN and case.outcome is None
    return {
        "seen": seen,
        "case": case,
        "advisor": (shown := advisor or _named(session, decision)),
        "ring": _ring(session, shown),
        "said": promises_of(session, shop_id=rma.shop_id, case_id=case.id) if case and case.id else [],
        "both": decision is not None and decision.outcome is Outcome.BOTH,
        "stand_in": standing_in(session, case, advisor) if case and advisor else None,
        "consult": consult,
        "heading": kept_heading(session, rma) or timeline.heading(facts),
        "steps": in_time(timeline.way(facts), facts, seen.rma),
        "money": money_words(
            seen,
            facts.refund,
            facts.locale,
            instead=piece_instead(session, rma),
            as_credit=chosen(session, rma).as_credit,
        ),
        "sale": sale_of(session, rma),
        "promised": _promised(session, rma),
        "put_aside": offered(session, case, now=now()) if case else [],
        "gestures": shown_to_client(session, case) if case else [],
        "put_aside_zone": case.client_zone if case else "UTC",
        "cards": [card for card in cards_of(session, shop_id=rma.shop_id, return_gid=rma.return_gid) if card.sent_at],
        "refund_day": timeline.refund_day(facts),
        "boxes": labels_of(seen),
        "codes": (codes := _codes(seen)),
        "places": _places(session, case, rma) if codes else [],
        "collection_zone": door_zone(session, rma),
        "visits": [box for box in seen.parcels if _is_to_come(box, rma)],
        "wear": _asks_of_wear(session, rma),
        "papers": papers_of(session, rma, with_prices=with_prices),
        **changes_of(session, rma),
        "wishes": wishes(session, rma),
        "wish": wish_of(session, rma),
        "may_talk": may_talk and rma.goods_state.value not in ("settled", "closed", "ended"),
        "simple": case is not None
        and case.id is not None
        and prefers_simple_return(session, shop_id=rma.shop_id, case_id=case.id),
    }


def _codes(seen: RmaView) -> list[tuple[str, Markup]]:
    """What the client shows in a boutique, as letters and as squares, while it counts."""
    if seen.rma.goods_state not in (Goods.AUTHORISED, Goods.LABELLED):
        return []
    live = (box.handover_code for box in seen.parcels if box.state is ParcelState.ATTACHED)
    return [(code, squares(addresses().scan(code), code)) for code in live if code]


def _places(session: Session, case: Case | None, rma: Rma) -> list[Place]:
    """Where the piece can be brought; the boutique it was bought in first."""
    first = case.boutique_id if case else None
    return places_to_bring_to(session, shop_id=rma.shop_id, first=first, locale=tongue().locale)


def _is_collected(box: Parcel) -> bool:
    return bool(box.collection_code) and box.state is not ParcelState.VOID


def _is_to_come(box: Parcel, rma: Rma) -> bool:
    booked = _is_collected(box) and box.collection_from is not None
    return booked and rma.goods_state is Goods.LABELLED and not is_missed(box, now=now())


def _asks_of_wear(session: Session, rma: Rma) -> bool:
    found = deduction_of(session, rma)
    return found is not None and bool(found.currency) and found.answer is Answer.OPEN


def _promised(session: Session, rma: Rma) -> date | None:
    """The last day of a promise that holds, while the money has not gone."""
    due = promise_of(session, rma, now=now()).due
    return None if is_paid(rma) or due.provisional else due.on


def _batches(seen: RmaView) -> list[Settlement]:
    return [batch for batch in seen.settlements if batch.state is not SettlementState.VOID]


def _view(session: Session, rma: Rma) -> RmaView:
    assert rma.id is not None
    return view(session, shop_id=rma.shop_id, rma_id=rma.id)


def _ring(session: Session, advisor: Advisor | None) -> str:
    return number_to_ring(session, advisor) if advisor else ""


def _advisor(session: Session, case: Case | None) -> Advisor | None:
    return get_advisor(session, shop_id=case.shop_id, advisor_id=case.advisor_id) if case else None


def _named(session: Session, decision: Decision | None) -> Advisor | None:
    """Who is named on a simple return, where the rules say that somebody is, while they work here."""
    if decision is None or decision.outcome is not Outcome.NAMED:
        return None
    advisor_id = named_on(session, decision)
    if advisor_id is None:
        return None
    advisor = get_advisor(session, shop_id=decision.shop_id, advisor_id=advisor_id)
    return advisor if advisor.active else None


def _talk(session: Session, case: Case | None) -> Consult | None:
    """The conversation still to come or under way, else the last one that took place."""
    if case is None or case.id is None:
        return None
    counting = (ConsultState.BOOKED, ConsultState.IN_SESSION, ConsultState.COMPLETED)
    found = [c for c in consults_of(session, shop_id=case.shop_id, case_id=case.id) if c.state in counting]
    return next((c for c in found if c.state is not ConsultState.COMPLETED), found[0] if found else None)
