"""Keep evidence; gather, decide and hand on."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

import jobs
import logistics.jobs
from kit.causes import Cause
from kit.clock import now as clock_now
from kit.db import Begin, insert_once
from kit.errors import Waiting
from kit.log import get_logger
from logistics import exchanges, rmas
from logistics.events import PiecesDisposed
from logistics.lookups import returns_of_pieces
from logistics.ports import ReturnsDoor
from logistics.reads import Address, ClientRead, ReturnRead
from routing import asking, books, evidence, gathering, offers, openings, policies, selling, sweeps
from routing.chains import chain_row, signal_keys
from routing.currencies import decide_elsewhere
from routing.decide import Decided, OtherCurrency, Outcome, asked_here, decide, opened_by
from routing.events import OrderSeen, ReturnChanged, ReturnRouted
from routing.facts import OrderRead, Person, ReturnFacts, StaffRead
from routing.hand_overs import boutique_of, open_with_answer
from routing.handed_on import back_of, case_facts, cover_value, returned_value
from routing.holding import waits_for_evidence
from routing.models import Decision
from routing.piloting import under_pilot
from routing.ports import OrderReads, SignalReads, Unread
from routing.reads import OrderSignals
from routing.sellers import find_seller
from routing.sold_pieces import sold_read
from routing.trying import facts_kept
from shops.events import ScopesChanged
from shops.shops import get_shop

log = get_logger("routing")

OLD_ORDER = (
    "Shopify does not show this app the order behind this return. Orders older than 60 days need approval to read "
    "old orders (read_all_orders): ask for it in the Partner dashboard, then open the app again."
)
SIX_HOURS = 6 * 3600
NOBODY = ClientRead(gid="", name="", title="", email="", phone="", locale="en", country="", address=Address())


def keep_evidence(session: Session, seen: OrderSeen) -> None:
    """Keep who sold what, on orders/create and orders/updated; in the transaction that hands the delivery on."""
    evidence.keep(session, seen, now=clock_now())


def note_disposed(session: Session, disposed: PiecesDisposed) -> None:
    """Find the return whose pieces were disposed of, and tell of its change; nothing when it is not one of ours."""
    theirs = returns_of_pieces(
        session, shop_id=disposed.shop_id, rfo_gid=disposed.rfo_gid, rfo_line_gids=disposed.rfo_line_gids
    )
    for return_gid in theirs:
        jobs.publish(session, ReturnChanged(disposed.shop_id, return_gid, says="dispose"))


def follow_return(
    begin: Begin,
    *,
    returns: ReturnsDoor,
    orders: OrderReads,
    signals: SignalReads | None = None,
    unread: Unread | None = None,
    shop_id: int,
    return_gid: str,
    says: str = "",
    tracking: str = "",
    upto: int | None = None,
    chosen: str = "",
) -> None:
    """Take over what became of a return in Shopify (ReturnChanged); one that nobody told of before is routed first.

    A return born approved may be heard of by a change alone. One that is older than the app is the house's own.
    """
    with begin() as session:
        about: dict[str, Any] = {"shop_id": shop_id, "return_gid": return_gid}
        told = {**about, "says": says, "tracking": tracking, "chosen": chosen}
        is_new = find_decision(session, **about) is None
        if is_new and waits_for_evidence(session, unread, "routing.follow_return", upto=upto, **told):
            return
        since = sweeps.begins_at(session, get_shop(session, shop_id))
    route_return(begin, returns=returns, orders=orders, signals=signals, since=since, chosen=chosen, **about)
    logistics.jobs.follow_return(begin, returns=returns, says=says, tracking=tracking, **about)


def route_return(
    begin: Begin,
    *,
    returns: ReturnsDoor,
    orders: OrderReads,
    signals: SignalReads | None = None,
    unread: Unread | None = None,
    shop_id: int,
    return_gid: str,
    order_gid: str | None = None,
    since: datetime | None = None,
    upto: int | None = None,
    chosen: str = "",
) -> None:
    """Decide once for one return, however often and by whichever way it arrived, and hand it on.

    One that has ended before we heard of it, or was made before `since`, is left as it is. While what was delivered of
    orders is `unread` it is put off for some seconds, unless who sold this one is kept already. `chosen` is what a
    person said is offered, where the rules cannot be asked (currencies.py).

    Raises Waiting, with the sentence the merchant is shown: when Shopify does not show the order, or when the limit is
    in another currency than the order.
    """
    with begin() as session:
        about: dict[str, Any] = {"shop_id": shop_id, "return_gid": return_gid}
        told = {**about, "chosen": chosen}
        if find_decision(session, **about) is not None:
            return
        if waits_for_evidence(session, unread, "routing.route_return", upto=upto, order_gid=order_gid, **told):
            return
        keys = signal_keys(chain_row(session, shop_id))
    read = returns.read(shop_id, return_gid)
    if read and (read.has_ended or (since and read.created_at and read.created_at < since)):
        log.info("return.left_alone", status=read.status)
        return
    found = orders.order(shop_id, read.order_gid) if read else None
    if read is None or found is None:
        raise Waiting(OLD_ORDER, retry_after=SIX_HOURS, cause=Cause.OLD_ORDER)
    order, client = found
    staff = orders.staff(shop_id, order.order_gid)
    today = signals.signals(shop_id, order.order_gid, keys) if signals else OrderSignals()
    try:
        with begin() as session:
            _decide_and_hand_on(session, shop_id, read, order, client, staff, today, chosen)
    except Waiting as waiting:
        if waiting.cause == Cause.OTHER_CURRENCY:
            with begin() as session:  # perhaps the shop changed its currency, and we were not told
                jobs.publish(session, ScopesChanged(shop_id))
        raise


def _decide_and_hand_on(
    session: Session,
    shop_id: int,
    read: ReturnRead,
    order: OrderRead,
    client: ClientRead,
    staff: StaffRead,
    today: OrderSignals,
    chosen: str,
) -> None:
    now = clock_now()
    if exchanges.settle_by(session, shop_id=shop_id, read=read, now=now):
        return  # a return of ours, made anew with the piece the client takes instead
    facts = gather(session, shop_id, read, order, staff, client, today)
    decided, version = judge(session, shop_id, facts, chosen)
    directory = policies.directory(session, shop_id)
    seller = find_seller(facts, directory)
    opener = openings.settle_by(session, shop_id=shop_id, read=read)
    if opener is not None and opener.id is not None:
        decided = opened_by(decided, Person(opener.id, opener.name, opener.active))
    else:
        about: dict[str, Any] = {"shop_id": shop_id, "return_gid": read.return_gid, "client": client, "now": now}
        decided = under_pilot(session, decided, value=returned_value(order, back_of(read)), **about)
        if decided.outcome is Outcome.NOTHING and openings.came_from_here(session, shop_id=shop_id, read=read):
            decided = asked_here(decided)
        decided = asking.as_wished(session, decided, shop_id=shop_id, return_gid=read.return_gid)
    decision = Decision(
        shop_id=shop_id,
        return_gid=read.return_gid,
        order_gid=order.order_gid,
        outcome=decided.outcome,
        advisor_id=decided.advisor_id,
        level=decided.level,
        words=decided.words,
        policy_version=version,
        total_cents=order.total.cents,
        currency=order.total.currency,
        decided_at=now,
        findings=[finding.as_json() for finding in seller.findings],
        rule_id=decided.rule_id,
        order_name=order.name[:60],
        facts=facts_kept(facts, directory, by_hand=opener is not None),
        sold=seller.sold_by(decided.advisor_id),
    )
    if not insert_once(session, decision):
        return  # another worker decided meanwhile
    log.info("return.routed", outcome=decided.outcome.value, level=decided.level.value)
    if decided.outcome is Outcome.NOTHING:
        return
    assisted = decided.outcome.is_conversation
    rma, _ = rmas.open_rma(
        session,
        shop_id=shop_id,
        read=read,
        client=client,
        value=cover_value(order, back_of(read)),
        assisted=assisted,
        sold=sold_read(order, client, today),
        now=now,
    )
    offers.follow_wish(session, rma, now=now)
    if assisted and decided.advisor_id is not None:
        of_case = case_facts(read, order, client, decided, zone=get_shop(session, shop_id).zone)
        of_case = replace(
            of_case,
            boutique_id=boutique_of(session, shop_id, facts, decided.advisor_id),
            sold_by_advisor=decision.sold,
        )
        selling.note_sellers(session, shop_id=shop_id, order_gid=order.order_gid, seller=seller, now=now)
        open_with_answer(session, shop_id=shop_id, facts=of_case, owner_id=decided.advisor_id, now=now)
    asking.follow_choice(session, shop_id=shop_id, return_gid=read.return_gid, now=now)
    jobs.publish(session, ReturnRouted(shop_id, read.return_gid))


def judge(session: Session, shop_id: int, facts: ReturnFacts, chosen: str = "") -> tuple[Decided, int]:
    """What the merchant's rules of now say, and their version; see currencies.py for amounts in another currency."""
    book, directory = books.in_force(session, shop_id), policies.directory(session, shop_id)
    try:
        return decide(book, facts, directory), book.version
    except OtherCurrency:
        about: dict[str, Any] = {"shop_id": shop_id, "book": book, "facts": facts, "directory": directory}
        return decide_elsewhere(session, chosen=chosen, **about)


def gather(
    session: Session,
    shop_id: int,
    read: ReturnRead,
    order: OrderRead,
    staff: StaffRead,
    client: ClientRead | None = None,
    today: OrderSignals | None = None,
) -> ReturnFacts:
    """The facts of one return: what was kept when the order arrived first, Shopify's word of today second.

    Without `client` and `today` the client's own advisor and what is written on the order today are not looked at.
    """
    return gathering.gather_facts(
        session,
        shop_id=shop_id,
        order=order,
        client=client or NOBODY,
        staff=staff,
        today=today or OrderSignals(),
        back=back_of(read),
        reasons=[line.reason_label for line in read.lines],
    )


def find_decision(session: Session, *, shop_id: int, return_gid: str) -> Decision | None:
    """The one decision on that return."""
    return session.exec(select(Decision).where(Decision.shop_id == shop_id, Decision.return_gid == return_gid)).first()
