"""Money: proposed from what Shopify suggests, approved with one click, sent once, settled."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs
from kit.db import insert_once
from kit.errors import Conflict, NotFound
from kit.money import Money
from logistics import events, rmas
from logistics.history import APP, follow_up, lock_rma, move_judgement, note_step
from logistics.looking_back import new_refunds, snapshot
from logistics.models import Rma, Settlement
from logistics.reads import ReturnRead, SuggestedOutcome
from logistics.states import OPEN_SETTLEMENTS, SETTLEMENT, Goods, Judgement, SettlementState, move

AUTOMATIC = "automatic"
CHANGED = "The amount is {new} now; it was {old} when it was approved. Please look at it again."
TAKEN_OVER = "Somebody changed or settled part of this return in the Shopify admin."
NOT_ADDING_UP = "The payments Shopify suggests do not add up to the amount. Please settle this one in the admin."


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
    reason: str = "",
    now: datetime,
) -> Settlement | None:
    """Write down the amount Shopify suggests for `lines`; None when a batch is open already. `rma` is locked.

    It waits for a person, unless the merchant switched the click off, the finding was plain, and not `ask`.
    """
    assert rma.id is not None
    if rma.goods_state is not Goods.INSPECTED or not lines:
        return None
    if not insert_once(session, _row(session, rma, lines, suggested, reason, now)):
        return None
    settlement = open_settlement(session, rma)
    assert settlement is not None and settlement.id is not None
    detail = f"{settlement.amount.show()} for the client, as Shopify suggests. {reason}".strip()
    note_step(session, rma, "money_ready", actor=APP, now=now, detail=detail)
    jobs.publish(session, events.MoneyReady(rma.shop_id, rma.id, rma.return_gid))
    may_pay = rmas.policy_of(session, rma.shop_id).pay_without_click and not ask
    if may_pay and rma.judgement_state is Judgement.ACCEPTED and settlement.state is SettlementState.PROPOSED:
        return approve_payment(
            session, shop_id=rma.shop_id, rma_id=rma.id, settlement_id=settlement.id, by=AUTOMATIC, now=now
        )
    return settlement


def approve_payment(
    session: Session, *, shop_id: int, rma_id: int, settlement_id: int, by: str, now: datetime
) -> Settlement:
    """The one click: secures `logistics.pay`. Of several at once one counts, and the others change nothing.

    An unsettled batch may be approved again: `pay` looks at Shopify before it does anything.
    Raises NotFound, or Conflict when the amount was overtaken meanwhile.
    """
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    waiting = (SettlementState.PROPOSED, SettlementState.UNSETTLED)
    approved = session.connection().execute(
        sa.update(Settlement)
        .where(col(Settlement.id) == settlement_id, col(Settlement.rma_id) == rma_id)
        .where(col(Settlement.state).in_(waiting))
        .values(state=SettlementState.APPROVED, approved_by=by, approved_at=now)
    )
    settlement = get_settlement(session, shop_id=shop_id, rma_id=rma_id, settlement_id=settlement_id)
    if approved.rowcount != 1:
        if settlement.state is SettlementState.VOID:
            raise Conflict("This amount was overtaken meanwhile. Please look at the return again.")
        return settlement
    note_step(session, rma, "money_approved", actor=by, now=now, detail=settlement.amount.show())
    if rma.judgement_state is Judgement.LOOKED_AT:
        move_judgement(session, rma, Judgement.ACCEPTED, actor=by, now=now)
    follow_up(session, rma, "pay", settlement_id=settlement_id)
    return settlement


def set_aside(session: Session, *, shop_id: int, rma_id: int, settlement_id: int, by: str, now: datetime) -> Settlement:
    """A person saw to an unsettled batch in the admin; what is still unprocessed is proposed afresh.

    Raises NotFound, or InvalidMove for a batch that is being sent or was settled.
    """
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    settlement = get_settlement(session, shop_id=shop_id, rma_id=rma_id, settlement_id=settlement_id)
    if settlement.state is not SettlementState.VOID:
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
    note_step(session, rma, "money_sent", actor=settlement.approved_by or APP, now=now, detail=settlement.amount.show())
    if settlement.amount_cents:
        follow_up(session, rma, "tell_client_money", settlement_id=settlement.id)
    if after.unprocessed:
        follow_up(session, rma, "propose_settlement")
        return
    rmas.mark_settled(session, rma, actor=APP, now=now)
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


def difference(settlement: Settlement, suggested: SuggestedOutcome) -> str:
    """The sentence that says how the suggestion differs from what was approved; "" when it does not."""
    amount, transactions = _figures(suggested, settlement.currency)
    if amount != settlement.amount:
        return CHANGED.format(new=amount.show(), old=settlement.amount.show())
    if transactions != settlement.transactions:
        return "The payments it goes back to are different now. Please look at it again."
    return ""


def adds_up(settlement: Settlement) -> bool:
    """Whether the payments it goes back to make up its amount, in its currency."""
    parts = [amount for _, amount in refund_of(settlement)]
    same_currency = all(part.currency == settlement.currency for part in parts)
    return same_currency and settlement.amount_cents == sum(part.cents for part in parts)


def refund_of(settlement: Settlement) -> tuple[tuple[str, Money], ...]:
    """(parent transaction gid, amount) of each payment that gets some back."""
    return tuple((t["parent_gid"], Money.parse(t["amount"], t["currency"])) for t in settlement.transactions)


def _row(
    session: Session,
    rma: Rma,
    lines: Sequence[tuple[str, int]],
    suggested: SuggestedOutcome,
    reason: str,
    now: datetime,
) -> Settlement:
    assert rma.id is not None
    amount, transactions = _figures(suggested, rma.presentment_currency)
    last = select(sa.func.max(Settlement.batch)).where(Settlement.rma_id == rma.id)
    row = Settlement(
        rma_id=rma.id,
        shop_id=rma.shop_id,
        batch=(session.exec(last).one() or 0) + 1,
        amount_cents=amount.cents,
        currency=amount.currency,
        lines=[{"return_line_gid": gid, "quantity": quantity} for gid, quantity in lines],
        transactions=transactions,
        proposed_at=now,
        reason=reason,
    )
    if not adds_up(row):
        row.state, row.reason = SettlementState.UNSETTLED, NOT_ADDING_UP
    return row


def _figures(suggested: SuggestedOutcome, currency: str) -> tuple[Money, list[dict[str, str]]]:
    """The amount, and the payments that get something back, as they are kept."""
    amount = suggested.amount or Money(0, currency)
    some = sorted((gid, money) for gid, money in suggested.transactions if money.cents)
    return amount, [{"parent_gid": g, "amount": m.amount, "currency": m.currency} for g, m in some]
