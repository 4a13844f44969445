"""A charge for wear: proposed with words and pictures, seen by the client first, agreed, disputed or waived."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs
from kit.db import insert_once
from kit.errors import AppError, Conflict, NotFound
from kit.money import Money
from logistics import packs, rmas
from logistics.custody_models import Deduction
from logistics.custody_words import Answer, Grade
from logistics.deductions import deduct, may_charge, take_off
from logistics.eligibility import Track
from logistics.events import WearWaits
from logistics.figures import paid_for_pieces
from logistics.history import follow_up, lock_rma, note_step
from logistics.judging import policy_for, verdict_of
from logistics.models import Rma, RmaStep, Settlement
from logistics.pack_files import law_in
from logistics.reads import SuggestedOutcome, Terms
from logistics.states import Goods, SettlementState

WORDS_WANTED = "Write what you found, in words the client can read."
NOT_CHARGED = "Nothing may be kept back for wear on this return: the rules it comes back by do not allow it."
PATIENCE = timedelta(days=7)
"""How long a client is asked before a person of the house may decide without their answer."""
TOO_EARLY = "Choose whether the charge stands. Until the client answers, or a week has passed, it can only be waived."
DECISIONS = {"keep": Answer.AGREED, "waive": Answer.WAIVED}
"""What a person of the house decides, as forms send it."""
AFTER = {
    Answer.OPEN: (Answer.AGREED, Answer.DISPUTED, Answer.WAIVED),
    Answer.DISPUTED: (Answer.AGREED, Answer.WAIVED),
}


def may_be_charged(session: Session, rma: Rma) -> bool:
    """Whether the rules by which this return comes back allow anything to be kept back for wear."""
    verdict = verdict_of(session, rma)
    return may_charge(
        by_law=verdict is not None and verdict.track is Track.STATUTORY,
        law=law_in(packs.pack(session, rma.shop_id, "countries"), rma.country),
        policy=policy_for(packs.pack(session, rma.shop_id, "policy"), rma.country),
    )


def plan_deduction(session: Session, rma: Rma, *, grade: Grade, words: str, by: str, now: datetime) -> None:
    """Write down that wear is to be charged; the amount follows with the money. `rma` is locked. Once a return."""
    if grade is Grade.NONE:
        return
    if not may_be_charged(session, rma):
        raise AppError(NOT_CHARGED)
    if not words.strip():
        raise AppError(WORDS_WANTED)
    assert rma.id is not None
    row = Deduction(
        rma_id=rma.id,
        shop_id=rma.shop_id,
        grade=grade,
        amount_cents=0,
        currency="",
        words=words.strip()[:2000],
        proposed_by=by,
        proposed_at=now,
    )
    insert_once(session, row)


def holds(session: Session, rma: Rma, suggested: SuggestedOutcome, terms: Terms, *, now: datetime) -> bool:
    """Whether the money waits: for the client to answer, or for a person after a dispute. `rma` is locked.

    Asked the first time it names the amount, of what Shopify suggests, and writes to the client.
    """
    found = deduction_of(session, rma)
    if found is None or found.answer not in (Answer.OPEN, Answer.DISPUTED):
        return False
    if not found.currency:
        paid = paid_for_pieces(suggested, rma.presentment_currency, terms)
        amount = deduct(paid, found.grade, most_percent=rmas.policy_of(session, rma.shop_id).most_deducted_percent)
        found.amount_cents, found.currency = amount.cents, amount.currency
        found.answer = Answer.OPEN if amount.cents else Answer.WAIVED
        session.add(found)
        if not amount.cents:
            return False
        detail = f"{amount.show()} for {found.grade} wear. The client is asked first."
        note_step(session, rma, "wear_charged", actor=found.proposed_by, now=now, detail=detail)
        follow_up(session, rma, "tell_client_wear")
    return True


def less(session: Session, rma: Rma, suggested: SuggestedOutcome) -> SuggestedOutcome:
    """What goes back to the client once what was agreed on is kept back: once, over all batches of the return."""
    found = deduction_of(session, rma)
    if found is None or found.answer is not Answer.AGREED:
        return suggested
    settled = (col(Settlement.rma_id) == rma.id, col(Settlement.state) == SettlementState.SETTLED)
    left = found.amount.cents - sum(
        _kept_of(batch, found) for batch in session.exec(select(Settlement).where(*settled))
    )
    return take_off(suggested, Money(left, found.currency) if left > 0 else None)


def _kept_of(batch: Settlement, found: Deduction) -> int:
    """What a settled batch kept back. Before migration 0007 none wrote it down, and each that paid kept all of it."""
    if batch.kept_cents or not batch.amount_cents:
        return batch.kept_cents
    after_the_answer = found.answered_at is not None and batch.proposed_at >= found.answered_at
    return found.amount_cents if after_the_answer else 0


def deduction_of(session: Session, rma: Rma) -> Deduction | None:
    """The return's charge, as it is now."""
    query = select(Deduction).where(Deduction.rma_id == rma.id, Deduction.shop_id == rma.shop_id)
    return session.exec(query.execution_options(populate_existing=True)).first()


