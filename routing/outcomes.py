"""Where the two sides meet after a conversation: what the client decided moves the return."""

from typing import Any

from consults.cases import get_case
from consults.history import by_advisor
from consults.kinds import Outcome
from jobs.attempts import retry_of
from kit import clock
from kit.db import Begin
from kit.log import get_logger
from logistics.eligibility.facts import Answer
from logistics.history import follow_up, lock_rma, note_step
from logistics.judging import let_go_on, verdict_of
from logistics.rmas import find_rma, is_over, steps

log = get_logger("routing")

DECIDED = "client_decided"


def follow_outcome(begin: Begin, *, shop_id: int, case_id: int, return_gid: str, outcome: str) -> None:
    """On OutcomeRecorded: "return it" moves the RMA. It says so in its history, and goes on if it waited for a person.

    An advisor who has spoken with the client is that person. What the house's policy plainly does not take back stays
    the merchant's to decide. Anything else the client decided leaves the parcel as it is, and so does a correction.
    """
    if outcome != Outcome.REFUND:
        return
    with begin() as session:
        case = get_case(session, shop_id=shop_id, case_id=case_id)
        found = find_rma(session, shop_id=shop_id, return_gid=return_gid)
        if case.outcome is not Outcome.REFUND or found is None or found.id is None or is_over(found):
            return
        rma, by, now = lock_rma(session, shop_id=shop_id, rma_id=found.id), by_advisor(case.advisor_id), clock.now()
        if not any(step.kind == DECIDED for step in steps(session, rma)):
            note_step(session, rma, DECIDED, actor=by, now=now, detail="To return it, after a conversation.")
        verdict = verdict_of(session, rma)
        if verdict is None or verdict.goes_on or verdict.answer is not Answer.LOOK:
            return
        about: dict[str, Any] = {"shop_id": shop_id, "rma_id": found.id, "now": now}
        let_go_on(session, by=by, **about)
        if not retry_of(session, names=("logistics.authorise",), **about):
            follow_up(session, rma, "authorise")
        log.info("return.let_go_on", rma=found.id, case=case_id)
