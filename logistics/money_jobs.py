"""Calls out for the money: ask Shopify what it suggests, and process once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from kit import clock
from kit.causes import Cause
from kit.db import Begin
from kit.errors import OutsideError, Waiting
from kit.log import get_logger
from logistics import credits, dispositions, kept_pieces, money_terms, rmas, settlements, wear
from logistics.figures import NOT_ADDING_UP, adds_up, credit_of, difference, in_full, refund_of
from logistics.history import SHOPIFY, follow_up, lock_rma
from logistics.looking_back import Trace, look_back
from logistics.models import Rma, Settlement
from logistics.parcel_jobs import HIDDEN
from logistics.ports import ReturnsDoor, SalesDoor
from logistics.reads import ProcessPlan, ReturnRead, SuggestedOutcome, Terms
from logistics.states import Goods, SettlementState

log = get_logger("logistics")

STILL_WORKING = timedelta(seconds=30)
"""How long Shopify may still be at work on a call whose answer we lost."""
CANNOT_TELL = "The return changed in Shopify while this was being sent. Please look at it there, then decide."


def propose_settlement(begin: Begin, *, returns: ReturnsDoor, shop_id: int, rma_id: int, ask: bool = False) -> None:
    """Write down what Shopify suggests for all that is unprocessed. With `ask` a person clicks, whatever was set."""
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        if rma.goods_state is not Goods.INSPECTED or settlements.open_settlement(session, rma) is not None:
            return
        likely = settlements.unsettled_lines(session, rma)
        policy, chosen = rmas.policy_of(session, shop_id), money_terms.chosen(session, rma)
        known = credits.ceilings(session, shop_id)
    read, suggested = _must_look(returns, rma, likely, chosen)
    if read.has_ended or not read.unprocessed:
        _adopt_end(begin, rma, read)
        return
    terms = money_terms.for_batch(read, policy, chosen)
    if suggested is None or terms != chosen or sorted(likely) != sorted(read.unprocessed):
        suggested = returns.suggest_outcome(shop_id, rma.return_gid, read.unprocessed, terms)
    offered = credits.may_offer(known, returns, policy, rma, suggested)
    if terms.as_credit and not offered:  # the ceiling was reached meanwhile: back the way it was paid
        terms = replace(terms, as_credit=False)
        suggested = returns.suggest_outcome(shop_id, rma.return_gid, read.unprocessed, terms)
    with begin() as session:
        rma, now = lock_rma(session, shop_id=shop_id, rma_id=rma_id), clock.now()
        suggested = _in_full(session, rma, read, read.unprocessed, suggested)
        if wear.holds(session, rma, suggested, terms, now=now):
            return
        figures: dict[str, Any] = {
            "lines": read.unprocessed,
            "suggested": wear.less(session, rma, suggested),
            "terms": terms,
            "credit_offered": offered,
        }
        settlements.propose(session, rma, ask=ask, now=now, **figures)


def pay(begin: Begin, *, returns: ReturnsDoor, sales: SalesDoor, shop_id: int, rma_id: int, settlement_id: int) -> None:
    """Process an approved batch, once. Whatever may have been sent before is looked for first.

    `returnProcess` is not idempotent, so it is called only when Shopify shows that it did not happen yet.
    """
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        batch = settlements.get_settlement(session, shop_id=shop_id, rma_id=rma_id, settlement_id=settlement_id)
    if batch.state not in (SettlementState.APPROVED, SettlementState.SENDING):
        return
    read, suggested = _must_look(returns, rma, _lines(batch), batch.terms)
    if batch.sent_at is not None and _was_sent(begin, rma, batch, read):
        return
    if not _still_fits(begin, returns, rma, batch, read, suggested):
        return
    if batch.exchanges:
        kept_pieces.free_for_processing(begin, sales=sales, rma=rma)
    plan = _claim(begin, rma, batch, read)
    if plan is None:
        return
    try:
        after = returns.process(shop_id, rma.return_gid, plan)
    except OutsideError as error:
        _after_failure(begin, returns, rma, batch, error)
        return
    _record(begin, rma, batch, after)


def _was_sent(begin: Begin, rma: Rma, batch: Settlement, read: ReturnRead) -> bool:
    """Settle what an earlier try may have done; False when it plainly did nothing and may be sent."""
    found = look_back(batch.before, batch.lines, batch.amount, read, batch.exchanges)
    if found.trace is Trace.DONE:
        _record(begin, rma, batch, read)
    elif found.trace is Trace.UNCLEAR:
        _unsettle(begin, rma, batch, CANNOT_TELL)
    else:
        assert batch.sent_at is not None
        rest = batch.sent_at + STILL_WORKING - clock.now()
        if rest > timedelta(0):
            raise Waiting("Shopify may still be at work on this payment.", retry_after=rest.total_seconds())
        return False
    return True


def _still_fits(
    begin: Begin,
    returns: ReturnsDoor,
    rma: Rma,
    batch: Settlement,
    read: ReturnRead,
    suggested: SuggestedOutcome | None,
) -> bool:
    """Whether the return and Shopify's suggestion are still what was approved; if not, the batch is put aside."""
    if read.status == "REQUESTED":
        raise Waiting("This return is not approved in Shopify yet.", retry_after=60)
    left = dict(read.unprocessed)
    taken = any(left.get(line["return_line_gid"], 0) < line["quantity"] for line in batch.lines)
    if read.has_ended or taken or not set(batch.terms.exchanges) <= set(read.unprocessed_exchanges):
        _put_aside(begin, rma, batch, settlements.TAKEN_OVER)
        return False
    lines = _lines(batch)
    suggested = suggested or returns.suggest_outcome(rma.shop_id, rma.return_gid, lines, batch.terms)
    with begin() as session:
        suggested = wear.less(session, rma, _in_full(session, rma, read, lines, suggested))
    reason = difference(batch, suggested)
    if reason:
        with begin() as session:
            locked, kept, now = *_locked(session, rma, batch), clock.now()
            settlements.overtake(session, locked, kept, reason=reason, now=now)
            again: dict[str, Any] = {"lines": lines, "suggested": suggested, "terms": batch.terms, "reason": reason}
            settlements.propose(session, locked, credit_offered=kept.credit_offered, ask=True, now=now, **again)
        return False
    if not adds_up(batch):
        _unsettle(begin, rma, batch, NOT_ADDING_UP)
        return False
    return True