def answer_deduction(
    session: Session, *, shop_id: int, rma_id: int, answer: Answer, words: str = "", by: str, now: datetime
) -> Deduction:
    """What the client says, or what a person of the house decides after a dispute. The same twice changes nothing.

    Agreed and waived let the money go on; a dispute waits for a person. Raises NotFound, Conflict when it is settled.
    """
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    found = deduction_of(session, rma)
    if found is None or not found.currency:
        raise NotFound("Nothing is charged for this piece.")
    if found.answer is answer:
        return found
    allowed = [state for state, after in AFTER.items() if answer in after]
    changed = session.connection().execute(
        sa.update(Deduction)
        .where(col(Deduction.shop_id) == shop_id, col(Deduction.rma_id) == rma_id)
        .where(col(Deduction.answer).in_(allowed))
        .values(answer=answer, answered_at=now)
    )
    if changed.rowcount != 1:
        raise Conflict("This was answered already.")
    found = deduction_of(session, rma)
    assert found is not None
    if words.strip():
        found.client_words = words.strip()[:2000]
        session.add(found)
    note_step(session, rma, f"wear_{answer}", actor=by, now=now, detail=found.amount.show())
    if answer is Answer.DISPUTED:
        jobs.publish(session, WearWaits(shop_id, rma_id, rma.return_gid, found.amount.show(), disputed=True))
    else:
        follow_up(session, rma, "propose_settlement")
    return found


def decide_deduction(
    session: Session, *, shop_id: int, rma_id: int, answer: Answer, by: str, now: datetime
) -> Deduction:
    """What a person of the house decides: it is waived at any time, and stands once the client had their say.

    Raises AppError where the client may still answer, NotFound, Conflict when it is settled.
    """
    rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
    found = deduction_of(session, rma)
    if answer is not Answer.WAIVED and (
        found is None or answer is not Answer.AGREED or not may_stand(session, found, now)
    ):
        raise AppError(TOO_EARLY)
    return answer_deduction(session, shop_id=shop_id, rma_id=rma_id, answer=answer, by=by, now=now)


def may_stand(session: Session, found: Deduction, now: datetime) -> bool:
    """Whether the house may say that it is charged: after a dispute, or PATIENCE after the client was asked."""
    if found.answer is Answer.DISPUTED:
        return True
    asked = asked_at(session, found)
    return found.answer is Answer.OPEN and asked is not None and now - asked >= PATIENCE


def asked_at(session: Session, found: Deduction) -> datetime | None:
    """When the client was first written to about it; None while its amount is not known."""
    asked = select(RmaStep.at).where(
        RmaStep.shop_id == found.shop_id, RmaStep.rma_id == found.rma_id, RmaStep.kind == "wear_charged"
    )
    return session.exec(asked.order_by(col(RmaStep.id)).limit(1)).first()


def waiting_charges(session: Session, *, shop_id: int) -> dict[int, Deduction]:
    """Charges no money moves before, by return: for the client to answer, or for a person after a dispute."""
    looked_at = (Rma.shop_id == shop_id, Rma.goods_state == Goods.INSPECTED)  # by its index: charges have none
    mine = (Deduction.shop_id == shop_id, Deduction.currency != "")
    query = select(Deduction).join(Rma, col(Rma.id) == col(Deduction.rma_id)).where(*looked_at, *mine)
    found = session.exec(query.where(col(Deduction.answer).in_((Answer.OPEN, Answer.DISPUTED))))
    return {row.rma_id: row for row in found}


def waiting_charge(session: Session, rma: Rma) -> Deduction | None:
    """The charge that this return's money waits for."""
    found = deduction_of(session, rma)
    waits = found is not None and found.currency and found.answer in (Answer.OPEN, Answer.DISPUTED)
    return found if waits and rma.goods_state is Goods.INSPECTED else None
