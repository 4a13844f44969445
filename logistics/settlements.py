"""Money: proposed from what Shopify suggests, approved with one click, sent once, settled."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs
from kit.db import insert_once
from kit.errors import AppError, Conflict, NotFound
from logistics import events, figures, rmas
from logistics.history import APP, follow_up, lock_rma, move_judgement, note_step
from logistics.looking_back import new_refunds, snapshot
from logistics.models import Rma, Settlement
from logistics.reads import PLAIN, ReturnRead, SuggestedOutcome, Terms
from logistics.rights import BOTH, Rights, must_confirm
from logistics.states import OPEN_SETTLEMENTS, SETTLEMENT, Goods, InvalidMove, Judgement, SettlementState, move

AUTOMATIC = "automatic"
TAKEN_OVER = "Somebody changed or settled part of this return in the Shopify admin."
BATCH_OVERTAKEN = "This amount was overtaken meanwhile. Please look at the return again."
NOTHING_TO_SEE_TO = "Nothing has to be seen to by hand here. Please look at the return again."
HOW = "Write where and how the rest was paid to the client."


def open_settlements(session: Session, *, shop_id: int) -> list[Settlement]:
    """Money that waits for a click, is on its way out, or needs a person; oldest first."""
    query = select(Settlement).where(Settlement.shop_id == shop_id, col(Settlement.state).in_(OPEN_SETTLEMENTS))
    return list(session.exec(query.order_by(col(Settlement.proposed_at), col(Settlement.id))))


def get_settlement(session: Session, *, shop_id: int, rma_id: int, settlement_id: int) -> Settlement:
    """One batch, as it is now. Raises NotFound, also for another shop's."""
    mine = (Settlement.id == settlement_id, Settlement.rma_id == rma_id, Settlement.shop_id == shop_id)
    found = session.exec(select(Settlement).where(*mine).execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("That amount is not here.")
    return found


def open_settlement(session: Session, rma: Rma) -> Settlement | None:
    """The RMA's one batch that is not finished, if there is one."""
    query = select(Settlement).where(Settlement.rma_id == rma.id, col(Settlement.state).in_(OPEN_SETTLEMENTS))
    return session.exec(query.execution_options(populate_existing=True)).first()


def propose(
    session: Session,
    rma: Rma,
    *,
    lines: Sequence[tuple[str, int]],
    suggested: SuggestedOutcome,
    ask: bool,
    terms: Terms = PLAIN,
    credit_offered: bool = False,
    reason: str = "",
    now: datetime,
) -> Settlement | None:
    """Write down the amount Shopify suggests for `lines`; None when a batch is open already. `rma` is locked.

    It waits for a person, unless the merchant switched the click off, the finding was plain, it is all that the pieces
    come to, no part of it has to be confirmed by those who pay, and not `ask`.
    """
    assert rma.id is not None
    if rma.goods_state is not Goods.INSPECTED or not lines:
        return None
    row = _row(session, rma, lines, suggested, terms, reason, now)
    row.credit_offered = credit_offered
    if not insert_once(session, row):
        return None
    settlement = open_settlement(session, rma)
    assert settlement is not None and settlement.id is not None
    detail = f"{in_words(settlement)}, as Shopify suggests. {settlement.reason}".strip()
    note_step(session, rma, "money_ready", actor=APP, now=now, detail=detail)
    jobs.publish(session, events.MoneyReady(rma.shop_id, rma.id, rma.return_gid))
    policy = rmas.policy_of(session, rma.shop_id)
    above_limit = bool(policy.finance_above_cents) and must_confirm(policy, settlement)
    is_short = bool(figures.said_of(suggested, rma.presentment_currency, terms))
    asks = ask or is_short or settlement.elsewhere_cents or above_limit
    if (
        policy.pay_without_click
        and not asks
        and rma.judgement_state is Judgement.ACCEPTED
        and settlement.state is SettlementState.PROPOSED
    ):
        return approve_payment(
            session, shop_id=rma.shop_id, rma_id=rma.id, settlement_id=settlement.id, by=AUTOMATIC, now=now
        )
    return settlement


def approve_payment(
    session: Session,
    *,
    shop_id: int,
    rma_id: int,
    settlement_id: int,
    by: str,
    rights: Rights = BOTH,
    how: str = "",
    now: datetime,
) -> Settlement:
    """The one click: secures `logistics.pay`. Of several at once one counts, and the others change nothing.

    Without the right to pay it counts as granted where somebody else has to confirm. `how` says where the rest was
    paid, if Shopify cannot pay it all. An unsettled batch may be approved again: `pay` looks at Shopify before it
    does anything. Raises NotFound, Forbidden, or Conflict when the amount was overtaken meanwhile.
    """
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    seen = get_settlement(session, shop_id=shop_id, rma_id=rma_id, settlement_id=settlement_id)
    rights.check(seen, rmas.policy_of(session, shop_id))
    if not rights.may_settle(seen, rmas.policy_of(session, shop_id)):
        return _grant(session, rma, seen, by=by, now=now)
    if seen.elsewhere_cents and seen.state is SettlementState.PROPOSED and not how.strip():
        raise AppError(HOW)
    waiting = (SettlementState.PROPOSED, SettlementState.UNSETTLED)
    approved = session.connection().execute(
        sa.update(Settlement)
        .where(col(Settlement.id) == settlement_id, col(Settlement.rma_id) == rma_id)
        .where(col(Settlement.state).in_(waiting))
        .values(
            state=SettlementState.APPROVED,
            approved_by=by,
            approved_at=now,
            granted_by=seen.granted_by or by,
            granted_at=seen.granted_at or now,
            elsewhere_how=how.strip()[:200] or seen.elsewhere_how,
        )
    )
    settlement = get_settlement(session, shop_id=shop_id, rma_id=rma_id, settlement_id=settlement_id)
    if approved.rowcount != 1:
        if settlement.state is SettlementState.VOID:
            raise Conflict(BATCH_OVERTAKEN)
        return settlement
    note_step(session, rma, "money_approved", actor=by, now=now, detail=in_words(settlement))
    if rma.judgement_state is Judgement.LOOKED_AT:
        move_judgement(session, rma, Judgement.ACCEPTED, actor=by, now=now)
    follow_up(session, rma, "pay", settlement_id=settlement_id)
    return settlement


def _grant(session: Session, rma: Rma, settlement: Settlement, *, by: str, now: datetime) -> Settlement:
    """Somebody said yes; those who pay confirm it. A second yes changes nothing."""
    granted = session.connection().execute(
        sa.update(Settlement)
        .where(col(Settlement.id) == settlement.id, col(Settlement.state) == SettlementState.PROPOSED)
        .where(col(Settlement.granted_at).is_(None))
        .values(granted_by=by, granted_at=now)
    )
    if granted.rowcount == 1:
        note_step(session, rma, "money_granted", actor=by, now=now, detail=in_words(settlement))
    elif settlement.state is SettlementState.VOID:
        raise Conflict(BATCH_OVERTAKEN)
    assert rma.id is not None and settlement.id is not None
    return get_settlement(session, shop_id=rma.shop_id, rma_id=rma.id, settlement_id=settlement.id)


def in_words(settlement: Settlement) -> str:
    """How much, for whom, and in what."""
    if settlement.owed_cents:
        return f"{settlement.owed.show()} from the client, for the piece they get instead"
    if settlement.exchanges and not settlement.amount_cents:
        return "An exchange without a payment"
    if settlement.elsewhere_cents and not settlement.amount_cents:
        return f"{settlement.elsewhere.show()} for the client, outside Shopify"
    how = " in store credit" if settlement.as_credit else ""
    beside = f", and {settlement.elsewhere.show()} outside Shopify" if settlement.elsewhere_cents else ""
    return f"{settlement.amount.show()} for the client{how}{beside}"


def set_aside(session: Session, *, shop_id: int, rma_id: int, settlement_id: int, by: str, now: datetime) -> Settlement:
    """A person saw to an unsettled batch in the admin; what is still unprocessed is proposed afresh.

    A second time changes nothing. Raises NotFound, or InvalidMove for a batch of which nobody doubts where it is.
    """
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    settlement = get_settlement(session, shop_id=shop_id, rma_id=rma_id, settlement_id=settlement_id)
    if settlement.state is SettlementState.VOID:
        return settlement
    if settlement.state is not SettlementState.UNSETTLED:
        raise InvalidMove(NOTHING_TO_SEE_TO)
    settlement.state = move(SETTLEMENT, settlement.state, SettlementState.VOID)
    session.add(settlement)
    note_step(session, rma, "money_set_aside", actor=by, now=now)
    follow_up(session, rma, "propose_settlement", ask=True)
    return settlement


def claim_sending(session: Session, settlement: Settlement, read: ReturnRead, *, now: datetime) -> bool:
    """Write `sending`, with what Shopify shows just before; False when somebody else did meanwhile."""
    seen = col(Settlement.sent_at) == settlement.sent_at if settlement.sent_at else col(Settlement.sent_at).is_(None)
    claimed = session.connection().execute(
        sa.update(Settlement)
        .where(col(Settlement.id) == settlement.id, col(Settlement.state) == settlement.state, seen)
        .values(state=move(SETTLEMENT, settlement.state, SettlementState.SENDING), sent_at=now, before=snapshot(read))
    )
    return claimed.rowcount == 1


def record_paid(session: Session, rma: Rma, settlement: Settlement, after: ReturnRead, *, now: datetime) -> None:
    """Shopify has processed the batch. Ends the goods' way when no line is left, else proposes the rest.

    `rma` is locked; `settlement` was read after locking. A second time changes nothing.
    """
    if settlement.state is SettlementState.SETTLED:
        return
    settlement.state = move(SETTLEMENT, settlement.state, SettlementState.SETTLED)
    settlement.settled_at = now
    settlement.refund_gid = next((gid for gid, _ in new_refunds(settlement.before, after)), "")
    session.add(settlement)
    session.flush()
    note_step(session, rma, "money_sent", actor=settlement.approved_by or APP, now=now, detail=in_words(settlement))
    if settlement.amount_cents:
        follow_up(session, rma, "tell_client_money", settlement_id=settlement.id)
    if settlement.owed_cents:
        follow_up(session, rma, "ask_balance", settlement_id=settlement.id)
    if after.unprocessed:
        follow_up(session, rma, "propose_settlement")
        return
    rmas.mark_settled(session, rma, exchanged=after.exchanged, actor=APP, now=now)
    if after.has_ended:  # it closed by itself, as it does with its last line
        rmas.end_rma(session, rma, how=rmas.ENDINGS[after.status], now=now)


def mark_unsettled(session: Session, rma: Rma, settlement: Settlement, *, reason: str, now: datetime) -> None:
    """Whether the money went cannot be told, or Shopify refused: a person decides. `rma` is locked."""
    settlement.state = move(SETTLEMENT, settlement.state, SettlementState.UNSETTLED)
    settlement.reason = reason
    session.add(settlement)
    note_step(session, rma, "money_unsettled", actor=APP, now=now, detail=reason)


def overtake(session: Session, rma: Rma, settlement: Settlement, *, reason: str, now: datetime) -> None:
    """The batch no longer fits what Shopify shows, so it is put aside unsent. `rma` is locked."""
    settlement.state = move(SETTLEMENT, settlement.state, SettlementState.VOID)
    settlement.reason = reason
    session.add(settlement)
    session.flush()
    note_step(session, rma, "money_changed", actor=APP, now=now, detail=reason)


def unsettled_lines(session: Session, rma: Rma) -> list[tuple[str, int]]:
    """(return line gid, quantity) of what we have not settled yet: most likely what Shopify has unprocessed."""
    settled = select(Settlement).where(Settlement.rma_id == rma.id, Settlement.state == SettlementState.SETTLED)
    done: Counter[str] = Counter()
    for batch in session.exec(settled):
        for line in batch.lines:
            done[line["return_line_gid"]] += line["quantity"]
    lines = [(line.return_line_gid, line.quantity - done[line.return_line_gid]) for line in rmas.lines_of(session, rma)]
    return [(gid, quantity) for gid, quantity in lines if quantity > 0]


def paid_of_order(session: Session, rma: Rma) -> int:
    """What we gave back of this order so far, in cents of the money it was paid in: for pieces settled by now."""
    paid = select(sa.func.coalesce(sa.func.sum(col(Settlement.amount_cents)), 0)).join(Rma)
    of_order = (Rma.shop_id == rma.shop_id, Rma.order_gid == rma.order_gid)
    settled = (Settlement.state == SettlementState.SETTLED, Settlement.currency == rma.presentment_currency)
    return int(session.exec(paid.where(*of_order, *settled)).one())


def _row(
    session: Session,
    rma: Rma,
    lines: Sequence[tuple[str, int]],
    suggested: SuggestedOutcome,
    terms: Terms,
    reason: str,
    now: datetime,
) -> Settlement:
    assert rma.id is not None
    last = select(sa.func.max(Settlement.batch)).where(Settlement.rma_id == rma.id)
    said = figures.said_of(suggested, rma.presentment_currency, terms)
    row = Settlement(
        rma_id=rma.id,
        shop_id=rma.shop_id,
        batch=(session.exec(last).one() or 0) + 1,
        lines=[{"return_line_gid": gid, "quantity": quantity} for gid, quantity in lines],
        exchanges=[{"exchange_line_gid": gid, "quantity": quantity} for gid, quantity in terms.exchanges],
        duties=list(terms.duties),
        shipping_back=terms.shipping,
        as_credit=terms.as_credit,
        proposed_at=now,
        reason=f"{reason} {said}".strip(),
        **figures.figures(suggested, rma.presentment_currency, terms),
    )
    if not figures.adds_up(row):
        row.state, row.reason = SettlementState.UNSETTLED, figures.NOT_ADDING_UP
    return row
