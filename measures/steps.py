"""The rows of one return as the rules of waiting take them, and what became of one that is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consults.kinds import Outcome
from consults.models import Case, Consult, Promise_
from consults.states import CaseState
from logistics.custody_models import Deduction
from logistics.models import Rma, Settlement
from logistics.states import FINAL_GOODS
from measures.waiting import Facts, NextStep

OUTCOME_WORDS = {
    Outcome.KEPT: "Kept",
    Outcome.EXCHANGE: "Exchanged",
    Outcome.UPGRADE: "Exchanged for more",
    Outcome.REWORK: "Reworked",
    Outcome.VIEWING: "Viewing arranged",
    Outcome.REFUND: "Refunded",
    Outcome.FOLLOW_UP: "To be spoken of again",
    Outcome.OTHER: "Another way",
}


@dataclass(frozen=True)
class OpenMoney:
    """What is open for each RMA by its id: an amount, and a charge for wear that holds the amount up."""

    amounts: Mapping[int, Settlement]
    charges: Mapping[int, Deduction]


def case_facts(
    case: Case, rma: Rma | None, consult: Consult | None, promise: Promise_ | None, money: OpenMoney
) -> Facts:
    """The rows of one case as the rules of waiting take them."""
    parcel: dict[str, Any] = parcel_facts(rma, money) if rma else {}
    return Facts(
        assisted=True,
        consult=consult.state.value if consult else "",
        consult_kind=consult.kind.value if consult else "video",
        consult_starts_at=consult.starts_at if consult else None,
        consult_ends_at=consult.ends_at if consult else None,
        taken=case.taken_at is not None or case.first_answer_at is not None,
        answer_due_at=case.first_answer_due_at,
        outcome=case.outcome.value if case.outcome else "",
        promise=promise.what if promise else "",
        promise_due_on=promise.due_on if promise else None,
        **parcel,
    )


def parcel_facts(rma: Rma, money: OpenMoney) -> dict[str, Any]:
    """The parcel side of it, by what `money` is open for each RMA."""
    settlement, charge = money.amounts.get(rma.id or 0), money.charges.get(rma.id or 0)
    return {
        "goods": rma.goods_state.value,
        "settlement": settlement.state.value if settlement else "",
        "amount": settlement.amount if settlement else None,
        "wear": charge.answer.value if charge else "",
    }


def closed_step(case: Case) -> NextStep | None:
    """What the client decided; None while the case is open."""
    if case.state is CaseState.OPEN:
        return None
    return NextStep(OUTCOME_WORDS[case.outcome] if case.outcome else "Closed", "success")


def ended_step(rma: Rma) -> NextStep | None:
    """What became of the goods; None while they are on their way."""
    if rma.goods_state not in FINAL_GOODS:
        return None
    return NextStep(
        "Paid back" if rma.settled_at else f"Ended: {rma.ended_how or 'in Shopify'}",
        "success" if rma.settled_at else "",
    )