def _claim(begin: Begin, rma: Rma, batch: Settlement, read: ReturnRead) -> ProcessPlan | None:
    """Write `sending` before anything is sent; None when another run has it."""
    with begin() as session:
        if not settlements.claim_sending(session, batch, read, now=clock.now()):
            return None
        inspection = dispositions.find_inspection(session, rma)
        policy = rmas.policy_of(session, rma.shop_id)
    return ProcessPlan(
        lines=dispositions.plan_lines(read, batch, inspection, policy),
        refund=refund_of(batch),
        credit=credit_of(batch),
        terms=batch.terms,
        note=f"{rma.number}, batch {batch.batch}",
        notify=False,
    )


def _after_failure(begin: Begin, returns: ReturnsDoor, rma: Rma, batch: Settlement, error: OutsideError) -> None:
    """A lost answer is looked into later, when Shopify must be done; a plain no is looked into now."""
    if error.ambiguous or not error.permanent:
        wait = max(error.retry_after or 0, STILL_WORKING.total_seconds() + 1)
        raise OutsideError(error.provider, "no clear answer to a payment", retry_after=wait, ambiguous=True) from error
    with begin() as session:
        batch = _locked(session, rma, batch)[1]
    found = look_back(batch.before, batch.lines, batch.amount, _must_read(returns, rma), batch.exchanges)
    if found.trace is Trace.DONE:
        _record(begin, rma, batch, _must_read(returns, rma))
    else:
        _unsettle(begin, rma, batch, f"Shopify did not take this payment: {error}")


def _record(begin: Begin, rma: Rma, batch: Settlement, after: ReturnRead) -> None:
    with begin() as session:
        locked, kept = _locked(session, rma, batch)
        settlements.record_paid(session, locked, kept, after, now=clock.now())


def _unsettle(begin: Begin, rma: Rma, batch: Settlement, reason: str) -> None:
    with begin() as session:
        locked, kept = _locked(session, rma, batch)
        settlements.mark_unsettled(session, locked, kept, reason=reason, now=clock.now())
        if kept.exchanges:  # it may be days until somebody has looked
            follow_up(session, locked, "keep_pieces")


def _put_aside(begin: Begin, rma: Rma, batch: Settlement, reason: str) -> None:
    with begin() as session:
        locked, kept = _locked(session, rma, batch)
        settlements.overtake(session, locked, kept, reason=reason, now=clock.now())
        follow_up(session, locked, "propose_settlement", ask=True)


def _adopt_end(begin: Begin, rma: Rma, read: ReturnRead) -> None:
    """Somebody processed or ended the return in the admin: nothing is left for us to send."""
    assert rma.id is not None
    with begin() as session:
        locked, now = lock_rma(session, shop_id=rma.shop_id, rma_id=rma.id), clock.now()
        if not read.unprocessed and read.lines:
            detail = "Somebody settled it in the Shopify admin."
            rmas.mark_settled(session, locked, exchanged=read.exchanged, actor=SHOPIFY, now=now, detail=detail)
        if read.has_ended:
            rmas.end_rma(session, locked, how=rmas.ENDINGS[read.status], now=now)


def _locked(session: Session, rma: Rma, batch: Settlement) -> tuple[Rma, Settlement]:
    assert rma.id is not None and batch.id is not None
    locked = lock_rma(session, shop_id=rma.shop_id, rma_id=rma.id)
    kept = settlements.get_settlement(session, shop_id=rma.shop_id, rma_id=rma.id, settlement_id=batch.id)
    return locked, kept


def _in_full(
    session: Session, rma: Rma, read: ReturnRead, lines: Sequence[tuple[str, int]], suggested: SuggestedOutcome
) -> SuggestedOutcome:
    return in_full(suggested, fees=read.fees_of(lines), paid_before=settlements.paid_of_order(session, rma))


def _lines(batch: Settlement) -> list[tuple[str, int]]:
    return [(line["return_line_gid"], line["quantity"]) for line in batch.lines]


def _must_look(
    returns: ReturnsDoor, rma: Rma, lines: Sequence[tuple[str, int]], terms: Terms
) -> tuple[ReturnRead, SuggestedOutcome | None]:
    """The return and what Shopify suggests for `lines` of it, in one call."""
    seen = returns.read_and_suggest(rma.shop_id, rma.return_gid, lines, terms)
    if seen is None:
        raise Waiting(HIDDEN, retry_after=3600)
    return seen


def _must_read(returns: ReturnsDoor, rma: Rma) -> ReturnRead:
    read = returns.read(rma.shop_id, rma.return_gid)
    if read is None:
        raise Waiting(HIDDEN, retry_after=3600, cause=Cause.OLD_ORDER)
    return read
